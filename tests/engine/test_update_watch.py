"""Once a day a statement is read, and only one that is to be believed is told."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from release_statements import KEYS, NEW_KEY, NOW, WRONG_KEY, signed

from xumm_desk.core.updates.notice import UpdateState
from xumm_desk.core.updates.release_keys import ReleaseKey
from xumm_desk.core.updates.statement import ReleaseStatement
from xumm_desk.engine.update_watch import UpdateWatch
from xumm_desk.net.updates.statement_signature import verify
from xumm_desk.store.update_memory import UpdateMemory

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass
class Clock:
    """Moved by the test."""

    time: datetime = NOW

    def now(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return 0.0


@dataclass
class Source:
    """Gives what a test says, and counts."""

    body: bytes | str = field(default_factory=signed)
    keys: tuple[ReleaseKey, ...] = KEYS
    asked: int = 0

    async def fetch(self) -> bytes | str:
        self.asked += 1
        return self.body

    async def verify(self, body: bytes) -> ReleaseStatement | str:
        return verify(body, self.keys)


@dataclass
class Kept:
    """A memory without a disk; `full` is a disk on which nothing can be written."""

    state: UpdateState = field(default_factory=UpdateState)
    full: bool = False

    def read(self) -> UpdateState:
        return self.state

    def write(self, state: UpdateState) -> bool:
        if not self.full:
            self.state = state
        return not self.full


@dataclass
class Till:
    """A watch with all that stands around it; `restart` is another run of the program."""

    clock: Clock = field(default_factory=Clock)
    source: Source = field(default_factory=Source)
    memory: Kept = field(default_factory=Kept)
    wanted: bool = True
    version: str = "9.1.0"
    chance: float = 0.0

    def __post_init__(self) -> None:
        self.told: list[str] = []
        self.restart()

    def restart(self) -> None:
        self.watch = UpdateWatch(
            self.source,
            own_version=self.version,
            clock=self.clock,
            memory=lambda: self.memory,
            wanted=lambda: self.wanted,
            chance=lambda: self.chance,
        )
        self.watch.on_change(lambda: self.told.append(self.newest))

    def look(self) -> str:
        asyncio.run(self.watch.look())
        return self.newest

    @property
    def newest(self) -> str:
        notice = self.watch.notice
        return notice.version if notice is not None else ""


def test_a_newer_version_is_told_once() -> None:
    till = Till()
    assert till.look() == "9.2.0"
    assert till.look() == "9.2.0"
    assert till.told == ["9.2.0"]
    assert till.source.asked == 1


def test_nothing_is_asked_or_told_where_nobody_wishes_it() -> None:
    till = Till(wanted=False)
    assert till.look() == ""
    assert till.source.asked == 0
    till.wanted = True
    till.look()
    till.wanted = False
    assert till.look() == ""
    assert till.told == ["9.2.0", ""]


def test_it_asks_at_most_once_a_day_however_often_it_starts() -> None:
    till = Till(source=Source("down"))
    for _ in range(24):
        till.restart()
        till.look()
        till.clock.time += HOUR
    assert till.source.asked == 1
    till.look()
    assert till.source.asked == 2


@given(st.lists(st.integers(0, 90), max_size=40), st.floats(0, 1))
def test_a_day_lies_between_any_two_questions(hours: list[int], chance: float) -> None:
    till, times = Till(chance=chance), list[datetime]()
    for passed in hours:
        till.clock.time += HOUR * passed
        before = till.source.asked
        till.restart()
        till.look()
        times += [till.clock.time] * (till.source.asked - before)
    assert all(later - earlier >= DAY for earlier, later in pairwise(times))
    assert bool(times) is bool(hours)


def test_chance_puts_the_next_question_up_to_two_hours_off() -> None:
    till = Till(chance=1.0)
    till.look()
    till.clock.time += DAY + HOUR
    till.look()
    assert till.source.asked == 1
    till.clock.time += HOUR
    till.look()
    assert till.source.asked == 2


def test_a_clock_that_was_a_year_fast_does_not_silence_it_for_a_year() -> None:
    till = Till()
    till.memory.state = UpdateState(tried_at=NOW + 365 * DAY)
    till.look()
    assert till.source.asked == 0
    till.clock.time += DAY
    assert till.look() == "9.2.0"


def test_it_does_not_ask_where_it_cannot_note_that_it_did() -> None:
    till = Till(memory=Kept(full=True))
    till.look()
    assert till.source.asked == 0


def test_what_was_believed_is_told_after_a_restart_without_asking() -> None:
    till = Till()
    till.look()
    till.restart()
    asyncio.run(till.watch.show_known())
    assert till.newest == "9.2.0"
    assert till.source.asked == 1


def test_what_was_installed_is_no_news_any_more() -> None:
    till = Till()
    till.look()
    till.version = "9.2.0"
    till.restart()
    assert till.look() == ""


def test_what_a_retired_key_signed_is_forgotten() -> None:
    till = Till()
    till.look()
    till.source.keys = KEYS[1:]
    till.restart()
    assert till.look() == ""


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (signed(WRONG_KEY), "no release key has signed it (it names '2026a')"),
        (b"{}", "no statement of a version"),
        (b"\xff\x00", "no text"),
        (signed(expires=NOW - HOUR), "expired"),
        (signed(issued=NOW + 3 * DAY), "future"),
        (signed(version="9.9.9", issued=NOW - 9 * DAY), "older than the one known"),
    ],
)
def test_what_is_not_to_be_believed_is_ignored_and_logged(
    caplog: pytest.LogCaptureFixture, body: bytes, words: str
) -> None:
    till = Till()
    till.look()
    kept = till.memory.state.body
    till.clock.time += DAY
    till.source.body = body
    assert till.look() == "9.2.0"
    assert till.memory.state.body == kept
    [record] = [one for one in caplog.records if one.levelno == logging.WARNING]
    assert "is ignored" in record.getMessage()
    assert words in record.getMessage()


def test_a_replay_is_ignored_after_a_restart_too() -> None:
    till = Till(source=Source(signed(version="9.3.0", issued=NOW)))
    till.look()
    till.restart()
    till.clock.time += DAY
    till.source.body = signed(version="9.2.0")
    assert till.look() == "9.3.0"


def test_a_later_statement_of_the_next_key_holds() -> None:
    till = Till()
    till.look()
    till.clock.time += DAY
    till.source.body = signed(NEW_KEY, "2027a", version="9.3.0", issued=NOW)
    assert till.look() == "9.3.0"


def test_a_notice_that_was_hidden_comes_back_with_the_version_after_it() -> None:
    till = Till()
    till.look()
    asyncio.run(till.watch.hide())
    assert till.newest == ""
    till.restart()
    assert till.look() == ""
    till.clock.time += DAY
    till.source.body = signed(version="9.3.0", issued=NOW)
    assert till.look() == "9.3.0"


def test_one_that_says_that_this_version_is_not_safe_is_not_hidden() -> None:
    till = Till(source=Source(signed(minimum_safe="9.2.0")))
    till.look()
    asyncio.run(till.watch.hide())
    assert till.look() == "9.2.0"


def test_hiding_one_does_not_hide_that_it_became_unsafe() -> None:
    till = Till()
    till.look()
    asyncio.run(till.watch.hide())
    till.clock.time += DAY
    till.source.body = signed(minimum_safe="9.2.0", issued=NOW)
    assert till.look() == "9.2.0"


def test_a_person_who_says_yes_is_answered_at_once(tmp_path: Path) -> None:
    async def run() -> None:
        said, told = asyncio.Event(), list[bool]()
        watch = UpdateWatch(
            Source(),
            own_version="9.1.0",
            clock=Clock(),
            memory=lambda: UpdateMemory(tmp_path),
            wanted=lambda: bool(told),
        )
        watch.on_change(said.set)
        running = asyncio.create_task(watch.run())
        told.append(True)
        watch.changed()
        await said.wait()
        assert watch.notice is not None
        running.cancel()
        await asyncio.wait({running})

    asyncio.run(run())
    assert UpdateMemory(tmp_path).read().tried_at == NOW
