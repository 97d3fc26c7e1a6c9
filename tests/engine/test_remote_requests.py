"""What another till sells is shown here, and followed only while that till does not live."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.keeping.letting_go import ErasureChoices
from xumm_desk.core.message import Message
from xumm_desk.core.replication.replicated_fact import ChainEnd, ReplicatedFact
from xumm_desk.core.replication.shop_news import ShopNews
from xumm_desk.core.replication.shop_state import TillRole
from xumm_desk.core.replication.shop_view import ShopView, TillView
from xumm_desk.core.settings import Credentials
from xumm_desk.core.state.facts import Fact
from xumm_desk.core.status import Status, Step
from xumm_desk.engine.desk import Desk
from xumm_desk.engine.runtime.registry import OtherTill, RequestRow, SocketState
from xumm_desk.setup.composition import Composition
from xumm_desk.store.keeping import erased_text, erasure
from xumm_desk.store.replication import local_facts, taking_in

from .engine_fixture import FAST_TIMING, EngineUnderTest

pytestmark = pytest.mark.anyio

OTHER = "7d3c1a52-4f0e-4d0e-9d57-3a8f0d0c9b11"


def hint(identifier: str) -> ReplicatedFact:
    """Another till's socket says that a phone has opened the request."""
    at, text = "2026-03-04T05:06:07+00:00", '{"opened": true}'
    return ReplicatedFact(OTHER, 99, identifier, at, "socket", "frame", text, bytes(32))


class SecondTill:
    """A till on a journal of its own, to which the first one's facts are passed by hand."""

    def __init__(self, engine: EngineUnderTest) -> None:
        configuration = engine.configuration()
        folder = configuration.data_dir / "second"
        keys = Credentials(engine.sim.key, engine.sim.secret)
        self._first = engine
        self.composition = Composition(
            replace(configuration, data_dir=folder),
            keys,
            timing=FAST_TIMING,
        )
        self._end = ChainEnd()

    @property
    def desk(self) -> Desk:
        """Its engine."""
        return self.composition.desk

    async def pass_on(self, *, bulk: bool = False) -> None:
        """Bring over what the first till has written since the last time."""
        first = self._first.desk.engine.journal
        await first.durable()
        facts: list[ReplicatedFact] = await asyncio.to_thread(
            first.run_and_wait,  # type: ignore[attr-defined]
            self._named,
        )
        found = await asyncio.to_thread(
            self.composition.journal.run_and_wait,
            lambda db: taking_in.take_in(db, facts, ledger=True),
        )
        assert not found.faults
        self.desk.on_shop_facts(ShopNews(found.identifiers, found.hints, bulk))

    def _named(self, db: object) -> list[ReplicatedFact]:
        if local_facts.own_till(db) is None:  # type: ignore[arg-type]
            local_facts.join(db, OTHER)  # type: ignore[arg-type]
        local_facts.name_facts(db, 1000)  # type: ignore[arg-type]
        facts = local_facts.named_facts(db, OTHER, self._end, 1000)  # type: ignore[arg-type]
        if facts:
            self._end = ChainEnd(facts[-1].number, facts[-1].hash)
        return facts

    def follow(self, *tills: str) -> None:
        """The shop's database says that it follows for these tills."""
        views = [
            TillView(one, one, TillRole.TILL, None, 0, 0, alive=False, followed_here=True)
            for one in tills
        ]
        self.desk.on_shop_view(ShopView(connected=True, tills=tuple(views)))

    def see(self, *, alive: bool, followed: bool = False) -> None:
        """The shop's database says how the first till is."""
        view = TillView(OTHER, "Till 1", TillRole.TILL, 3.0, 0, 0, alive, False, followed)
        self.desk.on_shop_view(ShopView(connected=True, tills=(view,)))

    async def row(self, identifier: str, seen: Callable[[RequestRow], bool]) -> RequestRow:
        """Its row of the request, once it looks like that."""
        changed = asyncio.Event()
        stop = self.desk.on_rows(lambda _rows: changed.set())
        try:
            async with asyncio.timeout(self._first.patience):
                while (row := self.desk.row(identifier)) is None or not seen(row):
                    await changed.wait()
                    changed.clear()
        finally:
            stop()
        return row


