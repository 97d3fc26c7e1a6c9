"""The rows of the table: those in memory among the lines of the whole history. Start with
`memory_rows.py` and `history_merge.py`."""
