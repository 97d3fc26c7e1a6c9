"""The rows of a shop's database: facts and tills, as queries give and take them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, LiteralString

from xumm_desk.core.message import Message
from xumm_desk.core.replication.replicated_fact import ReplicatedFact, columns_of
from xumm_desk.core.replication.shop_error import ForkedTill, ShopDatabaseError
from xumm_desk.core.replication.shop_state import TillRole, TillState

# By primary key from each till's position on, tills that are little behind first, so that the
# history of one which just joined keeps nobody's new facts waiting.
READ: Final = """
    SELECT f.till::text, f.number, f.identifier, f.at, f.source, f.kind, f.text, f.hash
    FROM (
        SELECT a.till, a.number FROM unnest(%b::text[]::uuid[], %b::bigint[]) AS a (till, number)
        JOIN xumm_desk.chain_ends e ON e.till = a.till AND e.number > a.number
        ORDER BY e.number - a.number, a.till
    ) AS behind
    CROSS JOIN LATERAL (
        SELECT * FROM xumm_desk.facts
        WHERE till = behind.till AND number > behind.number ORDER BY number LIMIT %b
    ) AS f
    LIMIT %b
"""

TILLS: Final = """
    SELECT t.till::text, t.name, t.role, coalesce(e.number, 0),
        extract(epoch FROM clock_timestamp() - s.seen_at)::float8, coalesce(s.facts_behind, 0),
        coalesce(s.version, ''), t.joined_at IS NOT NULL, t.left_at IS NOT NULL
    FROM xumm_desk.tills t
    LEFT JOIN xumm_desk.chain_ends e USING (till)
    LEFT JOIN xumm_desk.till_states s USING (till)
    WHERE t.role IN ('till', 'monitor')
    ORDER BY t.name, t.till
"""

LEASES: Final = """
    SELECT name, holder::text, instance, extract(epoch FROM until - clock_timestamp())::float8
    FROM xumm_desk.leases WHERE until > clock_timestamp() ORDER BY name
"""

SHIP: Final = (
    "CALL xumm_desk.ship(%b::text::uuid, %b::bigint, %b::bytea[], %b::bytea[], %b::bytea[],"
    " %b::bytea[], %b::bytea[], %b::bytea[])"
)


SHIP_ERASED: Final = SHIP.removesuffix(")") + ", %b::boolean[])"
"""With which of them were erased; since schema 3."""

_FACT: Final = "till::text, number, identifier, at, source, kind, text, hash"
ORDERS_OF: Final = (
    f"SELECT {_FACT} FROM xumm_desk.facts"  # noqa: S608 - our names
    " WHERE kind = 'erasure'::bytea AND identifier = ANY (%b::bytea[]) ORDER BY till, number"
)
ORDERS: Final = (
    f"SELECT {_FACT} FROM xumm_desk.facts WHERE kind = 'erasure'::bytea ORDER BY till, number"  # noqa: S608
)
ORDERS_AFTER: Final = (
    f"SELECT {_FACT} FROM xumm_desk.facts f WHERE kind = 'erasure'::bytea AND number > coalesce(("  # noqa: S608
    "SELECT a.number FROM unnest(%b::text[]::uuid[], %b::bigint[]) AS a (till, number)"
    " WHERE a.till = f.till), 0) ORDER BY till, number"
)
HASHES_OF: Final = """
    SELECT f.till::text, f.number, f.hash
    FROM unnest(%b::text[]::uuid[], %b::bigint[]) AS a (till, number)
    JOIN xumm_desk.facts f ON f.till = a.till AND f.number = a.number
"""
# In a database of before nothing is marked.
IS_ERASED: Final = """
    SELECT coalesce((to_jsonb(f) ->> 'erased')::boolean, false) FROM xumm_desk.facts f
    WHERE till = %b::text::uuid AND number = %b
"""
# The hash stays: what follows in the till's chain is linked to it.
ERASE: Final = """
    UPDATE xumm_desk.facts f SET text = s.text, erased = true
    FROM unnest(%b::text[]::uuid[], %b::bigint[], %b::bytea[]) AS s (till, number, text)
    WHERE f.till = s.till AND f.number = s.number AND f.text <> s.text
"""


def ship_values(batch: Sequence[ReplicatedFact]) -> tuple[Any, ...]:
    """Facts of one till with consecutive numbers, as `SHIP` takes them."""
    columns = zip(*(map(raw, columns_of(fact)) for fact in batch), strict=True)
    return (batch[0].till, batch[0].number, *map(list, columns), [fact.hash for fact in batch])


def ship_call(batch: Sequence[ReplicatedFact]) -> tuple[LiteralString, tuple[Any, ...]]:
    """What adds these facts, of one till with consecutive numbers; a database of before knows no
    erased ones, and is asked in its own words where there are none."""
    values = ship_values(batch)
    if not any(fact.erased for fact in batch):
        return SHIP, values
    return SHIP_ERASED, (*values, [fact.erased for fact in batch])


def fact_of(row: tuple[Any, ...]) -> ReplicatedFact:
    """A row of `READ`."""
    till, number, identifier, at, source, kind, text, hash = row
    texts = (_text(identifier), _text(at), _text(source), _text(kind), _text(text))
    return ReplicatedFact(till, number, *texts, hash)


def till_of(row: tuple[Any, ...]) -> TillState:
    """A row of `TILLS`."""
    till, name, role, number, seen, behind, version, joined, left = row
    return TillState(till, name, TillRole(role), number, seen, behind, version, joined, left)


def consecutive(facts: Sequence[ReplicatedFact]) -> list[ReplicatedFact]:
    """The facts in order, each once."""
    by_number: dict[int, ReplicatedFact] = {}
    for fact in facts:
        known = by_number.setdefault(fact.number, fact)
        if known.hash != fact.hash or known.till != fact.till:
            raise ForkedTill(
                Message("Two different facts have the number {number}.", number=fact.number)
            )
    batch = [by_number[number] for number in sorted(by_number)]
    if batch and (
        batch[-1].number - batch[0].number + 1 != len(batch)
        or any(fact.till != batch[0].till for fact in batch)
    ):
        raise ShopDatabaseError(
            Message(
                "Facts between number {first} and {last} are missing. Nothing was sent; every sale"
                " is kept on its till.",
                first=batch[0].number,
                last=batch[-1].number,
            )
        )
    return batch


def raw(text: str) -> bytes:
    """A text as the database has it; NUL and lone surrogates, which PostgreSQL refuses in a text,
    keep their bytes."""
    return text.encode("utf-8", "surrogatepass")


def _text(raw: bytes) -> str:
    """The text of `raw`. What another program wrote and is no text shows by its hash."""
    try:
        return raw.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return raw.decode("utf-8", "replace")
