"""Ledgers that no node which is set up has read for us: kept until one was found that has them.

Knows ranges and when to ask for them again; must not know nodes or what a payment means.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class _Gap:
    """Ledgers `first` to `last`, to be asked for again at monotonic second `due`."""

    first: int
    last: int
    due: float


class Gaps:
    """At most one range an account: what was not read begins at its first missing ledger."""

    def __init__(self, every: float) -> None:
        self._every = every
        self._open: dict[str, _Gap] = {}

    def __contains__(self, account: str) -> bool:
        return account in self._open

    def found(self, account: str, missing: tuple[int, int], now: float) -> None:
        """A node did not have the ledgers `missing`, both included."""
        known = self._open.get(account)
        first, last = missing
        if known is not None:
            first, last = min(first, known.first), max(last, known.last)
        self._open[account] = _Gap(first, last, now + self._every)

    def due(self, account: str, now: float) -> int | None:
        """The ledger after which `account` is to be read again now, if it is."""
        gap = self._open.get(account)
        if gap is None or now < gap.due:
            return None
        gap.due = now + self._every
        return gap.first - 1

    def narrowed(self, account: str, missing: tuple[int, int] | None, now: float) -> None:
        """It was read again: what is still missing, if anything."""
        if missing is None:
            self._open.pop(account, None)
        else:
            self._open[account] = _Gap(*missing, now + self._every)

    def sentence(self) -> str:
        """What is missing, what it means and what to do; "" when nothing is."""
        said = [
            f"Ledgers {gap.first} to {gap.last} were not read for {account}: no ledger node that is"
            " set up has them."
            for account, gap in self._open.items()
        ]
        if not said:
            return ""
        return (
            f"{' '.join(said)} Payments of that time which the platform did not report are not"
            " seen. Set up a node with a longer history."
        )
