"""Name the facts of this journal for the shop, and take in those of other tills.

All functions run on the writer's connection; those that write, in one transaction of their own.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from xumm_desk.core.replication.replicated_fact import (
    CHAIN_START,
    ChainEnd,
    ChainFault,
    ReplicatedFact,
    columns_of,
    follow,
    link,
)
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.sale.numbering import count_key
from xumm_desk.core.sale.sale import sale_of
from xumm_desk.core.state import facts
from xumm_desk.core.state.account_facts import SUBJECT
from xumm_desk.core.state.facts import Fact, FactKind
from xumm_desk.core.wire.api_answers import CreateAnswer, Snapshot
from xumm_desk.store import destination_tags, queries, sale_numbers, tag_blocks
from xumm_desk.store.group_commit import (
    HINTS,
    add_links,
    chain_end,
    hash_link,
    update_request_columns,
)
from xumm_desk.store.history import indexing
from xumm_desk.store.ledger_tables import fits_integer

from . import account_facts, judging, remote_requests
from .transactions import repeatable_transaction, transaction

_FACT_COLUMNS: Final = "f.identifier, f.at, f.witness, f.kind, f.text"
_PLACE: Final = "(SELECT place FROM tills WHERE till = ?)"
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of facts of other tills: the requests that changed, each once, and the tills of
    which something could not be taken."""

    identifiers: tuple[str, ...]
    faults: Mapping[str, ChainFault]


@dataclass(frozen=True, slots=True)
class _NewRequests:
    """All facts of the requests that were not here before, their uuids, and of which of them the
    intent has come."""

    facts: dict[str, list[Fact]] = field(default_factory=dict)
    uuids: dict[str, str] = field(default_factory=dict)
    intended: set[str] = field(default_factory=set)


def own_till(db: sqlite3.Connection) -> str | None:
    """The id under which this journal's facts have names; None where it never joined a shop."""
    row = db.execute("SELECT till FROM tills WHERE own = 1").fetchone()
    return None if row is None else str(row[0])


def join(db: sqlite3.Connection, till: str) -> None:
    """Give the facts of this journal that have no name yet names under this id, from 1; nothing
    where it has an id already. From now on it hands out only tags that the shop leases to it."""
    with transaction(db):
        if own_till(db) is None:
            _begin(db, till)


def ends(db: sqlite3.Connection) -> dict[str, ChainEnd]:
    """How far the facts of each till are known; of the own one, how far the shop has them."""
    rows = db.execute("SELECT till, number, hash FROM tills")
    return {till: ChainEnd(number, hashed) for till, number, hashed in rows}


def name_facts(db: sqlite3.Connection, most: int) -> int:
    """Name up to `most` facts of this journal that have none yet; returns how many got one."""
    with repeatable_transaction(db):
        row = db.execute("SELECT place, looked_at FROM tills WHERE own = 1").fetchone()
        if row is None:
            return 0
        place, looked_at = row
        (newest,) = db.execute("SELECT coalesce(max(seq), 0) FROM facts").fetchone()
        found = db.execute(
            "SELECT seq FROM facts WHERE seq > ?"
            " AND NOT EXISTS (SELECT 1 FROM replicated r WHERE r.seq = facts.seq)"
            " ORDER BY seq LIMIT ?",
            (looked_at, most),
        ).fetchall()
        (number,) = db.execute(
            "SELECT coalesce(max(number), 0) FROM replicated WHERE till = ?", (place,)
        ).fetchone()
        db.executemany(
            "INSERT INTO replicated (till, number, seq) VALUES (?, ?, ?)",
            ((place, number, seq) for number, (seq,) in enumerate(found, number + 1)),
        )
        looked_at = found[-1][0] if len(found) == most else newest
        db.execute("UPDATE tills SET looked_at = ? WHERE place = ?", (looked_at, place))
        return len(found)


