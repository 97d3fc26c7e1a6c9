"""End a request because a person asks: cancel it at the platform, or close what it never knew."""

from __future__ import annotations

from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.core.state.facts import FactKind, Source, make_fact
from xumm_desk.core.verdict import wording
from xumm_desk.core.wire.api_answers import CancelAnswer, Failure, FailureKind
from xumm_desk.engine.runtime.call_queue import Priority
from xumm_desk.engine.runtime.context import Engine

from .reader import PayloadReader

_KNOWN: Final = Message("The platform has this request: cancel it there.")
_ENDED: Final = Message("This request has already ended.")


class Cancellation:
    """The verbs by which a person ends a request."""

    def __init__(self, engine: Engine, reader: PayloadReader) -> None:
        self._engine = engine
        self._reader = reader

    async def cancel(self, identifier: str) -> CancelAnswer | Failure:
        """Ask the platform to cancel; only its `result` is believed (P§4)."""
        request = self._engine.registry[identifier].request
        uuid = request.uuid
        if request.outage_link is not None:
            return Failure(FailureKind.NOT_FOUND, wording.OUTAGE_NOT_CANCELLABLE)
        if uuid is None:
            return Failure(
                FailureKind.NOT_FOUND, Message("This request has not reached the platform yet.")
            )
        self._engine.record(
            identifier,
            make_fact(self._engine.clock.now(), Source.OPERATOR, FactKind.CANCEL_REQUESTED, {}),
        )
        answer = await self._engine.calls.call(
            Priority.PERSON, lambda: self._engine.platform.cancel(uuid)
        )
        self._engine.note_platform_answer(answer)
        if isinstance(answer, Failure):
            self._reader.fetch(identifier, Priority.PERSON)
            return answer
        # The platform fills the rest of the answer with fixed values, which would be wrong (P§4).
        result = {"result": answer.value.get("result")}
        fact = make_fact(self._engine.clock.now(), Source.PLATFORM, FactKind.CANCEL_ANSWER, result)
        self._engine.record(identifier, fact)
        self._reader.fetch(identifier, Priority.MONEY)
        if isinstance(fact.value, CancelAnswer):
            return fact.value
        return Failure(
            FailureKind.SERVER_ERROR,
            Message("The platform's answer says nothing. The request is read again."),
        )

    def close(self, identifier: str) -> str:
        """Close a request that the platform cannot cancel: an outage code, or one of which it is
        unknown whether it arrived. "" or why not."""
        if identifier not in self._engine.registry:
            return Message("There is no request {identifier} here.", identifier=identifier)
        entry = self._engine.registry[identifier]
        if entry.verdict.final:
            return _ENDED
        if entry.request.uuid is not None:
            return _KNOWN
        self._engine.record(
            identifier, make_fact(self._engine.clock.now(), Source.OPERATOR, FactKind.CLOSED, {})
        )
        return ""
