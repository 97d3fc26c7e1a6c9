"""Sample rows in every status: real facts, applied and judged by the product's own core, with
transactions that were really signed. Times stand still."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from xrpl.core import binarycodec, keypairs

from xumm_desk.core.health.disk_space import DiskSpace
from xumm_desk.core.pricing.quote import Rate, RateSource
from xumm_desk.core.pricing.wording import rate_line
from xumm_desk.core.request.request_spec import RequestSpec, parse_body
from xumm_desk.core.state import facts
from xumm_desk.core.state.facts import Fact, FactKind, Source
from xumm_desk.core.state.lifecycle import replay
from xumm_desk.core.status import Status
from xumm_desk.core.verdict.verdict import judge
from xumm_desk.core.wire.frames import parse_frame
from xumm_desk.core.wire.json_fields import JsonObject
from xumm_desk.engine.health import Health
from xumm_desk.engine.runtime.registry import RequestRow, SocketState
from xumm_desk.net.ledger.xrpl_codec import XrplCodec
from xumm_desk.ui.requests.table_model import RequestTableModel

NOW = datetime(2026, 3, 14, 13, 4, 20, tzinfo=UTC)
MONO = 10_000.0
CODEC = XrplCodec()


@dataclass
class Clock:
    """The engine's clock, moved by the test."""

    passed: float = 0.0

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        return MONO + self.passed


@functools.cache
def keys(name: str) -> tuple[str, str, str]:
    """Public key, private key and address of a person."""
    seed = keypairs.generate_seed(hashlib.sha256(name.encode()).hexdigest()[:32])
    public, private = keypairs.derive_keypair(seed)
    return public, private, keypairs.derive_classic_address(public)


SHOP = keys("shop")[2]
ISSUER = keys("issuer")[2]


@dataclass(frozen=True)
class Sample:
    """One request: what the window gets, and the facts behind it."""

    row: RequestRow
    facts: tuple[Fact, ...]


