"""Creates a request exactly once: intent on disk, POST, and the truth after a lost answer.

Knows the order of these steps (P§2.3); must not know how they travel.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final, Protocol

from xumm_desk.core import outage, snapshot
from xumm_desk.core.facts import Fact, Kind, Witness, fact, garbled
from xumm_desk.core.lifecycle import Request, begin
from xumm_desk.core.order import Order
from xumm_desk.core.outcome import Answer, Failure, Fault
from xumm_desk.core.pace import Pace
from xumm_desk.core.wire import JsonObject

from .calls import Calls, Urgency
from .ports import Clock, Platform
from .tasks import ClosingError

_FOR_GOOD: Final = frozenset({Fault.KEYS, Fault.DISABLED, Fault.REFUSED, Fault.MISSING})
_UNREACHABLE_TRIES: Final = 3
_UNSENT: Final = frozenset({Fault.UNREACHABLE, Fault.BUSY})
_TOO_LATE: Final = "The program ended before it was sent, and its time is over by now."
_UNREADABLE: Final = "its answer could not be read"


class Till(Protocol):
    """What creating needs of a desk."""

    @property
    def calls(self) -> Calls:
        """The queue before the platform."""
        ...

    @property
    def platform(self) -> Platform:
        """The platform itself."""
        ...

    @property
    def clock(self) -> Clock:
        """Time."""
        ...

    @property
    def pace(self) -> Pace:
        """How long to wait between tries."""
        ...

    def admit(self, order: Order, request: Request, intent: Fact) -> None:
        """Take in a new request; its intent goes to the disk first."""
        ...

    def withdraw(self, identifier: str) -> None:
        """Cancel what a person had given up before the platform was heard of."""
        ...

    async def durable(self) -> None:
        """Return when all facts so far are on disk."""
        ...

    def tell(self, identifier: str, heard: Fact) -> None:
        """Take in one fact."""
        ...

    def request(self, identifier: str) -> Request:
        """How a request stands now."""
        ...

    def heard_platform(self, answer: Answer | Failure) -> None:
        """Note how a call went."""
        ...

    def failed(self, name: str, error: BaseException) -> None:
        """Tell of an error of ours that is made good by itself."""
        ...


def _limit(trouble: Failure, most: int) -> int:
    """How often a call is made before the platform counts as down."""
    return min(most, _UNREACHABLE_TRIES) if trouble.fault is Fault.UNREACHABLE else most


class Creation:
    """The steps from an order to a request that the platform knows."""

    def __init__(self, desk: Till) -> None:
        self._desk = desk
        self._turned_away: dict[str, str] = {}

    def turned_away(self, identifier: str) -> str:
        """Why the platform has not taken this request so far, where it is known for sure that it
        has not: it was never reached, or turned the call away. "" where that is not known."""
        return self._turned_away.get(identifier, "")

    async def create(self, order: Order) -> None:
        """Write the intent, then POST; ends when the platform answered for good, or leaves a task
        behind that goes on asking."""
        desk = self._desk
        now = desk.clock.now()
        intent = fact(now, Witness.OPERATOR, Kind.INTENT, order.to_json())
        desk.admit(order, begin(order, now), intent)
        if outage.is_outage(order):
            self._show_outage(order)
            return
        try:
            await desk.durable()
        except Exception as error:
            # The disk did not take the intent, so nothing was sent; nor may it be later.
            why: JsonObject = {"why": f"{error} Nothing was sent."}
            now = desk.clock.now()
            desk.tell(order.identifier, fact(now, Witness.DESK, Kind.NOT_CREATED, why))
            raise
        await self._post(order)

    async def recover(self, request: Request) -> None:
        """Clear up an intent whose answer this program never saw: it ended in between."""
        order = request.order
        if outage.is_outage(order):
            self._show_outage(order)
            return
        age = self._desk.clock.now() - (request.resent_at or request.created_at)
        stale = age > timedelta(minutes=order.expire_minutes)
        await self._clear_up(order, post_again=not stale, patient=True)

    async def resend(self, request: Request) -> str:
        """Send again what a platform that was down never took; ends as `create` does. It is looked
        for first: should it exist after all, nothing is sent. "" or why not."""
        if request.uuid is not None or request.failure is None or request.given_up:
            return "Only a request that was not created can be sent again."
        if not request.failure.down:
            return "The platform refused this request; sending it again changes nothing."
        desk, order = self._desk, request.order
        again = fact(
            desk.clock.now(), Witness.OPERATOR, Kind.RESEND, {"attempt": request.resent + 1}
        )
        desk.tell(order.identifier, again)
        await desk.durable()
        await self._clear_up(order, post_again=True, patient=False)
        return ""

    def _show_outage(self, order: Order) -> None:
        """The order is shown as a code of its own; the platform never hears of it. Told again
        after a start, since a crash may have come between the intent and this."""
        desk, value = self._desk, {"link": outage.link(order)}
        shown = fact(desk.clock.now(), Witness.OPERATOR, Kind.OUTAGE, dict(value))
        desk.tell(order.identifier, shown)

    async def _post(self, order: Order) -> None:
        try:
            await self._post_until_taken(order)
        except ClosingError:
            raise
        except Exception as error:  # noqa: BLE001 - whether it was sent decides the platform
            self._desk.failed(f"create {order.identifier}", error)
            await self._clear_up(order, post_again=True, patient=True)
        finally:
            self._turned_away.pop(order.identifier, None)

    async def _post_until_taken(self, order: Order) -> None:
        desk, tries = self._desk, 0
        while True:
            answer = await desk.calls.make(Urgency.PERSON, lambda: desk.platform.create(order))
            desk.heard_platform(answer)
            if isinstance(answer, Answer):
                if self._created(order, answer):
                    return
                await self._unsure(order, _UNREADABLE)
                return
            if answer.fault in _FOR_GOOD:
                self._not_created(order, answer.sentence, answer.code)
                return
            if answer.fault is Fault.TAKEN:
                self._not_created(
                    order,
                    "The platform already has another request with this identifier. Use a new one.",
                    answer.code,
                )
                return
            if answer.may_have_arrived:
                self._turned_away.pop(order.identifier, None)
                await self._unsure(order, answer.sentence)
                return
            # Nothing was sent, or it was turned away unread: trying again is safe.
            tries += 1
            self._turned_away[order.identifier] = answer.sentence
            if tries >= _limit(answer, len(desk.pace.retry_create)):
                self._not_created(order, answer.sentence, answer.code, down=True)
                return
            await asyncio.sleep(max(answer.retry_after or 0.0, desk.pace.retry_create[tries - 1]))
            if desk.request(order.identifier).given_up:
                return

    async def _unsure(self, order: Order, why: str) -> None:
        self._lost(order, why)
        await self._clear_up(order, post_again=True, patient=True)

    async def _clear_up(self, order: Order, *, post_again: bool, patient: bool) -> None:
        """Ask by identifier whether the request exists; only where it does not, POST the same
        identifier again. Where `patient` is false, nothing may have been sent so far and a
        platform that stays down ends it; else it goes on until the platform has said so, however
        long it is down, or a person gives up. An error of ours begins it anew."""
        delays, failures = self._desk.pace.retry_create, 0
        while True:
            try:
                await self._find_or_post(order, post_again=post_again, patient=patient)
                return
            except ClosingError:
                raise
            except Exception as error:  # noqa: BLE001 - told, and asked again
                self._desk.failed(f"create {order.identifier}", error)
            patient = True
            await asyncio.sleep(delays[min(failures, len(delays) - 1)])
            failures += 1

    async def _find_or_post(self, order: Order, *, post_again: bool, patient: bool) -> None:
        desk, tries, delays = self._desk, 0, self._desk.pace.retry_create
        while not desk.request(order.identifier).given_up:
            # Nobody waits at the till any more after the first minute: leave calls to those who do.
            urgency = Urgency.PERSON if tries < len(delays) else Urgency.POLL
            trouble: Failure | None = None
            found = await desk.calls.make(urgency, lambda: desk.platform.find(order.identifier))
            desk.heard_platform(found)
            if isinstance(found, Answer):
                if self._adopt(order, found):
                    return
            elif found.fault is Fault.MISSING and tries >= 1:
                if not post_again:
                    self._not_created(order, _TOO_LATE, None)
                    return
                if desk.request(order.identifier).given_up:
                    return
                answer = await desk.calls.make(urgency, lambda: desk.platform.create(order))
                desk.heard_platform(answer)
                if isinstance(answer, Answer):
                    if self._created(order, answer):
                        return
                    self._lost(order, _UNREADABLE)
                    patient = True
                elif answer.fault in _FOR_GOOD:
                    self._not_created(order, answer.sentence, answer.code)
                    return
                elif answer.fault in _UNSENT:
                    trouble = answer
                else:
                    # Taken proves that an earlier POST arrived: the next look finds it.
                    self._lost(order, answer.sentence)
                    patient = True
            elif found.fault in (Fault.KEYS, Fault.DISABLED):
                self._keys_rejected(order, found)
                return
            elif found.fault is not Fault.MISSING:
                trouble = found
            if trouble is not None and not patient and tries + 1 >= _limit(trouble, len(delays)):
                self._not_created(order, trouble.sentence, trouble.code, down=True)
                return
            wait = delays[min(tries, len(delays) - 1)]
            tries += 1
            await asyncio.sleep(max(wait, (trouble.retry_after or 0.0) if trouble else 0.0))

    def _lost(self, order: Order, why: str) -> None:
        desk = self._desk
        desk.tell(order.identifier, fact(desk.clock.now(), Witness.DESK, Kind.UNSURE, {"why": why}))

    def _created(self, order: Order, answer: Answer) -> bool:
        desk = self._desk
        heard = fact(desk.clock.now(), Witness.PLATFORM, Kind.CREATED, answer.value)
        if not isinstance(heard.event, snapshot.Created):
            desk.tell(
                order.identifier,
                garbled(desk.clock.now(), Witness.PLATFORM, "create answer", heard.text),
            )
            return False
        desk.tell(order.identifier, heard)
        self._made(order)
        return True

    def _made(self, order: Order) -> None:
        if self._desk.request(order.identifier).given_up:
            self._desk.withdraw(order.identifier)

    def _adopt(self, order: Order, found: Answer) -> bool:
        """Take over a request found by its identifier; the answer holds no links, so they are
        the documented ones (P§8)."""
        desk = self._desk
        answer = snapshot.read(found.value)
        if isinstance(answer, str) or answer.uuid is None or not snapshot.is_uuid(answer.uuid):
            desk.tell(
                order.identifier,
                garbled(desk.clock.now(), Witness.PLATFORM, "answer to the look-up", str(answer)),
            )
            return False
        link = desk.platform.link_of(answer.uuid)
        created = fact(
            desk.clock.now(),
            Witness.PLATFORM,
            Kind.CREATED,
            {"uuid": answer.uuid, "next": {"always": link}},
        )
        desk.tell(order.identifier, created)
        desk.tell(
            order.identifier, fact(desk.clock.now(), Witness.PLATFORM, Kind.ANSWER, found.value)
        )
        self._made(order)
        return True

    def _keys_rejected(self, order: Order, found: Failure) -> None:
        """Without valid keys nothing can be found out: the matter stays open for a start with
        better ones."""
        desk = self._desk
        desk.tell(order.identifier, garbled(desk.clock.now(), Witness.PLATFORM, found.sentence))

    def _not_created(self, order: Order, why: str, code: int | None, *, down: bool = False) -> None:
        desk = self._desk
        value: JsonObject = {"why": why, "code": code}
        if down:
            value |= {"down": True, "attempt": desk.request(order.identifier).resent}
        heard = fact(desk.clock.now(), Witness.PLATFORM, Kind.NOT_CREATED, value)
        desk.tell(order.identifier, heard)
