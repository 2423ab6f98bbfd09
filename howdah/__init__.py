"""The command line, and the only place that prints, exits and wires the parts together."""
