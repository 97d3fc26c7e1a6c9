"""The wire: `platform` speaks to Xumm, `ledger` to ledger nodes. Failures are values.

Start with `platform/xumm_api` and `ledger/ledger_nodes`. May import `core` only.
"""
