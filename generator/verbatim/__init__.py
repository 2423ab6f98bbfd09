"""Apps that are said to the letter: nothing is added, and nothing comes from a profile but values of properties."""
