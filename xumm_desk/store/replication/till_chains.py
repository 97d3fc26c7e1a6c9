"""Check the chain of each till of a shop, as far as its facts are in this journal.

Only the hash at the end of a chain is kept here, and at facts that were erased: what was archived
leaves the rest without a proof of its own, although the journal's own chain still covers it
(`keeping/chain.py`).
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from xumm_desk.core.bidi import isolate
from xumm_desk.core.message import Message
from xumm_desk.core.replication.replicated_fact import ChainEnd, ReplicatedFact, link
from xumm_desk.store.keeping import chain

from . import erasure_orders

VERSION: Final = 12
"""The version of the schema since which facts have names."""

KEPT_VERSION: Final = 14
"""The version since which hashes of erased facts are kept."""

_FACTS: Final = """
    SELECT r.number, r.seq, l.hash, f.identifier, f.at, f.witness, f.kind, f.text
    FROM replicated r LEFT JOIN facts f USING (seq)
    LEFT JOIN erased_links l ON l.till = r.till AND l.number = r.number
    WHERE r.till = (SELECT place FROM tills WHERE till = ?) AND r.number <= ? ORDER BY r.number
"""

_FACTS_BEFORE: Final = """
    SELECT r.number, r.seq, NULL, f.identifier, f.at, f.witness, f.kind, f.text
    FROM replicated r LEFT JOIN facts f USING (seq)
    WHERE r.till = (SELECT place FROM tills WHERE till = ?) AND r.number <= ? ORDER BY r.number
"""
"""Of a journal in which no hash of an erased fact is kept."""

_TILL_NAMES: Final = """
    SELECT json_extract(text, '$.body.custom_meta.blob.sale.till')
    FROM replicated r JOIN facts USING (seq)
    WHERE r.till = (SELECT place FROM tills WHERE till = ?) AND kind = 'intent'
        AND CASE WHEN json_valid(text)
            THEN json_type(text, '$.body.custom_meta.blob.sale.till') = 'text' END
    ORDER BY r.number DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class TillChain:
    """The chain of one till: `known` is the end that the shop told, `end` how far it could be
    reckoned again from the facts that are here, and `excused` whether a record of this journal says
    why the next one is gone or changed."""

    till: str
    known: ChainEnd
    end: ChainEnd
    excused: bool = False

    @property
    def changed(self) -> bool:
        """Whether all facts are here and one of them is not what it was."""
        return self.end.number == self.known.number and self.end.hash != self.known.hash

    @property
    def missing(self) -> int | None:
        """The number of the first fact that is gone without a reason."""
        gone = self.end.number < self.known.number and not self.excused
        return self.end.number + 1 if gone else None


def chains(db: sqlite3.Connection) -> Iterator[TillChain]:
    """The chain of each till that this journal knows, the own one up to what the shop has."""
    is_excused = _excuses(db)
    for till, number, hashed in db.execute(
        "SELECT till, number, hash FROM tills ORDER BY place"
    ).fetchall():
        yield _chain(db, till, ChainEnd(number, hashed), is_excused)


def chain_of(db: sqlite3.Connection, till: str) -> TillChain:
    """The chain of one till."""
    row = db.execute("SELECT number, hash FROM tills WHERE till = ?", (till,)).fetchone()
    return _chain(db, till, ChainEnd(*row) if row else ChainEnd(), _excuses(db))


def problems(db: sqlite3.Connection) -> Iterator[str]:
    """A sentence for each till of which a fact was changed or is missing."""
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version < VERSION:
        return
    for one in chains(db):
        if one.missing is not None:
            yield Message(
                "Fact {number} of the till {till} is missing, and the journal does not say why.",
                number=one.missing,
                till=till_label(db, one.till),
            )
        elif one.changed:
            yield Message(
                "The facts of the till {till} up to number {number} are not those that the shop"
                " has: at least one of them was changed.",
                number=one.known.number,
                till=till_label(db, one.till),
            )


def till_name(db: sqlite3.Connection, till: str) -> str:
    """The name that the till wrote into its last sale, "" where it wrote none."""
    row = db.execute(_TILL_NAMES, (till,)).fetchone()
    return "" if row is None else str(row[0])


def till_label(db: sqlite3.Connection, till: str) -> str:
    """The till's id, with its name where that is known."""
    name = till_name(db, till)
    return f"{till} ({isolate(name)})" if name else till


def _chain(
    db: sqlite3.Connection, till: str, known: ChainEnd, is_excused: Callable[[int], bool]
) -> TillChain:
    end = ChainEnd()
    rows = db.execute(_FACTS if _is_kept(db) else _FACTS_BEFORE, (till, known.number))
    for number, seq, kept, *columns in rows:
        if number != end.number + 1:
            break
        if columns[0] is None or (kept is None and is_excused(seq)):
            return TillChain(till, known, end, is_excused(seq))
        identifier, at, source, kind, text = columns
        whole = (identifier, at, source, kind, text)
        if kept is not None and not is_excused(seq):
            # It came here when it was erased already: a till's order must say just this of it.
            order = erasure_orders.order_of(db, identifier)
            if order is None or not order.vouches(ReplicatedFact(till, number, *whole, kept)):
                return TillChain(till, known, ChainEnd(known.number))
        end = ChainEnd(number, kept or link(end.hash, number, whole))
    return TillChain(till, known, end)


def _is_kept(db: sqlite3.Connection) -> bool:
    (version,) = db.execute("PRAGMA user_version").fetchone()
    return int(version) >= KEPT_VERSION


def _excuses(db: sqlite3.Connection) -> Callable[[int], bool]:
    """Whether a record of the journal names the fact with this number of its own, as gone or as
    changed."""
    allowed = chain.exceptions(db)
    gaps = sorted((gap.first, gap.last) for gap in allowed.gaps.values())
    firsts = [first for first, _ in gaps]

    def is_excused(seq: int) -> bool:
        place = bisect_right(firsts, seq) - 1
        return seq in allowed.anchors or (place >= 0 and seq <= gaps[place][1])

    return is_excused
