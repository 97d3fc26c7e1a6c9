"""Load requests from the journal: all that matter at a start, and an old one on demand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime
from typing import Final

from xumm_desk.core.decision.needs import is_finished
from xumm_desk.core.keeping.letting_go import MARK
from xumm_desk.core.state.facts import Fact
from xumm_desk.core.state.lifecycle import Request, apply_fact, is_changed, replay
from xumm_desk.core.status import Step
from xumm_desk.engine.runtime.ports import Journal
from xumm_desk.engine.runtime.registry import (
    RequestRegistry,
    RequestRow,
    StoredRequest,
    replay_requests,
)
from xumm_desk.engine.runtime.tasks import yielding

_ERASED: Final = f'"{MARK}"'
_RECENT: Final = 200
_PAGE: Final = 50
"""Requests that fill a large screen."""


class Recovery:
    """Requests of earlier runs."""

    def __init__(self, registry: RequestRegistry, journal: Journal) -> None:
        self._registry = registry
        self._journal = journal
        # The identifiers that this run is limited to; None for all.
        self._only: Collection[str] | None = None
        # The identifiers of the newest requests; None until they were read.
        self._first: set[str] | None = None
        self.running = False
        """Whether what earlier runs left is still being read or taken up."""

    async def load(self, only: Collection[str] | None) -> Sequence[RequestRow]:
        """Put them into memory, `only` these where it is not None. Returns the unfinished ones as
        they were when the program last ran, and with what a person has done to them meanwhile."""
        self._only, self.running = only, True
        past: list[StoredRequest] = []
        if only is None:
            first = await self.load_newest()
            recent, unfinished = await asyncio.gather(
                self._journal.load_recent(_RECENT), self._journal.load_unfinished()
            )
            kept = {name for name, _ in unfinished}
            # Another process may have opened one again between the two, or ended one.
            past += [one for one in recent if one[0] not in kept]
            missed = first - kept - {name for name, _ in past}
            past += await self._journal.load(missed) if missed else ()
        else:
            unfinished = await self._journal.load(only)
            kept = {name for name, _ in unfinished}
        found = []
        # Each is shown as soon as it is known.
        async for name, recorded in yielding(sorted((*past, *unfinished), key=_age)):
            self.merge_facts((name, recorded))
            if name not in self._registry:
                continue
            entry, unfinished_mark = self._registry[name], name in kept
            over = is_finished(entry.request, entry.verdict)
            wrong = only is None and over is unfinished_mark
            if wrong:
                # The facts decide; an older program wrote the mark beside them after them.
                self._journal.set_status(name, entry.verdict.status.value, over)
            if unfinished_mark or wrong:
                found.append(RequestRow(entry.request, entry.verdict))
        await self.load_refunds([entry.request.identifier for entry in self._registry.entries()])
        self._registry.sort()
        return found

    async def load_refunds(self, sales: Sequence[str]) -> None:
        """Take the refunds of these requests into memory, however old: what is left to refund is
        reckoned from all of them."""
        names = await self._journal.refunds_of(sales)
        missing = [name for name in names if name not in self._registry]
        for request in await replay_requests(await self._journal.load(missing)) if missing else ():
            if request.identifier not in self._registry:
                self._add(request)

    async def load_newest(self) -> set[str]:
        """Put what a person sees first into memory, before all the others are read, which may be
        thousands: it is among them, and read once more there. Returns the identifiers. A later call
        reads nothing."""
        if self._first is not None:
            return self._first
        taken = set()
        newest = await self._journal.load_newest(_PAGE)
        for name, recorded in sorted(newest, key=_age):
            request = replay(list(recorded))
            if request is not None:
                taken.add(name)
                self._add(request)
        self._first = taken
        return taken

    def merge_facts(self, recorded: StoredRequest) -> Request | None:
        """Take these facts of one request into memory, where some of them may be already; the
        request when that changed anything."""
        name, facts = recorded
        if name not in self._registry:
            request = replay(list(facts))
            if request is not None:
                self._add(request)
                self._note_heard(name, facts)
            return request
        known = after = self._registry[name].request
        if any(_ERASED in one.text for one in facts):
            # What was erased must leave memory too, where it came from the facts of before.
            anew = replay(list(facts))
            if anew is None or anew == known:
                return None
            after = anew
        else:
            for one in facts:
                after = apply_fact(after, one)
            if not is_changed(known, after):
                return None
        self._add(after)
        self._note_heard(name, facts)
        return after

    def _note_heard(self, name: str, facts: Sequence[Fact]) -> None:
        entry, newest = self._registry[name], max(fact.at for fact in facts)
        if entry.last_heard_at is None or newest > entry.last_heard_at:
            entry.last_heard_at = newest

    def _add(self, request: Request) -> None:
        """Put a request into memory, and show it."""
        self._registry.upsert(request)
        self._registry.mark_changed(request.identifier)

    async def unfinished(self, rows: Sequence[RequestRow]) -> AsyncIterator[Request]:
        """The present requests of these rows, in the order in which to take them up: what a phone
        holds or ends soonest first. `running` becomes False at the end."""
        now = (self._registry[row.identifier].request for row in rows)
        async for request in yielding(sorted(now, key=_soonest_first)):
            yield request
        self.running = False

    async def load_by_uuid(self, uuid: str, identifier: str) -> str | None:
        """The ended request with this platform id, or ours of that name, in memory again."""
        named = await self._journal.find_uuid(uuid.lower()) or identifier
        return named if named and await self.load_one(named) else None

    async def load_one(self, identifier: str) -> bool:
        """Bring an ended request back into memory, so that its row can change; returns whether it
        is there. A command beside a window keeps to its own requests."""
        if identifier in self._registry:
            return True
        if self._only is not None:
            return False
        for request in await replay_requests(await self._journal.load([identifier])):
            if identifier not in self._registry:
                self._add(request)
        await self.load_refunds([identifier])
        return identifier in self._registry


def _age(recorded: StoredRequest) -> datetime:
    """The time of its first fact, the intent."""
    return recorded[1][0].at


def _soonest_first(request: Request) -> tuple[bool, float]:
    expires = request.platform.expires_at if request.platform else None
    return (request.step < Step.OPENED, expires.timestamp() if expires else float("inf"))
