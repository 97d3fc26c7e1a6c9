"""A shift: what the facts between two closings add to the shop's money, and its closing document.

Read `money` (what the ledger proves), `money_lines` and `share` (what one request adds), `figures`
(sums), `report`, `document`, then `paper`, `wording` and `table`. May import `core/refund` and
everything below it.
"""
