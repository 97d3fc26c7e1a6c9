"""The command `shop erase`: erase in the shop's database what was erased at a till."""

from __future__ import annotations

import argparse
from contextlib import closing
from typing import Final

from xumm_desk.cli.exit_codes import NOT_ALL_PAID, OK
from xumm_desk.cli.streams import StandardOutput, write_result
from xumm_desk.core.bidi import isolate
from xumm_desk.core.message import Message, Sentences
from xumm_desk.core.replication.shop_state import TillState
from xumm_desk.setup.config import Config
from xumm_desk.store.journal_reader import JournalReader, open_for_reading
from xumm_desk.store.replication import catching_up, till_chains
from xumm_desk.store.replication.catching_up import ErasedThere
from xumm_desk.store.replication.shop_owner import ShopOwner

_SILENT: Final = 60.0
"""Seconds after which a till counts as away."""


def run(
    owner: ShopOwner, configuration: Config, options: argparse.Namespace, out: StandardOutput
) -> int:
    """Erase; returns the exit code. Raises `ShopDatabaseError`, `JournalError`, `OutputError` and
    `sqlite3.Error`."""
    path = configuration.journal_path
    with JournalReader(path):
        pass  # says what is wrong with it
    with closing(open_for_reading(path)) as db:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        known = version >= till_chains.KEPT_VERSION
        done = catching_up.erase_there(owner, db) if known else ErasedThere(0, 0, 0)
    away = [one for one in owner.tills() if _is_away(one)]
    write_result(
        out,
        {
            "facts_erased": done.facts,
            "facts_not_here": done.missing,
            "requests_not_told": done.untold,
            "tills_away": [{"till": one.till, "name": one.name} for one in away],
        },
        _sentences(done, away),
        as_json=options.json,
    )
    return OK if not (done.missing or done.untold or away) else NOT_ALL_PAID


def _is_away(till: TillState) -> bool:
    """Whether it may not have heard of everything, and may still send what was erased elsewhere."""
    if till.left or not till.joined:
        return False
    return till.seen_seconds is None or till.seen_seconds > _SILENT or till.facts_behind > 0


def _sentences(done: ErasedThere, away: list[TillState]) -> list[str]:
    said: list[str] = [
        Message(
            "{n} fact was erased in the database.",
            plural="{n} facts were erased in the database.",
            n=done.facts,
        )
    ]
    if done.missing:
        said.append(
            Message(
                "{n} more fact was erased at another till and is not here as it is there. Run this"
                " at that till too.",
                plural="{n} more facts were erased at another till and are not here as they are"
                " there. Run this at that till too.",
                n=done.missing,
            )
        )
    if done.untold:
        said.append(
            Message(
                "Of {n} request that was erased here the database knows nothing yet. Open the"
                " window at this till, and run this again when everything is sent.",
                plural="Of {n} requests that were erased here the database knows nothing yet. Open"
                " the window at this till, and run this again when everything is sent.",
                n=done.untold,
            )
        )
    if away:
        said.append(
            Message(
                "These are away, or still have facts to send: {tills}. What they have not heard of"
                " yet they erase when they come back; run this again then.",
                tills=Sentences([isolate(one.name) for one in away], ", "),
            )
        )
    return said
