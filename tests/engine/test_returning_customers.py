"""Returning customers against the simulator: remembered when asked, sent to, checked, forgotten."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import keyring
import keyring.backends.fail
import pytest
from memory_keyring import MemoryKeyring, memory_keyring

from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.status import Status
from xumm_desk.engine.returning_customers import PushState
from xumm_desk.setup.composition import SystemClock
from xumm_desk.simulator.platform.platform import PushToken

from .engine_fixture import PATIENCE, EngineUnderTest, running_engine

pytestmark = pytest.mark.anyio

DAY = 86_400


class MovedClock(SystemClock):
    """A PC whose clock goes on by days at a time."""

    def __init__(self) -> None:
        self.by = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.by


@pytest.fixture
def ring() -> Iterator[MemoryKeyring]:
    """A keyring that works."""
    with memory_keyring() as memory:
        yield memory


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
async def shop(
    tmp_path: Path, ring: MemoryKeyring, clock: MovedClock
) -> AsyncIterator[EngineUnderTest]:
    """A shop with a keyring, on a clock that a test can move."""
    async with running_engine(tmp_path, clock=clock) as one:
        # The desk would notice that only its own clock has moved, and take the days back.
        one.desk.customers._clock_ahead = lambda: None
        yield one


async def until(true: Callable[[], object]) -> None:
    """Wait until `true`."""
    async with asyncio.timeout(PATIENCE):
        while not true():  # noqa: ASYNC110 - asks the simulator too, which tells nobody
            await asyncio.sleep(0.01)


async def paid(shop: EngineUnderTest, customer: str, **fields: str) -> str:
    """A sale that this customer has paid."""
    identifier = await shop.create(**fields)
    await shop.sim.phone.sign(shop.uuid(identifier), customer=customer)
    await shop.status(identifier, Status.PAID)
    return identifier


async def remember(shop: EngineUnderTest, customer: str, nickname: str, tag: str) -> None:
    result = await shop.desk.customers.remember(await paid(shop, customer, tag=tag), nickname)
    assert result.done, result


def token_of(shop: EngineUnderTest, customer: str) -> PushToken:
    user = shop.sim.cast.named(customer).user
    token = shop.sim.platform.token_for(shop.sim.key, user)
    assert token is not None
    return token


async def send(shop: EngineUnderTest, nickname: str, tag: str = "99") -> str:
    """A new request that goes to this customer's phone; its identifier."""
    spec = shop.desk.customers.address(shop.spec(tag=tag), nickname)
    assert isinstance(spec, RequestSpec), spec
    await shop.desk.create(spec)
    await shop.until(spec.identifier, lambda row: row.request.uuid is not None)
    return spec.identifier


def push_state(shop: EngineUnderTest, identifier: str) -> PushState | None:
    push = shop.desk.customers.push_of(shop.desk.engine.request(identifier))
    return push.state if push is not None else None


def listed(shop: EngineUnderTest) -> list[str]:
    return [one.nickname for one in shop.desk.customers.known() if not one.ended]


async def test_a_customer_who_agreed_gets_the_next_request_on_the_phone(
    shop: EngineUnderTest,
) -> None:
    await remember(shop, "Ada", "Anna", "1")
    [anna] = shop.desk.customers.known()
    assert anna.nickname == "Anna"
    assert anna.expires.timestamp() == int(token_of(shop, "Ada").expires)
    identifier = await send(shop, "anna")
    payload = shop.sim.platform.payloads[shop.uuid(identifier)]
    assert payload.pushed_to == shop.sim.cast.named("Ada").user
    row = await shop.status(identifier, Status.WAITING)
    assert row.request.pushed
    assert row.request.qr_link, "the code stays"
    push = shop.desk.customers.push_of(row.request)
    assert push is not None
    assert (push.nickname, push.state) == ("Anna", PushState.SENT)
    await shop.sim.phone.sign(payload.uuid, customer="Ada")
    await shop.status(identifier, Status.PAID)


async def test_a_request_for_nobody_is_not_pushed(shop: EngineUnderTest) -> None:
    await remember(shop, "Ada", "Anna", "1")
    identifier = await shop.create(tag="2")
    assert shop.sim.platform.payloads[shop.uuid(identifier)].pushed_to is None
    assert push_state(shop, identifier) is None


