"""The charge guard's question: an earlier request for the same may still be paid.

Knows how it is asked; must not know what follows from an answer.
"""

from __future__ import annotations

from PySide6.QtWidgets import QMessageBox, QWidget

from xumm_desk.core.guard import DuplicateSale, duplicate_sales
from xumm_desk.core.lifecycle import Status
from xumm_desk.core.order import RequestSpec
from xumm_desk.engine.desk import Desk

from .question import WARNING, Choice, ask


def find_duplicate(desk: Desk, order: RequestSpec) -> DuplicateSale | None:
    """The first other request for what `order` asks for that may still be paid."""

    def status(identifier: str) -> Status | None:
        row = desk.row(identifier)
        return row.verdict.status if row else None

    others = [row.request for row in desk.rows() if row.identifier != order.identifier]
    found = duplicate_sales(order, others, status, desk.catch_up_state().not_reread)
    return found[0] if found else None


def ask_about_duplicate(parent: QWidget, rival: DuplicateSale, *choices: Choice) -> QMessageBox:
    """Ask before something that may be paid twice."""
    more = "Charging again could be paid twice."
    return ask(parent, "Already asked for", rival.message, more, *choices, icon=WARNING)
