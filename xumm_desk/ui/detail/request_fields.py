"""The fields of a request that a person may want to read or copy."""

from __future__ import annotations

from collections.abc import Iterator

from xumm_desk.core.bidi import isolate
from xumm_desk.core.message import Formatted
from xumm_desk.core.money import amount, fiat
from xumm_desk.core.pricing.quote import SOURCE_LABELS
from xumm_desk.core.refund.refund import refund_summary
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.sale.sale import number_label, sale_of
from xumm_desk.core.wire import json_fields
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.requests.columns import payer_text
from xumm_desk.ui.style.time_format import local_and_utc

from .field_list import Section


def request_sections(row: RequestRow) -> list[Section]:
    """Names and values in sections; unknown ones are left out."""
    request, spec, answer = row.request, row.request.spec, row.request.platform
    asked = row.request.spec.amount
    sale = [*_sale_fields(spec), (_("Refunds"), tr(refund_summary(request, row.refunds)))]
    signing = [
        (_("Type"), spec.tx_type or ""),
        (_("Amount"), tr(amount.format_amount(asked)) or (_("any") if spec.is_payment else "")),
        (_("Token"), asked.issuance_id if isinstance(asked, amount.MptAmount) else ""),
        (_("Issuer"), amount.issuer_of(asked)),
        (_("Destination"), spec.destination or ""),
        (_("Tag"), "" if spec.tag is None else str(spec.tag)),
        (_("Memo on the ledger"), isolate(" · ".join(_memos(spec)))),
        (_("Network"), spec.network),
        (_("Instruction in the wallet"), isolate(spec.instruction)),
        (_("Allowed signers"), " ".join(spec.signers)),
        (_("Payer"), payer_text(row) or ""),
    ]
    platform = [
        (_("Identifier"), isolate(spec.identifier)),
        (_("Id"), request.uuid or ""),
        (_("Link"), request.qr_link or ""),
        (_("Outage code"), _("only the ledger can confirm this") if request.outage_link else ""),
        (_("Sent to"), _("the customer's phone") if request.was_pushed else ""),
        (_("Created", context="date"), local_and_utc(request.created_at, "").strip()),
        (_("Expires"), local_and_utc(answer.expires_at if answer else None, "").strip()),
        (_("Resolved"), local_and_utc(answer.resolved_at if answer else None, "").strip()),
    ]
    return [
        Section(title, tuple((name, value) for name, value in fields if value))
        for title, fields in (
            (_("Sale"), sale),
            (_("To be signed"), signing),
            (_("On the platform"), platform),
        )
    ]


def request_fields(row: RequestRow) -> list[tuple[str, str]]:
    """All names and values of `request_sections`."""
    return [pair for section in request_sections(row) for pair in section.fields]


def _memos(spec: RequestSpec) -> Iterator[str]:
    """The memos that can be read as text."""
    listed = spec.txjson.get("Memos")
    for one in listed if isinstance(listed, list) else []:
        memo = json_fields.object_at(one, "Memo") if isinstance(one, dict) else {}
        data = json_fields.string_at(memo, "MemoData") or ""
        try:
            yield bytes.fromhex(data).decode()
        except ValueError:
            yield data


def _sale_fields(spec: RequestSpec) -> list[tuple[str, str]]:
    """What the shop knows of the sale; nothing for a request that is none."""
    sale = sale_of(spec)
    if sale is None:
        return []
    fields = [
        (_("Number"), number_label(sale) if sale.number or not sale.refund_of else ""),
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
