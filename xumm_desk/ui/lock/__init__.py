"""The lock of the desk: what needs the PIN, and the dialogs that ask for it and set it.

Begin with `desk_lock.py`; the rules of tries and delays are in `core/desk_lock.py`.
"""
