"""The page about the shop: its name, its logo, where payments go, and their destination tags."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from xumm_desk.core.account.finding import Finding
from xumm_desk.core.message import Message, Sentences
from xumm_desk.core.money import address
from xumm_desk.core.request import destination_tags, field_rules
from xumm_desk.core.settings import Settings
from xumm_desk.locale import formats
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.background import run_in_thread
from xumm_desk.ui.customer.logo_file import read_logo
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.theme import Space
from xumm_desk.ui.widgets.check_box import CheckBox
from xumm_desk.ui.widgets.labelled_field import MessageLine, line_field

from .context import PageContext
from .page import FindingList, SettingsPage, button_row, side_by_side

SUGGESTED: Final = ("100000", "999999")
"""Wide enough for any shop, and every tag has the same length."""

_LOGO_SIZE: Final = (160, 80)
_WHY_NAME: Final = Message(
    "Customers read it in the wallet, on their screen and on receipts. Without one they read the"
    " name of the application on the platform."
)
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
_NO_DESK: Final = Message("The account is looked at as soon as the desk is connected.")
_LOOKING: Final = Message("Looking at the account…")


class ShopPage(SettingsPage):
    """Name, logo, address and tags. With `address_only` it has the last two, for the set-up."""

    title = Message("Shop")

    def __init__(self, now: Settings, context: PageContext, *, address_only: bool = False) -> None:
        super().__init__()
        self._context = context
        self._saved_logo, self._new_logo, self._logo_problem = now.shop_logo, "", ""
        self.name = line_field("shop_name", _("Name"), optional=True)
        self.logo = QLabel()
        self.logo_message = MessageLine(Tone.ATTENTION)
        self.choose_logo = QPushButton(_("Choose a picture…"))
        self.remove_logo = QPushButton(_("Remove the logo"))
        self.destination = line_field("destination", _("Address"), hint=_("r… or X…"), fixed=True)
        self.findings = FindingList()
        self.own_tags = CheckBox(_("Give each payment a destination tag of its own"), wraps=True)
        self.first = line_field("tag_from", _("First tag"), hint=SUGGESTED[0])
        self.last = line_field("tag_to", _("Last tag"), hint=SUGGESTED[1])
        self.range_problem = MessageLine(Tone.ATTENTION)
        self.range_hint, self.node_hint = MessageLine(), MessageLine()
        self._range = QWidget()
        self._build(address_only)
        self.name.set_text(now.shop_name)
        self.destination.set_text(now.destination)
        self.first.set_text(now.tag_from)
        self.last.set_text(now.tag_to)
        self.own_tags.setChecked(bool(now.tag_from.strip() or now.tag_to.strip()))
        self.own_tags.toggled.connect(self._switched)
        for field in (self.name, self.destination, self.first, self.last):
            field.edited.connect(self._refresh)
        self._show_logo_of(context.tools.logo_path(now.shop_logo))
        self._refresh()

    @property
    def new_logo(self) -> str:
        """The file that was chosen and has still to be stored; "" for none."""
        return self._new_logo

    def values(self) -> dict[str, Any]:
        """Without a logo that has still to be stored, see `new_logo`."""
        on = self.own_tags.isChecked()
        return {
            "shop_name": self.name.text().strip(),
            "shop_logo": self._saved_logo,
            "destination": self.destination.text().strip(),
            "tag_from": self.first.text().strip() if on else "",
            "tag_to": self.last.text().strip() if on else "",
        }

    @property
    def uses_tags(self) -> bool:
        """Whether each sale has a tag."""
        return self.own_tags.isChecked()

    def problem(self) -> tuple[str, QWidget | None]:
        wrong_address = self._address_problem(self.destination.text().strip())
        wrong_range = self._range_problem()
        self.destination.set_problem(wrong_address)
        self.range_problem.set_text(wrong_range)
        if self._logo_problem:
            return self._logo_problem, self.choose_logo
        if wrong_address:
            return wrong_address, self.destination
        return wrong_range, self.first if wrong_range else None

    def show_logo_problem(self, sentence: str) -> None:
        """The chosen logo could not be stored."""
        self._logo_problem = sentence
        self.logo_message.set_text(sentence)

    def show_findings(self, findings: tuple[Finding, ...] | None) -> None:
        """What was found about the address that is typed; None while it is not known."""
        if findings is not None:
            self.findings.show_findings(findings)
        elif address.parse_address(self.destination.text().strip()) is None:
            self.findings.show_findings(())
        else:
            looks = self._context.look is not None
            self.findings.show_findings((), _LOOKING if looks else _NO_DESK)

    # Building.

    def _build(self, address_only: bool) -> None:
        if not address_only:
            self._build_name()
        self.heading(Message("Where payments go"), _WHY_ADDRESS)
        self.column.addWidget(self.destination)
        self.column.addWidget(self.findings)
        self.heading(Message("Which payment is for which sale"), _WHY_TAGS)
        self.own_tags.setMinimumHeight(36)
        self.column.addWidget(self.own_tags)
        column = QVBoxLayout(self._range)
        # Aligned with the text of the box above, to which the range belongs.
        indent = self.own_tags.box_size() + Space.S + 1
        column.setContentsMargins(indent, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addLayout(side_by_side(self.first, self.last))
        for line in (self.range_problem, self.range_hint, self.node_hint):
            column.addWidget(line)
        self.column.addWidget(self._range)
        self.finish()

    def _build_name(self) -> None:
        self.heading(Message("Name and logo"), _WHY_NAME)
        self.column.addWidget(self.name)
        card = QFrame()
        card.setProperty("card", True)
        card.setFixedSize(_LOGO_SIZE[0] + 2 * Space.S, _LOGO_SIZE[1] + 2 * Space.S)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(Space.S, Space.S, Space.S, Space.S)
        self.logo.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.logo.setWordWrap(True)
        self.logo.setProperty("muted", True)
        self.logo.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        inside.addWidget(self.logo)
        row = QHBoxLayout()
        row.setSpacing(Space.M)
        row.addWidget(card)
        buttons = QVBoxLayout()
        buttons.addLayout(button_row(self.choose_logo))
        buttons.addLayout(button_row(self.remove_logo))
        row.addLayout(buttons, 1)
        self.column.addLayout(row)
        self.column.addWidget(self.logo_message)
        self.choose_logo.clicked.connect(self._ask_logo)
        self.remove_logo.clicked.connect(self._forget_logo)

    # The logo.

    def _ask_logo(self) -> None:
        dialog = QFileDialog(self, _("Choose the shop's logo"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(_("Pictures (*.png *.jpg *.jpeg *.gif *.bmp *.webp)"))
        dialog.fileSelected.connect(self.use_logo)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def use_logo(self, path: str) -> None:
        """Show this file as the logo, or say why it cannot be one. It is stored on saving."""
        self._new_logo = path
        self.show_logo_problem("")
        self.logo.setText(_("Reading…"))
        self._show_logo_of(path)

    def _show_logo_of(self, path: str) -> None:
        self.remove_logo.setEnabled(bool(path))
        if not path:
            self.logo.setText(_("No logo"))
            return
        run_in_thread(partial(read_logo, path), partial(self._logo_read, path))

    def _logo_read(self, path: str, found: QImage | str) -> None:
        if not shiboken6.isValid(self) or path not in (
            self._new_logo,
            self._context.tools.logo_path(self._saved_logo),
        ):
            return
        if isinstance(found, str):
            self._new_logo = ""
            self.logo.setText(_("No logo"))
            # One that was stored long ago must not keep anybody from saving other settings.
            self.logo_message.set_text(found)
            self.edited.emit()
            return
        ratio = self.devicePixelRatioF()
        picture = QPixmap.fromImage(found).scaled(
            round(_LOGO_SIZE[0] * ratio),
            round(_LOGO_SIZE[1] * ratio),
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        picture.setDevicePixelRatio(ratio)
        self.logo.setPixmap(picture)
        self.edited.emit()

    def _forget_logo(self) -> None:
        self._saved_logo = self._new_logo = ""
        self.show_logo_problem("")
        self._show_logo_of("")
        self.edited.emit()

    # What is typed.

    def _switched(self, on: bool) -> None:
        if on and not self.first.text().strip() and not self.last.text().strip():
            self.first.set_text(SUGGESTED[0])
            self.last.set_text(SUGGESTED[1])
        self._refresh()

    def _refresh(self) -> None:
        self._range.setVisible(self.own_tags.isChecked())
        self.range_problem.set_text("")
        read = destination_tags.parse_tag_range(self.first.text(), self.last.text())
        words = ""
        if isinstance(read, destination_tags.TagRange):
            size = read.last - read.first + 1
            number = formats.whole_number(size)
            days = destination_tags.UNPAID_QUARANTINE.days
            count = Message("{number} tag.", plural="{number} tags.", n=size, number=number)
            again = Message(
                "After a sale that was not paid its tag is not used again for {n} day: have more"
                " tags than sales in that time.",
                plural="After a sale that was not paid its tag is not used again for {n} days: have"
                " more tags than sales in that time.",
                n=days,
            )
            words = tr(Sentences([count, again]))
        self.range_hint.set_text(words)
        self.node_hint.set_text("" if self._context.ledger else _NO_NODE)
        typed = self.destination.text().strip()
        found = address.parse_address(typed)
        classic = found.classic if found is not None else typed
        self.destination.hint.set_text(
            "" if classic == typed else _("An X-address of {classic}", classic=classic)
        )
        self.edited.emit()

    def _address_problem(self, typed: str) -> str:
        if not typed:
            return ""
        found = address.parse_address(typed)
        if found is None:
            problem = field_rules.address_error(typed, "destination", Message("Address"))
        else:
            problem = field_rules.test_address_error(
                found, self._context.network, "destination", Message("Address")
            )
        return problem.message if problem else ""

    def _range_problem(self) -> str:
        if not self.own_tags.isChecked():
            return ""
        read = destination_tags.parse_tag_range(self.first.text(), self.last.text())
        if isinstance(read, str):
            return read
        if read is None:
            return tr(_("Destination tags: type the first and the last one, or switch them off."))
        return _NO_ZERO if read.first == 0 else ""
