"""A web page over any Oozie: its jobs, how they go, why they failed, and what can be done about it."""
