"""The real stack on this machine: Hadoop, Hive, Sqoop, Oozie and MariaDB, each a process of its own."""
