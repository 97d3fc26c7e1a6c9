"""The order of the events of a request: every loss, two GET answers at every place."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, Final

import pytest

from xumm_desk.core.wire import frames
from xumm_desk.core.wire.event_order import DeliveredEvent, EventOrder

UUID: Final = "8d9d0e34-5c55-4a86-8d5a-1a2b3c4d5e6f"
MESSAGES: Final[tuple[tuple[str, frames.Frame], ...]] = (
    ("welcome", frames.Welcome()),
    ("opened", frames.Opened()),
    ("seconds", frames.SecondsLeft(60)),
    ("pre_signed", frames.PreSigned()),
    ("dispatched", frames.Dispatched()),
    ("signed", frames.Resolved(signed=True, txid="AB")),
)
STEPS: Final = ("opened", "pre_signed", "dispatched", "signed")


def answer(reached: int) -> dict[str, Any]:
    """A GET answer after so many of the steps."""
    return {
        "meta": {
            "uuid": UUID,
            "app_opened": reached >= 1,
            "resolved": reached >= 4,
            "signed": reached >= 4,
        },
        "payload": {},
        "custom_meta": {},
        "response": {
            "txid": "AB" * 32 if reached >= 4 else None,
            "dispatched_to": "wss://node" if reached >= 3 else None,
        },
    }


def name(told: DeliveredEvent) -> str:
    return next(key for key in (*STEPS, "welcome", "seconds") if key in told.data)


Item = tuple[str, frames.Frame] | int
"""A message, or a GET answer after so many steps."""


def orders() -> Iterator[tuple[Item, ...]]:
    """Every subset of the messages arrives, in order; two answers come anywhere among them."""
    for kept in itertools.product((True, False), repeat=len(MESSAGES)):
        arrived = [one for one, keep in zip(MESSAGES, kept, strict=True) if keep]
        for first, second in itertools.combinations_with_replacement(range(5), 2):
            for early, late in itertools.combinations_with_replacement(range(len(arrived) + 1), 2):
                yield (
                    *arrived[:early],
                    first,
                    *arrived[early:late],
                    second,
                    *arrived[late:],
                )


def played(items: tuple[Item, ...]) -> list[tuple[int, DeliveredEvent]]:
    """What is told of them, each with the number of the item that let it be told."""
    order, told = EventOrder(UUID), list[tuple[int, DeliveredEvent]]()
    for place, item in enumerate(items):
        if isinstance(item, int):
            new = order.on_answer(answer(item))
        else:
            new = order.on_message({item[0]: True}, item[1])
        told += [(place, one) for one in new]
    told += [(len(items), one) for one in order.on_answer(answer(4))]
    told += [(len(items), one) for one in order.give_up()]
    assert order.ended
    assert not order.awaits_end
    return told


def test_all_orders_keep_the_laws() -> None:
    count = 0
    for items in orders():
        count += 1
        told = played(items)
        names = [name(one) for _, one in told]
        arrived = [item[0] for item in items if not isinstance(item, int)]
        # Each step is told once, and the end too: nothing that happened is left out.
        assert sorted(n for n in names if n in STEPS) == sorted(STEPS), items
        # Messages keep their order.
        ours = [n for (_, one), n in zip(told, names, strict=True) if not one.recovered]
        assert ours == [n for n in arrived if n in ours], items
        # What nobody can recover is never lost.
        assert [n for n in names if n in ("welcome", "seconds")] == [
            n for n in arrived if n in ("welcome", "seconds")
        ], items
        # The end is told after every step, but for those that arrived after its announcement.
        after = names[names.index("signed") + 1 :]
        assert not set(after) & set(STEPS), items
        # What an answer tells comes after all that arrived before the answer.
        for place, one in told:
            before = {item[0] for item in items[:place] if not isinstance(item, int)}
            if one.recovered:
                told_before = {n for p, n in zip(told, names, strict=True) if p[0] < place}
                assert before - {"signed"} <= told_before, items
        # Steps that one answer tells come in their own order.
        for place, group in itertools.groupby(told, lambda one: one[0]):
            recovered = [STEPS.index(name(one)) for _, one in group if one.recovered]
            assert recovered == sorted(recovered), (place, items)
    assert count > 10_000


@pytest.mark.parametrize("reached", [0, 1, 3])
def test_an_end_that_no_answer_shows_is_reported_as_the_socket_reported_it(reached: int) -> None:
    order = EventOrder(UUID)
    assert order.on_message({"signed": False}, frames.Resolved(signed=False)) == ()
    assert order.awaits_end
    assert order.on_message({"dispatched": True}, frames.Dispatched()) == ()
    assert order.on_answer(answer(reached)) == []
    told = order.give_up()
    assert [one.data for one in told] == [{"signed": False}, {"dispatched": True}]
    assert not any(one.recovered for one in told)
    assert order.give_up() == ()


def test_a_step_that_is_repeated_is_reported_again() -> None:
    """A phone fetches a request again at every look (P§5.1); only what an answer overtook is not
    told twice."""
    order = EventOrder(UUID)
    assert [one.recovered for one in order.on_answer(answer(1))] == [True]
    assert order.on_message({"opened": True}, frames.Opened()) == ()
    assert len(order.on_message({"opened": True}, frames.Opened())) == 1


def test_an_answer_about_another_request_reports_nothing() -> None:
    order = EventOrder("00000000-0000-4000-8000-000000000000")
    assert order.on_answer(answer(4)) == ()
    assert not order.ended
