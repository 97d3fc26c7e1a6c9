"""The dialog in which the platform's keys are typed, tested and saved."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from itertools import pairwise
from typing import Final

import shiboken6
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from xumm_desk.core import api_keys
from xumm_desk.core.bidi import isolate
from xumm_desk.core.message import Message
from xumm_desk.core.wire import api_answers
from xumm_desk.core.wire.api_answers import Application, Failure, FailureKind
from xumm_desk.engine.runtime.tasks import StartTask
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.status_shapes import Shape
from xumm_desk.ui.style.theme import Size, Space
from xumm_desk.ui.widgets.announcement import announce
from xumm_desk.ui.widgets.fitted_dialog import FittedDialog
from xumm_desk.ui.widgets.labelled_field import LabelledField, MessageLine
from xumm_desk.ui.widgets.labels import ParagraphLabel

_SHAPE: Final = Message("Usually 36 characters such as 1a2b3c4d-… This looks different.")
_CRASHED: Final = Failure(
    FailureKind.SERVER_ERROR, Message("The test ended without an answer. Try it again.")
)

KeyTest = Callable[[str, str], Awaitable[Application | Failure]]


class KeysDialog(FittedDialog):
    """API key and secret: typed, tested, then saved by the receiver of `saved(key, secret, app)`.

    Show it with `open()`. `kept_where` is the sentence that says where the pair will be stored.
    What was typed is wiped when the dialog closes, however it closes.
    """

    saved = Signal(str, str, object)
    removed = Signal()
    practice_chosen = Signal()
    _answered = Signal(int, object)

    def __init__(
        self, *, kept_where: str, test: KeyTest, start: StartTask, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Platform keys"))
        self.setModal(True)
        self._test, self._start = test, start
        self._test_number = 0
        self._application: Application | None = None
        self._testing = False
        self.show_secret = QPushButton(_("Show"))
        self.key, self.secret = (
            self._make(_("API key")),
            self._make(_("API secret"), self.show_secret),
        )
        self.outcome_good = MessageLine(Tone.PROGRESS, Shape.RING_TICK)
        self.outcome_bad = MessageLine(Tone.ATTENTION)
        self.kept = MessageLine()
        self.test_button = QPushButton(_("Test connection"))
        self.save_button = QPushButton(_("Save keys"))
        self.practice_button = QPushButton(_("Use practice mode instead"))
        self.remove_button = QPushButton(_("Remove stored keys"))
        self.cancel_button = QPushButton(_("Cancel"))
        self._build()
        self.kept.set_text(kept_where)
        self._answered.connect(self._show_answer)
        self._refresh()

    def done(self, result: int) -> None:
        """Close; the result of a running test is dropped, and nothing typed is kept."""
        self._test_number += 1
        self._testing = False
        for field in (self.key, self.secret):
            field.set_text("")
        self.show_secret.setChecked(False)
        self._forget()
        super().done(result)

    def _make(self, label: str, above: QWidget | None = None) -> LabelledField:
        editor = QLineEdit()
        editor.setFont(theme.font(fixed=True))
        editor.setMaxLength(200)
        # No spelling, no prediction: neither may learn what is typed here.
        editor.setInputMethodHints(
            Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText
        )
        field = LabelledField(label, label, editor, above=above)
        field.edited.connect(self._edited)
        return field

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        column.setSpacing(Space.M)
        title = ParagraphLabel(_("Connect to the Xaman platform"))
        title.setFont(theme.font(Size.LARGE, strong=True))
        column.addWidget(title)
        words = ParagraphLabel(
            _("Copy both from your application's page in the Xaman developer console.")
        )
        column.addWidget(words)
        if isinstance(self.secret.editor, QLineEdit):
            self.secret.editor.setEchoMode(QLineEdit.EchoMode.Password)
        self.show_secret.setCheckable(True)
        self.show_secret.setProperty("quiet", True)
        self.show_secret.setStyleSheet("padding: 0 4px; min-height: 16px;")
        self.show_secret.setAccessibleName(_("Show the secret"))
        self.show_secret.toggled.connect(self._show_secret)
        for part in (self.key, self.secret, self.kept, self.test_button):
            column.addWidget(part)
        column.addWidget(self.outcome_good)
        column.addWidget(self.outcome_bad)
        column.addStretch(1)
        foot = QHBoxLayout()
        foot.setSpacing(Space.S)
        for button in (self.practice_button, self.remove_button):
            button.setProperty("quiet", True)
            button.setStyleSheet("padding: 5px 4px;")
            button.setAutoDefault(False)
        self.remove_button.setToolTip(_("Take key and secret out of the system's keyring"))
        self.save_button.setProperty("primary", True)
        foot.addWidget(self.practice_button)
        foot.addWidget(self.remove_button)
        foot.addStretch(1)
        foot.addWidget(self.cancel_button)
        foot.addWidget(self.save_button)
        column.addLayout(foot)
        for button in (self.test_button, self.save_button, self.cancel_button):
            button.setStyleSheet("min-height: 26px;")
            button.setAutoDefault(False)
        self.show_secret.setAutoDefault(False)
        # Enter tests first and saves what was tested.
        self.test_button.setDefault(True)
        self.test_button.clicked.connect(self._start_test)
        self.save_button.clicked.connect(self._save)
        self.cancel_button.clicked.connect(self.reject)
        self.practice_button.clicked.connect(self._choose_practice)
        self.remove_button.clicked.connect(self._remove)
        # The switch is above the secret, but nobody wants to stop there on the way to it.
        order = (self.key.editor, self.secret.editor, self.show_secret, self.test_button)
        for first, second in pairwise(order):
            QWidget.setTabOrder(first, second)

    def _pair(self) -> tuple[str, str]:
        return api_keys.clean_key(self.key.text()), api_keys.clean_key(self.secret.text())

    def _faults(self) -> tuple[str, str]:
        """Why either cannot be sent to the platform, "" where it can."""
        key, secret = self._pair()
        return api_keys.key_error(api_keys.KEY, key), api_keys.key_error(api_keys.SECRET, secret)

    def _edited(self) -> None:
        self._test_number += 1
        self._testing = False
        self._forget()
        parts = zip((self.key, self.secret), self._pair(), self._faults(), strict=True)
        for field, typed, error in parts:
            field.hint.set_text(
                error or (_SHAPE if typed and not api_answers.is_uuid(typed) else "")
            )
        self._fit()

    def _forget(self) -> None:
        self._application = None
        self.outcome_good.set_text("")
        self.outcome_bad.set_text("")
        self._refresh()

    def _refresh(self) -> None:
        whole = all(self._pair()) and not any(self._faults())
        self.test_button.setText(_("Testing…") if self._testing else _("Test connection"))
        self.test_button.setEnabled(whole and not self._testing)
        ready = self._application is not None
        self.save_button.setEnabled(ready)
        self.save_button.setDefault(ready)
        self.test_button.setDefault(not ready)
        self.save_button.setToolTip(tr("" if ready else _("Test the connection first")))
        self._fit()

    def _fit(self) -> None:
        """Grow with sentences that appear; Qt by itself would squeeze them."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
            wide = max(440, layout.totalMinimumSize().width())
            self.setMinimumWidth(wide)
            self.setMinimumHeight(layout.totalHeightForWidth(max(self.width(), wide)))

    def _show_secret(self, on: bool) -> None:
        if isinstance(self.secret.editor, QLineEdit):
            mode = QLineEdit.EchoMode.Normal if on else QLineEdit.EchoMode.Password
            self.secret.editor.setEchoMode(mode)
        self.show_secret.setText(_("Hide") if on else _("Show"))
        self.show_secret.setAccessibleName(_("Hide the secret") if on else _("Show the secret"))

    def _start_test(self) -> None:
        if self._testing or not all(self._pair()) or any(self._faults()):
            return
        self._forget()
        self._testing = True
        self._refresh()
        self._start(self._run_test(self._test_number, *self._pair()), "test keys")

    async def _run_test(self, edition: int, key: str, secret: str) -> None:
        answer: Application | Failure = _CRASHED
        try:
            answer = await self._test(key, secret)
        finally:
            if shiboken6.isValid(self):
                self._answered.emit(edition, answer)

    def _show_answer(self, edition: int, answer: object) -> None:
        if edition != self._test_number:
            return  # of a pair that is no longer the one in the fields
        self._testing = False
        if isinstance(answer, Application):
            self._application = answer
            self.outcome_good.set_text(
                _("Connected. These are the keys of “{name}”.", name=isolate(answer.name))
            )
            if answer.disabled:
                self.outcome_bad.set_text(
                    _(
                        "This application is switched off. Until it is switched on in"
                        " the developer console, no request can be created."
                    )
                )
        elif isinstance(answer, Failure):
            self.outcome_bad.set_text(answer.message)
        self._refresh()
        announce(self, tr(self.outcome_good.text() or self.outcome_bad.text()))

    def _save(self) -> None:
        if self._application is not None:
            self.saved.emit(*self._pair(), self._application)
            self.accept()

    def _remove(self) -> None:
        self.removed.emit()
        self.reject()

    def _choose_practice(self) -> None:
        self.practice_chosen.emit()
        self.reject()
