"""One module a command; the table in howdah.__main__ names them."""
