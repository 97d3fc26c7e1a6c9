"""Ends requests because a person says so: cancel at the platform, or close what it never knew.

Knows which way an end can be had; must not know what the facts make of the row.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from xumm_desk.core.state.facts import Fact, FactKind, Source, make_fact
from xumm_desk.core.verdict import wording
from xumm_desk.core.wire.api_answers import ApiAnswer, CancelAnswer, Failure, FailureKind
from xumm_desk.engine.runtime.call_queue import CallQueue, Priority
from xumm_desk.engine.runtime.ports import Clock, PlatformApi
from xumm_desk.engine.runtime.registry import RequestRegistry

from .reader import PayloadReader

_KNOWN: Final = "The platform has this request: cancel it there."
_ENDED: Final = "This request has already ended."


class Cancellation:
    """The verbs by which a person ends a request."""

    def __init__(
        self,
        *,
        registry: RequestRegistry,
        calls: CallQueue,
        platform: PlatformApi,
        clock: Clock,
        reading: PayloadReader,
        tell: Callable[[str, Fact], None],
        note: Callable[[ApiAnswer | Failure], None],
    ) -> None:
        self._registry = registry
        self._calls = calls
        self._platform = platform
        self._clock = clock
        self._reading = reading
        self._record = tell
        self._note_answer = note

    async def cancel(self, identifier: str) -> CancelAnswer | Failure:
        """Ask the platform to cancel; only its `result` is believed (P§4)."""
        request = self._registry[identifier].request
        uuid = request.uuid
        if request.outage_link is not None:
            return Failure(FailureKind.NOT_FOUND, wording.OUTAGE_NOT_CANCELLABLE)
        if uuid is None:
            return Failure(FailureKind.NOT_FOUND, "This request has not reached the platform yet.")
        self._record(
            identifier, make_fact(self._clock.now(), Source.OPERATOR, FactKind.CANCEL_REQUESTED, {})
        )
        answer = await self._calls.call(Priority.PERSON, lambda: self._platform.cancel(uuid))
        self._note_answer(answer)
        if isinstance(answer, Failure):
            self._reading.fetch(identifier, Priority.PERSON)
            return answer
        # The rest of the answer is forced and would lie about the state (P§4).
        result = {"result": answer.value.get("result")}
        heard = make_fact(self._clock.now(), Source.PLATFORM, FactKind.CANCEL_ANSWER, result)
        self._record(identifier, heard)
        self._reading.fetch(identifier, Priority.MONEY)
        if isinstance(heard.value, CancelAnswer):
            return heard.value
        return Failure(
            FailureKind.SERVER_ERROR,
            "The platform's answer says nothing. The request is read again.",
        )

    def close(self, identifier: str) -> str:
        """Close a request that the platform cannot end: an outage code, or one of which nobody
        knows whether it arrived. "" or a sentence why not."""
        if identifier not in self._registry:
            return f"There is no request {identifier} here."
        entry = self._registry[identifier]
        if entry.verdict.final:
            return _ENDED
        if entry.request.uuid is not None:
            return _KNOWN
        self._record(identifier, make_fact(self._clock.now(), Source.OPERATOR, FactKind.CLOSED, {}))
        return ""
