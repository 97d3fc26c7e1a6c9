"""Receipts: what a sale was and what arrived for it, as data that is printed elsewhere.

Start with `receipt`; `wording` holds its words. May import `core/verdict` and what lies below it.
"""
