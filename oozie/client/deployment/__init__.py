"""From an app in a folder on this machine to a job of a real Oozie: a version of its own in HDFS, then the submission."""
