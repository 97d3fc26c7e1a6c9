"""The fields of a request that a person may want to read or copy, and its raw facts."""

from __future__ import annotations

import json
from collections.abc import Sequence

from PySide6.QtWidgets import (
    QFormLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from xumm_desk.core.bidi import isolate
from xumm_desk.core.message import Formatted
from xumm_desk.core.money import amount, fiat
from xumm_desk.core.pricing.quote import SOURCE_LABELS
from xumm_desk.core.refund.refund import refund_summary
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.sale.sale import number_label, sale_of
from xumm_desk.core.state.facts import Fact
from xumm_desk.core.wire import json_fields
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.requests.columns import payer_text
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.theme import Size, Space, escape_tooltip
from xumm_desk.ui.style.time_format import local_and_utc
from xumm_desk.ui.widgets.containers import ContentHeightScrollArea
from xumm_desk.ui.widgets.labels import text_label


def request_fields(row: RequestRow) -> list[tuple[str, str]]:
    """Names and values; unknown ones are left out."""
    request, spec, answer = row.request, row.request.spec, row.request.platform
    ledger, asked = row.request.ledger, row.request.spec.amount
    proven = ledger is not None and ledger.validated
    fields = [
        *_sale_fields(spec),
        (_("Refunds"), tr(refund_summary(request, row.refunds))),
        (_("Identifier"), isolate(spec.identifier)),
        (_("Type"), spec.tx_type),
        (_("Amount"), tr(amount.format_amount(asked)) or (_("any") if spec.is_payment else "")),
        (_("Token"), asked.issuance_id if isinstance(asked, amount.MptAmount) else ""),
        (_("Issuer"), amount.issuer_of(asked)),
        (_("Destination"), spec.destination or ""),
        (_("Tag"), "" if spec.tag is None else str(spec.tag)),
        (_("Network"), spec.network),
        (_("Note"), isolate(spec.instruction)),
        (_("Allowed signers"), " ".join(spec.signers)),
        (_("Created"), local_and_utc(request.created_at, "").strip()),
        (_("Expires"), local_and_utc(answer.expires_at if answer else None, "").strip()),
        (_("Resolved"), local_and_utc(answer.resolved_at if answer else None, "").strip()),
        (_("Id"), request.uuid or ""),
        (_("Outage code"), _("only the ledger can confirm this") if request.outage_link else ""),
        (_("Sent to"), _("the customer's phone") if request.was_pushed else ""),
        (_("Link"), request.qr_link or ""),
        (_("Payer"), payer_text(row) or ""),
        (_("Transaction"), request.shown_txid or ""),
        (_("Ledger"), str(ledger.ledger_index or "") if ledger and proven else ""),
        (_("Result"), (ledger.result or "") if ledger and proven else ""),
        (_("Delivered"), tr(amount.format_amount(ledger.delivered)) if ledger and proven else ""),
    ]
    return [(name, value) for name, value in fields if value]


def _sale_fields(spec: RequestSpec) -> list[tuple[str, str]]:
    """What the shop knows of the sale; nothing for a request that is none."""
    sale = sale_of(spec)
    if sale is None:
        return []
    fields = [
        (_("Sale"), number_label(sale) if sale.number or not sale.refund_of else ""),
        (_("Refund of"), isolate(sale.refund_of)),
        (_("Pays back"), tr(amount.format_amount(sale.part))),
        (_("Reference"), isolate(sale.reference)),
        (_("Till"), isolate(sale.till)),
        (_("Cashier"), isolate(sale.cashier)),
        (_("Note of the shop"), isolate(sale.note)),
    ]
    if sale.quote is not None:
        rate = sale.quote.rate
        fields += [
            (_("Price"), tr(fiat.format_fiat(sale.quote.price))),
            (_("Tip"), tr(fiat.format_fiat(sale.tip)) if sale.tip is not None else ""),
        ]
        if sale.quote.is_conversion:
            fields += [
                (
                    _("Rate"),
                    _(
                        "{rate} {currency}, {source}",
                        rate=Formatted(f"{rate.price:f}", rate.price),
                        currency=rate.currency,
                        source=SOURCE_LABELS[rate.source],
                    ),
                ),
                (_("Rate of"), local_and_utc(rate.at, "").strip()),
            ]
    return fields


class FieldList(QWidget):
    """Names and values, each to be selected, with a JSON body below."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[tuple[str, str], ...] = ()
        self._body = QWidget()
        column = QVBoxLayout(self._body)
        self._form = QFormLayout()
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.setHorizontalSpacing(int(Space.M))
        self._form.setVerticalSpacing(int(Space.XS))
        self._json = RawText(_("Request body"))
        self._json.setMinimumHeight(120)
        column.addLayout(self._form)
        column.addWidget(text_label(_("Body sent to the platform"), muted=True))
        column.addWidget(self._json, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(ContentHeightScrollArea(self._body))

    def show_fields(self, fields: Sequence[tuple[str, str]], body: json_fields.JsonObject) -> None:
        """Show these; a changed value is changed in place."""
        fresh = tuple(fields)
        self._json.show_text(json.dumps(body, indent=2, ensure_ascii=False))
        if fresh == self._shown:
            return
        self._shown = fresh
        while self._form.rowCount():
            self._form.removeRow(0)
        for name, value in fresh:
            field = _value(value)
            field.setAccessibleName(_("{name}: {value}", name=name, value=value))
            self._form.addRow(text_label(name, muted=True), field)


def _value(value: str) -> QWidget:
    """A value to be selected and copied whole; ids, which cannot be wrapped, in one line."""
    if " " in value or len(value) <= 24:
        return text_label(tr(value))
    line = QLineEdit(value)
    line.setReadOnly(True)
    line.setFrame(False)
    line.setProperty("flat", True)
    line.setCursorPosition(0)
    line.setToolTip(escape_tooltip(value))
    return line


class RawText(QPlainTextEdit):
    """Text as machines wrote it; grows at its end and keeps its scroll position."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setAccessibleName(tr(name))
        self.setFont(theme.font(Size.SMALL, fixed=True))
        self.setTabChangesFocus(True)
        self._shown = ""

    def show_text(self, text: str) -> None:
        """Show another text; what is only longer is appended."""
        if text == self._shown:
            return
        if self._shown and text.startswith(self._shown + "\n"):
            self.appendPlainText(text[len(self._shown) + 1 :])
        else:
            self.setPlainText(text)
        self._shown = text


def facts_as_text(recorded: Sequence[Fact]) -> str:
    """The text of all facts of a request."""
    parts = []
    for fact in recorded:
        value = json_fields.parse_object(fact.text)
        body = fact.text if isinstance(value, str) else json.dumps(value, indent=2)
        head = f"{fact.at:%Y-%m-%d %H:%M:%S.%f}"[:-3]
        parts.append(f"--- {head} UTC  {fact.source.value}  {fact.kind.value}\n{body}")
    return "\n".join(parts)
