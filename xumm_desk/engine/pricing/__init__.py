"""Exchange rates: ask for them while a till needs prices, and quote at once from what is known.

Start with `rate_watch`. May import `engine/runtime`.
"""
