"""Tills that erase, sell, ship and read in any order, and a database that loses and repeats nothing
of it: in the end nobody holds what any of them has erased, and every chain is whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from store.history import stories
from store.history.stories import PAYER, sale_spec
from xumm_desk.core.keeping.letting_go import ErasureChoices
from xumm_desk.core.replication.erasure_order import KIND, by_request
from xumm_desk.core.replication.replicated_fact import ChainEnd, ReplicatedFact
from xumm_desk.core.state.facts import Fact, FactKind, Source, make_fact
from xumm_desk.store import database
from xumm_desk.store.group_commit import FactRecord, commit_group
from xumm_desk.store.journal_check import verify_chain
from xumm_desk.store.journal_reader import open_for_reading
from xumm_desk.store.keeping import erasure
from xumm_desk.store.replication import erasure_orders, local_facts
from xumm_desk.store.replication.shop_database import ShopDatabase
from xumm_desk.store.replication.shop_erasure import ShopErasures

NOW = datetime(2027, 6, 1, tzinfo=UTC)
TILLS = ("till-a", "till-b", "till-c")
PLACES = st.integers(0, 2)


class Shelf:
    """The facts of a shop as its database holds them."""

    def __init__(self) -> None:
        self.facts: dict[str, list[ReplicatedFact]] = {till: [] for till in TILLS}

    def _orders(self) -> list[ReplicatedFact]:
        return [fact for some in self.facts.values() for fact in some if fact.kind == KIND]

    def orders_of(self, identifiers: Sequence[str]) -> list[ReplicatedFact]:
        return [fact for fact in self._orders() if fact.identifier in identifiers]

    def orders_after(self, known: Mapping[str, int]) -> list[ReplicatedFact]:
        return [fact for fact in self._orders() if fact.number > known.get(fact.till, 0)]

    def hashes_of(self, names: Sequence[tuple[str, int]]) -> dict[tuple[str, int], bytes]:
        return {
            (till, number): self.facts[till][number - 1].hash
            for till, number in names
            if number <= len(self.facts[till])
        }

    def is_erased(self, till: str, number: int) -> bool:
        return self.facts[till][number - 1].erased

    def end(self, till: str) -> ChainEnd:
        some = self.facts[till]
        return ChainEnd(some[-1].number, some[-1].hash) if some else ChainEnd()

    def erase(self, path: Path) -> None:
        """What the owner does at a till."""
        orders = by_request(self._orders())
        with closing(open_for_reading(path)) as db:
            for name, order in orders.items():
                for till, number, text in erasure_orders.erased_facts(db, name, order)[0]:
                    if number <= len(self.facts[till]):
                        old = self.facts[till][number - 1]
                        self.facts[till][number - 1] = ReplicatedFact(
                            till, number, old.identifier, old.at, old.source, old.kind, text,
                            old.hash,
                        )  # fmt: skip


class Erasures(RuleBasedStateMachine):
    """Three tills and the shelf between them."""

    @initialize()
    def begin(self) -> None:
        self.folder = TemporaryDirectory()
        self.paths = [Path(self.folder.name) / f"{till}.sqlite3" for till in TILLS]
        self.journals = [self._open(path) for path in self.paths]
        for db, till in zip(self.journals, TILLS, strict=True):
            local_facts.join(db, till)
        self.shelf = Shelf()
        self.count = 0
        self.erased: set[str] = set()

    def _open(self, path: Path) -> sqlite3.Connection:
        db = database.connect(path)
        db.execute("PRAGMA synchronous = OFF")
        return db

    def _erasures(self, place: int) -> ShopErasures:
        db = self.journals[place]
        return ShopErasures(
            cast(ShopDatabase, self.shelf), lambda job: job(db), ledger=True, now=lambda: NOW
        )

    def _write(self, place: int, name: str, fact: Fact) -> None:
        db = self.journals[place]
        assert not commit_group(db, [FactRecord(name, fact)], lambda: None)
        db.execute(
            "UPDATE requests SET status = 'paid', finished = 1 WHERE identifier = ?", (name,)
        )

    def _known(self, place: int) -> list[str]:
        rows = self.journals[place].execute(
            "SELECT identifier FROM requests WHERE finished = 1 ORDER BY 1"
        )
        return [row[0] for row in rows]

    @rule(place=PLACES)
    def sell(self, place: int) -> None:
        """A till makes a sale that is paid."""
        self.count += 1
        spec = sale_spec(self.count, note=f"Zyzzyva {self.count}")
        intent = make_fact(stories.BEGIN, Source.OPERATOR, FactKind.INTENT, spec.to_json())
        for fact in (intent, stories.payment(spec, 1, f"{self.count:02X}" * 32)):
            self._write(place, spec.identifier, fact)

    @rule(place=PLACES, of=st.integers(0, 20), what=st.integers(0, 2))
    def find_out(self, place: int, of: int, what: int) -> None:
        """A till finds out more about the customer of a sale that it knows."""
        if names := self._known(place):
            value = {"account": PAYER, "reason": str(what)}
            fact = make_fact(NOW, Source.LEDGER, FactKind.REGULAR_KEY, value)  # type: ignore[arg-type]
            self._write(place, names[of % len(names)], fact)

    @rule(place=PLACES, of=st.integers(0, 20), note=st.booleans(), txid=st.booleans())
    def erase(self, place: int, of: int, note: bool, txid: bool) -> None:
        """A till erases a customer's data while its window is closed."""
        if not (names := self._known(place)):
            return
        name = names[of % len(names)]
        self.journals[place].close()
        choices = ErasureChoices(note=note, txid=txid)
        report = erasure.erase(self.paths[place], name, choices, ledger=True, now=NOW)
        self.journals[place] = self._open(self.paths[place])
        if not report.refused:
            self.erased.add(name)

    @rule(place=PLACES)
    def connect(self, place: int) -> None:
        """A till that was away comes back."""
        self._erasures(place).before_naming(self.journals[place])
        self._erasures(place).begin()

    @rule(place=PLACES, most=st.integers(1, 4))
    def ship(self, place: int, most: int) -> None:
        """A till ships some of what it has."""
        db, till = self.journals[place], TILLS[place]
        self._erasures(place).before_naming(db)
        local_facts.name_facts(db, most)
        self.shelf.facts[till] += local_facts.named_facts(db, till, self.shelf.end(till), most)

    @rule(place=PLACES, of=PLACES, most=st.integers(1, 9))
    def pull(self, place: int, of: int, most: int) -> None:
        """A till reads what is next of another."""
        first = local_facts.ends(self.journals[place]).get(TILLS[of], ChainEnd()).number
        some = self.shelf.facts[TILLS[of]][first : first + most]
        if some and of != place:
            assert not self._erasures(place).take_in(some).faults

    @rule(place=PLACES)
    def erase_on_the_shelf(self, place: int) -> None:
        """The owner erases at this till what it knows."""
        self.shelf.erase(self.paths[place])

    def teardown(self) -> None:
        """All have heard of everything in the end."""
        if not hasattr(self, "journals"):
            return
        for _round in range(3):  # what one hears, it may have to tell
            for place in range(3):
                self.connect(place)
                self.ship(place, 1000)
            for place in range(3):
                for of in range(3):
                    self.pull(place, of, 1000)
        for path in self.paths:
            self.shelf.erase(path)
        sold = set(self._known(0))
        for db, path in zip(self.journals, self.paths, strict=True):
            rows = db.execute("SELECT identifier, text FROM facts").fetchall()
            assert not any(PAYER in text for name, text in rows if name in self.erased)
            assert {name for name, text in rows if PAYER in text} >= sold - self.erased
            db.close()
            assert verify_chain(path).whole, verify_chain(path).messages
        shelved = [fact for some in self.shelf.facts.values() for fact in some]
        assert not any(PAYER in one.text for one in shelved if one.identifier in self.erased)
        self.folder.cleanup()


TestErasures = Erasures.TestCase
TestErasures.settings = settings(max_examples=10, stateful_step_count=14)
