"""The dialog of shifts in a pseudo-locale: every sentence of it goes through the catalogue."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import pytest
from core.shift.sample_shift import sample_journal

from ui.fake_desk import FakeDesk
from ui.test_translation import pseudo, texts, untranslated
from xumm_desk.locale.translation import tr
from xumm_desk.ui.main_window import MainWindow
from xumm_desk.ui.shift.shift_dialog import ShiftDialog

from .fake_shifts import fake_shifts

__all__ = ["pseudo"]


DATA = re.compile(
    r"early-\d|sale-\d+|refund-\d|short|plain|test\b|[0-9A-F]{64}|SHA-256|[0-9a-f]{32}|Ana|Ben"
    r"|Bakery Sunrise|\d\d\. Nov\. [\d:]+|\d\d\.\d\d\.\d{4}, [\d:]+|TESTNET|RLUSD|XRP"
)
"""What people typed, names of requests and assets, and dates, which babel writes."""


def english(texts_shown: Iterable[str]) -> list[str]:
    """Those that bypassed the catalogue."""
    return [text for text in texts_shown if untranslated(DATA.sub("", text))]


@pytest.mark.usefixtures("pseudo")
@pytest.mark.parametrize("closed", [False, True])
def test_no_sentence_of_the_shifts_bypasses_the_catalogue(
    opened: Callable[..., tuple[MainWindow, FakeDesk]], closed: bool
) -> None:
    window, desk = opened()
    desk.shifts, desk.shift_journal = fake_shifts(sample_journal())
    window.shifts.ask()
    [dialog] = window.findChildren(ShiftDialog)
    if closed:
        dialog._close()
        assert dialog.selected_number() == 2
    shown = [text for _, text in texts(dialog)]
    lines = dialog.paper._lines
    dialog.close()
    assert english(shown) == []
    assert english(word for line in lines for word in (tr(line.text), tr(line.value))) == []
