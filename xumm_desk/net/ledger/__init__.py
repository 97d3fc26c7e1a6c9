"""Ledger nodes: look up transactions, read account histories, decode and verify blobs.

Start with `ledger_nodes`. Only `xrpl_import` and `xrpl_codec` import xrpl-py.
"""
