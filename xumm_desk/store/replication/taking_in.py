"""Take the facts of other tills into this journal.

All functions run on the writer's connection; `take_in` in one transaction of its own.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import Any

from xumm_desk.core.replication.replicated_fact import (
    ChainEnd,
    ChainFault,
    ReplicatedFact,
    columns_of,
    follow,
)
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.sale.numbering import count_key
from xumm_desk.core.sale.sale import sale_of
from xumm_desk.core.state import facts
from xumm_desk.core.state.account_facts import SUBJECT
from xumm_desk.core.state.facts import Fact, FactKind
from xumm_desk.core.wire.api_answers import CreateAnswer, Snapshot
from xumm_desk.store import destination_tags, queries, sale_numbers
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
from .local_facts import PLACE, add_till, ends, own_till, set_end, tell_and_settle
from .transactions import repeatable_transaction


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of facts of other tills: the requests that changed, each once, the tills of which
    something could not be taken, and `hints` as in `ShopNews`."""

    identifiers: tuple[str, ...]
    faults: Mapping[str, ChainFault]
    hints: Mapping[str, Sequence[ReplicatedFact]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _NewRequests:
    """All facts of the requests that were not here before, their uuids, and of which of them the
    intent has come."""

    facts: dict[str, list[Fact]] = field(default_factory=dict)
    uuids: dict[str, str] = field(default_factory=dict)
    intended: set[str] = field(default_factory=set)


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
    hints: dict[str, list[ReplicatedFact]] = {}
    decisive: set[str] = set()
    new = _NewRequests()
    faults: dict[str, ChainFault] = {}
    with repeatable_transaction(db):
        known, own = ends(db), own_till(db)
        for till, some in groupby(received, attrgetter("till")):
            if till == own:
                continue
            if till not in known:
                add_till(db, till, own=False)
            fresh, end, fault = follow(known.get(till, ChainEnd()), some, vouched)
            if fault is not None:
                faults[till] = fault
            if fresh:
                _write(db, fresh, new)
                for fact in fresh:
                    if fact.identifier != SUBJECT:
                        touched[fact.identifier] = None
                    if fact.kind in HINTS and not fact.erased:
                        hints.setdefault(fact.identifier, []).append(fact)
                    else:
                        decisive.add(fact.identifier)
                known[till] = end
                set_end(db, till, end)
        # As with this till's own facts, a hint about an open request changes the screen only.
        hinted = [name for name in hints if name not in decisive and name not in new.facts]
        still_open = set(remote_requests.unfinished_among(db, hinted))
        changed = [name for name in touched if name not in still_open]
        judging.judge_requests(db, changed, new.facts, ledger=ledger)
        finish(list(touched))
        indexing.note_changed(db, changed)
    settled = tell_and_settle(db, ledger=ledger)
    # First those that have lost a payment: else two would have it for a moment.
    names = dict.fromkeys(name for name in (*settled, *touched) if name != SUBJECT)
    only_hints = {name: hints[name] for name in still_open.difference(settled)}
    return TakenIn(
        (*names, *settled[-1:]) if SUBJECT in settled else tuple(names), faults, only_hints
    )


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
    newest = remote_requests.newest_times(db, list({told.identifier for told in fresh} - {SUBJECT}))
    here = {SUBJECT, *newest}
    for told in fresh:
        columns = columns_of(told)
        if told.identifier not in here:
            here.add(told.identifier)
            if _add_request(db, told):
                new.facts[told.identifier] = []
        uuid = new.uuids.get(told.identifier)
        fact = None
        if told.kind not in HINTS or told.identifier in new.facts:
            fact = facts.fact_from_journal(
                queries.when(told.at), told.source, told.kind, told.text, uuid
            )
        _update_request(db, told, fact, new)
        if fact is not None and isinstance(fact.value, CreateAnswer):
            new.uuids[told.identifier] = fact.value.uuid
        place = places.get(columns)
        if place is None and told.identifier == SUBJECT:
            place = account_facts.place_of(db, columns)
        # One that is newer than all that was here of its request was not here.
        elif place is None and told.at <= newest.get(told.identifier, ""):
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
        f"INSERT INTO replicated (till, number, seq) VALUES ({PLACE}, ?, ?)",  # noqa: S608
        ((fresh[0].till, *name) for name in names),
    )
    db.executemany(
        f"INSERT INTO erased_links (till, number, hash) VALUES ({PLACE}, ?, ?)",  # noqa: S608
        ((told.till, told.number, told.hash) for told in fresh if told.erased),
    )
    if links:
        db.execute(
            "INSERT OR REPLACE INTO chain_end (one, seq, hash) VALUES (1, ?, ?)",
            (links[-1][0], before),
        )


def _place_of(db: sqlite3.Connection, columns: tuple[str, str, str, str, str]) -> int | None:
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
    """Let the request be found by what the fact says; None for one of a kind that is not known, or
    that says nothing of it."""
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
