"""When the shop's database counts as lost, what is known of its tills, and who may refund."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from xumm_desk.core.message import Message
from xumm_desk.core.replication.shop_error import Unreachable
from xumm_desk.core.replication.shop_state import TillRole
from xumm_desk.core.replication.shop_view import ShopView, TillView
from xumm_desk.engine.shop_watch import LOST, ShopWatch

TILL = TillView("a", "Till 1", TillRole.TILL, 3.0, 0, 0, alive=True, followed_here=False)
VIEW = ShopView(connected=True, tills=(TILL,))


@dataclass
class Clock:
    """Moved by the test."""

    passed: float = 0.0

    def now(self) -> datetime:
        return datetime(2026, 11, 30, tzinfo=UTC) + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        return 1000.0 + self.passed


def test_a_till_of_no_shop_knows_nothing() -> None:
    shop = ShopWatch(Clock())
    assert shop.view is None
    assert shop.health is None
    assert shop.covered() == frozenset()


def test_listeners_get_each_view() -> None:
    shop, views = ShopWatch(Clock()), list[ShopView]()
    shop.on_view(views.append)
    shop.show(VIEW)
    assert views == [VIEW]
    assert shop.view is VIEW


def test_a_short_break_changes_nothing_and_a_long_one_ends_what_is_known() -> None:
    clock = Clock()
    shop = ShopWatch(clock)
    shop.show(VIEW)
    clock.passed = LOST
    shop.show(replace(VIEW, connected=False, problem="It is down."))
    health = shop.health
    assert health is not None
    assert health.answered_at == 1000.0
    assert not health.is_lost(clock.monotonic())
    assert shop.covered() == {"a"}
    clock.passed = LOST + 1
    assert health.is_lost(clock.monotonic())
    assert shop.covered() == frozenset()
    shop.show(VIEW)
    assert shop.covered() == {"a"}


def test_a_database_that_never_answered_is_lost_after_as_long() -> None:
    clock = Clock()
    shop = ShopWatch(clock)
    shop.show(ShopView())
    clock.passed = LOST + 1
    shop.show(ShopView(problem="It is down."))
    assert shop.health is not None
    assert shop.health.answered_at is None
    assert shop.health.since == 1000.0
    assert shop.health.is_lost(clock.monotonic())
    assert shop.covered() == frozenset()


def refunding(view: ShopView | None, *, answer: bool | Exception = True) -> ShopWatch:
    """What a till knows that sees this, and gets this answer when it asks for a lease."""
    made = ShopWatch(Clock())

    async def hold(name: str) -> bool:
        assert name == "refund:sale-1"
        if isinstance(answer, Exception):
            raise answer
        return answer

    if view is not None:
        made.hold = hold
        made.show(view)
    return made


def lacking(missing: int) -> ShopView:
    """A shop of whose other till so many facts are not here yet."""
    return ShopView(connected=True, tills=(replace(TILL, missing=missing),))


@pytest.mark.anyio
async def test_a_till_of_no_shop_asks_nobody() -> None:
    assert await refunding(None).why_not_refunded("sale-1") == ""


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("view", "answer", "words"),
    [
        (lacking(0), True, ""),
        (lacking(100), True, ""),
        (lacking(0), False, "Another till"),
        (lacking(2001), True, "still taking in"),
        (lacking(0), Unreachable(Message("gone")), "does not answer"),
        (ShopView(connected=False, problem="gone"), True, "does not answer"),
    ],
)
async def test_it_says_why_nothing_is_refunded(
    view: ShopView, answer: bool | Exception, words: str
) -> None:
    told = await refunding(view, answer=answer).why_not_refunded("sale-1")
    assert bool(told) is bool(words)
    assert words in told
