"""Requests that other tills of the shop have made: show what they find out, and follow them only
in the place of a till that does not live.

Two that follow one request do no harm: facts merge in any order, any number of times.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import Final

from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.replication.replicated_fact import ReplicatedFact
from xumm_desk.core.replication.shop_news import ShopNews, read_facts
from xumm_desk.core.state.account_facts import SUBJECT
from xumm_desk.core.state.lifecycle import Request
from xumm_desk.engine.runtime.context import Engine
from xumm_desk.engine.runtime.registry import OtherTill
from xumm_desk.engine.runtime.tasks import ClosingError

from .recovery import Recovery

_AT_ONCE: Final = 100
"""Requests that are read together: what is sold now waits for so many of the past."""


class RemoteRequests:
    """Knows of each request in memory whether it is another till's."""

    def __init__(
        self,
        engine: Engine,
        recovery: Recovery,
        on_merged: Callable[[Request, bool], None],
        resume: Callable[[Request], None],
        let_go: Callable[[str], None],
    ) -> None:
        """`on_merged` is called with each request that changed, and whether it is new here;
        `resume` with one that is to be followed from now on, `let_go` with the name of one that is
        not any more."""
        self._engine, self._recovery = engine, recovery
        self._on_merged, self._resume, self._let_go = on_merged, resume, let_go
        self._till_of: dict[str, str] = {}
        # What has come and is not in memory: hints, and requests that are to be read, those that
        # are sold now and those of the past of a till that catches up.
        self._hints: dict[str, list[ReplicatedFact]] = {}
        self._news: dict[str, None] = {}
        self._past: dict[str, None] = {}
        self._taking_in: asyncio.Task[None] | None = None
        self.follows_own = True
        """Whether the requests that were made here are followed; a monitor follows none."""
        self.followed: frozenset[str] = frozenset()
        """The tills in whose place their requests are followed here."""
        # What a row says of each other till; one object a till, shared by its rows.
        self._names: Mapping[str, str] = {}
        self._covered: frozenset[str] = frozenset()
        self._living: frozenset[str] = frozenset()
        self._tills: dict[str, OtherTill] = {}

    def is_followed_here(self, identifier: str) -> bool:
        """Whether this till is the one that follows the request."""
        till = self._till_of.get(identifier)
        return self.follows_own if till is None else till in self.followed

    def till_of(self, identifier: str) -> str | None:
        """The id of the other till that made the request; None for one of our own."""
        return self._till_of.get(identifier)

    def show_tills(
        self, names: Mapping[str, str], covered: frozenset[str], living: frozenset[str]
    ) -> None:
        """Other tills have these names by id, somebody follows the requests of those in `covered`,
        and those in `living` lived when the shop was seen last; say so in the rows."""
        if (names, covered, living) == (self._names, self._covered, self._living):
            return
        self._names, self._covered, self._living = names, covered, living
        self._mark_all()

    def _mark_all(self) -> None:
        """Publish the rows of the tills of which something else is to be said now."""
        changed = {till for till, told in self._tills.items() if told != self._other_till(till)}
        for till in changed:
            self._tills[till] = self._other_till(till)
        for identifier, till in self._till_of.items():
            if till in changed or till not in self._tills:
                self._mark(identifier)

    def _mark(self, identifier: str) -> None:
        registry, till = self._engine.registry, self._till_of.get(identifier)
        if till is None or identifier not in registry:
            return
        told = self._tills.get(till)
        if told is None:
            told = self._tills[till] = self._other_till(till)
        entry = registry[identifier]
        if entry.other_till is not told:
            entry.other_till = told
            registry.mark_changed(identifier)

    def _other_till(self, till: str) -> OtherTill:
        followed = till in self.followed or till in self._covered
        return OtherTill(self._names.get(till, ""), followed, till in self._living)

    async def load(self, identifiers: Sequence[str]) -> None:
        """Find out which of these requests are other tills'."""
        self._till_of |= await self._engine.journal.remote_requests(identifiers)
        for identifier in identifiers:
            self._mark(identifier)

    def forget(self, identifiers: Collection[str]) -> None:
        """These have left memory."""
        for identifier in identifiers:
            self._till_of.pop(identifier, None)

    def take_in(self, news: ShopNews) -> None:
        """Show soon what other tills have found out, what is sold now first. Of the past of a till
        that catches up only what is open comes into memory; the history shows the others. Not while
        the desk is closing: the journal has it."""
        for name in news.identifiers:
            if name == SUBJECT:
                continue
            if name in news.hints and self._uuid(name) is not None:
                self._hints.setdefault(name, []).extend(news.hints[name])
            elif not news.bulk:
                self._tell(name)
            elif name not in self._news:
                self._past[name] = None
        self._start_taking_in()

    def _tell(self, name: str) -> None:
        """Read this request soon, but behind those that lost a payment to it just before."""
        self._past.pop(name, None)
        self._news.pop(name, None)
        self._news[name] = None

    def _uuid(self, name: str) -> str | None:
        """The uuid of a request of another till that is in memory."""
        registry = self._engine.registry
        here = name in registry and name in self._till_of
        return registry[name].request.uuid if here else None

    @property
    def _is_waiting(self) -> bool:
        return bool(self._hints or self._news or self._past)

    def _start_taking_in(self) -> None:
        if self._is_waiting and (self._taking_in is None or self._taking_in.done()):
            with suppress(ClosingError):
                self._taking_in = self._engine.tasks.start(self._take_in(), "facts of other tills")

    async def settled(self) -> None:
        """Return when nothing that has come is still on its way into memory."""
        self._start_taking_in()  # where the last try met an error
        if self._taking_in is not None:
            await asyncio.wait({self._taking_in})

    async def _take_in(self) -> None:
        while self._is_waiting:
            for name in list(islice(self._hints, _AT_ONCE)):
                self._apply(name, self._hints.pop(name))
            told = self._news or self._past
            # One that changes again meanwhile is read again; one that changes often, not as often.
            names = list(islice(told, _AT_ONCE))
            for name in names:
                del told[name]
            try:
                await self._read(names, bulk=told is self._past)
            except JournalError:
                told |= dict.fromkeys(names)
                raise
            await asyncio.sleep(0)

    def _apply(self, name: str, told: Sequence[ReplicatedFact]) -> None:
        """Bring hints about a request into memory without the journal, if they can be read."""
        uuid = self._uuid(name)
        facts = read_facts(told, uuid) if uuid is not None else None
        if facts is None:
            self._tell(name)
        elif (request := self._recovery.merge_facts((name, facts))) is not None:
            self._on_merged(request, False)

    async def _read(self, identifiers: Sequence[str], *, bulk: bool) -> None:
        if not identifiers:
            return
        journal, registry = self._engine.journal, self._engine.registry
        if bulk:
            known = [name for name in identifiers if name in registry]
            identifiers = list(
                dict.fromkeys((*known, *await journal.unfinished_among(identifiers)))
            )
        await self.load(identifiers)
        for stored in await journal.load(identifiers):
            await asyncio.sleep(0)
            is_new = stored[0] not in registry
            request = self._recovery.merge_facts(stored)
            if request is not None:
                self._mark(stored[0])
                self._on_merged(request, is_new)
                if is_new:
                    await self._recovery.load_refunds([stored[0]])

    def start_following(self, tills: frozenset[str]) -> None:
        """Begin `follow`; not while the desk is closing."""
        if tills != self.followed:
            with suppress(ClosingError):
                self._engine.tasks.start(self.follow(tills), "follow for other tills")

    async def follow(self, tills: frozenset[str]) -> None:
        """Follow the requests of these tills in their place, and of no others."""
        before, self.followed = self.followed, tills
        self._mark_all()
        for identifier, till in list(self._till_of.items()):
            if till in before - tills:
                self._let_go(identifier)
        for till in sorted(tills - before):
            await self._take_over(till)

    async def _take_over(self, till: str) -> None:
        for identifier in await self._engine.journal.unfinished_of(till):
            if till not in self.followed or not await self._recovery.load_one(identifier):
                continue
            self._till_of[identifier] = till
            self._mark(identifier)
            request = self._engine.registry[identifier].request
            if request.uuid is not None:
                self._resume(request)
            # Else its till may still be making it, and must not find a second one.
