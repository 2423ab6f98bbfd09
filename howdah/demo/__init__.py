"""The demo: the whole chain on sample data, told as it happens."""
