echo rows=3
