"""What simulated customers do by themselves, and what they did since the last look."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SimulatorNews:
    """`choice` is the key of what the customers do; `acts` are their newest acts as text, oldest
    first, and `last` is the number of the newest."""

    choice: str
    last: int
    acts: tuple[str, ...] = ()
