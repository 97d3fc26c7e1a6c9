"""Send Qt's own messages to the log, and the severe ones to a report as well."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

log = logging.getLogger("qt")

_LEVELS: Final[dict[QtMsgType, int]] = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def install(on_severe: Callable[[str], object]) -> Callable[[], None]:
    """From now on `on_severe` gets each critical or fatal message, on whichever thread Qt says it;
    returns what ends that. After a fatal one Qt aborts the process."""
    before = qInstallMessageHandler(handler(on_severe))

    def restore() -> None:
        qInstallMessageHandler(before)

    return restore


def handler(
    on_severe: Callable[[str], object],
) -> Callable[[QtMsgType, QMessageLogContext, Any], None]:
    """What Qt calls for each message; it never raises."""

    def handle(kind: QtMsgType, context: QMessageLogContext, words: Any) -> None:
        try:
            level = _LEVELS.get(kind, logging.WARNING)
            category = context.category or ""
            text = f"{category}: {words}" if category not in ("", "default") else str(words)
            log.log(level, "%s", text)
            if level >= logging.ERROR:
                on_severe(text)
        except Exception:
            log.exception("a message of Qt could not be kept")

    return handle
