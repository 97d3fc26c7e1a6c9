"""What a person's decisions about a request mean: which evidence they are about, whether a person
is still needed, which are allowed.

The values are in `core/state/decisions.py`. Start with `needs`. May import `core/verdict` and
everything below it.
"""
