"""Qt's messages go to the log by their level, and the severe ones to a report."""

from __future__ import annotations

import logging

import pytest
from PySide6.QtCore import QMessageLogContext, QtMsgType

from xumm_desk.qt.qt_messages import handler


class Context(QMessageLogContext):
    """A context as Qt hands it over."""


def test_levels_are_kept_and_severe_ones_reported(caplog: pytest.LogCaptureFixture) -> None:
    severe: list[str] = []
    handle = handler(severe.append)
    caplog.set_level(logging.DEBUG, "qt")
    context = QMessageLogContext()
    for kind in (
        QtMsgType.QtDebugMsg,
        QtMsgType.QtInfoMsg,
        QtMsgType.QtWarningMsg,
        QtMsgType.QtCriticalMsg,
        QtMsgType.QtFatalMsg,
    ):
        handle(kind, context, kind.name)
    assert [record.levelno for record in caplog.records] == [10, 20, 30, 40, 50]
    assert severe == ["QtCriticalMsg", "QtFatalMsg"]


def test_a_report_that_fails_is_logged_and_not_raised(caplog: pytest.LogCaptureFixture) -> None:
    def fail(_words: str) -> None:
        raise RuntimeError("no report")

    handler(fail)(QtMsgType.QtCriticalMsg, QMessageLogContext(), "words")
    assert "could not be kept" in caplog.text