async def test_token_and_nickname_are_in_the_keyring_and_nowhere_else(
    shop: EngineUnderTest, ring: MemoryKeyring, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "xumm_desk")
    await remember(shop, "Ada", "Zwetschgenanna", "1")
    identifier = await send(shop, "Zwetschgenanna")
    await shop.desk.customers.open()
    shop.sim.platform.change_token(
        token_of(shop, "Ada"), expires=None, revoked=False, reachable=False
    )
    refused = await send(shop, "Zwetschgenanna", "98")
    assert push_state(shop, refused) is PushState.NOT_SENT
    token = token_of(shop, "Ada").token
    assert token in repr(ring.kept)
    assert token not in repr(shop.desk.request(identifier))
    assert token not in repr(shop.desk.customers.known())
    while_open = b"".join(p.read_bytes() for p in shop.folder.rglob("*") if p.is_file())
    await shop.close()
    closed = b"".join(p.read_bytes() for p in shop.folder.rglob("*") if p.is_file())
    own = "\n".join(r.getMessage() for r in caplog.records)
    for private in (token, "Zwetschgenanna"):
        assert private.encode() not in while_open + closed
        assert private not in own


async def test_forgetting_deletes_for_good(shop: EngineUnderTest, ring: MemoryKeyring) -> None:
    await remember(shop, "Ada", "Anna", "1")
    await remember(shop, "Ben", "Bello", "2")
    sent = await send(shop, "Anna")
    assert await shop.desk.customers.forget("Anna") == ""
    assert listed(shop) == ["Bello"]
    assert "Anna" not in repr(ring.kept)
    assert token_of(shop, "Ada").token not in repr(ring.kept)
    assert isinstance(shop.desk.customers.address(shop.spec(), "Anna"), str)
    push = shop.desk.customers.push_of(shop.desk.engine.request(sent))
    assert push is not None
    assert push.nickname == ""
    assert await shop.desk.customers.forget("Bello") == ""
    assert ring.kept == {}


async def test_a_name_that_is_taken_is_replaced_only_when_a_person_says_so(
    shop: EngineUnderTest,
) -> None:
    await remember(shop, "Ada", "Anna", "1")
    other = await paid(shop, "Ben", tag="2")
    customers = shop.desk.customers
    asked = await customers.remember(other, "ANNA")
    assert (asked.done, asked.taken) == (False, True)
    assert (await customers.remember(other, "ANNA", replace_other=True)).done
    assert listed(shop) == ["ANNA"]
    sent = await send(shop, "anna")
    assert shop.sim.platform.payloads[shop.uuid(sent)].pushed_to == shop.sim.cast.named("Ben").user


async def test_one_phone_is_remembered_under_one_name(shop: EngineUnderTest) -> None:
    await remember(shop, "Ada", "Anna", "1")
    again = await paid(shop, "Ada", tag="2")
    result = await shop.desk.customers.remember(again, "Mrs. Smith")
    assert not result.done
    assert "as Anna" in result.sentence
    assert listed(shop) == ["Anna"]


async def test_only_a_paid_request_s_customer_and_a_usable_name_are_remembered(
    shop: EngineUnderTest,
) -> None:
    open_ = await shop.create()
    customers = shop.desk.customers
    for identifier, nickname in ((open_, "Anna"), ("nobody", "Anna"), (open_, " ")):
        result = await customers.remember(identifier, nickname)
        assert not result.done
        assert result.sentence
    assert listed(shop) == []


async def test_an_older_sale_names_no_token_any_more(shop: EngineUnderTest) -> None:
    older = await paid(shop, "Ada", tag="1")
    await paid(shop, "Ada", tag="2")
    result = await shop.desk.customers.remember(older, "Anna")
    assert "newest payment" in result.sentence


