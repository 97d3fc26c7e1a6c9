"""Remember how ledger nodes last answered, whoever asked them."""

from __future__ import annotations

from xumm_desk.engine.runtime.ports import Clock


class LedgerHealth:
    """`on_answer` is called with how each question to the nodes ended."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.answered_at: float | None = None
        """When a node last answered, or told of a new ledger, in monotonic seconds."""
        self.error = ""
        """Why no node answers; "" while one does, and before the first question."""
        self.index: int | None = None
        """The newest validated ledger up to which an account was read."""

    def on_answer(self, error: str = "", index: int | None = None) -> None:
        """A node answered, or none did because of `error`."""
        self.error = error
        if error:
            return
        self.answered_at = self._clock.monotonic()
        if index is not None:
            self.index = max(self.index or 0, index)
