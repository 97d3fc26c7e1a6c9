"""One till of a shop reads an account for all; without the database each reads for itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from xumm_desk.core.replication.shop_state import TillRole
from xumm_desk.core.replication.shop_view import ShopView, TillView
from xumm_desk.engine.ledger.history_reading import HistoryReading

SHOP = "rShop"
ONE = frozenset({SHOP})
OTHER = TillView("b", "Till 2", TillRole.TILL, 3.0, 0, 0, alive=True, followed_here=False)
HERE = ShopView(connected=True, tills=(OTHER,), reads=ONE)
ELSEWHERE = ShopView(connected=True, tills=(OTHER,), read_elsewhere=ONE)
AWAY = ShopView(connected=False, tills=(OTHER,), read_elsewhere=ONE)


@dataclass
class Clock:
    """Moved by the test."""

    passed: float = 0.0

    def now(self) -> datetime:
        return datetime(2026, 11, 30, tzinfo=UTC)

    def monotonic(self) -> float:
        return 1000.0 + self.passed


def in_shop(clock: Clock) -> HistoryReading:
    made = HistoryReading(clock)
    made.join_shop()
    made.add(SHOP)
    return made


def test_a_till_alone_reads_at_once() -> None:
    made = HistoryReading(Clock())
    made.add(SHOP)
    assert made.reads(SHOP)
    assert made.wanted() == frozenset()


def test_at_a_start_the_database_has_a_moment_to_say_who_reads() -> None:
    clock = Clock()
    made = in_shop(clock)
    assert made.wanted() == ONE
    assert not made.reads(SHOP)
    assert made.seconds_left() == 5.0
    clock.passed = 5.0
    assert made.reads(SHOP)
    assert made.seconds_left() is None


def test_who_has_the_lease_reads_also_when_the_database_is_gone() -> None:
    clock = Clock()
    made = in_shop(clock)
    assert made.show(HERE)
    assert made.reads(SHOP)
    clock.passed = 100.0
    assert not made.show(AWAY)
    assert made.reads(SHOP)
    assert made.show(ELSEWHERE)
    assert not made.reads(SHOP)


def test_who_hears_no_more_of_the_reader_reads_for_itself() -> None:
    clock = Clock()
    made = in_shop(clock)
    assert not made.show(ELSEWHERE)
    clock.passed = 10.0
    assert not made.show(AWAY)
    assert made.seconds_left() == 3.0
    clock.passed = 13.0
    assert made.reads(SHOP)


def test_a_till_whose_nodes_do_not_answer_lets_another_one_try() -> None:
    clock, asked = Clock(), list[None]()
    made = in_shop(clock)
    made.on_wanted = lambda: asked.append(None)
    made.show(HERE)
    made.note_unread(SHOP)
    assert asked
    assert made.wanted() == frozenset()
    assert not made.reads(SHOP)
    clock.passed = 13.0
    # Nobody else could: it tries itself.
    assert made.reads(SHOP)
    clock.passed = 31.0
    made.show(ELSEWHERE)
    assert made.wanted() == ONE


def test_alone_in_its_shop_it_goes_on_trying() -> None:
    made = in_shop(Clock())
    made.show(ShopView(connected=True, reads=ONE))
    made.note_unread(SHOP)
    assert made.reads(SHOP)
    assert made.wanted() == ONE
