"""What is asked of the platform: the request spec, the rules of its fields, outage codes, tags.

Start with `request_spec`. May import `core/money` and `core/wire`.
"""
