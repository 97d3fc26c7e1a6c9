"""Amounts, currencies, addresses and networks of the XRP Ledger, parsed, compared and formatted.

Start with `amount`. May import `core/wire` and nothing else of the program.
"""
