"""Text that jinja2 fills in; a package so that the files are installed."""
