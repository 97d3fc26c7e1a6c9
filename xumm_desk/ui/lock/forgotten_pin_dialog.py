"""The way back when the PIN is forgotten: the owner's keys, or nothing at all in practice."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from xumm_desk.core import api_keys
from xumm_desk.locale.translation import _
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.theme import Size, Space
from xumm_desk.ui.widgets.announcement import announce
from xumm_desk.ui.widgets.fitted_dialog import FittedDialog
from xumm_desk.ui.widgets.labelled_field import LabelledField, MessageLine
from xumm_desk.ui.widgets.labels import wrapped_label

from .desk_lock import DeskLock
from .pin_pad import fit_height


class ForgottenPinDialog(FittedDialog):
    """Asks for the application's key and secret. `accepted_keys`: they are those in use. In
    practice nothing is at stake, and the PIN can be removed at once."""

    accepted_keys = Signal()

    def __init__(self, lock: DeskLock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("PIN forgotten"))
        self._lock, self._practice = lock, lock.is_practice()
        self.key, self.secret = _secret_field(_("API key")), _secret_field(_("API secret"))
        self.problem = MessageLine(Tone.ATTENTION)
        self.go_on = QPushButton(_("Remove the PIN") if self._practice else _("Set a new PIN"))
        self.cancel_button = QPushButton(_("Cancel"))
        self._build()
        for field in (self.key, self.secret):
            field.edited.connect(lambda: self._say(""))
        self.go_on.clicked.connect(self._go_on)
        self.cancel_button.clicked.connect(self.reject)

    def done(self, result: int) -> None:
        """Close; nothing typed is kept."""
        for field in (self.key, self.secret):
            field.set_text("")
        super().done(result)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        column.setSpacing(Space.M)
        title = wrapped_label(
            _("This is practice: remove the PIN")
            if self._practice
            else _("The owner's keys open the desk")
        )
        title.setFont(theme.font(Size.LARGE, strong=True))
        column.addWidget(title)
        column.addWidget(
            wrapped_label(
                _("No real money is at stake here, so no proof is asked for.")
                if self._practice
                else _(
                    "Enter the API key and secret that this desk uses, from your application's"
                    " page in the Xaman developer console. Then you can set a new PIN."
                ),
                muted=True,
            )
        )
        for field in (self.key, self.secret):
            field.setVisible(not self._practice)
            column.addWidget(field)
        column.addWidget(self.problem)
        column.addStretch(1)
        foot = QHBoxLayout()
        foot.addStretch()
        self.go_on.setProperty("primary", True)
        self.go_on.setDefault(True)
        for button in (self.cancel_button, self.go_on):
            button.setProperty("touch", "48")
            foot.addWidget(button)
        self.cancel_button.setAutoDefault(False)
        column.addLayout(foot)
        self.setMinimumWidth(440)
        fit_height(self)

    def _say(self, problem: str) -> None:
        if problem != self.problem.text():
            self.problem.set_text(problem)
            fit_height(self)

    def _go_on(self) -> None:
        if self._practice:
            self._lock.remove_pin()
            self.accept()
            return
        key, secret = (api_keys.clean_key(field.text()) for field in (self.key, self.secret))
        if self._lock.check_keys(key, secret):
            self.accept()
            self.accepted_keys.emit()
            return
        self._say(
            _("These are not the keys in use. Nothing was changed.")
            if self._lock.owner_keys is not None
            else _("No keys are in use that could be compared.")
        )
        announce(self, self.problem.text())


def _secret_field(label: str) -> LabelledField:
    editor = QLineEdit()
    editor.setFont(theme.font(fixed=True))
    editor.setMaxLength(200)
    editor.setEchoMode(QLineEdit.EchoMode.Password)
    editor.setInputMethodHints(
        Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText
    )
    return LabelledField(label, label, editor)
