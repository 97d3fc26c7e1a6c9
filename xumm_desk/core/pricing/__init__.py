"""Prices: the assets that a shop accepts, exchange rates, and quotes made of both.

Start with `quote`, then `rate_check`: parsers (`platform_rates`, `ledger_prices`) make readings of
answers (`rate_readings`), the check decides by the shop's rules (`rate_settings`) whether they may
be used, `conversion` rounds, `wording` says it. May import `core/money` and `core/wire`.
"""
