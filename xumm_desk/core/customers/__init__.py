"""Returning customers: who may be sent the next request to their phone, and for how long.

Start with `customer`. May import `core/money` and what lies below it.
"""
