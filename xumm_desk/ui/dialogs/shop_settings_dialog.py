"""The dialog for the shop's settings: its address and its range of destination tags."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from xumm_desk.core.message import Message
from xumm_desk.core.money import address
from xumm_desk.core.request import destination_tags, field_rules
from xumm_desk.core.settings import Settings
from xumm_desk.locale import formats
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.theme import Size, Space
from xumm_desk.ui.widgets.check_box import CheckBox
from xumm_desk.ui.widgets.containers import VerticalScrollArea
from xumm_desk.ui.widgets.labelled_field import MessageLine, announce, line_field
from xumm_desk.ui.widgets.labels import wrapped_label

SUGGESTED: Final = ("100000", "999999")
"""Wide enough for any shop, and every tag has the same length."""

_WIDTH: Final = 560
_WHY_ADDRESS: Final = Message(
    "Stands in every new request. Payments to it are looked for on the ledger,"
    " also those that the platform never reports."
)
_WHY_TAGS: Final = Message(
    "A tag tells one sale from another on the ledger. With it a payment finds its"
    " sale even where the platform is silent; without it, payments of the same"
    " amount look alike. A tag that is typed into a request is used as it is."
)
_NO_NODE: Final = Message(
    "No ledger node is set up, so nothing is looked for on the ledger now. Tags"
    " are given all the same."
)
_NO_ZERO: Final = Message(
    "Destination tags: begin at 1 or above. Wallets leave a tag of 0 out, and a"
    " payment without its tag ends as Check."
)


class ShopSettingsDialog(QDialog):
    """Shop settings; show it with `open()`. `saved` carries the values by their names."""

    saved = Signal(dict)

    def __init__(
        self, now: Settings, *, ledger: bool, network: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Shop settings"))
        self.setModal(True)
        self._ledger, self._network = ledger, network
        self.destination = line_field("destination", _("Address"), hint=_("r… or X…"), fixed=True)
        self.own_tags = CheckBox(_("Give each payment a destination tag of its own"))
        self.first = line_field("tag_from", _("First tag"), hint=SUGGESTED[0])
        self.last = line_field("tag_to", _("Last tag"), hint=SUGGESTED[1])
        self.range_problem = MessageLine(Tone.ATTENTION)
        self.range_hint, self.node_hint = MessageLine(), MessageLine()
        self.save_button, self.cancel_button = QPushButton(_("Save")), QPushButton(_("Cancel"))
        self._range = QWidget()
        self._content = QWidget()
        self._scroll = VerticalScrollArea(self._content)
        self._build()
        self.destination.set_text(now.destination)
        self.first.set_text(now.tag_from)
        self.last.set_text(now.tag_to)
        self.own_tags.setChecked(bool(now.tag_from.strip() or now.tag_to.strip()))
        self.own_tags.toggled.connect(self._switched)
        for field in (self.destination, self.first, self.last):
            field.edited.connect(self._refresh)
        self._refresh()

    def values(self) -> dict[str, str]:
        """What is typed, by the names of the settings."""
        on = self.own_tags.isChecked()
        return {
            "destination": self.destination.text().strip(),
            "tag_from": self.first.text().strip() if on else "",
            "tag_to": self.last.text().strip() if on else "",
        }

    def save(self) -> None:
        """Emit what is typed and close, or show what is wrong with it."""
        values = self.values()
        wrong_address = self._address_problem(values["destination"])
        wrong_range = self._range_problem()
        self.destination.set_problem(wrong_address)
        self.range_problem.set_text(wrong_range)
        if not (wrong_address or wrong_range):
            self.saved.emit(values)
            self.accept()
            return
        self._fit()
        announce(self, tr(wrong_address or wrong_range))
        field = self.destination if wrong_address else self.first
        field.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        self._scroll.ensureWidgetVisible(field)

    # Building.

    def _build(self) -> None:
        inner = QVBoxLayout(self._content)
        inner.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        inner.setSpacing(Space.S)
        self._head(inner, _("Where payments go"), _WHY_ADDRESS)
        inner.addWidget(self.destination)
        inner.addSpacing(Space.L)
        self._head(inner, _("Which payment is for which sale"), _WHY_TAGS)
        self.own_tags.setMinimumHeight(36)
        inner.addWidget(self.own_tags)
        column = QVBoxLayout(self._range)
        # Aligned with the text of the box above, to which the range belongs.
        indent = self.own_tags.box_size() + Space.S + 1
        column.setContentsMargins(indent, 0, 0, 0)
        column.setSpacing(Space.S)
        pair = QHBoxLayout()
        pair.setSpacing(Space.M)
        pair.addWidget(self.first, 1, Qt.AlignmentFlag.AlignTop)
        pair.addWidget(self.last, 1, Qt.AlignmentFlag.AlignTop)
        column.addLayout(pair)
        for line in (self.range_problem, self.range_hint, self.node_hint):
            column.addWidget(line)
        inner.addWidget(self._range)
        inner.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._scroll, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(Space.XL, Space.S, Space.XL, Space.L)
        foot.setSpacing(Space.S)
        foot.addStretch(1)
        foot.addWidget(self.cancel_button)
        foot.addWidget(self.save_button)
        whole.addLayout(foot)
        self.save_button.setProperty("primary", True)
        self.save_button.setDefault(True)
        self.cancel_button.setAutoDefault(False)
        for button in (self.cancel_button, self.save_button):
            button.setStyleSheet("min-height: 26px; min-width: 64px;")
        self.save_button.clicked.connect(self.save)
        self.cancel_button.clicked.connect(self.reject)

    def _head(self, column: QVBoxLayout, title: str, why: str) -> None:
        label = QLabel(tr(title))
        label.setFont(theme.font(Size.LARGE, strong=True))
        label.setWordWrap(True)
        column.addWidget(label)
        column.addWidget(wrapped_label(tr(why), muted=True))

    # What is typed.

    def _switched(self, on: bool) -> None:
        if on and not self.first.text().strip() and not self.last.text().strip():
            self.first.set_text(SUGGESTED[0])
            self.last.set_text(SUGGESTED[1])
        self._refresh()

    def _refresh(self) -> None:
        on = self.own_tags.isChecked()
        self._range.setVisible(on)
        self.range_problem.set_text("")
        read = destination_tags.parse_tag_range(self.first.text(), self.last.text())
        words = ""
        if isinstance(read, destination_tags.TagRange):
            size = read.last - read.first + 1
            number = formats.whole_number(size)
            days = destination_tags.UNPAID_QUARANTINE.days
            words = _(
                "{number} tag. After a sale that was not paid its tag is not used again for"
                " {days} days: have more tags than sales in {days} days.",
                plural="{number} tags. After a sale that was not paid its tag is not used again"
                " for {days} days: have more tags than sales in {days} days.",
                n=size,
                number=number,
                days=days,
            )
        self.range_hint.set_text(words)
        self.node_hint.set_text("" if self._ledger else _NO_NODE)
        typed = self.destination.text().strip()
        found = address.parse_address(typed)
        classic = found.classic if found is not None else typed
        self.destination.hint.set_text(
            "" if classic == typed else _("An X-address of {classic}", classic=classic)
        )
        self._fit()

    def _address_problem(self, typed: str) -> str:
        if not typed:
            return ""
        found = address.parse_address(typed)
        if found is None:
            problem = field_rules.address_error(typed, "destination", Message("Address"))
        else:
            problem = field_rules.test_address_error(
                found, self._network, "destination", Message("Address")
            )
        return problem.message if problem else ""

    def _range_problem(self) -> str:
        if not self.own_tags.isChecked():
            return ""
        read = destination_tags.parse_tag_range(self.first.text(), self.last.text())
        if isinstance(read, str):
            return read
        if read is None:
            return _("Destination tags: type the first and the last one, or switch them off.")
        return _NO_ZERO if read.first == 0 else ""

    def _fit(self) -> None:
        """As high as its sentences need, as far as the screen goes; beyond that it scrolls."""
        layout = self._content.layout()
        whole = self.layout()
        if layout is None or whole is None:
            return
        layout.activate()
        foot = whole.sizeHint().height() - self._scroll.sizeHint().height()
        wide = max(_WIDTH, layout.totalMinimumSize().width())
        high = layout.totalHeightForWidth(wide) + foot
        room = self.screen().availableSize()
        self.setMinimumWidth(min(wide, room.width() - 80))
        self.resize(self.minimumWidth(), min(high, room.height() - 80))
