"""``sqoop import`` on this machine: the arguments, rows, types and part files of Sqoop 1.4.7, without Java.

Source: https://sqoop.apache.org/docs/1.4.7/SqoopUserGuide.html; differences stand in docs/sqoop.md.
"""
