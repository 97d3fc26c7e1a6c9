"""How well the parts are that the desk depends on: platform, sockets, ledger, rate, calls, disk,
clock. Start with `lamp.py`; `lamp_history.py` keeps the last hour of one of them, `disk_space.py`
says when a disk is too full. Pure, and imported by `engine` and above."""