@asynccontextmanager
async def second_till(engine: EngineUnderTest) -> AsyncIterator[SecondTill]:
    """It is open in the block."""
    till = SecondTill(engine)
    desk = till.composition.build_desk()
    await desk.start()
    try:
        yield till
    finally:
        await till.composition.close()


async def test_a_sale_of_another_till_is_shown_and_not_followed(engine: EngineUnderTest) -> None:
    async with second_till(engine) as till:
        identifier = await engine.create()
        await engine.live(identifier)
        await till.pass_on()
        row = await till.row(identifier, lambda row: row.verdict.status is Status.WAITING)
        asked = engine.sim.calls.count("GET", "payload")
        await engine.sim.phone.sign(engine.uuid(identifier))
        await engine.status(identifier, Status.PAID)
        assert row.socket_state is SocketState.NONE
        await till.pass_on()
        await till.row(identifier, lambda row: row.verdict.status is Status.PAID)
        # All that was asked was asked by the till that sells.
        assert till.desk.health().sockets_wanted == 0
        assert engine.sim.calls.count("GET", "payload") > asked


async def test_a_dead_tills_sale_is_followed_and_given_back(engine: EngineUnderTest) -> None:
    async with second_till(engine) as till:
        identifier = await engine.create()
        await till.pass_on()
        till.follow(OTHER)
        await till.row(identifier, lambda row: row.socket_state is SocketState.LIVE)
        till.follow()
        await till.row(identifier, lambda row: row.socket_state is SocketState.NONE)
        till.follow(OTHER)
        await engine.sim.phone.sign(engine.uuid(identifier))
        await till.row(identifier, lambda row: row.verdict.status is Status.PAID)
        # Both have followed it, and both say the same.
        await engine.status(identifier, Status.PAID)


async def test_a_sale_that_ended_is_no_news_when_a_till_catches_up(
    engine: EngineUnderTest,
) -> None:
    async with second_till(engine) as till:
        ended, open_one = await engine.create(), await engine.create()
        await engine.desk.cancel(ended)
        await engine.status(ended, Status.CANCELLED)
        await till.pass_on(bulk=True)
        await till.row(open_one, lambda _row: True)
        assert till.desk.row(ended) is None
        async with asyncio.timeout(engine.patience):
            while not (await till.desk.history.progress()).is_complete:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.01)
        assert set(await till.desk.history.keys_of([ended, open_one])) == {ended, open_one}


