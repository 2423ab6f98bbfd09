"""A declaration in Python becomes an Oozie app: path to bytes."""
