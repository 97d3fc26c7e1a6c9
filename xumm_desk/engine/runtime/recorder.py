"""Record a fact: append it to the journal and apply it to the request.

Facts about money are flushed to disk immediately; the others are grouped. What follows from a fact
is decided by `Desk.record`.
"""

from __future__ import annotations

from typing import Final

from xumm_desk.core.decision.needs import is_finished
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.state.facts import Fact, FactKind
from xumm_desk.core.state.lifecycle import Request, apply_fact, is_changed
from xumm_desk.core.verdict.check import Verdict
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
        FactKind.PAYS_ANOTHER,
        FactKind.OUTAGE_CODE,
        FactKind.DECISION,
    }
)
"""Facts about money: on disk at once, not with the next group."""

_JOURNALED: Final = frozenset({FactKind.SOCKET_LOST, FactKind.CLOCK_SET})
"""Facts that change nothing of a request and are written down for its timeline."""

_NOT_JOURNALED: Final = frozenset({FactKind.LEDGER_ABSENT, FactKind.LEDGER_SILENT})


class Recorder:
    """The one way by which a fact becomes part of a request."""

    def __init__(self, registry: RequestRegistry, journal: Journal, clock: Clock) -> None:
        self._registry = registry
        self._journal = journal
        self._clock = clock

    def add_request(self, spec: RequestSpec, request: Request, intent: Fact) -> None:
        """Add a new request; its intent is journaled before anything else happens."""
        self._journal.append(spec.identifier, intent, urgent=True)
        entry = self._registry.upsert(request)
        entry.durable_at = self._journal.appended
        self._registry.mark_changed(spec.identifier)

    def apply(self, identifier: str, fact: Fact) -> bool:
        """Journal the fact and apply it to its request. Returns whether the request changed."""
        entry = self._registry[identifier]
        before, after = entry.request, apply_fact(entry.request, fact)
        entry.request = after
        changed, previous = is_changed(before, after), entry.verdict
        try:
            if changed:
                if after.uuid is before.uuid:
                    self._registry.update_verdict(entry)
                else:
                    self._registry.upsert(after)
                entry.last_heard_at = fact.at
        finally:
            # A bug in judging must not keep the fact from the disk.
            try:
                self._append(identifier, fact, entry, (before, previous), changed=changed)
            except Exception:
                # A fact that cannot be journaled must not be shown either. The caller fails, and
                # whoever reported the fact reports it again.
                entry.request = before
                self._registry.update_verdict(entry)
                raise
        if isinstance(fact.value, Snapshot) and fact.value.expires_in is not None:
            self._registry.set_deadline(identifier, self._clock.monotonic() + fact.value.expires_in)
        if changed:
            self._registry.mark_changed(identifier)
        return changed

    def _append(
        self,
        identifier: str,
        fact: Fact,
        entry: RequestEntry,
        previous: tuple[Request, Verdict],
        *,
        changed: bool,
    ) -> None:
        """Journal the fact together with the status that it led to: a power cut takes both or
        neither."""
        verdict, urgent = entry.verdict, fact.kind in _URGENT
        over = is_finished(entry.request, verdict)
        # A hint on the way changes the screen only: in a flood the row of every request would be
        # written anew at each step, and the next fact about money writes it anyway.
        hint = fact.kind is FactKind.FRAME and over is is_finished(*previous)
        moved = verdict.status is not previous[1].status
        status = verdict.status.value if (moved and not hint) or (changed and urgent) else ""
        if fact.kind not in _NOT_JOURNALED and (changed or fact.kind in _JOURNALED):
            self._journal.append(identifier, fact, urgent=urgent, status=status, finished=over)
            if urgent:
                # A hint may be shown before it is durable: if it is lost, a GET restores it.
                entry.durable_at = self._journal.appended
        elif status:
            self._journal.set_status(identifier, status, over)
