"""Ask ledger nodes: prove signed transactions, find payments that nobody reported.

Start with `verification` and `account_watch`. May import `runtime`, not `payloads`.
"""
