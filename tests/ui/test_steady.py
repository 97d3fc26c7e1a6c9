"""The program outlives many signals, whatever the binding does to booleans."""

from __future__ import annotations

import subprocess
import sys

from PySide6.QtCore import QObject, Signal

from xumm_desk.ui import steady

_MANY = """
from PySide6.QtCore import QObject, Signal
from xumm_desk.ui import steady
steady.keep_bools()
class Source(QObject):
    told = Signal()
source = Source()
for _ in range(100_000):
    source.told.emit()
print("alive")
"""


def test_a_hundred_thousand_signals_do_not_end_the_program() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", _MANY], capture_output=True, text=True, timeout=60, check=False
    )
    assert (ran.returncode, ran.stdout.strip()) == (0, "alive"), ran.stderr[-300:]


def test_it_may_be_asked_twice() -> None:
    first = steady.keep_bools()
    assert steady.keep_bools() is first


class _Source(QObject):
    told = Signal()


def test_the_window_modules_are_steady_once_dressed() -> None:
    source = _Source()
    for _ in range(20_000):
        source.told.emit()
