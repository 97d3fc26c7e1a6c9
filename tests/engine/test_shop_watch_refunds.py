"""A refund needs the shop: its database, all that others have done, and nobody else at it."""

from __future__ import annotations

import pytest
from ui import sample_rows

from xumm_desk.core.message import Message
from xumm_desk.core.replication.shop_error import Unreachable
from xumm_desk.core.replication.shop_state import TillRole
from xumm_desk.core.replication.shop_view import ShopView, TillView
from xumm_desk.engine.shop_watch import ShopWatch

pytestmark = pytest.mark.anyio


def watch(view: ShopView | None, *, answer: bool | Exception = True) -> ShopWatch:
    """What a till knows that sees this, and gets this answer when it asks for a lease."""
    made = ShopWatch(sample_rows.Clock())

    async def hold(name: str) -> bool:
        assert name == "refund:sale-1"
        if isinstance(answer, Exception):
            raise answer
        return answer

    if view is not None:
        made.hold = hold
        made.show(view)
    return made


def seen(missing: int) -> ShopView:
    """A shop of one other till."""
    other = TillView("b", "Bar", TillRole.TILL, 1.0, missing, 0, alive=True, followed_here=False)
    return ShopView(connected=True, tills=(other,))


async def test_a_till_of_no_shop_asks_nobody() -> None:
    assert await watch(None).why_not_refunded("sale-1") == ""


@pytest.mark.parametrize(
    ("view", "answer", "words"),
    [
        (seen(0), True, ""),
        (seen(100), True, ""),
        (seen(0), False, "Another till"),
        (seen(2001), True, "still taking in"),
        (seen(0), Unreachable(Message("gone")), "does not answer"),
        (ShopView(connected=False, problem="gone"), True, "does not answer"),
    ],
)
async def test_it_says_why_nothing_is_refunded(
    view: ShopView, answer: bool | Exception, words: str
) -> None:
    told = await watch(view, answer=answer).why_not_refunded("sale-1")
    assert bool(told) is bool(words)
    assert words in told
