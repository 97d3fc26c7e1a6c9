"""The dialog of shifts: the open one with its figures, closing it, and the closed ones.

Start with `shift_dialog.py`; `shift_command.py` opens it.
"""
