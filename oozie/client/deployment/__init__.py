"""From an app in a folder here to a job of a real Oozie: a version of its own in HDFS, then its submission."""
