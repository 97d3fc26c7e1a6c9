"""The sum of all shifts is the sum of the journal, to the drop, wherever shifts are closed."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from core.shift.shift_facts import ASSETS, declined, intent, later, money_fact, sale_spec, times
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from xumm_desk.core.money import amount
from xumm_desk.core.money.amount import Amount
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.shift import document
from xumm_desk.core.shift.document import ShiftDocument
from xumm_desk.core.shift.report import Closing, OpenShift
from xumm_desk.core.shift.share import ShiftRules
from xumm_desk.core.state.evidence import LedgerTx, UnmatchedPayment
from xumm_desk.core.state.facts import Fact, FactKind
from xumm_desk.core.wire.json_fields import parse_object
from xumm_desk.store import database
from xumm_desk.store.group_commit import FactRecord, commit_group
from xumm_desk.store.shifts import shift_table
from xumm_desk.store.shifts.shift_reader import ShiftReader

RULES: Final = ShiftRules(ledger=True, network="MAINNET")
Sums = dict[tuple[str, ...], Decimal]


class ShiftsOfAJournal(RuleBasedStateMachine):
    """Random journals, and shifts closed at random moments."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "journal.sqlite3"
        self.db = database.connect(self.path)
        self.db.execute("PRAGMA synchronous = OFF")
        self.reader = ShiftReader(self.path)
        self.seconds = 0
        self.sales: list[tuple[RequestSpec, Amount]] = []
        self.refunds: list[tuple[RequestSpec, Amount]] = []
        self.facts: list[tuple[str, Fact]] = []
        self.paid: list[tuple[RequestSpec, str, Amount]] = []
        self.strangers: list[tuple[str, Amount]] = []
        self.closed: list[tuple[str, str, str]] = []

    def teardown(self) -> None:
        self.check_everything()
        self.db.close()
        self.folder.cleanup()

    # The journal.

    @rule(
        asset=st.sampled_from(sorted(ASSETS)),
        count=st.integers(1, 999),
        cents=st.one_of(st.none(), st.integers(1, 99999)),
        tip=st.integers(0, 300),
        till=st.sampled_from(["", "1", "2"]),
        network=st.sampled_from(["MAINNET", "MAINNET", "TESTNET"]),
    )
    def begin_sale(  # noqa: PLR0917 - given by name
        self, asset: str, count: int, cents: int | None, tip: int, till: str, network: str
    ) -> None:
        asked = times(ASSETS[asset], count)
        spec = sale_spec(
            f"s{len(self.sales)}",
            asked,
            cents=cents,
            tip=tip,
            till=till,
            network=network,
            number=len(self.sales) + 1,
        )
        self.sales.append((spec, asked))
        self._write(spec.identifier, intent(spec, self._now()))

    @precondition(lambda self: self.sales)
    @rule(
        data=st.data(),
        share=st.sampled_from([1, 2, 3, 5]),
        kind=st.sampled_from([FactKind.LEDGER_TX, FactKind.PAYMENT]),
    )
    def pay(self, data: st.DataObject, share: int, kind: FactKind) -> None:
        """In full, in parts, more than once, on time or late."""
        spec, asked = data.draw(st.sampled_from(self.sales))
        units = max(1, int(_units(asked) / share))
        self._report(spec, self._new_txid(), times(ASSETS[_name(asked)], units), kind)

    @precondition(lambda self: self.sales)
    @rule(data=st.data(), asset=st.sampled_from(sorted(ASSETS)))
    def pay_in_another_asset(self, data: st.DataObject, asset: str) -> None:
        spec, _ = data.draw(st.sampled_from(self.sales))
        self._report(spec, self._new_txid(), times(ASSETS[asset], 7), FactKind.PAYMENT)

    @precondition(lambda self: self.sales)
    @rule(data=st.data())
    def pay_an_unknown_amount(self, data: st.DataObject) -> None:
        spec, _ = data.draw(st.sampled_from(self.sales))
        fact = money_fact(spec, self._new_txid(), None, at=self._now())
        self._write(spec.identifier, fact)

    @precondition(lambda self: self.paid)
    @rule(data=st.data(), what=st.sampled_from(["again", "less", "refused", "pending"]))
    def report_again(self, data: st.DataObject, what: str) -> None:
        """Another node, or the account watch, says the same, or something else."""
        spec, txid, money = data.draw(st.sampled_from(self.paid))
        name = _name(money)
        fewer = times(ASSETS[name], max(1, int(_units(money)) - 1))
        fact = money_fact(
            spec,
            txid,
            fewer if what == "less" else money,
            at=self._now(),
            kind=data.draw(st.sampled_from([FactKind.LEDGER_TX, FactKind.PAYMENT])),
            result="tecPATH_DRY" if what == "refused" else "tesSUCCESS",
            validated=what != "pending",
        )
        self._write(spec.identifier, fact)

    @precondition(lambda self: self.paid and len(self.sales) > 1)
    @rule(data=st.data())
    def claim_for_another_request(self, data: st.DataObject) -> None:
        """A payment turns out to be reported for another sale too."""
        _, txid, money = data.draw(st.sampled_from(self.paid))
        spec, _ = data.draw(st.sampled_from(self.sales))
        self._report(spec, txid, money, FactKind.LEDGER_TX)

    @precondition(lambda self: self.sales)
    @rule(data=st.data(), count=st.integers(1, 50))
    def begin_refund(self, data: st.DataObject, count: int) -> None:
        sale, asked = data.draw(st.sampled_from(self.sales))
        back = times(ASSETS[_name(asked)], count)
        spec = sale_spec(
            f"r{len(self.refunds)}",
            back,
            cents=count,
            till="2",
            network=sale.network,
            refund_of=sale.identifier,
            part=back,
        )
        self.refunds.append((spec, back))
        self._write(spec.identifier, intent(spec, self._now()))

    @precondition(lambda self: self.refunds)
    @rule(data=st.data(), kind=st.sampled_from([FactKind.LEDGER_TX, FactKind.PAYMENT]))
    def pay_back(self, data: st.DataObject, kind: FactKind) -> None:
        spec, back = data.draw(st.sampled_from(self.refunds))
        self._report(spec, self._new_txid(), back, kind)

    @rule(count=st.integers(1, 50))
    def money_without_a_request(self, count: int) -> None:
        txid, money = self._new_txid(), times(ASSETS["XRP"], count)
        spec = sale_spec("nobody", money)
        raw = parse_object(money_fact(spec, txid, money, at=self._now()).text)
        assert not isinstance(raw, str)
        found = UnmatchedPayment(raw, LedgerTx.from_json(raw), "no tag", self._now())
        assert not commit_group(self.db, [found], lambda: None)
        self.strangers.append((txid, money))

    @precondition(lambda self: self.strangers and self.sales)
    @rule(data=st.data())
    def assign(self, data: st.DataObject) -> None:
        txid, money = self.strangers.pop()
        spec, _ = data.draw(st.sampled_from(self.sales))
        fact = money_fact(spec, txid, money, at=self._now(), kind=FactKind.PAYMENT, by="hand")
        self._write(spec.identifier, fact)
        self.paid.append((spec, txid, money))

    @precondition(lambda self: self.sales)
    @rule(data=st.data())
    def decline(self, data: st.DataObject) -> None:
        spec, _ = data.draw(st.sampled_from(self.sales))
        self._write(spec.identifier, declined(self._now()))

    @precondition(lambda self: self.facts)
    @rule(data=st.data())
    def repeat_a_fact(self, data: st.DataObject) -> None:
        self._write(*data.draw(st.sampled_from(self.facts)))

    # The shifts.

    @rule()
    def look(self) -> None:
        """The figures of the open shift are read while it goes on."""
        self.reader.read(RULES)

    @rule()
    def start_again(self) -> None:
        """The program was killed: nothing that it had read is left."""
        self.reader = ShiftReader(self.path)

    @rule()
    def close(self) -> None:
        assert shift_table.add(self.db, self._document(self.reader.read(RULES)))
        self._remember()

    @rule()
    def killed_before_the_commit(self) -> None:
        shift = self._document(self.reader.read(RULES))
        before = shift_table.listing(self.db, 99)
        broken = ShiftDocument(
            **{
                **{name: getattr(shift, name) for name in ShiftDocument.__slots__},
                "claims": (("T", "a"), ("T", "b")),
            }
        )
        try:
            shift_table.add(self.db, broken)
        except sqlite3.IntegrityError:
            assert not self.db.in_transaction
        assert shift_table.listing(self.db, 99) == before

    @precondition(lambda self: self.sales)
    @rule(data=st.data())
    def close_while_something_is_appended(self, data: st.DataObject) -> None:
        shift = self._document(self.reader.read(RULES))
        spec, asked = data.draw(st.sampled_from(self.sales))
        self._report(spec, self._new_txid(), asked, FactKind.PAYMENT)
        assert shift_table.add(self.db, shift)
        self._remember()

    @rule()
    def two_close_at_once(self) -> None:
        one = self._document(self.reader.read(RULES))
        other = self._document(ShiftReader(self.path).read(RULES), "Ben")
        assert shift_table.add(self.db, one)
        assert not shift_table.add(self.db, other)
        self._remember()

    @invariant()
    def closed_shifts_never_change(self) -> None:
        found = [shift_table.read(self.db, place + 1) for place in range(len(self.closed))]
        assert [(one.text, one.lines, one.hash) for one in found if one] == self.closed
        assert not list(shift_table.problems(self.db))

    def check_everything(self) -> None:
        """The shifts, the open one with them, against the raw rows of the journal."""
        rows = self.db.execute("SELECT identifier, kind, text FROM facts ORDER BY seq").fetchall()
        whole = _journal_sums(rows)
        for reader in (self.reader, ShiftReader(self.path)):
            assert self._shift_sums(reader) == whole

    def _shift_sums(self, reader: ShiftReader) -> Sums:
        sums: Sums = defaultdict(Decimal)
        open_text = self._document(reader.read(RULES))
        documents = [(text, lines) for text, lines, _ in self.closed]
        for text, lines in [*documents, (open_text.text, open_text.lines)]:
            value: Any = json.loads(text)
            _add_totals(sums, value["totals"])
            by_line: Sums = defaultdict(Decimal)
            for line in document.lines_of(lines):
                _add_line(by_line, line)
            totals: Sums = defaultdict(Decimal)
            _add_totals(totals, value["totals"])
            assert _kept(by_line) == _kept(totals)
            by_till: Sums = defaultdict(Decimal)
            for till in value["tills"]:
                _add_totals(by_till, till)
            assert _kept(by_till) == _kept(totals)
        return _kept(sums)

    def _document(self, found: OpenShift, operator: str = "Ana") -> ShiftDocument:
        return document.close(
            found.report,
            Closing(operator, self._now()),
            claims=found.claims,
            dismissals_to=found.dismissals_to,
        )

    def _remember(self) -> None:
        shift = shift_table.last(self.db)
        assert shift is not None
        self.closed.append((shift.text, shift.lines, shift.hash))

    def _report(self, spec: RequestSpec, txid: str, money: Amount, kind: FactKind) -> None:
        self._write(spec.identifier, money_fact(spec, txid, money, at=self._now(), kind=kind))
        self.paid.append((spec, txid, money))

    def _write(self, identifier: str, fact: Fact) -> None:
        _write(self.db, (identifier, fact))
        self.facts.append((identifier, fact))

    def _new_txid(self) -> str:
        self.seconds += 1
        return f"{self.seconds:064X}"

    def _now(self) -> Any:
        self.seconds += 1
        return later(self.seconds)


