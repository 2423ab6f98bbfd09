"""Scoring a file: readers and writers of rows, and the engines that answer."""
