"""The article's workflow: web shop hits imported, reported on, and a model of how visits end trained from them."""
