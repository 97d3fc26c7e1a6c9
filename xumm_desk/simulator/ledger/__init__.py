"""A ledger that closes on a timer, and the node in front of it (API versions 1 and 2).

Start with `ledger` and `ledger_server`.
"""
