"""Judge a request: from its state to a status, the checks behind it, and sentences.

Start with `verdict`. May import every other part of `core`.
"""
