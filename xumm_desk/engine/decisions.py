"""Record what a person decided about a request, however old."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Final

from xumm_desk.core.audit import AuditKind
from xumm_desk.core.decision.rules import completed, why_not_decided
from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.message import Message, Sentences, error_text
from xumm_desk.core.state.decisions import Decision, DecisionKind, Topic
from xumm_desk.core.state.facts import FactKind, Source, make_fact
from xumm_desk.engine.runtime.context import Engine

log = logging.getLogger(__name__)

_AUDITED: Final = frozenset({Topic.REVIEW, Topic.OUTCOME})
"""What is written down about persons too; notes, waits and calls are in the timeline alone."""


class DecisionRecorder:
    """The way from a person's decision to the journal."""

    def __init__(self, engine: Engine, load_one: Callable[[str], Awaitable[bool]]) -> None:
        """`load_one` brings an ended request back into memory, where there is one."""
        self._engine = engine
        self._load_one = load_one

    async def decide(self, identifier: str, decision: Decision) -> str:
        """Record the decision; durable when this returns. "" or why it was not."""
        if not await self._load_one(identifier):
            return Message("There is no request {identifier} here.", identifier=identifier)
        entry = self._engine.registry[identifier]
        if refused := why_not_decided(decision, entry.request, entry.verdict):
            return refused
        value = completed(decision, entry.request, entry.verdict).to_json()
        now = self._engine.clock.now()
        self._engine.record(identifier, make_fact(now, Source.OPERATOR, FactKind.DECISION, value))
        try:
            await self._engine.journal.durable()
        except Exception as error:  # noqa: BLE001 - told to the person who decided
            counts = Message("The decision is shown, and counts, once the disk has taken it.")
            return Sentences([error_text(error), counts])
        await self._write_audit(identifier, decision.kind, decision.topic, decision.by)
        return ""

    async def _write_audit(
        self, identifier: str, kind: DecisionKind, topic: Topic, by: str
    ) -> None:
        if topic not in _AUDITED:
            return
        detail, now = f"{identifier}: {kind.value}", self._engine.clock.now()
        try:
            await self._engine.journal.add_audit(AuditKind.DECIDED.value, by, detail, now)
        except JournalError:
            # The decision is durable; the lamp of the journal says that the disk takes nothing.
            log.exception("not written down: %s", detail)
