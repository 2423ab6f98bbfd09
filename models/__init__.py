"""The model repository, its manifest, and the scorer that needs no JVM."""
