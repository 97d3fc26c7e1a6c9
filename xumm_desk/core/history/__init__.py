"""The history of requests: one summary for each, and the questions that are asked of them.

Imports the rest of `core`. Start with `summary.py`.
"""
