"""Xumm Desk: take XRP Ledger payments through the Xumm wallet and believe what the window shows."""

__version__ = "0.1.0"
