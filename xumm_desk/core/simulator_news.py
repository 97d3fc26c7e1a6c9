"""What simulated customers do by themselves, and what they did since the last look."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SimulatorNews:
    """`choice` is the key of what they do; `acts` are the newest ones in words, oldest first, and
    `last` is the number of the last."""

    choice: str
    last: int
    acts: tuple[str, ...] = ()
