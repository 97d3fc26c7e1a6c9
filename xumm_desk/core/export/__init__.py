"""Requests as records for bookkeeping: their columns, which requests, CSV and JSON lines.

`columns` names every column, `record` makes the values of one request, `selection` says which
requests are wanted, `text_formats` writes records as text, `job` is what a window or a command asks
for. Files are written in `store/export`. Start with `record`.
"""
