"""The wire: platform calls, status sockets, ledger nodes. Knows how to ask, not what it means."""
