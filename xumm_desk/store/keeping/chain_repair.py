"""Find what a rebuilt chain of hashes must still say of itself, so that it is whole again.

A journal that was archived from, erased from or salvaged before has gaps and anchors already, and
damage takes these as it takes facts. So what is missing is not counted up while reading: the rows
that are there are walked once more, and whatever nothing explains becomes a gap or an anchor.
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from xumm_desk.store.group_commit import CHAIN_START, hash_link

from . import chain
from .chain import Anchor, Gap

_ENDS: Final = (
    "SELECT last_seq FROM chain_gaps UNION SELECT record FROM chain_gaps"
    " UNION SELECT record FROM chain_anchors UNION SELECT record FROM archived_txids"
    " UNION SELECT to_seq FROM shifts"
)


@dataclass(slots=True)
class Needed:
    """What the next record must name, and where the chain ends before it."""

    gaps: list[Gap] = field(default_factory=list)
    anchors: list[Anchor] = field(default_factory=list)
    last: int = 0
    hash: bytes = CHAIN_START


def known_end(db: sqlite3.Connection, after: int, most: int) -> int:
    """The greatest number that was taken, as far as the tables beside the chain tell, no more than
    `most` behind `after`. A number never comes again: it could lie in a shift that is closed."""
    (end,) = db.execute(
        f"SELECT coalesce(max(last_seq), 0) FROM ({_ENDS}) WHERE last_seq < ?",  # noqa: S608 - ours
        (after + most,),
    ).fetchone()
    return max(after, int(end))


def believed_gaps(db: sqlite3.Connection) -> Iterator[Gap]:
    """The gaps that sources name, in order, without those that no record vouches for and of which
    the file that was in use has rows. Records and facts are still in the stage."""
    vouching = {
        seq
        for seq, text in db.execute("SELECT seq, text FROM stage.fact WHERE identifier = ''")
        if chain.vouches(db, seq, text)
    }
    rows = db.execute("SELECT first_seq, last_seq, hash, record FROM chain_gaps ORDER BY 1")
    for first, last, kept, record in rows.fetchall():
        if not 0 < first <= last:
            continue
        if (
            record not in vouching
            and db.execute(
                "SELECT 1 FROM stage.fact WHERE seq BETWEEN ? AND ? AND rank = 0 LIMIT 1",
                (first, last),
            ).fetchone()
        ):
            continue
        yield Gap(first, last, kept)


def unvouched(db: sqlite3.Connection) -> tuple[int, ...]:
    """The numbers of records that are gone while gaps or anchors of theirs are there, or that do
    not name just these."""
    texts = dict(db.execute("SELECT seq, text FROM chain_records").fetchall())
    named = db.execute("SELECT record FROM chain_gaps UNION SELECT record FROM chain_anchors")
    found = {
        record
        for (record,) in named.fetchall()
        if record not in texts or not chain.vouches(db, record, texts[record])
    }
    return tuple(sorted(found | set(chain.exceptions(db).wrong)))


def complete(db: sqlite3.Connection, proposed: Sequence[Gap], end: int) -> Needed:
    """What nothing in the journal explains up to the number `end`; a gap is as in `proposed` where
    it fits. Rows of `chain_gaps` that are not true are removed."""
    gaps = _Gaps(db, proposed)
    digests: dict[int, bytes] = dict(
        db.execute("SELECT seq, digest FROM chain_anchors ORDER BY seq, record").fetchall()
    )
    needed = Needed()
    before: bytes | None = CHAIN_START
    last = 0
    for seq, *parts, kept in db.execute(chain.ROWS):
        if seq > last + 1:
            before = gaps.bridge(last, seq)
        if before is None or hash_link(before, tuple(parts)) != kept:
            digest = chain.anchor_digest(kept, parts)
            if digests.get(seq) != digest:
                needed.anchors.append(Anchor(seq, digest))
        before, last = kept, seq
    if end > last:
        before, last = gaps.bridge(last, end + 1), end
        if before is None:
            before = gaps.begin_anew()
    gaps.remove_untrue()
    needed.gaps, needed.last, needed.hash = gaps.new, last, before or CHAIN_START
    return needed


class _Gaps:
    """The gaps that are known, those that are proposed, and the new ones that are needed."""

    def __init__(self, db: sqlite3.Connection, proposed: Sequence[Gap]) -> None:
        self._db = db
        self._known = {
            first: Gap(first, last, kept)
            for first, last, kept in db.execute("SELECT first_seq, last_seq, hash FROM chain_gaps")
        }
        self._proposed = {gap.first: gap for gap in proposed}
        self._firsts = sorted({*self._known, *self._proposed})
        self._true: set[int] = set()
        self.new: list[Gap] = []

    def bridge(self, last: int, following: int) -> bytes | None:
        """Explain all numbers between these two; returns the hash of the last of them."""
        kept: bytes | None = None
        while last + 1 < following:
            gap = self._known.get(last + 1)
            if gap is not None and gap.first <= gap.last < following:
                self._true.add(gap.first)
            else:
                gap = self._new(last + 1, following)
                self.new.append(gap)
            kept, last = gap.hash, gap.last
        return kept

    def begin_anew(self) -> bytes:
        """Let the chain go on from its first hash, as that of the last gap, which ends it, is
        lost."""
        if self.new and (not self._true or self.new[-1].first > max(self._true)):
            gap = self.new.pop()
        else:
            gap = self._known[max(self._true)]
            self._true.remove(gap.first)
        self.new.append(Gap(gap.first, gap.last, CHAIN_START))
        return CHAIN_START

    def remove_untrue(self) -> None:
        self._db.executemany(
            "DELETE FROM chain_gaps WHERE first_seq = ?",
            [(first,) for first in self._known if first not in self._true],
        )

    def _new(self, first: int, following: int) -> Gap:
        gap = self._proposed.get(first)
        if gap is not None and gap.last < following:
            return gap
        place = bisect_right(self._firsts, first)
        upto = self._firsts[place] if place < len(self._firsts) else following
        return Gap(first, min(upto, following) - 1, None)
