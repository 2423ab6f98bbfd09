"""What training saw of each column, as histograms that add up, and how far something else lies from it."""
