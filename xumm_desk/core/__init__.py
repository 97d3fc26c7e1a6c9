"""What is true about a sign request: pure values and functions; no clock, no I/O, no Qt."""
