"""The closing document of a shift: written once, chained to the one before, never changed.

It holds the figures for programs and the printed lines for people, so that neither a later program
nor another language changes a reprint. The payments of the shift stand in a text of their own,
whose hash is in the document.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from xumm_desk.core.money import fiat
from xumm_desk.core.wire import json_fields
from xumm_desk.core.wire.json_fields import Json, JsonObject

from .figures import Figures, MoneyLine, asset_json, count_text
from .money_lines import Change
from .paper import PaperLine, PaperStyle, shift_paper
from .report import Closing, Counts, OpenItem, ShiftReport
from .share import Decided

FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class ShiftDocument:
    """A closed shift as it is stored. `text` is the document, `lines` the payments, one a line, all
    canonical JSON; `claims` the transactions that count for a request from this shift on."""

    number: int
    after: int
    to: int
    closed_at: datetime
    operator: str
    text: str
    lines: str
    hash: str
    claims: tuple[tuple[str, str], ...] = ()
    dismissals_to: int = 0


@dataclass(frozen=True, slots=True)
class ClosedShift:
    """One entry of the list of closed shifts."""

    number: int
    closed_at: datetime
    operator: str
    hash: str


def close(
    report: ShiftReport,
    closing: Closing,
    *,
    claims: Sequence[tuple[str, str]] = (),
    dismissals_to: int = 0,
    translate: Callable[[str], str] = str,
    to_local: Callable[[datetime], datetime] = lambda at: at,
) -> ShiftDocument:
    """The document that closes the shift of `report`. `translate` makes words of its sentences,
    `to_local` gives a time in the shop's zone."""
    lines = "".join(canonical(_line_json(line)) + "\n" for line in report.lines)
    paper = shift_paper(report, closing, to_local=to_local)
    value = _document(report, closing, hash_of(lines))
    value["paper"] = [
        [line.style.value, translate(line.text), translate(line.value)] for line in paper
    ]
    text = canonical(value)
    return ShiftDocument(
        number=report.span.number,
        after=report.span.after,
        to=report.span.to,
        closed_at=closing.at,
        operator=closing.operator,
        text=text,
        lines=lines,
        hash=hash_of(text),
        claims=tuple(claims),
        dismissals_to=dismissals_to,
    )


def canonical(value: Any) -> str:
    """One way only to write a JSON value: sorted keys, no blanks, ASCII. Halves of characters,
    which no disk takes, are escaped."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def hash_of(text: str) -> str:
    """SHA-256 as hex digits."""
    return hashlib.sha256(text.encode("ascii", "backslashreplace")).hexdigest()


def parse_document(text: str) -> JsonObject:
    """Read a document, or one payment of a shift; {} for what is none."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def paper_of(document: Mapping[str, Json]) -> tuple[PaperLine, ...]:
    """The printed lines of a document, as they were at the closing; unknown styles of a later
    program are plain lines."""
    found = []
    listed = document.get("paper")
    for entry in listed if isinstance(listed, list) else []:
        if isinstance(entry, list) and len(entry) == 3 and all(isinstance(e, str) for e in entry):
            style, line, value = (str(part) for part in entry)
            known = style in {one.value for one in PaperStyle}
            found.append(PaperLine(PaperStyle(style) if known else PaperStyle.PAIR, line, value))
    return tuple(found)


def carried_items(document: Mapping[str, Json]) -> dict[str, tuple[int, str]]:
    """What a document carries over: the shift that first did so, and its label, by key."""
    found: dict[str, tuple[int, str]] = {}
    number = json_fields.int_at(document, "shift") or 0
    listed = document.get("unresolved")
    for item in listed if isinstance(listed, list) else []:
        if isinstance(item, dict) and (key := json_fields.string_at(item, "key")):
            first = json_fields.int_at(item, "carried_from") or number
            found[key] = (first, json_fields.string_at(item, "label") or key)
    return found


