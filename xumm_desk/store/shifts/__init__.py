"""Shifts on disk: the open one read out of the facts, closed ones as they were written.

Start with `shift_reader.py` for the open shift, `shift_table.py` for closed ones.
"""
