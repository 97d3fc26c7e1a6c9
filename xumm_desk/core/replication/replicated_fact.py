"""Name each fact by its till and a number without gaps, and link the facts of a till by hashes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Final

CHAIN_START: Final = bytes(32)
"""The hash before a till's first fact."""


@dataclass(frozen=True, slots=True)
class ReplicatedFact:
    """One fact as it travels, of any kind, one of a later program too.

    `till` is the id of the till that wrote it, `number` counts that till's facts from 1 without
    gaps, `hash` (32 bytes) covers this fact and all before it. `at`, `source`, `kind` and `text`
    are as in the journal. Of one that was `erased` the text was replaced, and the hash is still of
    the one before.
    """

    till: str
    number: int
    identifier: str
    at: str
    source: str
    kind: str
    text: str
    hash: bytes
    erased: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class ChainEnd:
    """How far the facts of a till are known: the number of the last one and its hash; 0 and
    `CHAIN_START` where there is none."""

    number: int = 0
    hash: bytes = CHAIN_START


class ChainFault(Enum):
    """What is wrong with facts that are to follow the end of a chain."""

    GAP = "gap"
    """Facts before them are missing; they come again."""
    FORK = "fork"
    """Another fact has the same name: two journals write under the id of one till."""
    CHANGED = "changed"
    """The hash does not fit what the fact says: it was changed on its way."""
    UNVOUCHED = "unvouched"
    """The shop says that it was erased, and no till's order for that is known yet."""


def link(before: bytes, number: int, columns: tuple[str, str, str, str, str]) -> bytes:
    """The hash of the fact `number` whose identifier, time, source, kind and text are `columns`,
    after the one with the hash `before`."""
    parts = [before, number.to_bytes(8, "big")]
    for column in columns:
        raw = column.encode("utf-8", "surrogatepass")
        parts += (len(raw).to_bytes(8, "big"), raw)
    return hashlib.sha256(b"".join(parts)).digest()


def columns_of(fact: ReplicatedFact) -> tuple[str, str, str, str, str]:
    """What its hash covers, besides its number and the fact before it."""
    return fact.identifier, fact.at, fact.source, fact.kind, fact.text


def _never(_fact: ReplicatedFact) -> bool:
    return False


def follow(
    end: ChainEnd,
    facts: Iterable[ReplicatedFact],
    vouched: Callable[[ReplicatedFact], bool] = _never,
) -> tuple[list[ReplicatedFact], ChainEnd, ChainFault | None]:
    """Those of a till's `facts`, in order of their numbers, that are new after `end`; the end after
    them; and why none of the rest can be taken.

    Facts up to the end are known and left out, whatever repeats them; of these only the last can
    show a fork. One whose text does not fit its hash is taken as erased if it is `vouched` for.
    """
    fresh: list[ReplicatedFact] = []
    for fact in facts:
        if fact.number <= end.number:
            if fact.number == end.number and fact.hash != end.hash:
                return fresh, end, ChainFault.FORK
            continue
        if fact.number > end.number + 1:
            return fresh, end, ChainFault.GAP
        fits = link(end.hash, fact.number, columns_of(fact)) == fact.hash
        if not fits and not vouched(fact):
            return fresh, end, ChainFault.CHANGED
        fresh.append(fact if fits else replace(fact, erased=True))
        end = ChainEnd(fact.number, fact.hash)
    return fresh, end, None


def chained(
    till: str, end: ChainEnd, rows: Iterable[tuple[str, str, str, str, str]]
) -> list[ReplicatedFact]:
    """The facts of a till after `end`, made of the journal's columns in order."""
    made = []
    for columns in rows:
        number = end.number + 1
        end = ChainEnd(number, link(end.hash, number, columns))
        made.append(ReplicatedFact(till, number, *columns, end.hash))
    return made
