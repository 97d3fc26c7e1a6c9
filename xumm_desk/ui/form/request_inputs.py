"""The input fields of a new request, and which of them belong to which kind of request."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from xumm_desk.core.message import LIST_SEPARATOR, Formatted, Message, Sentences
from xumm_desk.core.money import address, amount, mpt, networks, typed_number
from xumm_desk.core.money.pasted_text import PastedAddress, parse_pasted_address, without_invisible
from xumm_desk.core.money.typed_number import Marks
from xumm_desk.core.request import field_rules, form_input, request_spec
from xumm_desk.core.request.field_rules import FieldError
from xumm_desk.core.request.form_input import FormInput
from xumm_desk.locale import formats
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.theme import Size, Space
from xumm_desk.ui.widgets.check_box import CheckBox
from xumm_desk.ui.widgets.labelled_field import LabelledField, choice_field, line_field, text_field
from xumm_desk.ui.widgets.segmented_control import SegmentedControl

_PAYMENT: Final = ("amount", "destination", "tag", "memo")
_ISSUED: Final = ("currency", "issuer")
_MORE: Final = ("identifier", "network", "signers", "return_app", "return_web", "blob")
_KEPT: Final = ("destination", "currency", "issuer", "expire", "network")
_RELATED_FIELDS: Final = {
    "destination": ("tag",),
    "currency": ("amount", "issuer"),
    "issuer": ("amount",),
}
"""Fields whose problems may be solved by editing another one."""


def number_marks() -> Marks:
    """How numbers are typed: as the language writes them, whatever computer it is. English is shown
    on computers of every other language too, so there the computer's own marks count."""
    if (marks := formats.marks()) is not None:
        return Marks(*marks)
    system = QLocale.system()
    if system.language() is QLocale.Language.C:
        return typed_number.POINT  # it groups nothing, whatever Qt says
    return Marks(system.decimalPoint(), system.groupSeparator())


