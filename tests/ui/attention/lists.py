"""Rows and payments for tests of the work list: one of each cause, and long words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from ui import sample_rows
from ui.sample_rows import ISSUER, NOW, Sample, Story
from xumm_desk.core.state.evidence import LedgerTx, UnmatchedPayment
from xumm_desk.core.state.facts import FactKind, Source
from xumm_desk.core.status import Status
from xumm_desk.core.wire.json_fields import JsonObject
from xumm_desk.engine.runtime.registry import RequestRow


def _paid(name: str, ago: float, delivered: object, **more: object) -> Story:
    story = Story(name, ago, **more).created().answer(0.2).opened().pre_signed()  # type: ignore[arg-type]
    return story.signed("gerda", Flags=0x00020000).validated(delivered=delivered)


def _after_cancel(name: str, ago: float) -> Sample:
    story = _paid(name, ago, None)
    cancelled: JsonObject = {"result": {"cancelled": True, "reason": "OK"}}
    return story.add(1, Source.PLATFORM, FactKind.CANCEL_ANSWER, cancelled).done()


def _twice(name: str, ago: float) -> Sample:
    story = Story(name, ago, amount="3000000").created().answer(0.2).opened().signed("anna")
    story.validated()
    second: JsonObject = {
        "hash": "AB" * 32,
        "validated": True,
        "ledger_index": 98_412_890,
        "close_time_iso": f"{story.at:%Y-%m-%dT%H:%M:%SZ}",
        "meta": {"TransactionResult": "tesSUCCESS", "delivered_amount": "3000000"},
        "tx_json": {**story.tx, "Account": sample_rows.keys("bert")[2]},
        "paired": "tag",
    }
    return story.add(4, Source.LEDGER, FactKind.PAYMENT, second).done()


def doubtful_rows() -> tuple[RequestRow, ...]:
    """A row of each cause that a request can have."""
    euro = {"currency": "EUR", "issuer": ISSUER, "value": "12.5"}
    made = (
        Story("2001", 20, amount="2500000")
        .add(5, Source.PLATFORM, FactKind.CREATE_UNSURE, {"why": "no answer within 20 s"})
        .done(),
        _paid("2002", 600, "7000000", amount="8000000").done(),
        _paid("2003", 900, "9500000", amount="9000000").done(),
        _paid("2004", 1200, euro, amount="5000000").done(),
        _twice("2005", 5400),
        _after_cancel("2006", 7200),
    )
    known = sample_rows.by_status()
    more = [known[one].row for one in (Status.UNVERIFIED, Status.EXPIRED_OPENED, Status.FAILED)]
    wrong_net = [one.row for one in sample_rows.extras() if one.row.identifier == "wrong-net"]
    return (*(one.row for one in made), *more, *wrong_net)


def long_row() -> RequestRow:
    """A row whose words are longer than any line."""
    row = _paid("Invoice-2026-000123456789/Müller&Söhne", 99_999, "1", amount="9" * 17)
    return row.done().row


def payments(count: int = 1) -> Sequence[UnmatchedPayment]:
    """Payments without a request."""
    found = []
    for number in range(count):
        tx: JsonObject = {
            "Account": sample_rows.keys(f"payer {number}")[2],
            "Destination": sample_rows.SHOP,
        }
        ledger = LedgerTx.from_json(
            {
                "hash": f"{number:064X}",
                "validated": True,
                "meta": {"TransactionResult": "tesSUCCESS", "delivered_amount": "4000000"},
                "tx_json": tx,
            }
        )
        reason = "It carries no destination tag, so nothing says which sale it is for."
        found.append(UnmatchedPayment({}, ledger, reason, NOW - timedelta(minutes=12 + number)))
    return found


def at_age(row: RequestRow, seconds: float) -> RequestRow:
    """The row as if it were so much older."""
    created = row.request.created_at - timedelta(seconds=seconds)
    return replace(row, request=replace(row.request, created_at=created))
