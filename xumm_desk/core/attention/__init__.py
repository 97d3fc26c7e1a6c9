"""The list of what needs a person: what it is, why, since when, what to do.

Start with `work_list`. Who is needed for what is decided in `core/decision/needs`. May import
`core/refund`, `core/decision` and everything below them.
"""
