"""Takes in facts: to the disk, into memory, and to whoever has to act on them.

Knows which facts are about money and wait for nothing; must not know what follows from one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.state.facts import Fact, FactKind
from xumm_desk.core.state.lifecycle import STEP_BY_FRAME, Request, apply_fact, is_changed
from xumm_desk.core.verdict.verdict import Verdict, is_finished
from xumm_desk.core.wire.api_answers import Snapshot

from .ports import Clock, Journal
from .registry import RequestEntry, RequestRegistry

_URGENT: Final = frozenset(
    {
        FactKind.INTENT,
        FactKind.CREATED,
        FactKind.NOT_CREATED,
        FactKind.RESENT,
        FactKind.CLOSED,
        FactKind.ANSWER,
        FactKind.CANCEL_ANSWER,
        FactKind.BLOB_CHECK,
        FactKind.LEDGER_TX,
        FactKind.LEDGER_NEVER,
        FactKind.REGULAR_KEY,
        FactKind.PAYMENT,
        FactKind.SHARED_TXID,
        FactKind.OUTAGE_CODE,
    }
)
"""Facts about money: on disk at once, not with the next group."""

_JOURNALED: Final = frozenset({FactKind.SOCKET_LOST, FactKind.CLOCK_SET})
"""Facts that change nothing of a request and are written down for its timeline."""

_NOT_JOURNALED: Final = frozenset({FactKind.LEDGER_ABSENT, FactKind.LEDGER_SILENT})


class Recorder:
    """The one way by which a fact becomes part of a request."""

    def __init__(
        self,
        *,
        registry: RequestRegistry,
        journal: Journal,
        clock: Clock,
        heard: Callable[[str, FactKind], None],
        then: Callable[[str], None],
    ) -> None:
        """`heard` is told of every fact, new or not; `then` does what a new one asks for."""
        self._registry = registry
        self._journal = journal
        self._clock = clock
        self._on_fact = heard
        self._follow_up = then

    def add_request(self, spec: RequestSpec, request: Request, intent: Fact) -> None:
        """Take in a new request, whose intent goes to the disk before anything else."""
        self._journal.append(spec.identifier, intent, urgent=True)
        entry = self._registry.upsert(request)
        entry.durable_at = self._journal.appended
        self._registry.mark_changed(spec.identifier)

    def apply(self, identifier: str, heard: Fact) -> bool:
        """Take in one fact: disk, memory, consequences. Says whether it told anything new."""
        entry = self._registry[identifier]
        before, after = entry.request, apply_fact(entry.request, heard)
        entry.request = after
        news, stood = is_changed(before, after), entry.verdict
        try:
            if news:
                if after.uuid is before.uuid:
                    self._registry.update_verdict(entry)
                else:
                    self._registry.upsert(after)
                entry.last_heard_at = heard.at
        finally:
            # An error of ours in judging it must not keep what was heard from the disk.
            try:
                self._append(identifier, heard, entry, stood, news=news)
            except Exception:
                # What the disk cannot get is not known here either: it would be shown one day
                # without being written down. Whoever told it tells it again.
                entry.request = before
                self._registry.update_verdict(entry)
                raise
        if isinstance(heard.value, Snapshot) and heard.value.expires_in is not None:
            self._registry.set_deadline(
                identifier, self._clock.monotonic() + heard.value.expires_in
            )
        self._on_fact(identifier, heard.kind)
        if not news:
            return False
        self._registry.mark_changed(identifier)
        if type(heard.value) not in STEP_BY_FRAME:
            self._follow_up(identifier)
        return True

    def _append(
        self, identifier: str, heard: Fact, entry: RequestEntry, stood: Verdict, *, news: bool
    ) -> None:
        """Hand on to the disk what was heard, together with what it made of the request: a power
        cut takes both or neither."""
        verdict, urgent = entry.verdict, heard.kind in _URGENT
        over = is_finished(verdict)
        # What a socket hints on the way changes the screen alone: a flood would write the row of
        # every request anew at each step, and the next fact about money writes it anyway.
        hint = heard.kind is FactKind.FRAME and over is is_finished(stood)
        moved = verdict.status is not stood.status
        status = verdict.status.value if (moved and not hint) or (news and urgent) else ""
        if heard.kind not in _NOT_JOURNALED and (news or heard.kind in _JOURNALED):
            self._journal.append(identifier, heard, urgent=urgent, status=status, finished=over)
            if urgent:
                # What a socket hints may be seen at once: should it be lost, a GET tells it again.
                entry.durable_at = self._journal.appended
        elif status:
            self._journal.set_status(identifier, status, over)