async def test_a_hint_about_what_is_in_memory_is_shown_without_the_journal(
    engine: EngineUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with second_till(engine) as till:
        identifier = await engine.create()
        await till.pass_on()
        row = await till.row(identifier, lambda row: row.request.uuid is not None)
        assert row.request.step is Step.CREATED

        def unasked(_names: object) -> None:
            raise AssertionError("the journal was read")

        monkeypatch.setattr(till.desk.engine.journal, "load", unasked)
        till.desk.on_shop_facts(ShopNews((identifier,), {identifier: [hint(identifier)]}))
        await till.row(identifier, lambda row: row.request.step is Step.OPENED)


async def test_what_a_disk_refused_to_read_is_read_with_the_next_news(
    engine: EngineUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with second_till(engine) as till:
        first, second = await engine.create(), await engine.create()
        journal = till.desk.engine.journal
        load, asked = journal.load, []

        async def refuse(names: Iterable[str]) -> Sequence[tuple[str, Sequence[Fact]]]:
            asked.append(names)
            if len(asked) == 1:
                raise JournalError(Message("The disk does not answer."))
            return await load(names)

        monkeypatch.setattr(journal, "load", refuse)
        await till.pass_on()
        await till.desk._remote.settled()
        assert till.desk.row(first) is None
        till.desk.on_shop_facts(ShopNews((second,)))
        for identifier in (first, second):
            await till.row(identifier, lambda _row: True)


async def test_a_hint_that_comes_while_the_desk_closes_is_left_to_the_journal(
    engine: EngineUnderTest,
) -> None:
    async with second_till(engine) as till:
        identifier = await engine.create()
        await till.pass_on()
        await till.row(identifier, lambda row: row.request.uuid is not None)
        await till.desk.stop()
        till.desk.on_shop_facts(ShopNews((identifier,), {identifier: [hint(identifier)]}))
        row = till.desk.row(identifier)
        assert row is not None
        assert row.request.step is Step.CREATED


async def test_a_start_knows_whose_requests_it_finds(engine: EngineUnderTest) -> None:
    async with second_till(engine) as till:
        identifier = await engine.create()
        await till.pass_on()
    async with second_till(engine) as till:
        row = await till.row(identifier, lambda _row: True)
        assert row.socket_state is SocketState.NONE
        assert till.desk.health().sockets_wanted == 0
        assert till.desk.catch_up_state().total == 0


async def test_a_payment_of_another_tills_sale_is_without_a_request_only_until_that_is_told(
    engine: EngineUnderTest,
) -> None:
    """The shop's database was away while it was paid."""
    async with second_till(engine) as till:
        listed = asyncio.Event()
        gone = asyncio.Event()
        till.desk.on_unmatched(lambda rows: (listed if rows else gone).set())
        assert till.desk.watch_account(engine.sim.shop) == ""
        identifier = await engine.create()
        await engine.sim.phone.sign(engine.uuid(identifier))
        await engine.status(identifier, Status.PAID)
        async with asyncio.timeout(engine.patience):
            await listed.wait()
            gone.clear()
            await till.pass_on()
            await gone.wait()
        assert not till.desk.unmatched()
        assert not await till.desk.engine.journal.unmatched()
        await till.row(identifier, lambda row: row.verdict.status is Status.PAID)


async def test_a_row_says_whose_it_is_and_whether_anybody_follows_it(
    engine: EngineUnderTest,
) -> None:
    async with second_till(engine) as till:
        identifier = await engine.create()
        await till.pass_on()
        # Nothing is known yet of the tills.
        await till.row(identifier, lambda row: row.other_till == OtherTill("", followed=False))
        assert till.desk.till_of(identifier) == OTHER
        for alive, followed in ((True, False), (False, False), (False, True)):
            till.see(alive=alive, followed=followed)
            seen = OtherTill("Till 1", alive or followed, alive)
            await till.row(identifier, lambda row, seen=seen: row.other_till == seen)  # type: ignore[misc]
        till.follow(OTHER)
        row = await till.row(identifier, lambda row: row.socket_state is SocketState.LIVE)
        assert row.other_till is not None
        assert row.other_till.followed
        assert engine.desk.till_of(identifier) is None
        own = engine.desk.row(identifier)
        assert own is not None
        assert own.other_till is None


async def test_a_start_says_of_which_requests_nothing_is_known_yet(
    engine: EngineUnderTest,
) -> None:
    async with second_till(engine) as till:
        identifier = await engine.create()
        await till.pass_on()
    async with second_till(engine) as till:
        await till.row(identifier, lambda row: row.other_till == OtherTill("", followed=False))
        till.see(alive=True)
        await till.row(
            identifier, lambda row: row.other_till == OtherTill("Till 1", True, lives=True)
        )


async def test_a_customer_who_is_erased_leaves_memory_too(engine: EngineUnderTest) -> None:
    async with second_till(engine) as till:
        identifier = await engine.create()
        await engine.live(identifier)
        await engine.sim.phone.sign(engine.uuid(identifier))
        await engine.status(identifier, Status.PAID)
        await till.pass_on()
        row = await till.row(identifier, lambda row: row.verdict.status is Status.PAID)

        def erase(db: sqlite3.Connection) -> set[str]:
            shop = frozenset({row.request.spec.destination or ""})
            texts = [text for (text,) in db.execute("SELECT text FROM facts")]
            planned = erasure.plan(db, identifier, ErasureChoices(), shop, ledger=True)
            assert planned is not None
            erasure.carry_out(db, planned)
            return erased_text.payers_in(texts, shop)

        payers = await asyncio.to_thread(till.composition.journal.run_and_wait, erase)
        assert payers
        assert any(payer in repr(row.request) for payer in payers)
        till.desk.on_shop_facts(ShopNews((identifier,)))
        row = await till.row(
            identifier, lambda row: not any(payer in repr(row.request) for payer in payers)
        )
        assert row.verdict.status is Status.PAID
