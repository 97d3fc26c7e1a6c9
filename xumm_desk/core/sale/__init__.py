"""Sales: a request as the shop counts it, with number, price, tip, reference and note.

Start with `sale`. May import `core/request` and what lies below it.
"""
