"""Ends requests because a person says so: cancel at the platform, or close what it never knew.

Knows which way an end can be had; must not know what the facts make of the row.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from xumm_desk.core import wording
from xumm_desk.core.facts import Fact, Kind, Witness, fact
from xumm_desk.core.outcome import Answer, Failure, Fault
from xumm_desk.core.snapshot import CancelAnswer

from .book import Book
from .calls import Calls, Urgency
from .ports import Clock, Platform
from .reading import Reading

_KNOWN: Final = "The platform has this request: cancel it there."
_ENDED: Final = "This request has already ended."


class Ending:
    """The verbs by which a person ends a request."""

    def __init__(
        self,
        *,
        book: Book,
        calls: Calls,
        platform: Platform,
        clock: Clock,
        reading: Reading,
        tell: Callable[[str, Fact], None],
        note: Callable[[Answer | Failure], None],
    ) -> None:
        self._book = book
        self._calls = calls
        self._platform = platform
        self._clock = clock
        self._reading = reading
        self._tell = tell
        self._note = note

    async def cancel(self, identifier: str) -> CancelAnswer | Failure:
        """Ask the platform to cancel; only its `result` is believed (P§4)."""
        request = self._book[identifier].request
        uuid = request.uuid
        if request.outage is not None:
            return Failure(Fault.MISSING, wording.NO_CALLING_BACK)
        if uuid is None:
            return Failure(Fault.MISSING, "This request has not reached the platform yet.")
        self._tell(identifier, fact(self._clock.now(), Witness.OPERATOR, Kind.CANCEL_ASKED, {}))
        answer = await self._calls.make(Urgency.PERSON, lambda: self._platform.cancel(uuid))
        self._note(answer)
        if isinstance(answer, Failure):
            self._reading.look(identifier, Urgency.PERSON)
            return answer
        # The rest of the answer is forced and would lie about the state (P§4).
        result = {"result": answer.value.get("result")}
        heard = fact(self._clock.now(), Witness.PLATFORM, Kind.CANCEL_ANSWER, result)
        self._tell(identifier, heard)
        self._reading.look(identifier, Urgency.MONEY)
        if isinstance(heard.event, CancelAnswer):
            return heard.event
        return Failure(
            Fault.BROKEN, "The platform's answer says nothing. The request is read again."
        )

    def give_up(self, identifier: str) -> str:
        """Close a request that the platform cannot end: an outage code, or one of which nobody
        knows whether it arrived. "" or a sentence why not."""
        if identifier not in self._book:
            return f"There is no request {identifier} here."
        entry = self._book[identifier]
        if entry.verdict.final:
            return _ENDED
        if entry.request.uuid is not None:
            return _KNOWN
        self._tell(identifier, fact(self._clock.now(), Witness.OPERATOR, Kind.GIVEN_UP, {}))
        return ""
