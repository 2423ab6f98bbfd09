"""Apache Oozie: its language, its REST API, and a local engine that runs its apps without a cluster."""
