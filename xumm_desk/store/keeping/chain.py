"""Say within the chain of hashes what is missing from it, so that it stays whole without it.

Each fact carries the hash of the fact before it and of its own columns. Three things take facts out
of the chain, or change them: archiving, erasing, and damage. Each leaves a row in `chain_records`,
which is a link of the chain like a fact, with a number of the same count. It names

* gaps (`chain_gaps`): facts from one number to another that are gone, and the hash of the last of
  them, from which the chain goes on; no hash where that is lost too;
* anchors (`chain_anchors`): facts that no longer fit their hash, with a digest of them as they are.

The record's text holds a digest over all its gaps and one over all its anchors. So nobody can take
out a fact and add a gap for it: the gap belongs to no record, or the record's digests are wrong, or
the record no longer fits the chain. What signs a record is the chain itself, as it does each fact:
a key would lie in the keyring of the same account that can write the file, and whoever may do that
can make the whole chain anew. Against that only a hash helps that is kept elsewhere; each archive
file holds the hashes before and after every gap for this, and `journal --check` shows the last.

All functions run on any connection to a journal of version 11 or later, or on an older one, where
there is nothing to say.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.core.wire import json_fields
from xumm_desk.core.wire.json_fields import JsonObject
from xumm_desk.store import group_commit
from xumm_desk.store.group_commit import CHAIN_START, hash_link

VERSION: Final = 11
"""The version of the schema since which facts can be missing."""

Columns = tuple[str, str, str, str, str]
"""Identifier, time, source, kind and text of a fact."""

ROWS: Final = (
    "SELECT seq, identifier, at, witness, kind, text, hash FROM facts UNION ALL"
    " SELECT seq, '', at, who, kind, text, hash FROM chain_records ORDER BY seq"
)
_BREATH: Final = 256
"""Rows between two pauses: some two milliseconds of work."""

_FACTS: Final = "SELECT seq, identifier, at, witness, kind, text, hash FROM facts ORDER BY seq"


@dataclass(frozen=True, slots=True)
class Gap:
    """Facts `first` to `last` are gone; `hash` is that of the last one, None where it is lost."""

    first: int
    last: int
    hash: bytes | None


@dataclass(frozen=True, slots=True)
class Anchor:
    """The fact `seq` does not fit its hash; `digest` is of it as it is."""

    seq: int
    digest: bytes


@dataclass(slots=True)
class Exceptions:
    """What a journal says of the facts that are missing or changed."""

    gaps: dict[int, Gap] = field(default_factory=dict)
    """By the number of the first."""
    anchors: dict[int, bytes] = field(default_factory=dict)
    """The digest of each as it is by now."""
    wrong: tuple[int, ...] = ()
    """The numbers of records that do not fit what stands beside them."""


def is_kept(db: sqlite3.Connection) -> bool:
    """Whether this journal can say what is missing."""
    (version,) = db.execute("PRAGMA user_version").fetchone()
    return int(version) >= VERSION


def anchor_digest(kept: bytes, columns: Sequence[str]) -> bytes:
    """A digest of a fact as it is, together with the hash that it carries."""
    return hash_link(kept, tuple(columns))


def add_record(
    db: sqlite3.Connection,
    *,
    kind: str,
    who: str,
    at: datetime,
    gaps: Sequence[Gap] = (),
    anchors: Sequence[Anchor] = (),
    replaces: Sequence[int] = (),
    details: JsonObject,
) -> int:
    """Append a record with its gaps and anchors to the chain, within the caller's transaction;
    returns its number. It takes over what is left of the records that it `replaces`, which lost
    some of theirs."""
    before, last = group_commit.chain_end(db)
    seq = last + 1
    db.executemany(
        "INSERT INTO chain_gaps (first_seq, last_seq, hash, record) VALUES (?, ?, ?, ?)",
        [(gap.first, gap.last, gap.hash, seq) for gap in gaps],
    )
    db.executemany(
        "INSERT INTO chain_anchors (seq, record, digest) VALUES (?, ?, ?)",
        [(anchor.seq, seq, anchor.digest) for anchor in anchors],
    )
    for old in replaces:
        db.execute("UPDATE chain_gaps SET record = ? WHERE record = ?", (seq, old))
        db.execute("UPDATE OR IGNORE chain_anchors SET record = ? WHERE record = ?", (seq, old))
    text = json_fields.compact_json(
        {
            **details,
            **({"replaces": list(replaces)} if replaces else {}),
            "gaps": _gap_digest(db, seq),
            "anchors": _anchor_digest(db, seq),
        }
    )
    stamp = at.isoformat()
    link = hash_link(before, ("", stamp, who, kind, text))
    db.execute(
        "INSERT INTO chain_records (seq, at, who, kind, text, hash) VALUES (?, ?, ?, ?, ?, ?)",
        (seq, stamp, who, kind, text, link),
    )
    db.execute("INSERT OR REPLACE INTO chain_end (one, seq, hash) VALUES (1, ?, ?)", (seq, link))
    return seq


def exceptions(db: sqlite3.Connection) -> Exceptions:
    """Everything that records of this journal excuse; what belongs to no right record is left
    out."""
    found = Exceptions()
    if not is_kept(db):
        return found
    wrong: list[int] = []
    replaced: set[object] = set()
    for seq, text in db.execute("SELECT seq, text FROM chain_records ORDER BY seq").fetchall():
        value = json_fields.parse_object(text)
        named: Mapping[str, object] = value if isinstance(value, dict) else {}
        if named.get("gaps") != _gap_digest(db, seq) or named.get("anchors") != _anchor_digest(
            db, seq
        ):
            wrong.append(seq)
            continue
        for first, last, kept in _gaps_of(db, seq):
            found.gaps[first] = Gap(first, last, kept)
        for number, digest in _anchors_of(db, seq):
            found.anchors[number] = digest
        listed = named.get("replaces")
        replaced |= set(listed) if isinstance(listed, list) else set()
    found.wrong = tuple(seq for seq in wrong if seq not in replaced)
    return found


def lost_records(db: sqlite3.Connection) -> tuple[int, ...]:
    """The numbers of records that are gone while gaps or anchors of theirs are there."""
    rows = db.execute(
        "SELECT record FROM chain_gaps UNION SELECT record FROM chain_anchors"
        " EXCEPT SELECT seq FROM chain_records ORDER BY 1"
    )
    return tuple(record for (record,) in rows)


def broken(db: sqlite3.Connection, breathe: Callable[[], object] = lambda: None) -> str:
    """A sentence about the first broken link; "" for a chain that is whole up to its end. `breathe`
    is called now and then."""
    allowed = exceptions(db)
    if allowed.wrong:
        return Message(
            "What row {row} of the journal says of missing rows was changed.", row=allowed.wrong[0]
        )
    sentence, last, before = _walk(db, allowed, breathe)
    return sentence or next(_end(db, last, before), "")


def last_hash(db: sqlite3.Connection) -> tuple[int, str]:
    """The number of the last link and its hash: whoever notes it elsewhere can tell later that
    nothing before it was made anew."""
    kept, seq = group_commit.chain_end(db)
    return seq, kept.hex()


def _walk(
    db: sqlite3.Connection, allowed: Exceptions, breathe: Callable[[], object]
) -> tuple[str, int, bytes]:
    before: bytes | None = CHAIN_START
    last = 0
    rows = db.execute(ROWS if is_kept(db) else _FACTS)
    for seq, identifier, at, witness, kind, text, kept in rows:
        while seq > last + 1 and (gap := allowed.gaps.get(last + 1)) is not None:
            before, last = gap.hash, gap.last
        if seq != last + 1:
            return Message("Row {row} of the journal is missing.", row=last + 1), last, b""
        columns = (identifier, at, witness, kind, text)
        if before is None or hash_link(before, columns) != kept:
            digest = allowed.anchors.get(seq)
            if digest is None or anchor_digest(kept, columns) != digest:
                changed = Message(
                    "Row {seq} of the journal ({identifier}, {at}) was changed.",
                    seq=seq,
                    identifier=identifier,
                    at=at,
                )
                return changed, last, b""
        before, last = kept, seq
        if seq % _BREATH == 0:
            breathe()
    return "", last, before or b""


def _end(db: sqlite3.Connection, last: int, before: bytes) -> Iterator[str]:
    """What the journal itself records of its last row."""
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version < END_VERSION:
        return
    recorded = db.execute("SELECT seq, hash FROM chain_end").fetchone()
    seq, kept = recorded if recorded else (0, CHAIN_START)
    if seq > last:
        yield Message(
            "Row {row} of the journal is missing, and all after it up to row {seq}.",
            row=last + 1,
            seq=seq,
        )
    elif seq < last:
        yield Message(
            "Row {row} of the journal, or what it says of its end, is not of this program.",
            row=seq + 1,
        )
    elif kept != before:
        yield Message(
            "Row {last} of the journal was changed, or what it says of its end.", last=last
        )


END_VERSION: Final = 4
"""The version since which a journal records the end of its chain, and what its tables rejected."""


def _gaps_of(db: sqlite3.Connection, record: int) -> list[tuple[int, int, bytes | None]]:
    return db.execute(
        "SELECT first_seq, last_seq, hash FROM chain_gaps WHERE record = ? ORDER BY first_seq",
        (record,),
    ).fetchall()


def _anchors_of(db: sqlite3.Connection, record: int) -> list[tuple[int, bytes]]:
    return db.execute(
        "SELECT seq, digest FROM chain_anchors WHERE record = ? ORDER BY seq", (record,)
    ).fetchall()


def _gap_digest(db: sqlite3.Connection, record: int) -> str:
    made = hashlib.sha256()
    for first, last, kept in _gaps_of(db, record):
        made.update(first.to_bytes(8, "big") + last.to_bytes(8, "big") + (kept or b""))
    return made.hexdigest()


def _anchor_digest(db: sqlite3.Connection, record: int) -> str:
    made = hashlib.sha256()
    for seq, digest in _anchors_of(db, record):
        made.update(seq.to_bytes(8, "big") + digest)
    return made.hexdigest()
