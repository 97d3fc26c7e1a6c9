"""Accounts on the ledger: read a node's answers about one, and say what cannot arrive there.

Start with `account_findings`. May import `core/pricing`, `core/money` and `core/wire`.
"""
