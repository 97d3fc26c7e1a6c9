"""Parse what a server sends: JSON fields, status frames, API answers. Total: nothing here raises.

Start with `json_fields`. Imports nothing of the program.
"""
