"""Prices: the assets that a shop accepts, exchange rates, and quotes made of both.

Start with `quote`. May import `core/money` and `core/wire`.
"""
