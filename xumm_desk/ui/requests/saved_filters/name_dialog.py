"""The dialog that names a filter which is kept, or names one anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from xumm_desk.core.history.saved_filter import MAX_NAME, clean_name
from xumm_desk.locale.translation import _
from xumm_desk.ui.style.theme import Space
from xumm_desk.ui.widgets.fitted_dialog import FittedDialog
from xumm_desk.ui.widgets.labelled_field import LabelledField
from xumm_desk.ui.widgets.labels import wrapped_label

_WIDTH: Final = 400


class NameDialog(FittedDialog):
    """Show it with `open()`. `chosen` carries the name. `problem` says why a name cannot be,
    `exists` whether there is a filter of it, which is then replaced."""

    chosen = Signal(str)

    def __init__(
        self,
        title: str,
        name: str,
        *,
        parts: Sequence[str],
        problem: Callable[[str], str],
        exists: Callable[[str], bool],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setModal(True)
        self._problem, self._exists = problem, exists
        editor = QLineEdit(clean_name(name))
        editor.setMaxLength(MAX_NAME)
        self.name = LabelledField("name", _("Name"), editor)
        self.save_button, self.cancel_button = QPushButton(_("Save")), QPushButton(_("Cancel"))
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        column.setSpacing(Space.M)
        column.addWidget(self.name)
        for part in parts:
            column.addWidget(wrapped_label(part, muted=True))
        foot = QHBoxLayout()
        foot.setSpacing(Space.S)
        foot.addStretch(1)
        foot.addWidget(self.cancel_button)
        foot.addWidget(self.save_button)
        column.addStretch(1)
        column.addLayout(foot)
        self.cancel_button.setAutoDefault(False)
        self.save_button.setProperty("primary", True)
        self.save_button.setDefault(True)
        self.name.edited.connect(self._typed)
        self.save_button.clicked.connect(self._save)
        self.cancel_button.clicked.connect(self.reject)
        self.setMinimumWidth(_WIDTH)
        editor.selectAll()
        self._typed()

    def _typed(self) -> None:
        typed = self.name.text()
        self.name.set_problem("")
        replaces = self._exists(typed)
        self.save_button.setText(_("Replace") if replaces else _("Save"))
        self.name.hint.set_text(
            _("There is a filter of this name. It is replaced by this one.") if replaces else ""
        )

    def _save(self) -> None:
        typed = self.name.text()
        if problem := self._problem(typed):
            self.name.set_problem(problem)
            self.name.editor.setFocus()
            return
        self.chosen.emit(clean_name(typed))
        self.accept()
