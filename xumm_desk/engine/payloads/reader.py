"""Read payloads from the platform: after an announcement, after a gap, or in place of a socket.

Decides when a GET is due and what a missing or unreadable answer means.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from xumm_desk.core.state import facts
from xumm_desk.core.state.facts import FactKind, Source, make_fact, unreadable_fact
from xumm_desk.core.state.lifecycle import Request
from xumm_desk.core.state.refetch import RefetchReason, refetch_reason
from xumm_desk.core.status import Step
from xumm_desk.core.wire.api_answers import ApiAnswer, Failure, FailureKind, Snapshot
from xumm_desk.engine.runtime.call_queue import Priority
from xumm_desk.engine.runtime.context import Engine

_PRIORITY: Final = {
    RefetchReason.RESOLVE_ANNOUNCED: Priority.MONEY,
    RefetchReason.EXPIRY_ANNOUNCED: Priority.EXPIRY,
    RefetchReason.UNKNOWN_ANNOUNCED: Priority.EXPIRY,
    RefetchReason.CANCEL_ANNOUNCED: Priority.CONNECTED,
    RefetchReason.DISPATCH_PENDING: Priority.POLL,
}


class PayloadReader:
    """Plans and makes the GETs of all requests."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        # Why each request has to be read again, and how often it was read for that reason.
        self._needs: dict[str, tuple[RefetchReason, int]] = {}
        # Requests that wait until the platform answers again, oldest first.
        self._deferred: dict[str, None] = {}
        # Requests that are being read, as often as they are.
        self._reading: Counter[str] = Counter()
        # Whether a probe is scheduled, and how many failed in a row.
        self._probing = False
        self._probes = 0

    def follows(self, identifier: str) -> bool:
        """Whether the request is to be read again, or is being read."""
        return (
            identifier in self._needs
            or identifier in self._deferred
            or identifier in self._reading
            or any(
                self._engine.calls.holds(key)
                for key in (identifier, _again(identifier), _held(identifier))
            )
        )

    def fetch(self, identifier: str, urgency: Priority, after: float = 0.0) -> None:
        """Schedule a GET of the request, no sooner than `after` seconds from now."""
        self._engine.calls.schedule(identifier, urgency, self._read, after, identifier)

    def fetch_again(self, identifier: str) -> None:
        """Schedule a GET a little later, made only if the request is not resolved by then. The
        platform announces before it writes (P§5.2-3), so after a gap one GET can be too early for
        an end that will not be announced again."""
        self._engine.calls.schedule(
            _again(identifier),
            Priority.CONNECTED,
            self._read_unresolved,
            self._engine.timing.reread_delay,
            identifier,
        )

    def fetch_if_valid(self, identifier: str) -> None:
        """Read it a little later, unless `cut_off` is called before."""
        self._engine.calls.schedule(
            _held(identifier),
            Priority.CONNECTED,
            self._read,
            self._engine.timing.reread_delay,
            identifier,
        )

    def cut_off(self, identifier: str) -> None:
        """Its socket was lost: what would have been read because it held is not."""
        self._engine.calls.cancel(_held(identifier))

    def fetch_if_needed(self, request: Request) -> None:
        """Schedule the next GET for what was announced but is not in the last answer."""
        identifier, reason = request.identifier, refetch_reason(request)
        known = self._needs.get(identifier)
        if reason is None:
            self._needs.pop(identifier, None)
        elif known is None or known[0] is not reason:
            self._needs[identifier] = (reason, 0)
            self._plan(identifier)

    def poll(self, identifier: str) -> None:
        """Poll in place of a socket, slowly and within the budget; soonest where something may have
        happened."""
        if self._deferred:
            self._deferred[identifier] = None
            return
        entry, now = self._engine.registry[identifier], self._engine.clock.monotonic()
        near = (
            entry.deadline is not None and entry.deadline - now < self._engine.timing.poll_interval
        )
        every = self._engine.timing.poll_interval * (
            1 if near or entry.request.step >= Step.OPENED else 4
        )
        if entry.polled_at is None or now - entry.polled_at >= every:
            entry.polled_at = now
            self.fetch(identifier, Priority.POLL)

    def _plan(self, identifier: str) -> None:
        reason, attempt = self._needs[identifier]
        after = self._engine.timing.refetch_delay(reason, attempt)
        if after is None:
            return
        self._needs[identifier] = (reason, attempt + 1)
        urgency = _PRIORITY[reason]
        if attempt >= len(self._engine.timing.resolve_retries) and urgency is Priority.EXPIRY:
            # Announced for minutes and not so: it may take its time, and leave calls to sales.
            urgency = Priority.POLL
        self.fetch(identifier, urgency, after)

    async def _read_unresolved(self, identifier: str) -> None:
        if not self._engine.registry[identifier].request.resolved:
            await self._read(identifier)

    async def _read(self, identifier: str) -> None:
        self._reading[identifier] += 1
        try:
            await self._read_now(identifier)
        finally:
            self._reading[identifier] -= 1
            if not self._reading[identifier]:
                del self._reading[identifier]

    async def _read_now(self, identifier: str) -> None:
        request = self._engine.registry[identifier].request
        if request.uuid is None:
            return
        answer = await self._engine.platform.get_payload(request.uuid)
        self._engine.note_platform_answer(answer)
        entry = self._engine.registry[identifier]
        entry.polled_at = self._engine.clock.monotonic()
        if isinstance(answer, ApiAnswer):
            entry.not_found_count = None
            self._on_answer(identifier, request.uuid, answer)
        elif answer.kind is FailureKind.NOT_FOUND:
            self._on_not_found(identifier)
        elif answer.kind is FailureKind.SERVER_ERROR:
            self._engine.record(
                identifier,
                unreadable_fact(self._engine.clock.now(), Source.PLATFORM, answer.message),
            )
        if identifier in self._needs:
            self._plan(identifier)
        elif isinstance(answer, Failure) and answer.kind is not FailureKind.NOT_FOUND:
            self._defer(identifier, answer.retry_after or 0.0)
        if isinstance(answer, ApiAnswer):
            self._resume_deferred()

    def _defer(self, identifier: str, retry_after: float) -> None:
        """The platform failed. Defer this request and let one probe, with back-off, test whether
        the platform answers again."""
        self._deferred[identifier] = None
        if self._probing:
            return
        self._probing = True
        pause = min(
            self._engine.timing.poll_interval,
            self._engine.timing.watch_interval * 2.0 ** min(self._probes, 8),
        )
        self._probes += 1
        self._engine.calls.schedule(
            "probe", Priority.EXPIRY, self._run_probe, max(retry_after, pause)
        )

    async def _run_probe(self, _about: str) -> None:
        self._probing = False
        identifier = next(iter(self._deferred), None)
        if identifier is not None:
            del self._deferred[identifier]
            try:
                await self._read(identifier)
            except Exception:
                self._deferred[identifier] = None
                raise

    def _resume_deferred(self) -> None:
        """The platform answers again: read what was deferred, first what a phone holds."""
        self._probes = 0
        deferred, self._deferred = self._deferred, {}
        for identifier in deferred:
            held = self._engine.registry[identifier].request.step >= Step.OPENED
            self.fetch(identifier, Priority.EXPIRY if held else Priority.CONNECTED)

    def _on_answer(self, identifier: str, uuid: str, answer: ApiAnswer) -> None:
        now = self._engine.clock.now()
        fact = make_fact(now, Source.PLATFORM, FactKind.ANSWER, answer.value, uuid)
        if isinstance(fact.value, Snapshot):
            self._engine.record(identifier, fact)
        elif isinstance(fact.value, facts.Unreadable):
            self._engine.record(
                identifier, unreadable_fact(now, Source.PLATFORM, fact.value.reason, fact.text)
            )

    def _on_not_found(self, identifier: str) -> None:
        """A 404 is believed only after it was repeated: a new request shows late (P§11-13)."""
        entry, now, plan = (
            self._engine.registry[identifier],
            self._engine.clock.monotonic(),
            self._engine.timing.not_found_retries,
        )
        count, first = entry.not_found_count or (0, now)
        entry.not_found_count = (count + 1, first)
        if now - first < sum(plan):
            self.fetch(identifier, Priority.EXPIRY, plan[min(count, len(plan) - 1)])
            return
        if not entry.request.not_found:
            self._engine.record(
                identifier,
                make_fact(self._engine.clock.now(), Source.PLATFORM, FactKind.NOT_FOUND, {}),
            )


def _again(identifier: str) -> str:
    """The key of the call by which it is read a little later if it is not resolved by then."""
    return f"{identifier} again"


def _held(identifier: str) -> str:
    """The key of the call that is made if its socket holds."""
    return f"{identifier} held"
