"""The command `shop fill`: bring facts of tills that are gone into a database made anew."""

from __future__ import annotations

import argparse
import sqlite3
from contextlib import closing

from xumm_desk.cli.exit_codes import BAD_INPUT, NOT_ALL_PAID, OK, warn
from xumm_desk.cli.streams import StandardOutput, write_result
from xumm_desk.core.bidi import isolate
from xumm_desk.core.message import Message
from xumm_desk.core.replication.shop_state import TillState
from xumm_desk.setup.config import Config
from xumm_desk.store.journal_reader import JournalReader, open_for_reading
from xumm_desk.store.replication import catching_up, local_facts, till_chains
from xumm_desk.store.replication.shop_owner import ShopOwner


def run(
    owner: ShopOwner, configuration: Config, options: argparse.Namespace, out: StandardOutput
) -> int:
    """Fill the database; returns the exit code. Raises `ShopDatabaseError`, `JournalError`,
    `OutputError` and `sqlite3.Error`."""
    path = configuration.journal_path
    with JournalReader(path):
        pass  # says what is wrong with it
    present = owner.tills()
    filled: list[dict[str, object]] = []
    said: list[str] = []
    whole = True
    with closing(open_for_reading(path)) as db:
        chosen = _gone(db, present, options.tills)
        if chosen is None:
            return BAD_INPUT
        for till in chosen:
            one, label = till_chains.chain_of(db, till), till_chains.till_label(db, till)
            if not any(known.till == till for known in present):
                _add_gone(owner, db, till)
            sent, rest = catching_up.fill(owner, db, till)
            whole = whole and not rest
            filled.append({"till": till, "facts_sent": sent, "facts_not_here": rest})
            said.append(_filled_sentence(label, sent, rest, changed=one.changed))
    if not chosen:
        said.append(
            Message("This journal has no facts of a till that is gone which the shop lacks.")
        )
    write_result(out, {"tills": filled}, said, as_json=options.json)
    return OK if whole else NOT_ALL_PAID


def _gone(db: sqlite3.Connection, present: list[TillState], named: list[str]) -> list[str] | None:
    """The tills whose facts are to be brought: those that were named, else all others that are no
    members of this shop and did not come back under another id. None if one that was named has no
    facts here, which is said."""
    (version,) = db.execute("PRAGMA user_version").fetchone()
    known = local_facts.ends(db) if version >= till_chains.VERSION else {}
    own = local_facts.own_till(db) if known else None
    here = [till for till, end in known.items() if till != own and end.number]
    members = frozenset(one.till for one in present if not one.left)
    if not named:
        return [
            till
            for till in here
            if till not in members and not catching_up.is_elsewhere(db, till, members)
        ]
    chosen = []
    for name in named:
        found = [till for till in here if name.lower() == till]
        found = found or [till for till in here if till_chains.till_name(db, till) == name]
        if len(found) != 1:
            warn(
                Message(
                    "This journal has no facts of another till {name}. Name it as verify-journal"
                    " and status do, by its id.",
                    name=isolate(name),
                )
            )
            return None
        chosen += found
    return chosen


def _add_gone(owner: ShopOwner, db: sqlite3.Connection, till: str) -> None:
    """Make the till known to the database, as one that has left: nobody can log in as it."""
    name = till_chains.till_name(db, till) or till[:8]
    owner.add_till(name, till=till)
    owner.remove_till(till)


def _filled_sentence(label: str, sent: int, rest: int, *, changed: bool) -> str:
    if changed:
        return Message(
            "Nothing of the till {till} was brought: its facts here are not those that the shop"
            " had. Another till may have them as they were.",
            till=label,
        )
    if rest:
        return Message(
            "{n} fact of the till {till} was brought; {rest} more are not in this journal as they"
            " were (archived or erased). Another till may have them.",
            plural="{n} facts of the till {till} were brought; {rest} more are not in this journal"
            " as they were (archived or erased). Another till may have them.",
            n=sent,
            till=label,
            rest=rest,
        )
    return Message(
        "{n} fact of the till {till} was brought.",
        plural="{n} facts of the till {till} were brought.",
        n=sent,
        till=label,
    )