class RequestInputs(QWidget):
    """The fields of a request, those of the chosen kind shown. `edited` is emitted at every
    change."""

    edited = Signal()

    def __init__(self, *, network: str, destination: str, expire: str) -> None:
        super().__init__()
        self._network = network
        self._expire = expire
        self._fields: dict[str, LabelledField] = {}
        self.kind = SegmentedControl(
            _("Kind of request"),
            (
                (form_input.PAYMENT, _("Payment")),
                (form_input.SIGN_IN, _("Sign-in")),
                (form_input.OTHER, _("Other")),
            ),
        )
        self.asset = SegmentedControl(_("Asset"), (("XRP", "XRP"), ("", _("Issued"))))
        self.more = QPushButton()
        self._more_fields = QWidget()
        self.submits = CheckBox(_("Wallet submits it to the ledger"))
        self._amount_font = theme.font(Size.AMOUNT, strong=True, tabular=True)
        self._build()
        self.field("destination").set_text(destination)
        self.field("expire").set_text(expire)
        self.set_network(network)
        self._show_kind()
        self._count()
        self._show_more(False)

    def field(self, name: str) -> LabelledField:
        """One field by its name in `FormInput`."""
        return self._fields[name]

    def draft(self) -> FormInput:
        """Everything as typed."""
        text = {name: field.text() for name, field in self._fields.items()}
        if self.asset.value():
            text["currency"], text["issuer"] = "XRP", ""
        elif self._token():
            text["issuer"] = ""  # the id names it; what is left in the hidden field is another's
        if text["network"] == self._network:
            text["network"] = ""
        values: dict[str, Any] = {**text, "submit": self.submits.isChecked()}
        return FormInput(kind=self.kind.value(), **values)

    def is_empty(self) -> bool:
        """Whether nothing is typed but what stays from sale to sale."""
        now = self.draft()
        kept = FormInput(
            destination=now.destination,
            expire=now.expire,
            currency=now.currency,
            issuer=now.issuer,
        )
        return now == kept

    def clear_for_next(self) -> None:
        """Empty everything but destination, currency and expiry."""
        for name, field in self._fields.items():
            if name not in _KEPT:
                field.set_text("")
            field.set_problem("")
        if not self.field("expire").text().strip():
            self.field("expire").set_text(self._expire)
        self.field("network").set_text(self._network)
        self.submits.setChecked(True)
        self.more.setChecked(False)
        self.kind.set_value(form_input.PAYMENT)

    def set_currency(self, code: str, issuer: str) -> None:
        """The remembered asset: "XRP", or an issued code and who issues it."""
        issued = code.upper() != "XRP"
        self.asset.set_value("" if issued else "XRP")
        self.field("currency").set_text(code if issued else "")
        self.field("issuer").set_text(issuer)

    def set_network(self, key: str) -> None:
        """The desk's own network, used unless the person picks another one."""
        self._network = key
        self.field("network").set_text(key)
        network = networks.network_by_key(key)
        self.asset.set_words("XRP", network.asset if network else "XRP")
        self._update_network_hint()
        self._show_parsed_amount()

    def set_tag_placeholder(self, words: str) -> None:
        """The placeholder of the tag field."""
        editor = self.field("tag").editor
        if isinstance(editor, QLineEdit):
            editor.setPlaceholderText(tr(words))

    def show_problems(self, problems: Sequence[FieldError]) -> tuple[LabelledField | None, str]:
        """Put each sentence under its field; the first bad field, and what belongs to none."""
        sentences: dict[str, list[str]] = {}
        for problem in problems:
            sentences.setdefault(self._field_for(problem.field), []).append(problem.message)
        if any(name in sentences for name in _MORE):
            self.more.setChecked(True)
        for name, field in self._fields.items():
            field.set_problem("\n".join(sentences.get(name, [])))
        first = next((field for name, field in self._fields.items() if name in sentences), None)
        return first, "\n".join(sentences.get("", []))

    def problems(self) -> dict[str, str]:
        """The sentences shown now, by field."""
        return {name: f.problem() for name, f in self._fields.items() if f.problem()}

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.M, Space.L, Space.L)
        column.setSpacing(Space.M)
        column.addWidget(self.kind)
        self._add(column, text_field("txjson", _("Transaction as JSON"), lines=9))
        self.field("txjson").editor.setFont(theme.font(fixed=True))
        big = QLineEdit()
        big.setFont(self._amount_font)
        big.setPlaceholderText(tr(Formatted("0.00", Decimal(0))))
        big.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute)
        self._add(column, LabelledField("amount", _("Amount"), big, above=self.asset))
        big.setFixedHeight(big.fontMetrics().height() + 24)
        self._add(
            column, line_field("currency", _("Currency"), hint=_("USD, RLUSD, or a token's id"))
        )
        self._add(column, line_field("issuer", _("Issuer"), hint="r…", fixed=True))
        self._add(
            column, line_field("destination", _("Destination"), hint=_("r… or X…"), fixed=True)
        )
        pair = QHBoxLayout()
        pair.setSpacing(Space.M)
        self._add(pair, line_field("tag", _("Destination tag"), optional=True))
        self._add(
            pair, line_field("expire", _("Expiry, minutes"), hint=str(request_spec.DEFAULT_EXPIRE))
        )
        column.addLayout(pair)
        self._add(column, line_field("memo", _("Memo on the ledger"), optional=True))
        self._add(column, text_field("instruction", _("Instruction in the wallet")))
        self.more.setProperty("quiet", True)
        self.more.setStyleSheet("text-align: left; padding: 4px 2px; min-height: 28px;")
        self.more.setCheckable(True)
        column.addWidget(self.more)
        column.addWidget(self._more_fields)
        column.addStretch(1)
        inner = QVBoxLayout(self._more_fields)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(Space.M)
        self._build_more_fields(inner)
        self.more.toggled.connect(self._show_more)
        self.kind.chosen.connect(self._show_kind)
        self.asset.chosen.connect(self._show_asset)
        self.field("instruction").edited.connect(self._count)
        self.field("amount").edited.connect(self._show_parsed_amount)
        self.field("currency").edited.connect(self._show_parsed_currency)
        self.field("destination").edited.connect(self._show_parsed_destination)
        self.field("network").edited.connect(self._update_network_hint)

    def _build_more_fields(self, column: QVBoxLayout) -> None:
        add, line, text = self._add, line_field, text_field
        add(column, line("identifier", _("Identifier"), hint=_("Made for you"), optional=True))
        choices = [(key, key.title()) for key in networks.NETWORKS]
        add(column, choice_field("network", _("Network"), choices))
        add(column, text("signers", _("Allowed signers"), hint=_("Anybody, or one r… a line")))
        add(column, line("return_app", _("Return address in the app"), optional=True))
        add(column, line("return_web", _("Return address on the web"), optional=True))
        add(column, text("blob", _("Private data"), hint=_("Text or a JSON object"), optional=True))
        self.submits.setChecked(True)
        self.submits.setMinimumHeight(36)
        column.addWidget(self.submits)

    def _add(self, layout: QLayout, field: LabelledField) -> None:
        self._fields[field.name] = field
        field.edited.connect(self._edited)
        if isinstance(layout, QHBoxLayout):
            layout.addWidget(field, 1, Qt.AlignmentFlag.AlignTop)
        else:
            layout.addWidget(field)

    def _field_for(self, name: str) -> str:
        """The field under which a problem of `name` is shown, "" when there is none."""
        if name == "return_url":
            app = field_rules.utf16_length(self.field("return_app").text().strip())
            return "return_app" if app > field_rules.MAX_RETURN_URL else "return_web"
        if self.kind.value() == form_input.OTHER and (
            name not in self._fields or name in _PAYMENT or name in _ISSUED
        ):
            return "txjson"
        return name if name in self._fields else ""

    def _edited(self) -> None:
        field = self.sender()
        if isinstance(field, LabelledField):
            for name in _RELATED_FIELDS.get(field.name, ()):
                self.field(name).set_problem("")
        self.edited.emit()

    def _show_kind(self) -> None:
        kind = self.kind.value()
        for name in _PAYMENT:
            self.field(name).setVisible(kind == form_input.PAYMENT)
        self.field("txjson").setVisible(kind == form_input.OTHER)
        self.submits.setVisible(kind != form_input.SIGN_IN)
        self.show_problems(())
        self._show_asset()

    def _show_asset(self) -> None:
        issued = not self.asset.value() and self.kind.value() == form_input.PAYMENT
        for name in _ISSUED:
            self.field(name).setVisible(issued and not (name == "issuer" and self._token()))
        for name in ("amount", *_ISSUED):
            self.field(name).set_problem("")
        self._show_parsed_amount()
        self.edited.emit()

    def _show_parsed_amount(self) -> None:
        """Show how the typed amount is read, so that "12,5" is no riddle; shrink a long one."""
        field = self.field("amount")
        typed = field.text().strip()
        field.hint.set_text(self._understood(typed) if typed else "")
        size = Size.AMOUNT if len(typed) <= 14 else Size.TITLE if len(typed) <= 22 else Size.LARGE
        field.editor.setFont(theme.font(size, strong=True, tabular=True))

    def _understood(self, typed: str) -> str:
        """How the amount is read, and how it is not; "" where it is not read at all."""
        marks = number_marks()
        try:
            other = typed_number.parse_number(typed, marks).other
            if self.asset.value():
                read: amount.Amount = amount.parse_xrp(typed, marks)
                asset = self.asset.words("XRP")
            elif token := self._token():
                read = amount.parse_mpt(typed, token, marks)
                asset = ""
            else:
                asset = self.field("currency").text().strip()
                read = amount.parse_issued(typed, "USD", "", marks)
        except (amount.AmountError, typed_number.NumberError):
            return ""
        number = amount.format_number(read)
        if isinstance(read, amount.MptAmount):
            asked: str = Message(
                "{number} smallest unit of the token",
                plural="{number} smallest units of the token",
                n=read.value,
                number=number,
            )
        else:
            asked = Message("{number} {asset}", number=number, asset=asset) if asset else number
        if other is None:
            return _("Asks for {amount}", amount=asked)
        # As this computer spells numbers; elsewhere the same text is another one.
        return _("Asks for {amount}, not for {other}", amount=asked, other=f"{other:f}")

    def _show_parsed_currency(self) -> None:
        """Show which code is sent for a currency name."""
        typed = self.field("currency").text().strip()
        code = amount.parse_currency(typed)
        words = _("Sent as {code}", code=code) if code is not None and code != typed else ""
        token = self._token()
        if token:
            words = _("A multi-purpose token, issued by {issuer}", issuer=mpt.issuer_of(token))
        self.field("currency").hint.set_text(words)
        self.field("issuer").setVisible(not token and not self.field("currency").isHidden())
        self._show_parsed_amount()

    def _token(self) -> str:
        """The id of the multi-purpose token that is typed as currency, "" for any other asset."""
        typed = "" if self.asset.value() else without_invisible(self.field("currency").text())
        return typed if mpt.is_issuance_id(typed) else ""

    def _show_parsed_destination(self) -> None:
        field = self.field("destination")
        typed = field.text().strip()
        read = parse_pasted_address(typed)
        words = ""
        if read is not None and read.classic != typed:
            if address.parse_address(typed) is None:
                words = self._take_link(read)
            else:
                words = (
                    _("An X-address: {address} with no tag", address=read.classic)
                    if read.tag is None
                    else _(
                        "An X-address: {address} with tag {tag}", address=read.classic, tag=read.tag
                    )
                )
        field.hint.set_text(words)

    def _take_link(self, read: PastedAddress) -> str:
        """Put the values of a wallet's link into their fields, and show what was taken."""
        taken = [_("the address")]
        self.field("destination").set_text(read.classic)
        if read.tag is not None:
            self.field("tag").set_text(str(read.tag))
            taken.append(_("tag {tag}", tag=read.tag))
        code = amount.parse_currency(read.currency or "XRP") or read.currency or "XRP"
        fits = code == "XRP" or read.issuer is not None
        if read.amount is not None and fits and not self.field("amount").text().strip():
            self.set_currency(code, read.issuer or "")
            self.field("amount").set_text(read.amount)
            taken.append(
                _(
                    "amount {amount} {currency}",
                    amount=read.amount,
                    currency=amount.currency_label(code),
                )
            )
        return _("Taken from the link: {list}", list=Sentences(taken, LIST_SEPARATOR))

    def _count(self) -> None:
        size = field_rules.utf16_length(
            field_rules.collapse_blanks(self.field("instruction").text())
        )
        over = size - field_rules.MAX_INSTRUCTION
        words = (
            _(
                "{length} of {max_length}",
                length=size,
                max_length=field_rules.MAX_INSTRUCTION,
            )
            if over <= 0
            else _("{number} too many", number=over)
        )
        self.field("instruction").note.setText(tr(words))

    def _update_network_hint(self) -> None:
        other = self.field("network").text() != self._network
        words = (
            _("For this request only. The desk is on {network}.", network=self._network.title())
            if other
            else ""
        )
        self.field("network").hint.set_text(words)

    def _show_more(self, on: bool) -> None:
        self._more_fields.setVisible(on)
        self.more.setText(_("▾  Fewer fields") if on else _("▸  More fields"))
        self.more.setAccessibleName(_("Fewer fields") if on else _("More fields"))