class Story:
    """Tells one request fact by fact; `ago` is the age of the request in seconds."""

    def __init__(
        self,
        identifier: str,
        ago: float,
        *,
        amount: Any = "5208334",
        tag: int | None = 4711,
        note: str = "",
        expire: int = 5,
        tx: JsonObject | None = None,
    ) -> None:
        self.at = NOW - timedelta(seconds=ago)
        self.begun = self.at
        payment: JsonObject = {"TransactionType": "Payment", "Destination": SHOP}
        if amount is not None:
            payment["Amount"] = amount
        if tag is not None:
            payment["DestinationTag"] = tag
        body: JsonObject = {
            "txjson": tx or payment,
            "options": {"expire": expire, "submit": True},
            "custom_meta": {"identifier": identifier, "instruction": note or None},
        }
        spec = parse_body(body, identifier=identifier, network="MAINNET")
        assert isinstance(spec, RequestSpec), spec
        self.spec = spec
        digest = hashlib.sha256(identifier.encode()).hexdigest()
        self.uuid = f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-a{digest[17:20]}-{digest[20:32]}"
        self.facts: list[Fact] = []
        self.hex = ""
        self.tx: JsonObject = {}
        self.add(0, Source.DESK, FactKind.INTENT, spec.to_json())

    def add(self, after: float, witness: Source, kind: FactKind, value: JsonObject) -> Story:
        self.at += timedelta(seconds=after)
        self.facts.append(facts.make_fact(self.at, witness, kind, value))
        return self

    def frame(self, after: float, text: str) -> Story:
        self.at += timedelta(seconds=after)
        self.facts.append(facts.fact_from_frame(self.at, text, parse_frame(text, self.uuid)))
        return self

    def created(self) -> Story:
        value: JsonObject = {
            "uuid": self.uuid,
            "next": {"always": f"https://xumm.app/sign/{self.uuid}"},
            "refs": {"websocket_status": f"wss://xumm.app/sign/{self.uuid}"},
            "pushed": False,
        }
        return self.add(0.412, Source.PLATFORM, FactKind.CREATED, value)

    def opened(self, after: float = 6.1) -> Story:
        return self.frame(after, '{"opened":true}')

    def pre_signed(self, after: float = 8.666) -> Story:
        return self.frame(after, '{"pre_signed":true}')

    def dispatched(self, after: float = 1.2) -> Story:
        return self.frame(after, '{"dispatched":true}')

    def answer(self, after: float, response: JsonObject | None = None, **meta: bool) -> Story:
        """A GET answer with these flags in `meta`."""
        expires = self.begun + timedelta(minutes=self.spec.expire_minutes)
        self.at += timedelta(seconds=after)
        value: JsonObject = {
            "meta": {
                "exists": True,
                "uuid": self.uuid,
                "resolved": False,
                "signed": False,
                "cancelled": False,
                "expired": False,
                "app_opened": False,
                **meta,
            },
            "payload": {
                "tx_type": self.spec.tx_type,
                "created_at": f"{self.begun:%Y-%m-%dT%H:%M:%SZ}",
                "expires_at": f"{expires:%Y-%m-%dT%H:%M:%SZ}",
                "expires_in_seconds": int((expires - self.at).total_seconds()),
            },
            "response": response or {},
            "custom_meta": {"identifier": self.spec.identifier},
        }
        return self.add(0, Source.PLATFORM, FactKind.ANSWER, value)

    def signed(self, payer: str = "anna", network: str = "MAINNET", **changes: Any) -> Story:
        """Really signs the order, with `changes`, and hears of it from socket and platform."""
        public, private, address = keys(payer)
        tx: dict[str, Any] = {
            **self.spec.txjson,
            "Account": address,
            "Fee": "12",
            "Sequence": 8_000_000 + len(self.spec.identifier),
            "LastLedgerSequence": 98_412_900,
            "SigningPubKey": public,
            **changes,
        }
        sign_in = tx["TransactionType"] == "SignIn"
        if sign_in:
            tx = {"SigningPubKey": public, "Account": address, "Memos": _MEMO}
        tx["TxnSignature"] = keypairs.sign(
            bytes.fromhex(binarycodec.encode_for_signing(tx)), private
        )
        self.hex, self.tx = binarycodec.encode(tx), tx
        found = CODEC.read_blob(self.hex, "TESTNET")
        resolved = self.at + timedelta(seconds=2)
        response: JsonObject = {
            "hex": self.hex,
            "txid": found.hash,
            "account": address,
            "signer": address,
            "resolved_at": f"{resolved:%Y-%m-%dT%H:%M:%S.000Z}",
            "dispatched_to": "" if sign_in else "wss://xrplcluster.com",
            "dispatched_nodetype": "" if sign_in else network,
            "dispatched_result": "" if sign_in else "tesSUCCESS",
            "environment_nodetype": network,
        }
        frame = f'{{"payload_uuidv4":"{self.uuid}","signed":true,"txid":"{found.hash}"}}'
        late = resolved > self.begun + timedelta(minutes=self.spec.expire_minutes)
        flags = {"resolved": True, "signed": True, "app_opened": True, "expired": late}
        self.frame(2, frame).answer(0.231, response, **flags)
        return self.add(0.014, Source.DESK, FactKind.BLOB_CHECK, found.to_json())

    def validated(self, delivered: Any = None, result: str = "tesSUCCESS") -> Story:
        value: JsonObject = {
            "hash": CODEC.read_blob(self.hex, "TESTNET").hash,
            "validated": True,
            "ledger_index": 98_412_877,
            "close_time_iso": f"{self.at:%Y-%m-%dT%H:%M:%SZ}",
            "meta": {
                "TransactionResult": result,
                "delivered_amount": delivered or self.spec.txjson.get("Amount") or "7000000",
            },
            "tx_json": dict(self.tx),
        }
        return self.add(3.9, Source.LEDGER, FactKind.LEDGER_TX, value)

    def done(
        self,
        left: float | None = None,
        link: SocketState = SocketState.NONE,
        quiet: float = 3.0,
        ledger: bool = True,
    ) -> Sample:
        """The row; `left` are the seconds left, `quiet` those since a witness said anything."""
        request = replay(self.facts)
        assert request is not None
        row = RequestRow(
            request,
            judge(request, ledger=ledger),
            link,
            None if left is None else MONO + left,
            NOW - timedelta(seconds=quiet),
        )
        return Sample(row, tuple(self.facts))


