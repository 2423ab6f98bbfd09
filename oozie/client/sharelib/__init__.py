"""The custom share lib: which jars go beside those that the server has, and which would only conflict with them."""
