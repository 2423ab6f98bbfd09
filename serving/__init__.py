"""The Flask prediction service and its page."""
