"""Use the practice platform as a test double for a Xumm integration of your own.

`pytest_plugin` is the fixture `xumm_simulator`, which pytest finds by itself where this package is
installed; `running_simulator` is what it hands to a test. The simulator runs in a process of its
own: nothing of it, or of the desk, is imported into the tests.
"""