def tell_and_settle(db: sqlite3.Connection, *, ledger: bool) -> tuple[str, ...]:
    """Record what this till's tables know of its accounts and no fact tells yet, and let them agree
    with what others told; returns what changed, as `account_facts.settle` does."""
    is_till = own_till(db) is not None
    if not account_facts.has_work(db, tells=is_till):
        return ()
    with transaction(db):  # these facts are written nowhere else
        if is_till:
            account_facts.tell(db)
        settled = account_facts.settle(db, writes=is_till)
        changed = [name for name in settled if name != SUBJECT]
        judging.judge_requests(db, changed, {}, ledger=ledger)
        indexing.note_changed(db, changed)
    return settled


def named_facts(
    db: sqlite3.Connection, till: str, after: ChainEnd, most: int
) -> list[ReplicatedFact]:
    """The facts of the till behind this end of its chain, up to `most`. One that was archived or
    lost ends them: nothing behind it can be linked."""
    rows = db.execute(
        f"SELECT r.number, l.hash, {_FACT_COLUMNS} FROM replicated r"  # noqa: S608 - ours
        " JOIN facts f USING (seq)"
        " LEFT JOIN erased_links l ON l.till = r.till AND l.number = r.number"
        f" WHERE r.till = {_PLACE} AND r.number > ? ORDER BY r.number LIMIT ?",
        (till, after.number, most),
    )
    made: list[ReplicatedFact] = []
    for number, kept, *columns in rows:
        if number != after.number + 1:
            break
        identifier, at, source, kind, text = columns
        whole = (identifier, at, source, kind, text)
        after = ChainEnd(number, kept or link(after.hash, number, whole))
        made.append(ReplicatedFact(till, number, *whole, after.hash, erased=kept is not None))
    return made


def last_number(db: sqlite3.Connection, till: str) -> int:
    """The number of the till's last fact that has a name here."""
    (number,) = db.execute(
        f"SELECT coalesce(max(number), 0) FROM replicated WHERE till = {_PLACE}",  # noqa: S608
        (till,),
    ).fetchone()
    return int(number)


def unsent(db: sqlite3.Connection, there: int | None = None) -> int:
    """How many facts of this journal the shop's database does not have, with or without a name:
    behind number `there`, or behind what it had at last; all where it never joined a shop."""
    row = db.execute("SELECT till, number, looked_at FROM tills WHERE own = 1").fetchone()
    till, shipped, looked_at = ("", 0, 0) if row is None else row
    known = shipped if there is None else there
    (nameless,) = db.execute(
        "SELECT count(*) FROM facts WHERE seq > ?"
        " AND NOT EXISTS (SELECT 1 FROM replicated r WHERE r.seq = facts.seq)",
        (looked_at,),
    ).fetchone()
    return max(0, last_number(db, till) - known) + int(nameless)


def end_at(db: sqlite3.Connection, till: str, number: int) -> ChainEnd | None:
    """The end of the till's chain at this number, reckoned from the facts; None where one up to it
    is missing."""
    end = ChainEnd()
    while end.number < number:
        some = named_facts(db, till, end, min(_AT_ONCE, number - end.number))
        if not some:
            return None
        end = ChainEnd(some[-1].number, some[-1].hash)
    return end


def set_shipped(db: sqlite3.Connection, till: str, end: ChainEnd) -> None:
    """The shop's database has the till's own facts up to this end."""
    with repeatable_transaction(db):
        _set_end(db, till, end)


def begin_again(db: sqlite3.Connection, till: str, known: ChainEnd) -> None:
    """Give up the names under the present id behind `known`, the last one that the shop has too,
    and go on under the id `till`. What the shop has under the old id behind it comes in as from
    another till: this journal was restored from a copy, or is one."""
    with transaction(db):
        old = own_till(db)
        if old is not None:
            db.execute(
                f"DELETE FROM replicated WHERE till = {_PLACE} AND number > ?",  # noqa: S608
                (old, known.number),
            )
            db.execute(
                f"DELETE FROM erased_links WHERE till = {_PLACE} AND number > ?",  # noqa: S608
                (old, known.number),
            )
            _set_end(db, old, known)
        # The journal that has the old id hands these out.
        tag_blocks.give_up(db)
        sale_numbers.give_up(db)
        _begin(db, till)


