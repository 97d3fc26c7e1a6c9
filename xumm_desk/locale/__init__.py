"""Words, numbers and times at the edge: window, terminal, receipt.

`translation` makes sentences, `formats` numbers, money and times; start with the first. May import
`core` only; `setup` and what lies above it import it.
"""
