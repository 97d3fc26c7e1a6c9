"""A question about a request, withdrawn as soon as no answer would do anything any more."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import shiboken6
from PySide6.QtWidgets import QMessageBox

from xumm_desk.engine.runtime.registry import RequestRow


class OpenQuestion:
    """The last question of one kind. It must not stand in front of what happened meanwhile: Paid,
    for instance."""

    def __init__(self, why_not: Callable[[RequestRow], str]) -> None:
        """`why_not` says why a request of this state is not asked about; "" while it is."""
        self._why_not = why_not
        self._identifier = ""
        self._box: QMessageBox | None = None

    def keep(self, identifier: str, box: QMessageBox) -> None:
        """This was asked about a request."""
        self._identifier, self._box = identifier, box

    def rows_changed(self, rows: Iterable[RequestRow]) -> None:
        """Withdraw it if it is about one of these and they moved on."""
        box = self._box
        if box is None:
            return
        if not shiboken6.isValid(box) or not box.isVisible():
            self._box = None
            return
        for row in rows:
            if row.identifier == self._identifier and self._why_not(row):
                self._box = None
                box.done(0)  # as if nothing had been pressed
                return
