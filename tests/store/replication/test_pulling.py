"""When a till takes in what others have shipped: nothing is left out, and no till for long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.replication.replicated_fact import ChainFault, ReplicatedFact
from xumm_desk.core.replication.shop_news import ShopNews
from xumm_desk.store.replication.pulling import BATCH, Pulling, PullWaits
from xumm_desk.store.replication.taking_in import TakenIn


class Shop:
    """A shop's database without texts: how many facts each till has shipped; and a clock."""

    till = "own"

    def __init__(self, **shipped: int) -> None:
        self.shipped = shipped
        self.unvouched: set[str] = set()
        self.taken: dict[str, int] = {}
        self.news: list[ShopNews] = []
        self.now = 0.0
        self.waits = PullWaits()
        self.pulling = self.connected()

    def connected(self) -> Pulling:
        """A new connection."""
        self.pulling = Pulling(
            self,  # type: ignore[arg-type]
            self,  # type: ignore[arg-type]
            self.news.append,
            self.taken,
            waits=self.waits,
            monotonic=lambda: self.now,
        )
        self.pulling.poll()
        return self.pulling

    def ends(self) -> dict[str, int]:
        return dict(self.shipped)

    def read(self, after: Mapping[str, int], most: int) -> list[ReplicatedFact]:
        facts = (
            ReplicatedFact(till, number, f"{till} {number}", "", "", "", "", bytes(32))
            for till in sorted(after, key=lambda till: self.shipped[till] - after[till])
            for number in range(after[till] + 1, self.shipped[till] + 1)
        )
        return list(islice(facts, most))

    def take_in(self, facts: Sequence[ReplicatedFact]) -> TakenIn:
        found, faults = [], {}
        for fact in facts:
            if fact.till in self.unvouched:
                faults[fact.till] = ChainFault.UNVOUCHED
                continue
            assert fact.number == self.taken.get(fact.till, 0) + 1
            self.taken[fact.till] = fact.number
            found.append(fact.identifier)
        return TakenIn(tuple(found), faults)

    def pass_time(self, until: float) -> None:
        """Do what is due up to then."""
        while (due := max(self.now, self.pulling.due())) <= until:
            self.now = due
            self.pulling.pull()
        self.now = until

    def sell(self, till: str, facts: int = 1) -> None:
        """Ship facts, and tell it."""
        self.shipped[till] = self.shipped.get(till, 0) + facts
        self.pulling.hear({till: self.shipped[till]})


@pytest.fixture(autouse=True)
def _latest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each till draws the longest wait."""
    monkeypatch.setattr("random.random", lambda: 1.0)


@pytest.mark.parametrize("unvouched", [True, False])
def test_a_till_that_is_far_behind_holds_up_nobody_who_sells(unvouched: bool) -> None:
    shop = Shop(late=150_000)
    if unvouched:
        shop.unvouched.add("late")
    for _ in range(20):
        shop.sell("busy")
        shop.pass_time(shop.now + 1.5)
        assert shop.taken["busy"] == shop.shipped["busy"]
        assert not any(told.bulk for told in shop.news if "busy" in told.identifiers[0])
        shop.pulling.poll()
    shop.pass_time(100.0)
    assert shop.taken.get("late", 0) == (0 if unvouched else 150_000)


def test_a_wait_goes_on_over_the_next_connections() -> None:
    shop = Shop(late=150_000)
    for _ in range(12):
        shop.pass_time(shop.now + 5.0)
        shop.connected()
    shop.pulling.pull()
    assert shop.taken["late"]


def test_what_was_begun_is_not_put_off_when_more_comes() -> None:
    shop = Shop(late=5 * BATCH)
    shop.now = shop.pulling.due()
    shop.pulling.pull()
    assert shop.taken["late"] < BATCH
    shop.sell("late", 50_000)
    shop.pass_time(shop.now)
    assert shop.shipped["late"] - shop.taken["late"] < BATCH


def test_a_busy_shop_leaves_a_second_between_two_times() -> None:
    shop, read = Shop(busy=1), []
    for tenth in range(1, 51):
        shop.sell("busy")
        shop.pass_time(tenth / 10)
        read.append(shop.taken.get("busy", 0))
    assert len(set(read)) <= 6
    assert read[-1] >= 40


def test_facts_of_a_till_that_is_followed_here_are_taken_in_at_once() -> None:
    shop = Shop(dead=20_000, late=20_000)
    shop.pulling.follow(frozenset({"dead"}))
    shop.pass_time(0.0)
    assert shop.taken == {"dead": 20_000}
    shop.sell("dead")
    shop.pass_time(0.0)
    assert shop.taken["dead"] == 20_001


def test_a_till_that_joined_takes_in_all_at_once_also_over_a_second_connection() -> None:
    shop = Shop(first=10_000, second=1)
    shop.waits.begin_at_once()
    shop.pulling.pull()
    shop.pulling.pull()
    shop.connected()
    shop.pass_time(1.0)
    assert shop.taken == shop.shipped


def test_who_must_know_all_knows_it_whatever_the_time() -> None:
    shop = Shop(late=5000, busy=1)
    shop.pulling.pull_all()
    assert shop.taken == shop.shipped


@given(
    st.lists(
        st.one_of(
            st.tuples(st.sampled_from("abc"), st.sampled_from((1, 150, 700, 2500))),
            st.just("poll"),
            st.just("connect"),
            st.just("hold"),
            st.floats(0, 5),
        ),
        max_size=12,
    )
)
def test_all_is_taken_in_within_a_minute_whatever_happens(steps: list[object]) -> None:
    shop = Shop()
    for step in steps:
        match step:
            case (str(till), int(facts)):
                shop.sell(till, facts)
            case "poll":
                shop.pulling.poll()
            case "connect":
                shop.connected()
            case "hold":
                shop.pulling.pull_all()
                assert shop.taken == shop.shipped
            case float(seconds):
                shop.pass_time(shop.now + seconds)
    shop.pass_time(shop.now + 61.0)
    assert shop.taken == shop.shipped