def leave(db: sqlite3.Connection) -> None:
    """Forget the tills of the shop and the names of all facts; the facts stay, and which requests
    are another till's: this one does not follow them."""
    with transaction(db):
        for table in (
            "replicated",
            "erased_links",
            "tills",
            "tag_blocks",
            "tag_wish",
            "number_blocks",
        ):
            db.execute(f"DELETE FROM {table}")  # noqa: S608 - our names


def take_in(
    db: sqlite3.Connection,
    received: Sequence[ReplicatedFact],
    *,
    ledger: bool,
    vouched: Callable[[ReplicatedFact], bool] = lambda _fact: False,
    finish: Callable[[Sequence[str]], object] = lambda _touched: None,
) -> TakenIn:
    """Write facts of other tills, each till's in order of their numbers, as far as they follow what
    is known of it. A fact that is here already, under whatever name, is not written again. `ledger`
    says whether a ledger node is set up, as for `judge`; `vouched` is as for `follow`, and `finish`
    is called with the requests that changed, in the same transaction."""
    touched: dict[str, None] = {}
    decisive: set[str] = set()
    new = _NewRequests()
    faults: dict[str, ChainFault] = {}
    with repeatable_transaction(db):
        known, own = ends(db), own_till(db)
        for till, some in groupby(received, attrgetter("till")):
            if till == own:
                continue
            if till not in known:
                _add_till(db, till, own=False)
            fresh, end, fault = follow(known.get(till, ChainEnd()), some, vouched)
            if fault is not None:
                faults[till] = fault
            if fresh:
                _write(db, fresh, new)
                touched |= dict.fromkeys(
                    fact.identifier for fact in fresh if fact.identifier != SUBJECT
                )
                decisive |= {fact.identifier for fact in fresh if fact.kind not in HINTS}
                known[till] = end
                _set_end(db, till, end)
        # As with this till's own facts, a hint about an open request changes the screen only.
        hinted = [name for name in touched if name not in decisive]
        still_open = set(remote_requests.unfinished_among(db, hinted))
        changed = [name for name in touched if name not in still_open]
        judging.judge_requests(db, changed, new.facts, ledger=ledger)
        finish(list(touched))
        indexing.note_changed(db, changed)
    settled = tell_and_settle(db, ledger=ledger)
    # First those that have lost a payment: else two would have it for a moment.
    names = dict.fromkeys(name for name in (*settled, *touched) if name != SUBJECT)
    return TakenIn((*names, *settled[-1:]) if SUBJECT in settled else tuple(names), faults)


def _begin(db: sqlite3.Connection, till: str) -> None:
    db.execute("UPDATE tills SET own = 0")
    _add_till(db, till, own=True)


def _add_till(db: sqlite3.Connection, till: str, *, own: bool) -> None:
    db.execute(
        "INSERT INTO tills (till, own, number, hash, looked_at) VALUES (?, ?, 0, ?, 0)",
        (till, int(own), CHAIN_START),
    )


def _set_end(db: sqlite3.Connection, till: str, end: ChainEnd) -> None:
    db.execute("UPDATE tills SET number = ?, hash = ? WHERE till = ?", (end.number, end.hash, till))


