"""The table of what persons did at the desk; on the writer's connection."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from xumm_desk.core.audit import AuditEntry

from . import queries
from .ledger_tables import encodable


def add(db: sqlite3.Connection, kind: str, who: str, detail: str, at: datetime) -> None:
    """Write one entry."""
    db.execute(
        "INSERT INTO audit (at, kind, who, detail) VALUES (?, ?, ?, ?)",
        (at.isoformat(), kind, encodable(who), encodable(detail)),
    )


def newest(db: sqlite3.Connection, limit: int) -> list[AuditEntry]:
    """The last `limit` entries, newest first."""
    rows = db.execute(
        "SELECT kind, who, detail, at FROM audit ORDER BY seq DESC LIMIT ?", (limit,)
    ).fetchall()
    return [AuditEntry(kind, who, detail, queries.when(at)) for kind, who, detail, at in rows]
