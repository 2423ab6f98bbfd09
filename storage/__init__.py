"""A small file-system interface with three implementations: local disk, WebHDFS and the JVM's own."""