def lines_of(text: str) -> Iterator[JsonObject]:
    """The payments of a stored shift, one by one; total."""
    for line in io.StringIO(text):
        if found := parse_document(line):
            yield found


def _document(report: ShiftReport, closing: Closing, lines_hash: str) -> JsonObject:
    span = report.span
    notes = closing.notes or {}
    tills: list[Json] = [
        {"till": till, "cashier": cashier, **figures.to_json()}
        for (till, cashier), figures in report.by_till().items()
    ]
    accounts: list[Json] = [
        {"network": network, "account": account, **figures.to_json()}
        for (network, account), figures in report.by_account().items()
    ]
    counts: JsonObject = {kind.value: _counts_json(report.counts[kind]) for kind in report.counts}
    changes: list[Json] = [_change_json(change) for change in report.changes]
    unresolved: list[Json] = [_item_json(item, notes) for item in report.unresolved]
    decided: list[Json] = [_decided_json(one) for one in report.decided]
    settled: list[Json] = [
        {"key": one.key, "label": str(one.label), "became": str(one.became)}
        for one in report.settled
    ]
    whole: Figures = report.figures
    return {
        "format": FORMAT,
        "shift": span.number,
        "after_fact": span.after,
        "to_fact": span.to,
        "opened_at": span.opened_at.isoformat() if span.opened_at else None,
        "closed_at": closing.at.isoformat(),
        "operator": closing.operator,
        "till": closing.till,
        "shop": closing.shop,
        "network": report.network,
        "practice": closing.practice,
        "program": closing.program,
        "journal_hash": span.journal_hash,
        "previous": span.previous,
        "lines_hash": lines_hash,
        "totals": whole.to_json(),
        "tills": tills,
        "accounts": accounts,
        "requests": counts,
        "changes": changes,
        "unresolved": unresolved,
        "settled": settled,
        "decided": decided,
    }


def _counts_json(counts: Counts) -> JsonObject:
    ended: JsonObject = {status.value: number for status, number in counts.ended.items()}
    return {
        "open_before": counts.open_before,
        "begun": counts.begun,
        "ended": ended,
        "reopened": counts.reopened,
        "open_after": counts.open_after,
    }


def _line_json(line: MoneyLine) -> JsonObject:
    return {
        "identifier": line.identifier,
        "label": str(line.label),
        "txid": line.txid,
        "fact": line.seq,
        "at": line.at,
        **asset_json(line.asset),
        "amount": count_text(line.asset, line.count),
        "kind": "refund" if line.refund else "payment",
        "transactions": line.payments,
        "price": fiat.value_text(line.worth) if line.worth else None,
        "tip": fiat.value_text(line.tip) if line.tip else None,
        "currency": line.worth.currency if line.worth else None,
        "till": line.till,
        "cashier": line.cashier,
        "account": line.account,
    }


def _change_json(change: Change) -> JsonObject:
    value: JsonObject = {
        "kind": change.kind.value,
        "identifier": change.identifier,
        "label": str(change.label),
    }
    if change.asset is not None:
        value |= {**asset_json(change.asset), "amount": count_text(change.asset, change.count)}
    for key, text in (
        ("txid", change.txid),
        ("other", change.other),
        ("before", change.before),
        ("after", change.after),
    ):
        if text:
            value[key] = text
    return value


def _item_json(item: OpenItem, notes: Mapping[str, str]) -> JsonObject:
    one = item.item
    value: JsonObject = {
        "key": one.key,
        "label": str(one.label),
        "kind": "payment" if one.is_payment else "request",
        "status": one.status,
        "what": str(one.what),
        "why": str(one.why),
        "since": one.since.isoformat(),
        "carried_from": item.carried_from,
        "note": notes.get(one.key, ""),
    }
    if one.asset is not None:
        value |= {**asset_json(one.asset), "amount": count_text(one.asset, one.count)}
    return value


def _decided_json(one: Decided) -> JsonObject:
    return {
        "key": one.key,
        "label": str(one.label),
        "what": str(one.what),
        "at": one.at.isoformat(),
    }
