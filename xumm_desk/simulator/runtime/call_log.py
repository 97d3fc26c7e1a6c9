"""Which calls came in, and how many."""

from __future__ import annotations

from collections import Counter


class CallLog(Counter[str]):
    """Counts of ``"METHOD /path"`` (sockets ``"WS /sign/…"``, ledger ``"LEDGER tx"``)."""

    def add(self, method: str, path: str) -> None:
        """Count one call; a trailing slash makes no difference."""
        self[f"{method} {path.rstrip('/') or '/'}"] += 1

    def count(self, method: str, containing: str = "") -> int:
        """How many calls of a method had this text in their path."""
        return sum(
            n for call, n in self.items() if call.split(" ", 1)[0] == method and containing in call
        )
