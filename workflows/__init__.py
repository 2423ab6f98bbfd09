"""What we run: one folder a workflow; values only."""
