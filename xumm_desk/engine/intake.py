"""Takes in facts: to the disk, into memory, and to whoever has to act on them.

Knows which facts are about money and wait for nothing; must not know what follows from one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from xumm_desk.core.facts import Fact, Kind
from xumm_desk.core.lifecycle import RISES, Request, advance, learnt
from xumm_desk.core.order import Order
from xumm_desk.core.snapshot import Snapshot
from xumm_desk.core.verdict import Verdict, finished

from .book import Book, Entry
from .ports import Clock, Journal

_URGENT: Final = frozenset(
    {
        Kind.INTENT,
        Kind.CREATED,
        Kind.NOT_CREATED,
        Kind.RESEND,
        Kind.GIVEN_UP,
        Kind.ANSWER,
        Kind.CANCEL_ANSWER,
        Kind.BLOB,
        Kind.LEDGER_TX,
        Kind.LEDGER_NEVER,
        Kind.REGULAR_KEY,
        Kind.PAYMENT,
        Kind.SHARED_TXID,
        Kind.OUTAGE,
    }
)
"""Facts about money: on disk at once, not with the next group."""

_KEPT: Final = frozenset({Kind.LINK_LOST, Kind.CLOCK_SET})
"""Facts that change nothing of a request and are written down for its timeline."""

_NOT_KEPT: Final = frozenset({Kind.LEDGER_ABSENT, Kind.LEDGER_SILENT})


class Intake:
    """The one way by which a fact becomes part of a request."""

    def __init__(
        self,
        *,
        book: Book,
        journal: Journal,
        clock: Clock,
        heard: Callable[[str, Kind], None],
        then: Callable[[str], None],
    ) -> None:
        """`heard` is told of every fact, new or not; `then` does what a new one asks for."""
        self._book = book
        self._journal = journal
        self._clock = clock
        self._heard = heard
        self._then = then

    def admit(self, order: Order, request: Request, intent: Fact) -> None:
        """Take in a new request, whose intent goes to the disk before anything else."""
        self._journal.append(order.identifier, intent, urgent=True)
        entry = self._book.put(request)
        entry.appended = self._journal.appended
        self._book.changed(order.identifier)

    def tell(self, identifier: str, heard: Fact) -> bool:
        """Take in one fact: disk, memory, consequences. Says whether it told anything new."""
        entry = self._book[identifier]
        before, after = entry.request, advance(entry.request, heard)
        entry.request = after
        news, stood = learnt(before, after), entry.verdict
        try:
            if news:
                if after.uuid is before.uuid:
                    self._book.judge(entry)
                else:
                    self._book.put(after)
                entry.heard_at = heard.at
        finally:
            # An error of ours in judging it must not keep what was heard from the disk.
            try:
                self._keep(identifier, heard, entry, stood, news=news)
            except Exception:
                # What the disk cannot get is not known here either: it would be shown one day
                # without being written down. Whoever told it tells it again.
                entry.request = before
                self._book.judge(entry)
                raise
        if isinstance(heard.event, Snapshot) and heard.event.expires_in is not None:
            self._book.set_deadline(identifier, self._clock.mono() + heard.event.expires_in)
        self._heard(identifier, heard.kind)
        if not news:
            return False
        self._book.changed(identifier)
        if type(heard.event) not in RISES:
            self._then(identifier)
        return True

    def _keep(
        self, identifier: str, heard: Fact, entry: Entry, stood: Verdict, *, news: bool
    ) -> None:
        """Hand on to the disk what was heard, together with what it made of the request: a power
        cut takes both or neither."""
        verdict, urgent = entry.verdict, heard.kind in _URGENT
        over = finished(verdict)
        # What a socket hints on the way changes the screen alone: a flood would write the row of
        # every request anew at each step, and the next fact about money writes it anyway.
        hint = heard.kind is Kind.FRAME and over is finished(stood)
        moved = verdict.status is not stood.status
        status = verdict.status.value if (moved and not hint) or (news and urgent) else ""
        if heard.kind not in _NOT_KEPT and (news or heard.kind in _KEPT):
            self._journal.append(identifier, heard, urgent=urgent, status=status, finished=over)
            if urgent:
                # What a socket hints may be seen at once: should it be lost, a GET tells it again.
                entry.appended = self._journal.appended
        elif status:
            self._journal.mark(identifier, status, over)
