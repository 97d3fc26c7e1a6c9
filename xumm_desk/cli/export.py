"""Write requests as CSV or JSON lines, with exact amounts and UTC times."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from xumm_desk.core.bidi import escape_controls, strip_controls
from xumm_desk.core.decision import wording as decision_wording
from xumm_desk.core.decision.needs import outcome_of, refund_outcome
from xumm_desk.core.money import amount, fiat
from xumm_desk.core.refund.amounts import is_positive
from xumm_desk.core.refund.refund import RefundState, refund_balances
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.sale.sale import refunded_identifier, sale_of
from xumm_desk.core.state.lifecycle import Request
from xumm_desk.core.verdict import wording
from xumm_desk.core.verdict.check import Verdict
from xumm_desk.core.verdict.verdict import judge

COLUMNS: Final = (
    "identifier",
    "created_at",
    "status",
    "final",
    "type",
    "amount",
    "currency",
    "issuer",
    "destination",
    "tag",
    "network",
    "uuid",
    "txid",
    "payer",
    "delivered",
    "delivered_currency",
    "delivered_issuer",
    "ledger_index",
    "resolved_at",
    "instruction",
    "reasons",
    "outage",
    "sale",
    "price",
    "price_currency",
    "tip",
    "rate",
    "rate_source",
    "rate_at",
    "reference",
    "refund_of",
    "refunded",
    "refunded_currency",
    "refunded_issuer",
    "note",
    "reviewed_by",
    "decision",
    "decision_reason",
)


RefundsOf = Callable[[str], Sequence[Request]]
"""The refunds of the request with an identifier."""


def _no_refunds(_identifier: str) -> Sequence[Request]:
    return ()


def as_csv(
    requests: Iterable[Request],
    *,
    ledger: bool,
    mark: bool = False,
    refunds_of: RefundsOf = _no_refunds,
) -> Iterator[str]:
    """CSV lines with a header; cells that a spreadsheet would run as a formula are escaped. With
    `mark` the first character is a byte-order mark, by which spreadsheets recognise UTF-8."""
    yield ("\ufeff" if mark else "") + _line(COLUMNS)
    for request in requests:
        record = _record(request, ledger, refunds_of)
        record["reasons"] = " | ".join(record["reasons"])
        yield _line([_escape_formula(record[column]) for column in COLUMNS])


def as_json_lines(
    requests: Iterable[Request], *, ledger: bool, refunds_of: RefundsOf = _no_refunds
) -> Iterator[str]:
    """One JSON object a line."""
    for request in requests:
        yield (
            escape_controls(json.dumps(_record(request, ledger, refunds_of), ensure_ascii=False))
            + "\n"
        )


def _record(request: Request, ledger: bool, refunds_of: RefundsOf) -> dict[str, Any]:
    verdict, spec = judge(request, ledger=ledger), request.spec
    asked, tx, answer = spec.amount, request.ledger, request.platform
    payer = request.blob.account if request.blob else None
    paid_at = tx.delivered if tx and tx.validated else None
    return {
        "identifier": request.identifier,
        "created_at": request.created_at.isoformat(),
        "status": verdict.status.value,
        "final": verdict.final,
        "type": spec.tx_type,
        **_money("", asked),
        "destination": spec.destination,
        "tag": spec.tag,
        "network": spec.network,
        "uuid": request.uuid,
        "txid": request.shown_txid,
        "payer": payer,
        **_money("delivered", paid_at),
        "ledger_index": tx.ledger_index if tx and tx.validated else None,
        "resolved_at": answer.resolved_at.isoformat() if answer and answer.resolved_at else None,
        "instruction": spec.instruction or None,
        "reasons": wording.reasons(request, verdict),
        "outage": request.outage_link is not None,
        **_sale(spec),
        "refund_of": refunded_identifier(spec) or None,
        **_money("refunded", _refunded(request, refunds_of(request.identifier), ledger)),
        **_decisions(request, verdict),
    }


def _decisions(request: Request, verdict: Verdict) -> dict[str, Any]:
    """The columns of what persons decided; a decision about less than is known now is left out."""
    decided = outcome_of(request, verdict)
    return {
        "note": decision_wording.note_of(request) or None,
        "reviewed_by": decision_wording.reviewed_by(request) or None,
        "decision": decided.decision.kind.value if decided is not None else None,
        "decision_reason": decided.decision.text if decided is not None else None,
    }


def _refunded(request: Request, refunds: Sequence[Request], ledger: bool) -> amount.Amount | None:
    """What was paid back; None for nothing, and where it was of several assets."""
    if not refunds:
        return None
    states = [_refund_state(one, judge(one, ledger=ledger)) for one in refunds]
    back = [b.refunded for b in refund_balances(request, states) if is_positive(b.refunded)]
    return amount.total(back)


def _refund_state(refund: Request, verdict: Verdict) -> RefundState:
    return RefundState(refund, verdict.status, refund_outcome(refund, verdict))


def _sale(spec: RequestSpec) -> dict[str, Any]:
    """The columns of a sale at a till; empty for other requests, and where nothing was
    converted."""
    sale = sale_of(spec)
    quote = sale.quote if sale is not None else None
    rate = quote.rate if quote is not None and quote.is_conversion else None
    tip = sale.tip if sale is not None else None
    return {
        "sale": sale.number if sale is not None else None,
        "price": fiat.value_text(quote.price) if quote is not None else None,
        "price_currency": quote.price.currency if quote is not None else None,
        "tip": fiat.value_text(tip) if tip is not None else None,
        "rate": f"{rate.price:f}" if rate is not None else None,
        "rate_source": rate.source.value if rate is not None else None,
        "rate_at": rate.at.isoformat() if rate is not None else None,
        "reference": (sale.reference or None) if sale is not None else None,
    }


def _money(name: str, money: amount.Amount | None) -> dict[str, str | None]:
    """The columns of one amount: an exact decimal number, and what it is counted in."""
    first, others = (name, f"{name}_") if name else ("amount", "")
    return {
        first: f"{amount.as_decimal(money):f}" if money is not None else None,
        f"{others}currency": amount.full_asset_label(money) or None,
        f"{others}issuer": amount.issuer_of(money) or None,
    }


def _line(cells: Iterable[Any]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue()


def _escape_formula(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    value = strip_controls(value)
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
