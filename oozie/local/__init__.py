"""An Oozie in Python: runs the XML itself, on this machine."""
