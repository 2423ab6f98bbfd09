"""What a model does now beside what it did in training, and what is done about it, once for each incident."""
