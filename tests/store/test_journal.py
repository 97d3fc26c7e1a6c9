"""The journal: order, durability, groups, loading, and what happens when the disk refuses."""

from __future__ import annotations

import asyncio
import gc
import itertools
import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.state.facts import Fact, FactKind, Source
from xumm_desk.core.state.lifecycle import replay
from xumm_desk.store import database, queries, writer_thread
from xumm_desk.store.journal import SqliteJournal
from xumm_desk.store.journal_check import verify_chain

from .builders import START, created, intent, make_order, note, run, texts, uuid_of

pytestmark = pytest.mark.anyio


async def fill(journal: SqliteJournal, *identifiers: str) -> None:
    """Write an intent and a note for each."""
    for number, identifier in enumerate(identifiers):
        journal.append(identifier, intent(identifier, number), urgent=True)
        journal.append(identifier, note(number), urgent=False)
    await journal.durable()


async def load_all(journal: SqliteJournal) -> Sequence[tuple[str, Sequence[Fact]]]:
    """Every request with its facts, oldest first."""
    return await journal._run(lambda db: queries.load_requests(db, "", ()))


async def turns(until: Callable[[], bool]) -> None:
    """Return once it holds; the writer's thread has nobody to tell."""
    for _ in itertools.count():
        if until():
            return
        await asyncio.sleep(0.001)


async def test_facts_are_on_disk_in_order_once_durable_returns(
    journal: SqliteJournal, path: Path
) -> None:
    journal.append("one", intent("one"), urgent=True)
    expected = [("one", intent("one").text)]
    for number in range(300):
        journal.append("one", note(number), urgent=number % 7 == 0)
        expected.append(("one", note(number).text))
    await journal.durable()
    assert texts(path) == expected
    assert journal.written == journal.appended == 301
    assert verify_chain(path).whole


