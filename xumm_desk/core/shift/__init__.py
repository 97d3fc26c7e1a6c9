"""A shift: what the facts between two closings add to the shop's money, and its closing document.

Read `money`, `share`, `figures`, `report`, `document`, then `paper` and `table`. May import
`core/refund` and everything below it.
"""
