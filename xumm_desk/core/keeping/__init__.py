"""What is said about copies, archives and damage of the journal, as values.

May import `core/message` only.
"""