async def test_durable_waits_for_the_last_of_many_groups(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xumm_desk.store.writer_thread._MAX_GROUP", 10)
    journal = SqliteJournal(path)
    journal.open(asyncio.get_running_loop())
    journal.append("one", intent("one"), urgent=False)
    journal.set_status("one", "waiting", False)
    for number in range(99):
        journal.append("one", note(number), urgent=False)
        journal.set_status("one", "opened", False)
    async with asyncio.timeout(30):
        await journal.durable()
    assert len(texts(path)) == journal.written == 100
    await journal.close()


async def test_durable_with_nothing_to_write_returns_at_once(journal: SqliteJournal) -> None:
    await journal.durable()
    assert journal.written == 0


async def test_what_is_not_about_money_is_written_in_one_group(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xumm_desk.store.writer_thread._GROUP_DELAY", 60.0)
    journal = SqliteJournal(path)
    groups: list[int] = []
    journal.on_durable(lambda: groups.append(journal.written))
    journal.open(asyncio.get_running_loop())
    journal.append("one", intent("one"), urgent=False)
    for number in range(99):
        journal.append("one", note(number), urgent=False)
    await journal.durable()
    await journal.close()
    assert groups == [100]


async def test_money_does_not_wait_for_company(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xumm_desk.store.writer_thread._GROUP_DELAY", 3600.0)
    journal = SqliteJournal(path)
    written = asyncio.Event()
    journal.on_durable(written.set)
    journal.open(asyncio.get_running_loop())
    journal.append("one", intent("one"), urgent=True)
    async with asyncio.timeout(30):
        await written.wait()
    assert len(texts(path)) == 1
    await journal.close()


async def test_an_answer_does_not_wait_for_the_company_of_what_is_queued_before_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xumm_desk.store.writer_thread._GROUP_DELAY", 3600.0)
    journal = SqliteJournal(path)
    journal.open(asyncio.get_running_loop())
    let_go = threading.Event()
    first = asyncio.ensure_future(journal._run(lambda _: let_go.wait(60)))
    await asyncio.sleep(0)
    answers = [first]
    for number in range(3):
        journal.append("one", note(number), urgent=False)
        answers.append(asyncio.ensure_future(journal._run(lambda _: True)))
        await asyncio.sleep(0)
    let_go.set()
    async with asyncio.timeout(30):
        assert await asyncio.gather(*answers) == [True] * 4
    await journal.close()


async def test_closing_writes_what_is_queued_and_asks_no_more(path: Path) -> None:
    journal = SqliteJournal(path)
    journal.open(asyncio.get_running_loop())
    journal.append("one", intent("one"), urgent=False)
    for number in range(500):
        journal.append("one", note(number), urgent=False)
    await journal.close()
    await journal.close()
    assert len(texts(path)) == 501
    with pytest.raises(JournalError, match="is closed"):
        await load_all(journal)
    await asyncio.sleep(0)
    journal.append("one", note(501), urgent=True)
    with pytest.raises(JournalError, match="is closed"):
        await journal.durable()


async def test_what_is_loaded_is_what_was_recorded(journal: SqliteJournal) -> None:
    told: list[Fact] = [intent("one"), created(7), note(1)]
    for one in told:
        journal.append("one", one, urgent=False)
    [(identifier, loaded)] = await load_all(journal)
    assert identifier == "one"
    assert loaded == told
    assert [one.value for one in loaded] == [one.value for one in told]
    request = replay(list(loaded))
    assert request is not None
    assert (request.spec, request.uuid) == (make_order("one"), uuid_of(7))


async def test_a_question_sees_all_that_was_appended_before_it(journal: SqliteJournal) -> None:
    journal.append("one", intent("one"), urgent=False)
    assert [name for name, _ in await load_all(journal)] == ["one"]


async def test_unfinished_recent_and_named_requests(journal: SqliteJournal) -> None:
    await fill(journal, "one", "two", "three", "four", "five")
    for identifier in ("one", "three", "five"):
        journal.set_status(identifier, "paid", True)
    assert [name for name, _ in await journal.load_unfinished()] == ["two", "four"]
    assert [name for name, _ in await journal.load_recent(10)] == ["one", "three", "five"]
    assert [name for name, _ in await journal.load_recent(2)] == ["three", "five"]
    assert [name for name, _ in await journal.load(["five", "none", "one"])] == ["five", "one"]
    assert [name for name, _ in await load_all(journal)] == [
        "one",
        "two",
        "three",
        "four",
        "five",
    ]
    journal.set_status("three", "check", False)
    assert [name for name, _ in await journal.load_unfinished()] == ["two", "three", "four"]
    assert [len(facts) for _, facts in await journal.load_unfinished()] == [2, 2, 2]


async def test_a_status_goes_with_the_fact_that_brought_it(
    journal: SqliteJournal, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xumm_desk.store.writer_thread._MAX_GROUP", 1)
    await fill(journal, "one", "two")
    journal.append("one", note(7), urgent=True, status="paid", finished=True)
    await journal.durable()
    with closing(sqlite3.connect(path)) as db:
        found = db.execute("SELECT status, finished FROM requests ORDER BY 1").fetchall()
    assert found == [("creating", 0), ("paid", 1)], "in one transaction, not in the next"


async def test_a_request_is_found_by_its_platform_id(journal: SqliteJournal) -> None:
    await fill(journal, "one", "two")
    journal.append("two", created(2), urgent=True)
    journal.append("two", created(3), urgent=True)
    assert await journal.find_uuid(uuid_of(2)) == "two"
    assert await journal.find_uuid(uuid_of(3)) is None


async def test_rows_of_a_later_program_are_kept_on_disk_and_left_out(
    journal: SqliteJournal, path: Path
) -> None:
    await fill(journal, "one")
    run(
        path,
        "INSERT INTO facts (identifier, at, witness, kind, text, hash)"
        " VALUES ('one', 'never', 'oracle', 'dream', '{}', x'00')",
    )
    [(_, facts)] = await load_all(journal)
    assert [fact.kind for fact in facts] == [FactKind.INTENT, FactKind.SOCKET_LOST]
    assert len(texts(path)) == 3


async def test_half_a_surrogate_pair_does_not_stop_the_journal(
    journal: SqliteJournal, path: Path
) -> None:
    journal.append("one", intent("one"), urgent=False)
    broken = Fact(START, Source.SOCKET, FactKind.FRAME, '{"a":"\ud83d"}', note(0).value)
    journal.append("one", broken, urgent=True)
    await journal.durable()
    assert texts(path)[1] == ("one", '{"a":"?"}')
    assert verify_chain(path).whole


async def test_a_question_that_cannot_be_asked_does_not_stop_the_journal(
    journal: SqliteJournal,
) -> None:
    with pytest.raises(JournalError, match="cannot be used"):
        await journal.find_uuid("\ud83d")
    await fill(journal, "one")
    assert [name for name, _ in await journal.load_unfinished()] == ["one"]


class Stubborn:
    """The writer's own connection, which a test makes refuse and allow writing."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        real = database.connect
        self.connection: sqlite3.Connection | None = None

        def connect(path: Path, *, check: bool) -> sqlite3.Connection:
            self.connection = real(path, check=check)
            self.connection.execute("PRAGMA busy_timeout = 20")
            return self.connection

        monkeypatch.setattr(database, "connect", connect)
        monkeypatch.setattr(writer_thread, "_RETRY", 0.02)

    def say(self, statement: str) -> None:
        """Run a statement between two of the writer's."""
        assert self.connection is not None
        self.connection.execute(statement).fetchall()


async def refused(journal: SqliteJournal) -> str:
    """What durable() says when it cannot."""
    with pytest.raises(JournalError) as error:
        await journal.durable()
    return str(error.value)


async def recovered(journal: SqliteJournal) -> None:
    """Wait until a later try works; each durable() ends with the next try."""
    for _ in range(500):
        try:
            await journal.durable()
        except JournalError:
            continue
        return
    pytest.fail("the journal never recovered")


async def test_a_full_disk_is_said_and_nothing_is_lost(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stubborn = Stubborn(monkeypatch)
    journal = SqliteJournal(path)
    said: list[str] = []
    journal.on_error(said.append)
    journal.open(asyncio.get_running_loop())
    await fill(journal, "one")
    stubborn.say("PRAGMA max_page_count = 1")
    for number in range(400):
        journal.append("one", note(number), urgent=True)
    sentence = await refused(journal)
    assert sentence.startswith("The disk is full")
    assert journal.error == sentence
    assert len(texts(path)) < 402
    stubborn.say("PRAGMA max_page_count = 1000000")
    await recovered(journal)
    assert [text for _, text in texts(path)[2:]] == [note(number).text for number in range(400)]
    assert verify_chain(path).whole
    await journal.close()
    assert said[0] == sentence
    assert said[-1] == journal.error == ""


async def test_a_number_asked_for_behind_a_full_disk_is_refused_at_once_and_never_taken(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stubborn = Stubborn(monkeypatch)
    journal = SqliteJournal(path)
    journal.open(asyncio.get_running_loop())
    await fill(journal, "one")
    assert await journal.reserve_sale_number("till") == 1
    stubborn.say("PRAGMA max_page_count = 1")
    for number in range(400):
        journal.append("one", note(number), urgent=True)
    # Queued behind the facts before anybody knows that the disk refuses them.
    with pytest.raises(JournalError, match="The disk is full"):
        await journal.reserve_sale_number("till")
    with pytest.raises(JournalError, match="The disk is full"):
        await journal.reserve_sale_number("till")
    stubborn.say("PRAGMA max_page_count = 1000000")
    await recovered(journal)
    assert await journal.reserve_sale_number("till") == 2
    await journal.close()


async def test_a_journal_that_becomes_read_only(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stubborn = Stubborn(monkeypatch)
    journal = SqliteJournal(path)
    journal.open(asyncio.get_running_loop())
    await fill(journal, "one")
    stubborn.say("PRAGMA query_only = ON")
    journal.append("one", note(5), urgent=True)
    assert "is read-only" in await refused(journal)
    stubborn.say("PRAGMA query_only = OFF")
    await recovered(journal)
    assert texts(path)[-1] == ("one", note(5).text)
    await journal.close()


async def test_a_journal_locked_by_another_program(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Stubborn(monkeypatch)
    journal = SqliteJournal(path)
    journal.open(asyncio.get_running_loop())
    await fill(journal, "one")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        journal.append("one", note(5), urgent=True)
        assert "in use by another program" in await refused(journal)
        other.execute("ROLLBACK")
        await recovered(journal)
    assert texts(path)[-1] == ("one", note(5).text)
    assert verify_chain(path).whole
    await journal.close()


async def test_closing_gives_up_on_a_disk_that_refuses(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stubborn = Stubborn(monkeypatch)
    journal = SqliteJournal(path)
    journal.open(asyncio.get_running_loop())
    await fill(journal, "one")
    stubborn.say("PRAGMA query_only = ON")
    journal.append("one", note(5), urgent=True)
    async with asyncio.timeout(30):
        await journal.close()
    assert len(texts(path)) == 2
    again = SqliteJournal(path)
    again.open(asyncio.get_running_loop())
    assert [name for name, _ in await again.load_unfinished()] == ["one"]
    await again.close()


async def test_what_was_read_is_let_go_of(journal: SqliteJournal) -> None:
    await fill(journal, "one", "two")
    found = await load_all(journal)

    def held() -> bool:
        return any(type(one) is asyncio.Future for one in gc.get_referrers(found))

    async with asyncio.timeout(5):  # else the writer keeps it until there is another job
        await turns(lambda: not held())
    assert found


async def test_a_flood_lets_the_window_go_first_until_somebody_waits(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = SqliteJournal(path)
    asides: list[bool] = []
    wait = journal._writer._urgent.wait

    def noted(timeout: float | None = None) -> bool:
        if timeout == writer_thread._PAUSE:
            # Whoever waits for money waits for no window.
            asides.append(journal._writer._committed_count >= journal._writer._flush_upto)
            if len(asides) == 2:
                loop.call_soon_threadsafe(lambda: journal.append("one", note(10_000), urgent=True))
                return wait(30)
        return wait(0 if timeout == writer_thread._GROUP_DELAY else timeout)

    monkeypatch.setattr(journal._writer._urgent, "wait", noted)
    loop = asyncio.get_running_loop()
    journal.append("one", intent("one"), urgent=False)
    for number in range(999):
        journal.append("one", note(number), urgent=False)
    journal.open(loop)
    async with asyncio.timeout(30):
        await turns(lambda: journal.written == 1001)
    assert asides == [True, True], "a break after the second would have been one too many"
    await journal.close()
    assert len(texts(path)) == 1001
