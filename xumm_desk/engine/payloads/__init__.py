"""Talk to the platform about one payload: create, watch, read, cancel.

Start with `watcher`, the one task of a payload. May import `runtime` and `ledger`.
"""