def _write(db: sqlite3.Connection, *found: tuple[str, Fact]) -> None:
    """Append facts as the writer does."""
    assert not commit_group(db, [FactRecord(name, fact) for name, fact in found], lambda: None)


# What the rows of the journal say, without any code of the program.


def _journal_sums(rows: list[tuple[str, str, str]]) -> Sums:
    specs: dict[str, Any] = {}
    owners: dict[str, str] = {}
    values: dict[str, Any] = {}
    refused: set[tuple[str, str]] = set()
    for identifier, kind, text in rows:
        value = json.loads(text)
        if kind == "intent":
            specs.setdefault(identifier, value)
        if kind not in ("ledger-tx", "payment") or not value["validated"]:
            continue
        txid = value["hash"]
        if value["meta"]["TransactionResult"] != "tesSUCCESS":
            refused.add((txid, identifier))
            continue
        owners.setdefault(txid, identifier)
        if owners[txid] == identifier:
            values.setdefault(txid, []).append(value["meta"]["delivered_amount"])
    sums: Sums = defaultdict(Decimal)
    worth: dict[str, Decimal] = defaultdict(Decimal)
    for txid, found in values.items():
        identifier = owners[txid]
        known = [one for one in found if one != "unavailable"]
        if (txid, identifier) in refused or not known:
            continue
        body = specs[identifier]
        refund = _blob(body).get("refund_of", "") != ""
        network = body["network"]
        least = min(known, key=_number)
        key = (network, *_asset(least))
        sums["received" if not refund else "refunded", *key] += _number(least)
        sums["refunds" if refund else "payments", *key] += 1
        quoted = _blob(body).get("quote")
        if quoted is not None and _asset(quoted["amount"]) == _asset(least):
            worth[identifier] += _number(least)
    for identifier, paid in worth.items():
        blob, network = _blob(specs[identifier]), specs[identifier]["network"]
        price = Decimal(blob["quote"]["price"])
        exact = Fraction(paid) / Fraction(_number(blob["quote"]["amount"])) * Fraction(price)
        cents = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(
            Decimal("0.01"), ROUND_HALF_UP
        )
        refund = blob.get("refund_of", "") != ""
        sums["price refunds" if refund else "price sales", network, "EUR"] += cents
        if "tip" in blob and cents >= price and not refund:
            sums["tips", network, "EUR"] += Decimal(blob["tip"])
    return _kept(sums)


