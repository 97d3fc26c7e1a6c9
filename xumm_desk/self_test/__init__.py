"""`xumm-desk --self-test`: try what a sale needs on this computer, and say what to do about it.

`runner.py` runs all checks and prints them; `check.py` says what one found. `connections.py`,
`storage.py` and `devices.py` need no window. `window_checks.py` needs Qt and runs in a process of
its own, which `window_process.py` starts: a missing library of Qt ends a whole process.
"""
