"""The application of the case; nobody runs it."""
