"""The form for a new request, with an error at each field."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QPalette
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from xumm_desk.core.money import networks
from xumm_desk.core.request import form_input
from xumm_desk.core.request.field_rules import FieldError
from xumm_desk.core.request.form_input import FormInput
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.theme import Space
from xumm_desk.ui.widgets.announcement import announce
from xumm_desk.ui.widgets.containers import VerticalScrollArea
from xumm_desk.ui.widgets.labelled_field import LabelledField, MessageLine
from xumm_desk.ui.widgets.labels import ActionButton

from .request_inputs import RequestInputs, number_marks


class RequestForm(QWidget):
    """The "New request" panel. `submitted` carries the checked `RequestSpec`; the form is busy from
    then on until `set_busy(False)`, so that a double press makes one request.

    `outage_asked` is emitted when the button that `offer_outage` shows is pressed, `close_asked` by
    the cross of the panel. `create_action`
    and `clear_action` are made for the window's menus too.
    """

    submitted = Signal(object)
    outage_asked = Signal()
    close_asked = Signal()

    def __init__(
        self,
        *,
        ask_identifier: Callable[[], str],
        network: str = networks.DEFAULT,
        destination: str = "",
        expire: str = "5",
        currency: str = "XRP",
        issuer: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._ask_identifier = ask_identifier
        self._network = network
        self._busy = False
        self._blocked = ""
        self._focused: QWidget | None = None
        self.inputs = RequestInputs(network=network, destination=destination, expire=expire)
        self.inputs.set_currency(currency, issuer)
        self.refusal, self.blocked_reason = MessageLine(Tone.ATTENTION), MessageLine(Tone.NEUTRAL)
        self.outage = QPushButton(_("Use an outage code"))
        self.button = QPushButton()
        self.create_action = QAction(_("Create request"), self)
        self.clear_action = QAction(_("Clear the form"), self)
        self.clear_action.setIconText(_("Clear"))
        self._scroll = VerticalScrollArea(self.inputs)
        self._build()
        self.inputs.edited.connect(self._edited)
        self._refresh_button()

    def minimumSizeHint(self) -> QSize:
        """Wide enough for every label at the system's text size: nothing scrolls sideways."""
        bar = self._scroll.verticalScrollBar().sizeHint().width()
        wide = self.inputs.minimumSizeHint().width() + bar
        return QSize(max(340, wide), 320)

    def draft(self) -> FormInput:
        """Everything as typed."""
        return self.inputs.draft()

    def submit(self) -> None:
        """Check what is typed; emit `submitted` or show what is wrong. Does nothing while busy."""
        if self._busy or self._blocked:
            return
        self.show_problems(())
        result = form_input.parse_form(
            self.draft(),
            identifier=self._ask_identifier(),
            network=self._network,
            marks=number_marks(),
        )
        if isinstance(result, RequestSpec):
            self.set_busy(True)
            self.submitted.emit(result)
        else:
            self.show_problems(result)

    def set_busy(self, busy: bool) -> None:
        """Disable the form while its request is being created; the cursor returns afterwards."""
        if busy == self._busy:
            return
        if busy:
            self._focused = self.focusWidget()
        self._busy = busy
        self.inputs.setEnabled(not busy)
        self._refresh_button()
        if not busy and self._focused is not None and self.isAncestorOf(self._focused):
            self._focused.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_problems(self, problems: Sequence[FieldError]) -> None:
        """Show each sentence under its field, and put the cursor into the first of them."""
        first, rest = self.inputs.show_problems(problems)
        self._set_refusal(rest)
        if first is not None:
            self._focus_field(first)
        if problems:
            announce(self, tr(problems[0].message))

    def problems(self) -> dict[str, str]:
        """The sentences shown now, by field; those of no field under ""."""
        rest = self.refusal.text()
        return self.inputs.problems() | ({"": rest} if rest else {})

    def show_refusal(self, sentence: str) -> None:
        """Show above the button why the request was not created; removed with the next edit."""
        self._set_refusal(sentence)
        if sentence:
            announce(self, tr(sentence))

    def offer_outage(self) -> None:
        """Offer an outage code below the refusal; removed with it."""
        self.outage.show()

    def clear_for_next(self) -> None:
        """Empty the form for the next sale; destination, currency and expiry stay."""
        self.inputs.clear_for_next()
        self._set_refusal("")
        self._scroll.verticalScrollBar().setValue(0)
        self.focus_first()

    def focus_first(self) -> None:
        """Put the cursor where a sale begins."""
        self.inputs.field("amount").editor.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def set_blocked(self, reason: str) -> None:
        """Disable the button and show why; "" enables it."""
        self._blocked = reason
        self.blocked_reason.set_text(reason)
        self._refresh_button()

    def set_destination(self, text: str) -> None:
        """The shop's remembered address."""
        self.inputs.field("destination").set_text(text)

    def set_tag_placeholder(self, words: str) -> None:
        """The placeholder of the tag field."""
        self.inputs.set_tag_placeholder(words)

    def field(self, name: str) -> LabelledField:
        """One field by its name in `FormInput`."""
        return self.inputs.field(name)

    def _build(self) -> None:
        title = QLabel(_("New request"))
        title.setFont(theme.font(theme.Size.LARGE, strong=True))
        clear = ActionButton(self.clear_action)
        clear.setAccessibleName(_("Clear the form"))
        clear.setProperty("quiet", True)
        close = QPushButton("×")
        close.setProperty("quiet", True)
        close.setProperty("icon", True)
        close.setAccessibleName(_("Close the form; what is typed stays in it"))
        close.setToolTip(_("Close (Esc)"))
        close.clicked.connect(self.close_asked)
        head = QHBoxLayout()
        head.setContentsMargins(Space.L, Space.S, Space.S, Space.XS)
        head.addWidget(title, 1)
        head.addWidget(clear)
        head.addWidget(close)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(head)
        whole.addWidget(self._scroll, 1)
        edge = QWidget()
        edge.setFixedHeight(1)
        edge.setAutoFillBackground(True)
        edge.setBackgroundRole(QPalette.ColorRole.Mid)
        whole.addWidget(edge)
        foot = QVBoxLayout()
        foot.setContentsMargins(Space.L, Space.M, Space.L, Space.L)
        foot.setSpacing(Space.S)
        for part in (self.refusal, self.outage, self.blocked_reason, self.button):
            foot.addWidget(part)
        whole.addLayout(foot)
        self.outage.hide()
        self.outage.setAccessibleName(_("Use an outage code"))
        self.outage.setStyleSheet("min-height: 36px;")
        self.outage.setToolTip(_("A payment link that the ledger alone can confirm"))
        self.outage.clicked.connect(self.outage_asked)
        self.button.setProperty("primary", True)
        self.button.setStyleSheet("min-height: 42px;")  # with padding and border, over 48
        self.button.setFont(theme.font(theme.Size.LARGE, strong=True))
        self.button.setToolTip(_("F12 or Ctrl+Enter"))
        self.button.clicked.connect(self.submit)
        self.create_action.setShortcuts(
            [QKeySequence("F12"), QKeySequence("Ctrl+Return"), QKeySequence("Ctrl+Enter")]
        )
        self.create_action.triggered.connect(self.submit)
        self.clear_action.triggered.connect(self._clear)
        self.addActions([self.create_action, self.clear_action])

    def _focus_field(self, field: LabelledField) -> None:
        field.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        if isinstance(field.editor, QLineEdit):
            field.editor.selectAll()
        # Messages have just appeared: positions are known only after a new layout.
        layout = self.inputs.layout()
        if layout is not None:
            layout.activate()
        self._scroll.ensureWidgetVisible(field)

    def _set_refusal(self, sentence: str) -> None:
        self.refusal.set_text(sentence)
        self.outage.hide()

    def _edited(self) -> None:
        self._set_refusal("")
        self._refresh_button()

    def _refresh_button(self) -> None:
        sign_in = self.inputs.kind.value() == form_input.SIGN_IN
        words = _("Create sign-in") if sign_in else _("Create request")
        self.button.setText(
            _("Creating…") if self._busy else _("{action}    {key}", action=words, key="F12")
        )
        self.button.setAccessibleName(_("Creating") if self._busy else words)
        self.button.setAccessibleDescription(tr(self._blocked))
        free = not (self._busy or self._blocked)
        self.outage.setEnabled(free)
        self.button.setEnabled(free)
        self.create_action.setEnabled(free)
        self.clear_action.setEnabled(not self._busy)

    def _clear(self) -> None:
        if not self.inputs.is_empty() or self.problems():
            self.clear_for_next()
