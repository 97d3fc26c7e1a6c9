"""Reads requests from the platform: when something was announced, missed, or nobody listens.

Knows when a GET is due and what a missing or unreadable answer means; must not know sockets.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from xumm_desk.core import facts
from xumm_desk.core.facts import Fact, Kind, Witness, fact, garbled
from xumm_desk.core.lifecycle import Request, Step
from xumm_desk.core.needs import Need, need
from xumm_desk.core.outcome import Answer, Failure, Fault
from xumm_desk.core.pace import Pace
from xumm_desk.core.snapshot import Snapshot

from .book import Book
from .calls import Calls, Urgency
from .ports import Clock, Platform

_URGENCY: Final = {
    Need.RESOLVED: Urgency.MONEY,
    Need.EXPIRED: Urgency.EXPIRY,
    Need.UNKNOWN: Urgency.EXPIRY,
    Need.CANCELLED: Urgency.CONNECTED,
    Need.DISPATCH: Urgency.POLL,
}


class Reading:
    """Plans and makes the GETs of all requests."""

    def __init__(
        self,
        *,
        book: Book,
        calls: Calls,
        platform: Platform,
        clock: Clock,
        pace: Pace,
        tell: Callable[[str, Fact], None],
        note: Callable[[Answer | Failure], None],
    ) -> None:
        self._book = book
        self._calls = calls
        self._platform = platform
        self._clock = clock
        self._pace = pace
        self._tell = tell
        self._note = note
        self._needs: dict[str, tuple[Need, int]] = {}
        self._parked: dict[str, None] = {}
        self._probing = False
        self._probes = 0

    def look(self, identifier: str, urgency: Urgency, after: float = 0.0) -> None:
        """Read the request when its turn comes, no sooner than `after` seconds from now."""
        self._calls.want(identifier, urgency, self._read, after, identifier)

    def look_again(self, identifier: str) -> None:
        """Read it a little later, unless it is resolved by then. The platform announces before it
        writes (P§5.2-3), so after a gap one look can come too early for an end that nobody will
        announce again."""
        self._calls.want(
            f"{identifier} again",
            Urgency.CONNECTED,
            self._read_unresolved,
            self._pace.settle,
            identifier,
        )

    def look_if_it_holds(self, identifier: str) -> None:
        """Read it a little later, unless `cut_off` is called before."""
        self._calls.want(
            f"{identifier} held", Urgency.CONNECTED, self._read, self._pace.settle, identifier
        )

    def cut_off(self, identifier: str) -> None:
        """Its socket was lost: what would have been read because it held is not."""
        self._calls.forget(f"{identifier} held")

    def pursue(self, request: Request) -> None:
        """Plan the next look for what was announced but is not in the last answer."""
        identifier, reason = request.identifier, need(request)
        known = self._needs.get(identifier)
        if reason is None:
            self._needs.pop(identifier, None)
        elif known is None or known[0] is not reason:
            self._needs[identifier] = (reason, 0)
            self._plan(identifier)

    def poll(self, identifier: str) -> None:
        """The slow, budgeted stand-in for a socket, soonest where something may have happened."""
        if self._parked:
            self._parked[identifier] = None
            return
        entry, now = self._book[identifier], self._clock.mono()
        near = entry.deadline is not None and entry.deadline - now < self._pace.poll
        every = self._pace.poll * (1 if near or entry.request.step >= Step.OPENED else 4)
        if entry.polled_at is None or now - entry.polled_at >= every:
            entry.polled_at = now
            self.look(identifier, Urgency.POLL)

    def _plan(self, identifier: str) -> None:
        reason, attempt = self._needs[identifier]
        after = self._pace.after(reason, attempt)
        if after is None:
            return
        self._needs[identifier] = (reason, attempt + 1)
        urgency = _URGENCY[reason]
        if attempt >= len(self._pace.announced) and urgency is Urgency.EXPIRY:
            # Announced for minutes and not so: it may take its time, and leave calls to sales.
            urgency = Urgency.POLL
        self.look(identifier, urgency, after)

    async def _read_unresolved(self, identifier: str) -> None:
        if not self._book[identifier].request.resolved:
            await self._read(identifier)

    async def _read(self, identifier: str) -> None:
        request = self._book[identifier].request
        if request.uuid is None:
            return
        answer = await self._platform.read(request.uuid)
        self._note(answer)
        entry = self._book[identifier]
        entry.polled_at = self._clock.mono()
        if isinstance(answer, Answer):
            entry.missed = None
            self._answered(identifier, request.uuid, answer)
        elif answer.fault is Fault.MISSING:
            self._missed(identifier)
        elif answer.fault is Fault.BROKEN:
            self._tell(identifier, garbled(self._clock.now(), Witness.PLATFORM, answer.sentence))
        if identifier in self._needs:
            self._plan(identifier)
        elif isinstance(answer, Failure) and answer.fault is not Fault.MISSING:
            self._park(identifier, answer.retry_after or 0.0)
        if isinstance(answer, Answer):
            self._released()

    def _park(self, identifier: str, retry_after: float) -> None:
        """The look was worth making, but the platform is in trouble: one request asks for all of
        them, ever more slowly, and the others wait until it is answered."""
        self._parked[identifier] = None
        if self._probing:
            return
        self._probing = True
        pause = min(self._pace.poll, self._pace.sweep * 2.0 ** min(self._probes, 8))
        self._probes += 1
        self._calls.want("probe", Urgency.EXPIRY, self._probe, max(retry_after, pause))

    async def _probe(self, _about: str) -> None:
        self._probing = False
        identifier = next(iter(self._parked), None)
        if identifier is not None:
            del self._parked[identifier]
            try:
                await self._read(identifier)
            except Exception:
                self._parked[identifier] = None
                raise

    def _released(self) -> None:
        """The platform answers: whatever waited for that is read, what a phone holds first."""
        self._probes = 0
        parked, self._parked = self._parked, {}
        for identifier in parked:
            held = self._book[identifier].request.step >= Step.OPENED
            self.look(identifier, Urgency.EXPIRY if held else Urgency.CONNECTED)

    def _answered(self, identifier: str, uuid: str, answer: Answer) -> None:
        now = self._clock.now()
        heard = fact(now, Witness.PLATFORM, Kind.ANSWER, answer.value, uuid)
        if isinstance(heard.event, Snapshot):
            self._tell(identifier, heard)
        elif isinstance(heard.event, facts.Garbled):
            self._tell(identifier, garbled(now, Witness.PLATFORM, heard.event.why, heard.text))

    def _missed(self, identifier: str) -> None:
        """A 404 is believed only after it was repeated: a new request shows late (P§11-13)."""
        entry, now, plan = self._book[identifier], self._clock.mono(), self._pace.visible
        count, first = entry.missed or (0, now)
        entry.missed = (count + 1, first)
        if now - first < sum(plan):
            self.look(identifier, Urgency.EXPIRY, plan[min(count, len(plan) - 1)])
            return
        if not entry.request.missing:
            self._tell(identifier, fact(self._clock.now(), Witness.PLATFORM, Kind.MISSING, {}))
