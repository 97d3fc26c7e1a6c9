"""The index of the history: one line for each request, kept beside the facts and made of them.

Imports `core` and the tables of `store`. Start with `indexing.py`; `history_reader.py` asks it, and
`report_queries.py` sums it up.
"""
