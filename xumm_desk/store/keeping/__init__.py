"""Keep the journal for years: daily copies, restoring, salvaging, archiving, erasing.

Start with `chain`, which says how something can be missing from a chain of hashes that is whole,
and with `rebuild`, which makes a journal out of what several files hold. `sqlite_pages` reads files
that SQLite refuses; `swap` puts a new file in the place of the journal. May import `core` and the
rest of `store`.
"""