def _write(db: sqlite3.Connection, fresh: Sequence[ReplicatedFact], new: _NewRequests) -> None:
    """Write the facts of one till that are not here yet, and note the names of all."""
    if any(told.identifier == SUBJECT for told in fresh):
        account_facts.ensure_subject(db)
        account_facts.take_in_spans(
            db, [(told.kind, told.text) for told in fresh if told.identifier == SUBJECT]
        )
    before, last = chain_end(db)
    links: list[tuple[Any, ...]] = []
    places: dict[tuple[str, str, str, str, str], int] = {}
    names = []
    # Whether each request is new here: of such a one no fact can be here already.
    added: dict[str, bool] = {}
    for told in fresh:
        columns = columns_of(told)
        if told.identifier == SUBJECT:
            added[SUBJECT] = False
        elif told.identifier not in added:
            added[told.identifier] = _add_request(db, told)
            if added[told.identifier]:
                new.facts[told.identifier] = []
        uuid = new.uuids.get(told.identifier)
        fact = facts.fact_from_journal(
            queries.when(told.at), told.source, told.kind, told.text, uuid
        )
        _update_request(db, told, fact, new)
        if fact is not None and isinstance(fact.value, CreateAnswer):
            new.uuids[told.identifier] = fact.value.uuid
        place = places.get(columns)
        if place is None and not added[told.identifier]:
            place = _place_of(db, columns)
        if place is None:
            before, place = hash_link(before, columns), last + len(links) + 1
            links.append((place, *columns, before))
            places[columns] = place
            if fact is not None and told.identifier in new.facts:
                new.facts[told.identifier].append(fact)
        names.append((told.number, place))
    add_links(db, links)
    db.executemany(
        f"INSERT INTO replicated (till, number, seq) VALUES ({_PLACE}, ?, ?)",  # noqa: S608
        ((fresh[0].till, *name) for name in names),
    )
    db.executemany(
        f"INSERT INTO erased_links (till, number, hash) VALUES ({_PLACE}, ?, ?)",  # noqa: S608
        ((told.till, told.number, told.hash) for told in fresh if told.erased),
    )
    if links:
        db.execute(
            "INSERT OR REPLACE INTO chain_end (one, seq, hash) VALUES (1, ?, ?)",
            (links[-1][0], before),
        )


def _place_of(db: sqlite3.Connection, columns: tuple[str, str, str, str, str]) -> int | None:
    if columns[0] == SUBJECT:
        return account_facts.place_of(db, columns)
    row = db.execute(
        "SELECT seq FROM facts WHERE identifier = ? AND at = ? AND witness = ? AND kind = ?"
        " AND text = ?",
        columns,
    ).fetchone()
    return None if row is None else int(row[0])


def _add_request(db: sqlite3.Connection, told: ReplicatedFact) -> bool:
    """Let there be a request for the fact; whether it is new. A fact that a till finds out about
    another's request can come before that request's own intent."""
    added = db.execute(
        "INSERT OR IGNORE INTO requests (identifier, status, created_at) VALUES (?, 'creating', ?)",
        (told.identifier, told.at),
    ).rowcount
    if added:
        db.execute("INSERT INTO remote_requests VALUES (?, ?)", (told.identifier, told.till))
    return bool(added)


def _update_request(
    db: sqlite3.Connection, told: ReplicatedFact, fact: Fact | None, new: _NewRequests
) -> None:
    """Let the request be found by what the fact says; None for one of a kind that is not known."""
    is_new = told.identifier in new.facts
    if told.kind == FactKind.INTENT.value:
        intended = told.identifier in new.intended if is_new else _has_intent(db, told.identifier)
        if intended:
            return  # whoever tells it again, the one who made it was first
        new.intended.add(told.identifier)
        if db.execute(
            "UPDATE remote_requests SET till = ? WHERE identifier = ?",
            (told.till, told.identifier),
        ).rowcount:
            _set_intent(db, told, fact)
    elif fact is not None and not (is_new and new.uuids.get(told.identifier) and _tells_uuid(fact)):
        update_request_columns(db, told.identifier, fact)


def _tells_uuid(fact: Fact) -> bool:
    return isinstance(fact.value, CreateAnswer | Snapshot)


def _has_intent(db: sqlite3.Connection, identifier: str) -> bool:
    found = db.execute(
        "SELECT 1 FROM facts WHERE identifier = ? AND kind = ? LIMIT 1",
        (identifier, FactKind.INTENT.value),
    )
    return found.fetchone() is not None


def _set_intent(db: sqlite3.Connection, told: ReplicatedFact, fact: Fact | None) -> None:
    spec = fact.value if fact is not None and isinstance(fact.value, RequestSpec) else None
    tag = None if spec is None else destination_tags.tag_of(spec.tag)
    rest = None if tag is None else destination_tags.WHILE_OPEN
    db.execute(
        "UPDATE requests SET created_at = ?, tag = ?, tag_rests_until = ? WHERE identifier = ?",
        (told.at, tag, rest, told.identifier),
    )
    if tag is not None:
        destination_tags.use(db, tag)
    sale = None if spec is None else sale_of(spec)
    if sale is not None and fits_integer(sale.number) is not None:
        sale_numbers.note_used(db, count_key(sale.till, sale.series), sale.number)
