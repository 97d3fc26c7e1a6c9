"""Store until when each destination tag is quarantined, and hand out free tags by index.

`requests.tag_rests_until` holds the end of the quarantine for each request, `tag_rests` the latest
of them for each tag; both are written together with the status that they follow from. So a free
tag costs the same few look-ups behind a thousand and behind a million requests. All functions run
on the writer's connection.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from xumm_desk.core.request import destination_tags
from xumm_desk.core.request.destination_tags import TagRange
from xumm_desk.core.request.field_rules import MAX_TAG

from . import tag_blocks

WHILE_OPEN: Final = 2**62
"""End of a quarantine that has none yet: the request of the tag can still be paid."""

_UPDATE_TAGS: Final = (
    "INSERT INTO tag_rests (tag, rests_until) VALUES (?, ?)"
    " ON CONFLICT (tag) DO UPDATE SET rests_until = excluded.rests_until"
)


def tag_of(tag: int | None) -> int | None:
    """The tag as its column takes it; None for what is no tag of the ledger."""
    return tag if tag is not None and 0 <= tag <= MAX_TAG else None


def use(db: sqlite3.Connection, tag: int) -> None:
    """Note that a request which was just written uses `tag`."""
    db.execute(_UPDATE_TAGS, (tag, _latest_rest(db, tag)))


def update(db: sqlite3.Connection, identifiers: Sequence[str]) -> None:
    """Update the quarantines that follow from the status columns of these requests."""
    marks = ", ".join("?" * len(identifiers))
    rows = db.execute(
        "SELECT identifier, tag, status, finished,"  # noqa: S608 - placeholders only
        " (SELECT f.at FROM facts f WHERE f.identifier = r.identifier ORDER BY f.seq DESC LIMIT 1)"
        f" FROM requests r WHERE identifier IN ({marks}) AND tag IS NOT NULL",
        list(identifiers),
    ).fetchall()
    if not rows:
        return
    db.executemany(
        "UPDATE requests SET tag_rests_until = ? WHERE identifier = ?",
        [
            (
                _seconds(destination_tags.quarantined_until(status, bool(finished), _time(at))),
                identifier,
            )
            for identifier, _, status, finished, at in rows
        ],
    )
    db.executemany(_UPDATE_TAGS, [(tag, _latest_rest(db, tag)) for tag in {row[1] for row in rows}])


def reserve(db: sqlite3.Connection, within: TagRange, now: datetime) -> int | None:
    """Reserve a free tag, durable when this returns; None if every tag in the range is quarantined,
    or none of the shop's is leased to this till."""
    db.execute("BEGIN IMMEDIATE")
    try:
        seconds = int(now.timestamp())
        found = (_choose(db, part, seconds) for part in tag_blocks.usable(db, within))
        chosen = next((tag for tag in found if tag is not None), None)
        if chosen is not None:
            db.execute(
                "INSERT INTO tags (tag, at) VALUES (?, ?)"
                " ON CONFLICT (tag) DO UPDATE SET at = excluded.at",
                (chosen, now.astimezone(UTC).isoformat()),
            )
            db.execute(_UPDATE_TAGS, (chosen, _latest_rest(db, chosen)))
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")
    return chosen


def _choose(db: sqlite3.Connection, within: TagRange, now: int) -> int | None:
    """The tag after the one that was handed out last; else the one that is free for longest; else
    one that was never used."""
    span = (within.first, within.last)
    newest = db.execute(
        "SELECT tag FROM tags INDEXED BY tags_at WHERE tag BETWEEN ? AND ?"
        " ORDER BY at DESC, tag DESC LIMIT 1",
        span,
    ).fetchone()
    following = within.first if newest is None or newest[0] >= within.last else newest[0] + 1
    rest = db.execute("SELECT rests_until FROM tag_rests WHERE tag = ?", (following,)).fetchone()
    if rest is None or rest[0] <= now:
        return int(following)
    free = db.execute(
        "SELECT tag FROM tag_rests INDEXED BY tag_rests_until WHERE rests_until <= ?"
        " AND tag BETWEEN ? AND ? ORDER BY rests_until, tag LIMIT 1",
        (now, *span),
    ).fetchone()
    if free is not None:
        return int(free[0])
    return _never_used(db, within)


def _never_used(db: sqlite3.Connection, within: TagRange) -> int | None:
    """The lowest tag of the range that was never used. It looks at each quarantined tag, and is
    asked only if all used ones are."""
    first = db.execute("SELECT 1 FROM tag_rests WHERE tag = ?", (within.first,)).fetchone()
    if first is None:
        return within.first
    gap = db.execute(
        "SELECT tag + 1 FROM tag_rests t WHERE tag >= ? AND tag < ? AND NOT EXISTS"
        " (SELECT 1 FROM tag_rests n WHERE n.tag = t.tag + 1) ORDER BY tag LIMIT 1",
        (within.first, within.last),
    ).fetchone()
    return int(gap[0]) if gap else None


def _latest_rest(db: sqlite3.Connection, tag: int) -> int:
    """Until when the tag is quarantined, by all requests that used it and by its last
    reservation."""
    (until,) = db.execute(
        "SELECT max(tag_rests_until) FROM requests WHERE tag = ?", (tag,)
    ).fetchone()
    handed = db.execute("SELECT at FROM tags WHERE tag = ?", (tag,)).fetchone()
    reserved = _seconds(_time(handed[0]) + destination_tags.RESERVED_QUARANTINE) if handed else 0
    return max(until or 0, reserved)


def _seconds(moment: datetime | None) -> int:
    return WHILE_OPEN if moment is None else int(moment.timestamp())


def _time(text: str | None) -> datetime:
    try:
        return datetime.fromisoformat(text or "")
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
