"""Where the window works: network, platform, practice or not."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Environment:
    """What the window shows about where it works: network key, platform host, practice or not, and
    whether a ledger node is set up."""

    network: str
    host: str
    practice: bool
    ledger: bool
