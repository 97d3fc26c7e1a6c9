"""Refunds: what of a sale can still be paid back, and the request that pays it back.

Start with `refund`. May import `core/verdict` and everything below it.
"""
