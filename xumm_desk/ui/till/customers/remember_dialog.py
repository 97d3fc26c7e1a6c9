"""A dialog that remembers the customer of a paid sale, once the customer has agreed."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from xumm_desk.core.customers.customer import MAX_NICKNAME, clean_nickname
from xumm_desk.engine.returning_customers import RememberResult, ReturningCustomers
from xumm_desk.engine.runtime.tasks import StartTask
from xumm_desk.locale.translation import _
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.theme import Size, Space
from xumm_desk.ui.widgets.fitted_dialog import FittedDialog
from xumm_desk.ui.widgets.labelled_field import MessageLine, line_field
from xumm_desk.ui.widgets.labels import wrapped_label


class RememberDialog(FittedDialog):
    """Asks for a nickname. `remembered` carries the identifier of the sale and the nickname. A name
    that another customer has is replaced only by pressing again."""

    remembered = Signal(str, str)
    _answered = Signal(object)

    def __init__(
        self,
        customers: ReturningCustomers,
        identifier: str,
        *,
        start: StartTask,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Remember this customer"))
        self._customers, self._identifier, self._start = customers, identifier, start
        self._confirmed = ""
        self.question = wrapped_label(
            _("Ask: “May we send your next bill straight to your phone?”")
        )
        self.question.setFont(theme.font(Size.LARGE, strong=True))
        self.about = wrapped_label(
            _(
                "Remember only who says yes. The name and the permission are kept in this"
                " computer's keyring until you forget them, or 30 days have passed without a"
                " payment. The customer still confirms each payment, and can end this in the"
                " wallet."
            ),
            muted=True,
        )
        self.field = line_field("nickname", _("Name to find this customer by"))
        assert isinstance(self.field.editor, QLineEdit)
        self.field.editor.setMaxLength(MAX_NICKNAME)
        self.warning = MessageLine(Tone.ATTENTION)
        self.take, self.leave = QPushButton(), QPushButton(_("Cancel"))
        self._build()
        self.take.clicked.connect(self._take)
        self.leave.clicked.connect(self.reject)
        self.field.edited.connect(self._edited)
        self._answered.connect(self._after_answer)
        self._edited()
        self.field.editor.setFocus()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        column.setSpacing(Space.M)
        for part in (self.question, self.about, self.field, self.warning):
            column.addWidget(part)
        self.take.setProperty("primary", True)
        self.take.setDefault(True)
        line = QHBoxLayout()
        line.setSpacing(int(Space.S))
        line.addStretch()
        for button in (self.leave, self.take):
            button.setProperty("touch", "48")
            line.addWidget(button)
        self.leave.setAutoDefault(False)
        column.addLayout(line)
        self.setMinimumWidth(460)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin as high as the sentences need."""
        super().showEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Be as high as the sentences need at this width."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
            self.resize(self.width(), layout.heightForWidth(self.width()))

    def _show_warning(self, sentence: str) -> None:
        if sentence != self.warning.text():
            self.warning.set_text(sentence)
            self._fit()

    def _edited(self) -> None:
        self._show_warning("")
        self._confirmed = ""
        self._show_buttons(busy=False)

    def _show_buttons(self, *, busy: bool) -> None:
        self.take.setEnabled(not busy)
        self.field.editor.setEnabled(not busy)
        self.take.setText(
            _("Asking…")
            if busy
            else _("Replace")
            if self._confirmed
            else _("The customer agrees: remember")
        )

    def _take(self) -> None:
        nickname = clean_nickname(self.field.text())
        confirmed = bool(nickname) and nickname == self._confirmed
        self._show_buttons(busy=True)

        async def remember() -> None:
            result = await self._customers.remember(
                self._identifier, nickname, replace_other=confirmed
            )
            if shiboken6.isValid(self):
                self._answered.emit((nickname, result))

        self._start(remember(), "remember customer")

    def _after_answer(self, answer: tuple[str, RememberResult]) -> None:
        nickname, result = answer
        if result.done:
            self.remembered.emit(self._identifier, nickname)
            self.accept()
            return
        self._confirmed = nickname if result.taken else ""
        self._show_warning(result.sentence)
        self._show_buttons(busy=False)
        self.field.editor.setFocus()
