"""The PySpark jobs that actions launch; pure Python, so that a node needs Spark and numpy only."""
