"""Reads requests back: each with its facts, in the order in which they came.

Knows the one statement for it; must not know threads, or what the facts add up to.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime

from xumm_desk.core import facts, snapshot
from xumm_desk.core.facts import Fact


def load(
    db: sqlite3.Connection, where: str, values: tuple[object, ...]
) -> list[tuple[str, Sequence[Fact]]]:
    """The requests of the rows that `where` (a clause of ours) names, oldest row first."""
    rows = db.execute(
        "SELECT identifier, at, witness, kind, text FROM facts "  # noqa: S608 - `where` is ours
        f"{where} ORDER BY seq",
        values,
    )
    found: dict[str, list[Fact]] = {}
    uuids: dict[str, str] = {}
    for identifier, at, witness, kind, text in rows:
        fact = facts.revive(_when(at), witness, kind, text, uuids.get(identifier))
        if fact is None:
            continue
        if isinstance(fact.event, snapshot.Created):
            uuids[identifier] = fact.event.uuid
        found.setdefault(identifier, []).append(fact)
    return list(found.items())


def _when(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
