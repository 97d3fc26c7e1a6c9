"""Ranges of ledgers that no node could read for an account, and when to ask for them again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from xumm_desk.core.message import Message, Sentences
from xumm_desk.core.state.evidence import AccountHistory

_ROUNDED: Final = timedelta(seconds=20)
"""Close times are rounded, to ten seconds as a rule (P§9.4)."""

UNKNOWN_START: Final = 0
"""Stands for the unknown ledger at the time since which an account matters."""


def missing_in(answer: AccountHistory, since: datetime) -> tuple[int, int] | None:
    """The first and last ledger that the answer should hold and does not; None where it is whole.
    `since` (UTC) is the time from which on the account matters."""
    if answer.first_ledger is not None:
        return missing_before(answer.first_ledger, since)
    return answer.missing_ledgers


def missing_before(begins: tuple[int, datetime], since: datetime) -> tuple[int, int] | None:
    """The ledgers between `since` and the first one that could be read, `begins`; None when nothing
    is missing."""
    first, closed = begins
    if closed <= since + _ROUNDED or first <= 1:
        return None
    return UNKNOWN_START, first - 1


@dataclass(slots=True)
class _Gap:
    """Ledgers `first` to `last`, to be read again at monotonic second `due`."""

    first: int
    last: int
    due: float


class LedgerGaps:
    """At most one range an account: what was not read begins at its first missing ledger."""

    def __init__(self, every: float) -> None:
        self._every = every
        self._open: dict[str, _Gap] = {}

    def __contains__(self, account: str) -> bool:
        return account in self._open

    def range_of(self, account: str) -> tuple[int, int] | None:
        """The first and last ledger that is missing; None where nothing is."""
        gap = self._open.get(account)
        return None if gap is None else (gap.first, gap.last)

    def add(self, account: str, missing: tuple[int, int], now: float) -> None:
        """A node did not have the ledgers `missing`, both included."""
        known = self._open.get(account)
        first, last = missing
        if known is not None:
            first, last = min(first, known.first), max(last, known.last)
        self._open[account] = _Gap(first, last, now + self._every)

    def next_due(self, account: str, now: float) -> int | None:
        """The ledger from which on `account` is to be read again now, if it is."""
        gap = self._open.get(account)
        if gap is None or now < gap.due:
            return None
        gap.due = now + self._every
        return gap.first

    def narrow(
        self, account: str, missing: tuple[int, int] | None, complete_to: int, now: float
    ) -> None:
        """The gap was read again, up to the ledger `complete_to`, but for the ledgers `missing`.
        A node that lags may end inside the gap: what lies behind is still missing."""
        gap = self._open.pop(account, None)
        if gap is None:
            return
        behind = (complete_to + 1, gap.last) if complete_to < gap.last else None
        left = [part for part in (missing, behind) if part is not None]
        if left:
            first, last = min(part[0] for part in left), max(part[1] for part in left)
            self._open[account] = _Gap(first, last, now + self._every)

    def sentence(self) -> str:
        """What is missing, what it means and what to do; "" when nothing is."""
        sentences = [
            Message(
                "Ledgers {first} to {last} were not read for {account}: no ledger node that is set"
                " up has them.",
                first=gap.first,
                last=gap.last,
                account=account,
            )
            if gap.first != UNKNOWN_START
            else Message(
                "Ledgers up to {last} were not read for {account}: no ledger node that is set up"
                " has them.",
                last=gap.last,
                account=account,
            )
            for account, gap in self._open.items()
        ]
        if not sentences:
            return ""
        meaning = Message(
            "Payments of that time which the platform did not report are not seen. Set up a node"
            " with a longer history."
        )
        return Sentences([*sentences, meaning])
