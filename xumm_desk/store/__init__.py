"""What outlives the program: the journal (SQLite), settings, keys and tokens.

Start with `journal`. `writer_thread` owns the database; all functions of `group_commit`,
`queries`, `ledger_tables` and `destination_tags` run on that thread. May import `core` only.
"""
