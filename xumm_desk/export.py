"""Writes requests as CSV or JSON lines, with exact amounts and UTC times; must not know files."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from xumm_desk.core import amount, wording
from xumm_desk.core.lifecycle import Request
from xumm_desk.core.verdict import judge

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
    "ledger_index",
    "resolved_at",
    "instruction",
    "reasons",
    "outage",
)


def as_csv(requests: Iterable[Request], *, ledger: bool) -> Iterator[str]:
    """CSV lines with a header; cells that a spreadsheet would run as a formula are quoted off."""
    yield _line(COLUMNS)
    for request in requests:
        record = _record(request, ledger)
        record["reasons"] = " | ".join(record["reasons"])
        yield _line([_harmless(record[column]) for column in COLUMNS])


def as_json_lines(requests: Iterable[Request], *, ledger: bool) -> Iterator[str]:
    """One JSON object a line."""
    for request in requests:
        yield json.dumps(_record(request, ledger), ensure_ascii=False) + "\n"


def _record(request: Request, ledger: bool) -> dict[str, Any]:
    verdict, order = judge(request, ledger=ledger), request.order
    asked, tx, answer = order.amount, request.ledger, request.platform
    payer = request.blob.account if request.blob else None
    return {
        "identifier": request.identifier,
        "created_at": request.created_at.isoformat(),
        "status": verdict.status.value,
        "final": verdict.final,
        "type": order.tx_type,
        "amount": f"{amount.value_of(asked):f}" if asked is not None else None,
        "currency": amount.asset_of(asked) or None,
        "issuer": asked.issuer if isinstance(asked, amount.Issued) else None,
        "destination": order.destination,
        "tag": order.tag,
        "network": order.network,
        "uuid": request.uuid,
        "txid": request.transaction,
        "payer": payer,
        "delivered": amount.display(tx.delivered) if tx and tx.validated else None,
        "ledger_index": tx.ledger_index if tx and tx.validated else None,
        "resolved_at": answer.resolved_at.isoformat() if answer and answer.resolved_at else None,
        "instruction": order.instruction or None,
        "reasons": wording.reasons(request, verdict),
        "outage": request.outage is not None,
    }


def _line(cells: Iterable[Any]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue()


def _harmless(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return value
