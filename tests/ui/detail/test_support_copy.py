"""Copying everything of a request for support."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from ui import sample_rows
from ui.fake_desk import FakeDesk, run_now
from xumm_desk.core.state.facts import Fact
from xumm_desk.core.status import Status
from xumm_desk.ui.detail.support_copy import SupportCopy


class BrokenDesk(FakeDesk):
    """A desk whose journal cannot be read."""

    async def facts(self, identifier: str) -> Sequence[Fact]:
        raise OSError(identifier)


def test_the_text_is_in_the_clipboard_and_the_status_bar_says_so(qtbot: QtBot) -> None:
    parent, row = QObject(), sample_rows.row(Status.CHECK)
    copy = SupportCopy(FakeDesk(sample_rows.rows()).as_desk(), run_now, parent)
    with qtbot.waitSignal(copy.notice) as said:
        copy.copy(row)
    assert "without tokens" in said.args[0]
    text = QGuiApplication.clipboard().text()
    assert text.startswith("Xumm Desk ")
    assert f"identifier: {row.identifier}" in text
    assert "ledger ledger-tx" in text


def test_a_journal_that_cannot_be_read_is_said(qtbot: QtBot) -> None:
    parent = QObject()
    QGuiApplication.clipboard().setText("before")
    copy = SupportCopy(BrokenDesk().as_desk(), run_now, parent)
    with qtbot.waitSignal(copy.notice) as said:
        copy.copy(sample_rows.row(Status.PAID))
    assert said.args == ["The journal cannot be read now."]
    assert QGuiApplication.clipboard().text() == "before"
