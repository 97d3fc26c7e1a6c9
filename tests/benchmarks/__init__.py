"""The load benchmark: the desk beside what its users could pick instead; see `__main__`."""
