"""A till's requests are followed by somebody, and given back when it lives again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.replication.shop_state import Lease
from xumm_desk.core.replication.takeover import (
    follow_lease,
    followed_by,
    followed_by_any,
    life_lease,
    living,
    takeover,
)

TILLS = ("a", "b", "c")


def lives(till: str, seconds: float = 5.0) -> Lease:
    """The lease of a till that lives, or lived."""
    return Lease(life_lease(till), till, "run", seconds)


def test_a_till_that_does_not_live_is_taken_over() -> None:
    assert takeover("a", TILLS, [lives("a"), lives("b", -0.1)]).take == (
        follow_lease("b"),
        follow_lease("c"),
    )


def test_what_another_follows_is_left_to_it() -> None:
    held = Lease(follow_lease("b"), "c", "run", 4.0)
    assert takeover("a", TILLS, [lives("a"), lives("c"), held]).take == ()
    gone = Lease(follow_lease("b"), "c", "run", 0.0)
    assert takeover("a", TILLS, [lives("a"), lives("c"), gone]).take == (follow_lease("b"),)


def test_what_is_followed_is_renewed_until_the_till_lives_again() -> None:
    held = Lease(follow_lease("b"), "a", "run", 4.0)
    assert takeover("a", TILLS, [lives("c"), held]).take == (follow_lease("b"),)
    back = takeover("a", TILLS, [lives("b"), lives("c"), held])
    assert (back.take, back.give_back) == ((), (follow_lease("b"),))


def test_what_is_no_till_any_more_is_given_back() -> None:
    held = Lease(follow_lease("z"), "a", "run", 4.0)
    assert takeover("a", ("a",), [held]).give_back == (follow_lease("z"),)


def test_only_its_own_holder_makes_a_till_live() -> None:
    assert living([Lease(life_lease("b"), "c", "run", 5.0)]) == frozenset()


@given(
    st.sets(st.sampled_from(TILLS)),
    st.lists(st.tuples(st.sampled_from(TILLS), st.booleans()), max_size=12),
)
def test_every_till_is_followed_in_the_end_by_itself_or_by_one_other(
    alive: set[str], turns: list[tuple[str, bool]]
) -> None:
    """Whoever acts in whatever order: the database gives a lease to one alone."""
    held: dict[str, str] = {}

    def leases() -> list[Lease]:
        return [lives(till) for till in alive] + [
            Lease(name, holder, "run", 5.0) for name, holder in held.items()
        ]

    def act(till: str) -> None:
        wanted = takeover(till, TILLS, leases())
        for name in wanted.take:
            held.setdefault(name, till)
        for name in wanted.give_back:
            assert held.pop(name) == till

    for till, lost in turns:
        if till in alive:
            act(till)
        if lost:
            alive.symmetric_difference_update({till})
            for name in [name for name, holder in held.items() if holder not in alive]:
                del held[name]
    for till in sorted(alive) * 2:
        act(till)
    for till in TILLS:
        others = [one for one in TILLS if till in followed_by(leases(), one)]
        assert len(others) == (0 if till in alive or not alive else 1), till


def test_it_is_known_of_which_tills_anybody_follows_the_requests() -> None:
    leases = [
        lives("a"),
        Lease(follow_lease("b"), "a", "run", 4.0),
        Lease(follow_lease("c"), "a", "run", 0.0),
    ]
    assert followed_by_any(leases) == {"b"}