_MEMO: list[Any] = [{"Memo": {"MemoData": "7369676E20696E"}}]
_PARTIAL = 0x00020000


def _eur(value: str) -> JsonObject:
    return {"currency": "EUR", "issuer": ISSUER, "value": value}


def _waiting(name: str, ago: float, **more: Any) -> Story:
    return Story(name, ago, **more).created().answer(0.2)


@functools.cache
def by_status() -> dict[Status, Sample]:
    """One request in each status, in the order of the statuses."""
    live = SocketState.LIVE
    made = {
        Status.CREATING: Story("1049", 1, amount="2500000", tag=4720).done(),
        Status.WAITING: _waiting("1048", 29, note="Two coffees and a slice of cake").done(
            271, live
        ),
        Status.OPENED: _waiting("1047", 75, amount="12500000").opened().done(225, live),
        Status.PRE_SIGNED: _waiting("1046", 66, tag=0).opened().pre_signed().done(234, live),
        Status.DISPATCHED: _waiting("1045", 58, amount=_eur("12.5"))
        .opened()
        .pre_signed()
        .dispatched()
        .done(242, live),
        Status.CONFIRMING: _waiting("1044", 40, amount="2916667")
        .opened()
        .pre_signed()
        .dispatched()
        .signed()
        .add(1, Source.LEDGER, FactKind.LEDGER_ABSENT, {"validated_index": 98_412_876})
        .done(260),
        Status.PAID: _waiting("1043", 600, amount="3333333", note="Table 4")
        .opened()
        .pre_signed()
        .dispatched()
        .signed("bert")
        .validated()
        .done(),
        Status.PAID_LATE: _waiting("1042", 900, amount="30500000")
        .opened(200)
        .pre_signed(120)
        .signed("carla")
        .validated()
        .done(),
        Status.SIGNED: _waiting("signin-77", 1200, tx={"TransactionType": "SignIn"})
        .opened()
        .signed("dora")
        .done(),
        Status.UNVERIFIED: _waiting("1041", 130, amount="8000000")
        .opened()
        .pre_signed()
        .dispatched()
        .signed("emil")
        .add(2, Source.LEDGER, FactKind.LEDGER_SILENT, {"why": "No ledger node answered."})
        .done(170),
        Status.DECLINED: _waiting("1040", 1500, amount="4200000")
        .opened()
        .frame(9, '{"payload_uuidv4":null,"signed":false}')
        .answer(0.2, resolved=True, app_opened=True)
        .done(),
        Status.CANCELLED: _waiting("1039", 1800, amount="6000000")
        .add(20, Source.OPERATOR, FactKind.CANCEL_REQUESTED, {})
        .add(0.3, Source.PLATFORM, FactKind.CANCEL_ANSWER, {"result": _cancelled(True, "OK")})
        .answer(0.1, cancelled=True, expired=True)
        .done(),
        Status.EXPIRED: _waiting("1038", 2400, amount="15000000")
        .frame(300, '{"expired":true}')
        .answer(0.2, expired=True)
        .done(),
        Status.EXPIRED_OPENED: _waiting("1037", 430, amount="12708000", note="Bicycle bell")
        .opened(40)
        .add(30, Source.OPERATOR, FactKind.CANCEL_REQUESTED, {})
        .add(0.3, Source.PLATFORM, FactKind.CANCEL_ANSWER, {"result": _cancelled(False, _OPENED)})
        .frame(229, '{"expired":true}')
        .answer(0.2, expired=True, app_opened=True)
        .done(-130, live),
        Status.FAILED: _waiting("1036", 3000, amount=_eur("99.95"))
        .opened()
        .pre_signed()
        .signed("fritz")
        .validated(result="tecPATH_PARTIAL")
        .done(),
        Status.CHECK: _waiting("1035", 3600, amount="20000000", note="Jacket, blue")
        .opened()
        .pre_signed()
        .signed("gerda", Flags=_PARTIAL)
        .validated(delivered="1000")
        .done(),
    }
    for status, one in made.items():
        assert one.row.verdict.status is status, (status, one.row.verdict)
    return made


