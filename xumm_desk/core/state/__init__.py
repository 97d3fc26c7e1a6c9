"""Facts about a request, and the state that they add up to.

Start with `facts` and `lifecycle`. May import `core/request`, `core/money` and `core/wire`.
"""
