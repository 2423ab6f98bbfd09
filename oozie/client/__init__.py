"""Oozie's REST API, for a real server and for the local one."""