def _blob(body: Any) -> Any:
    return body["body"]["custom_meta"]["blob"]["sale"]


def _asset(money: Any) -> tuple[str, str]:
    if isinstance(money, str):
        return "XRP", ""
    if "mpt_issuance_id" in money:
        return "MPT", money["mpt_issuance_id"]
    return amount.currency_label(money["currency"]), money["issuer"]


def _number(money: Any) -> Decimal:
    return Decimal(money) / 1_000_000 if isinstance(money, str) else Decimal(money["value"])


# What the documents say.


def _add_totals(sums: Sums, totals: Any) -> None:
    for one in totals["assets"]:
        name = one["asset"]
        key = (one["network"], *(("MPT", name) if len(name) == 48 else (name, one["issuer"])))
        for what in ("received", "refunded", "payments", "refunds"):
            sums[what, *key] += Decimal(one[what])
        assert Decimal(one["net"]) == Decimal(one["received"]) - Decimal(one["refunded"])
    for one in totals["prices"]:
        key = (one["network"], one["currency"])
        sums["price sales", *key] += Decimal(one["sales"])
        sums["price refunds", *key] += Decimal(one["refunds"])
        sums["tips", *key] += Decimal(one["tips"])


def _add_line(sums: Sums, line: Any) -> None:
    refund, name = line["kind"] == "refund", line["asset"]
    key = (line["network"], *(("MPT", name) if len(name) == 48 else (name, line["issuer"])))
    sums["refunded" if refund else "received", *key] += Decimal(line["amount"]) * (-1) ** refund
    sums["refunds" if refund else "payments", *key] += line["transactions"]
    if line["price"] is not None:
        key = (line["network"], line["currency"])
        sums["price refunds" if refund else "price sales", *key] += (
            Decimal(line["price"]) * (-1) ** refund
        )
        sums["tips", *key] += Decimal(line["tip"] or 0)


def _kept(sums: Sums) -> Sums:
    return {key: value for key, value in sums.items() if value}


def _units(money: Amount) -> Decimal:
    """How many of the test's smallest amounts it is."""
    value = Decimal(getattr(money, "drops", 0)) or amount.as_decimal(money)
    return value * 10 if _name(money) in ("EUR", "hex EUR") else value


def _name(money: Amount) -> str:
    return next(
        name
        for name, one in ASSETS.items()
        if type(one) is type(money)
        and getattr(one, "currency", "") == getattr(money, "currency", "")
    )


TestShifts = ShiftsOfAJournal.TestCase
TestShifts.settings = settings(
    max_examples=30,
    stateful_step_count=30,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
