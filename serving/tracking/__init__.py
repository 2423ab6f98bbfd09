"""Each answer of the service, and each fact that is told later, into Parquet beside the models.

A worker appends to a *segment*, a file of its own in the *spool* on local disk; a *writer*, one process for all
workers, turns segments that are complete into Parquet on the repository's file system (``docs/tracking.md``).
"""
