"""A start shows the newest requests first, and ends with all of them as the journal tells it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.state.facts import FactKind, Source, make_fact
from xumm_desk.core.state.lifecycle import apply_fact
from xumm_desk.core.wire.json_fields import JsonObject
from xumm_desk.engine.recovery import Recovery
from xumm_desk.engine.runtime.registry import RequestRegistry, RequestRow
from xumm_desk.store.journal import SqliteJournal

from .builders import START, created, intent, note, uuid_of

pytestmark = pytest.mark.anyio

COUNT = 123
NAMES = [f"till-{number:03d}" for number in range(COUNT)]
OPEN = NAMES[-2]
FINISHED = {name for name in NAMES if name.endswith(("3", "9"))}


class Start:
    """A start on a journal that hands out no more than the first page until it is let go."""

    def __init__(self, journal: SqliteJournal, monkeypatch: pytest.MonkeyPatch) -> None:
        self.registry = RequestRegistry(ledger=False, written_count=lambda: journal.written)
        self.recovery = Recovery(self.registry, journal)
        self.held, self.rest = asyncio.Event(), asyncio.Event()
        load = journal.load_unfinished

        async def later() -> Sequence[tuple[str, Sequence[object]]]:
            self.held.set()
            await self.rest.wait()
            return await load()

        monkeypatch.setattr(journal, "load_unfinished", later)

    def shown(self) -> list[str]:
        """The rows that may be seen."""
        return [row.identifier for row in self.registry.rows()]

    async def first_page(self) -> asyncio.Task[Sequence[RequestRow]]:
        """Begin, up to where the first page is shown."""
        loading = asyncio.create_task(self.recovery.load(None))
        await self.held.wait()
        await asyncio.sleep(0)
        return loading


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[SqliteJournal]:
    journal = SqliteJournal(tmp_path / "journal.sqlite3")
    journal.open(asyncio.get_running_loop())
    # They reached the disk in another order than they were made in.
    for number in sorted(range(COUNT), key=lambda number: number % 7):
        journal.append(NAMES[number], intent(NAMES[number], number), urgent=False)
        journal.append(NAMES[number], created(number), urgent=False)
        if NAMES[number] in FINISHED:
            journal.set_status(NAMES[number], "failed", finished=True)
    await journal.durable()
    yield journal
    await journal.close()


async def test_the_newest_are_shown_before_the_others_are_read(
    journal: SqliteJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = Start(journal, monkeypatch)
    loading = await start.first_page()
    assert start.shown() == NAMES[-50:]
    start.rest.set()
    before = await loading
    assert [row.identifier for row in before] == NAMES, "a mark that is wrong is no end"
    await asyncio.sleep(0)
    assert start.shown() == NAMES
    assert [entry.request.identifier for entry in start.registry.entries()] == NAMES
    taken_up = [one.identifier async for one in start.recovery.unfinished(before)]
    assert sorted(taken_up) == NAMES, "each is taken up once"
    assert start.registry.by_uuid(uuid_of(7)) == NAMES[7]


async def test_what_a_person_does_meanwhile_stays(
    journal: SqliteJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = Start(journal, monkeypatch)
    loading = await start.first_page()
    entry = start.registry[NAMES[-1]]
    asked = make_fact(START, Source.OPERATOR, FactKind.CANCEL_REQUESTED, {})
    entry.request = apply_fact(entry.request, asked)
    start.rest.set()
    before = await loading
    assert start.registry[NAMES[-1]].request.cancel_asked
    assert before[-1].request.cancel_asked


@pytest.mark.parametrize(
    ("kind", "field", "end"),
    [
        (FactKind.CANCEL_REQUESTED, "cancel_asked", ""),
        # The finished ones were read when it was not among them yet, the others when no more.
        (FactKind.CLOSED, "closed", "cancelled"),
    ],
)
async def test_what_another_process_wrote_meanwhile_is_read(
    kind: FactKind, field: str, end: str, journal: SqliteJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = Start(journal, monkeypatch)
    loading = await start.first_page()
    assert OPEN in start.shown()
    await journal.load_newest(0)
    told = make_fact(START, Source.OPERATOR, kind, {})
    journal.append(OPEN, told, urgent=True, status=end, finished=bool(end))
    await journal.durable()
    start.rest.set()
    await loading
    assert getattr(start.registry[OPEN].request, field)


async def test_of_two_that_name_one_payment_the_older_one_has_it(
    journal: SqliteJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    tx: JsonObject = {
        "hash": "AB" * 32,
        "validated": True,
        "tx_json": {"TransactionType": "Payment"},
    }
    paid = make_fact(START, Source.LEDGER, FactKind.PAYMENT, {**tx, "paired": "tag"})
    for name in (NAMES[2], OPEN):
        journal.append(name, paid, urgent=True)
    await journal.durable()
    start = Start(journal, monkeypatch)
    start.rest.set()
    await start.recovery.load(None)
    assert start.registry.claim_txid("AB" * 32, OPEN) == NAMES[2]


async def test_a_journal_that_cannot_be_read_is_an_error(
    journal: SqliteJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = Start(journal, monkeypatch)
    await journal.close()
    with pytest.raises(JournalError):
        await start.recovery.load(None)
    assert start.shown() == []


async def test_only_what_other_processes_wrote_is_read(path: Path) -> None:
    mine, other = SqliteJournal(path), SqliteJournal(path)
    mine.open(asyncio.get_running_loop())
    other.open(asyncio.get_running_loop())
    try:
        mine.append("mine", intent("mine"), urgent=True)
        await mine.durable()
        assert await mine.written_elsewhere() == []
        other.append("theirs", intent("theirs"), urgent=True)
        other.append("mine", note(1), urgent=True)
        await other.durable()
        mine.append("third", intent("third"), urgent=True)
        await mine.durable()
        told = dict(await mine.written_elsewhere())
        assert set(told) >= {"theirs", "mine"}
        assert list(told["mine"]) == [intent("mine"), note(1)]
        assert await mine.written_elsewhere() == []
    finally:
        await mine.close()
        await other.close()


async def test_very_many_of_others_are_read_in_parts_and_none_is_lost(path: Path) -> None:
    mine, other = SqliteJournal(path), SqliteJournal(path)
    mine.open(asyncio.get_running_loop())
    other.open(asyncio.get_running_loop())
    try:
        names = [f"r{number}" for number in range(450)]
        for name in names:
            other.append(name, intent(name), urgent=False)
        for name in reversed(names):
            other.append(name, note(1), urgent=False)
        await other.durable()
        found: dict[str, int] = {}
        rounds = 0
        while told := await mine.written_elsewhere():
            rounds += 1
            found |= {name: len(facts) for name, facts in told}
        assert rounds == 3
        assert found == dict.fromkeys(names, 2)
    finally:
        await mine.close()
        await other.close()