@pytest.mark.parametrize("how", ["expired", "revoked"])
async def test_a_token_that_the_platform_no_longer_knows_is_said_at_the_sale(
    shop: EngineUnderTest, ring: MemoryKeyring, how: str
) -> None:
    await remember(shop, "Ada", "Anna", "1")
    shop.sim.platform.change_token(
        token_of(shop, "Ada"),
        expires=shop.sim.clock.now() - 1,
        revoked=how == "revoked",
        reachable=None,
    )
    identifier = await send(shop, "Anna")
    row = await shop.status(identifier, Status.WAITING)
    assert row.request.qr_link
    await until(lambda: push_state(shop, identifier) is PushState.ENDED)
    assert listed(shop) == []
    [gone] = shop.desk.customers.known()
    assert "Anna is no longer remembered" in gone.ended
    assert ring.kept == {}


async def test_a_phone_that_is_off_is_said_and_the_customer_stays(shop: EngineUnderTest) -> None:
    await remember(shop, "Ada", "Anna", "1")
    shop.sim.platform.change_token(
        token_of(shop, "Ada"), expires=None, revoked=False, reachable=False
    )
    before = shop.sim.calls.count("POST", "user-tokens")
    identifier = await send(shop, "Anna")
    await until(lambda: shop.sim.calls.count("POST", "user-tokens") > before)
    assert push_state(shop, identifier) is PushState.NOT_SENT
    assert listed(shop) == ["Anna"]


async def test_the_list_is_checked_in_one_call_and_once_a_day(
    shop: EngineUnderTest, clock: MovedClock
) -> None:
    for number, (customer, nickname) in enumerate((("Ada", "A"), ("Ben", "B"), ("Cleo", "C"))):
        await remember(shop, customer, nickname, str(number + 1))
    customers = shop.desk.customers

    def calls() -> int:
        return shop.sim.calls.count("POST", "user-tokens")

    before = calls()
    assert await customers.open() == ""
    assert not customers.checking
    assert calls() == before, "each was confirmed a moment ago"
    shop.sim.platform.change_token(
        token_of(shop, "Ben"), expires=None, revoked=True, reachable=None
    )
    clock.by = timedelta(days=2)
    assert await customers.open() == ""
    assert customers.checking
    await until(lambda: not customers.checking)
    assert calls() == before + 1
    assert listed(shop) == ["A", "C"]
    assert await customers.open() == ""
    assert not customers.checking
    assert [one.nickname for one in customers.known()] == ["A", "C"], "said once"


async def test_a_check_that_fails_removes_nobody(shop: EngineUnderTest, clock: MovedClock) -> None:
    await remember(shop, "Ada", "Anna", "1")
    shop.sim.switches.update({"refuse": "503"})
    clock.by = timedelta(days=2)
    customers = shop.desk.customers
    assert await customers.open() == ""
    await until(lambda: not customers.checking)
    assert customers.trouble
    assert listed(shop) == ["Anna"]


async def test_customers_are_there_after_a_start(shop: EngineUnderTest) -> None:
    await remember(shop, "Ada", "Anna", "1")
    sent = await send(shop, "Anna")
    await shop.close()
    await shop.open()
    assert isinstance(shop.desk.customers.address(shop.spec(), "Anna"), str)
    assert await shop.desk.customers.open() == ""
    assert listed(shop) == ["Anna"]
    await send(shop, "Anna", "98")
    push = shop.desk.customers.push_of(shop.desk.engine.request(sent))
    assert push is not None
    assert (push.nickname, push.state) == ("", PushState.SENT), "no journal holds the name"


async def test_without_a_keyring_nothing_is_kept_and_it_is_said(shop: EngineUnderTest) -> None:
    identifier = await paid(shop, "Ada")
    keyring.set_keyring(keyring.backends.fail.Keyring())  # type: ignore[no-untyped-call]
    result = await shop.desk.customers.remember(identifier, "Anna")
    assert "No keyring works" in result.sentence
    assert "No keyring works" in await shop.desk.customers.open()
    assert listed(shop) == []


async def test_a_lost_create_answer_does_not_hide_that_it_was_sent(shop: EngineUnderTest) -> None:
    await remember(shop, "Ada", "Anna", "1")
    shop.sim.switches.update({"lose_post_answer": 1})
    identifier = await send(shop, "Anna")
    assert push_state(shop, identifier) is PushState.SENT
    assert listed(shop) == ["Anna"]