_OPENED = "ALREADY_OPENED"


def _cancelled(done: bool, reason: str) -> JsonObject:
    return {"cancelled": done, "reason": reason}


@functools.cache
def extras() -> tuple[Sample, ...]:
    """The rows that break layouts: long words, lost links, time over, open amounts."""
    long = "Invoice-2026-000123456789/Müller&Söhne"
    return (
        _waiting(long, 5000, amount="99999999999999999", tag=2**32 - 1, note="W" * 280).done(
            271, SocketState.LOST, 100
        ),
        _waiting("offline-1", 400).done(-100, SocketState.LOST, 160),
        _waiting("open-amount", 50, amount=None, tag=None).opened().done(250, SocketState.LIVE),
        _waiting("hex-currency", 700, amount=_hex("123456.789012345"))
        .opened()
        .signed("hans")
        .validated()
        .done(),
        _waiting("wrong-net", 800)
        .opened()
        .signed("ines", network="TESTNET")
        .add(1, Source.LEDGER, FactKind.LEDGER_ABSENT, {"validated_index": 98_412_876})
        .done(),
        Story("refused-1", 100)
        .add(0.5, Source.PLATFORM, FactKind.NOT_CREATED, {"why": _REFUSED, "code": 602})
        .done(),
    )


_REFUSED = "The platform refuses the request (602). Check the transaction."


def _hex(value: str) -> JsonObject:
    code = b"SOLO".hex().upper().ljust(40, "0")
    return {"currency": code, "issuer": ISSUER, "value": value}


def early(told: Sample, count: int) -> RequestRow:
    """The row of a request when only the first `count` facts were heard of it."""
    request = replay(list(told.facts[:count]))
    assert request is not None
    return replace(told.row, request=request, verdict=judge(request, ledger=True))


def samples() -> tuple[Sample, ...]:
    """All of them, oldest first as the desk lists them."""
    every = (*by_status().values(), *extras())
    return tuple(sorted(every, key=lambda s: s.row.request.created_at))


def rows() -> tuple[RequestRow, ...]:
    """The rows of `samples`."""
    return tuple(s.row for s in samples())


def show(table: RequestTableModel, rows: Iterable[RequestRow]) -> None:
    """Hand these rows to the table and let it signal its view at once."""
    table.stage(rows)
    while table._memory.has_staged:
        table.publish(table._memory.staged or 1)


def row(status: Status) -> RequestRow:
    """The row in this status."""
    return by_status()[status].row


def many(count: int) -> Iterator[RequestRow]:
    """A full day: the sixteen statuses over and over, each request under its own name."""
    models = tuple(by_status().values())
    for number in range(count):
        one = models[number % len(models)].row
        spec = replace(one.request.spec, identifier=f"day-{number:05d}")
        created = NOW - timedelta(seconds=count - number)
        request = replace(one.request, spec=spec, created_at=created)
        yield replace(one, request=request)


_RATE = Rate(Decimal("2.41"), "EUR", RateSource.PLATFORM, NOW)


def health(**changes: Any) -> Health:
    """All well, with `changes`."""
    well = Health(
        sockets_live=5,
        sockets_wanted=5,
        platform_at=MONO - 4,
        platform_error="",
        socket_at=MONO - 3,
        ledger_set_up=True,
        journal_error="",
        calls_left=52,
        calls_limit=60,
        calls_at=MONO - 4,
        ledger_at=MONO - 2,
        ledger_needed=True,
        ledger_index=98_412_877,
        rate_needed=True,
        rate_at=MONO - 18,
        rate_text=rate_line(_RATE, 18.0, None, None, ""),
        disk=DiskSpace(free=12_400_000_000, total=64_000_000_000, journal=84_000_000),
        disk_at=MONO - 40,
        journal_at=MONO - 6,
        clock_at=MONO - 4,
        clock_ahead=0.4,
    )
    return replace(well, **changes)
