"""Fetch the statement of the newest version and check its signature.

Start with `statement_reader.py`. May import `core` and the shared modules of `net` only.
"""
