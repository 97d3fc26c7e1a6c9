"""A keyring that never answers, one that raises, one that is slow: nobody waits for ever."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from xumm_desk.store.keyring import keyring_calls
from xumm_desk.store.keyring.keyring_calls import KeyringSilentError

pytestmark = pytest.mark.anyio


class Ring:
    """A keyring that answers when it is told to."""

    def __init__(self) -> None:
        self.answers = threading.Event()

    def get(self) -> str:
        self.answers.wait()
        return "key"


@pytest.fixture
def ring() -> Iterator[Ring]:
    made = Ring()
    yield made
    made.answers.set()
    # A call holds its slot until its thread has ended, and the next test may need them all.
    for thread in threading.enumerate():
        if thread.name == "keyring":
            thread.join(60)


def refuse() -> str:
    raise LookupError("locked")


async def test_one_that_never_answers_is_let_go(ring: Ring) -> None:
    with pytest.raises(KeyringSilentError):
        await keyring_calls.ask(ring.get, 0.01)
    # The end of the program does not wait for it either.
    assert all(t.daemon for t in threading.enumerate() if t.name == "keyring")


async def test_one_that_is_slow_is_received(ring: Ring) -> None:
    asked = asyncio.ensure_future(keyring_calls.ask(ring.get, 60))
    await asyncio.sleep(0)
    ring.answers.set()
    assert await asked == "key"


async def test_what_it_raises_is_raised() -> None:
    with pytest.raises(LookupError):
        await keyring_calls.ask(refuse, 60)


def test_a_command_says_that_it_waits_and_gives_up(ring: Ring) -> None:
    said: list[str] = []
    with pytest.raises(KeyringSilentError):
        keyring_calls.wait(
            ring.get, notice_after=0.0, limit=0.01, on_notice=lambda: said.append("waiting")
        )
    assert said == ["waiting"]


def test_a_command_goes_on_as_soon_as_it_is_answered(ring: Ring) -> None:
    value = keyring_calls.wait(ring.get, notice_after=0.0, limit=60, on_notice=ring.answers.set)
    assert value == "key"


def test_a_command_gets_what_is_raised_also_a_timeout_of_the_keyring_s_own() -> None:
    def late() -> str:
        raise TimeoutError("the bus is slow")

    for call, error in ((refuse, LookupError), (late, TimeoutError)):
        with pytest.raises(error):
            keyring_calls.wait(call, notice_after=60, limit=60, on_notice=lambda: None)


async def test_unanswered_calls_do_not_pile_up(ring: Ring) -> None:
    for _ in range(50):
        with pytest.raises(KeyringSilentError):
            await keyring_calls.ask(ring.get, 0.0)
    assert sum(t.name == "keyring" for t in threading.enumerate()) <= keyring_calls.MAX_WAITING
