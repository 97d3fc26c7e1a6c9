"""Questions before something that cannot be undone, and before a sale that may be a duplicate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.status import Status
from xumm_desk.core.verdict.duplicate_guard import DuplicateSale, duplicate_sales
from xumm_desk.engine.desk import Desk
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.widgets.environment_marks import mark_network

Role = QMessageBox.ButtonRole

WARNING: Final = QMessageBox.Icon.Warning
QUESTION: Final = QMessageBox.Icon.Question


@dataclass(frozen=True, slots=True)
class Choice:
    """One button: its text, and what is done when it is pressed. `default` is the one for Enter,
    `escape` the one for Esc and for closing the window."""

    words: str
    action: Callable[[], None] = lambda: None
    role: Role = Role.AcceptRole
    default: bool = False
    escape: bool = False


def ask(
    parent: QWidget,
    title: str,
    text: str,
    more: str,
    *choices: Choice,
    icon: QMessageBox.Icon = QUESTION,
) -> QMessageBox:
    """Ask without stopping the window; the box deletes itself when it was answered."""
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(icon)
    box.setWindowTitle(tr(title))
    # Identifiers and references are typed by people: never markup.
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(tr(text))
    box.setInformativeText(tr(more))
    buttons = [(box.addButton(choice.words, choice.role), choice) for choice in choices]
    for button, choice in buttons:
        if choice.default:
            box.setDefaultButton(button)
        if choice.escape:
            box.setEscapeButton(button)

    def pressed() -> None:
        clicked = box.clickedButton()
        for button, choice in buttons:
            if button is clicked:
                choice.action()

    mark_network(box)
    box.finished.connect(pressed)
    box.open()
    return box


def find_duplicate(desk: Desk, spec: RequestSpec) -> DuplicateSale | None:
    """The first other request for what `spec` asks for that may still be paid."""

    def status(identifier: str) -> Status | None:
        row = desk.row(identifier)
        return row.verdict.status if row else None

    others = [row for row in desk.rows() if row.identifier != spec.identifier]
    elsewhere = {
        row.identifier for row in others if row.other_till is not None and row.other_till.lives
    }
    unread = desk.catch_up_state().not_reread
    found = duplicate_sales(spec, [row.request for row in others], status, unread, elsewhere)
    return found[0] if found else None


def ask_about_duplicate(parent: QWidget, duplicate: DuplicateSale, *choices: Choice) -> QMessageBox:
    """Ask before something that may be paid twice."""
    more = _("Charging again could be paid twice.")
    return ask(parent, _("Already asked for"), duplicate.message, more, *choices, icon=WARNING)
