"""A journal in memory, and its shifts without a disk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.shift import document
from xumm_desk.core.shift.document import ShiftDocument
from xumm_desk.core.shift.money import owner, transaction_of
from xumm_desk.core.shift.report import Closing, ShiftReport, ShiftSpan, make_report
from xumm_desk.core.shift.share import Decided, ShiftRules, Unresolved, share_of
from xumm_desk.core.state.facts import Fact

from .shift_facts import START


class PureJournal:
    """Facts in their order, numbered from 1."""

    def __init__(self, rules: ShiftRules | None = None) -> None:
        self.rules = rules or ShiftRules(True, "MAINNET")
        self.facts: list[tuple[str, Fact]] = []
        self.closed: list[ShiftDocument] = []
        self.payments: list[Unresolved] = []
        self.decided: list[Decided] = []

    def append(self, identifier: str, *facts: Fact) -> None:
        """Record facts of one request."""
        self.facts += [(identifier, fact) for fact in facts]

    def report(self) -> ShiftReport:
        """The open shift."""
        before = self.closed[-1] if self.closed else None
        after = before.to if before is not None else 0
        shares = [
            share_of(self._facts_of(name), after, self.rules, self._owner, self._begun_at)
            for name in dict.fromkeys(name for name, _ in self.facts)
        ]
        written = document.parse_document(before.text) if before is not None else {}
        return make_report(
            ShiftSpan(
                number=len(self.closed) + 1,
                after=after,
                to=len(self.facts),
                opened_at=before.closed_at if before is not None else START,
                journal_hash="ab" * 32,
                previous=before.hash if before is not None else "",
            ),
            [share for share in shares if share is not None],
            network=self.rules.network,
            payments=self.payments,
            carried=document.carried_items(written),
            settled_texts={share.identifier: share.text for share in shares if share is not None},
            decided=self.decided,
        )

    def close(
        self,
        at: datetime,
        operator: str = "Ana",
        *,
        shop: str = "",
        practice: bool = False,
        notes: Mapping[str, str] | None = None,
        translate: Callable[[str], str] = str,
    ) -> ShiftDocument:
        """Close the open shift."""
        closing = Closing(operator, at, shop=shop, till="1", practice=practice, notes=notes)
        made = document.close(self.report(), closing, translate=translate)
        self.closed.append(made)
        return made

    def _facts_of(self, identifier: str) -> Sequence[tuple[int, Fact]]:
        return [(seq, fact) for seq, (name, fact) in enumerate(self.facts, 1) if name == identifier]

    def _begun_at(self, identifier: str) -> int | None:
        return next(
            (seq for seq, (name, _) in enumerate(self.facts, 1) if name == identifier), None
        )

    def _owner(self, txid: str) -> str | None:
        found = []
        for seq, (name, fact) in enumerate(self.facts, 1):
            tx = transaction_of(fact)
            if tx is not None and tx.txid == txid:
                spec = next(f.value for _, f in self._facts_of(name))
                assert isinstance(spec, RequestSpec)
                found.append((name, spec, (seq, fact)))
        return owner(found)
