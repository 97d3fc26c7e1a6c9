"""Judge requests of which facts of other tills have come: nobody here may have them in memory.

All functions run on the writer's connection, in a transaction of their caller.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

from xumm_desk.core.decision.needs import is_finished
from xumm_desk.core.state.facts import Fact
from xumm_desk.core.state.lifecycle import replay
from xumm_desk.core.verdict.verdict import judge
from xumm_desk.store import destination_tags, queries


def judge_requests(
    db: sqlite3.Connection,
    identifiers: Sequence[str],
    read: Mapping[str, Sequence[Fact]],
    *,
    ledger: bool,
) -> None:
    """Facts have come about these requests: set the columns by which they are found. All facts of
    those in `read` were read already."""
    for identifier in identifiers:
        if identifier in read:
            _judge(db, identifier, read[identifier], ledger=ledger)
            continue
        for _, known in queries.load_requests(db, "WHERE identifier = ?", (identifier,)):
            _judge(db, identifier, known, ledger=ledger)


def _judge(db: sqlite3.Connection, identifier: str, known: Sequence[Fact], *, ledger: bool) -> None:
    """Set the columns by which requests are found from all facts of this one: nobody here may have
    it in memory."""
    request = replay(list(known))
    if request is None:
        return
    verdict = judge(request, ledger=ledger)
    db.execute(
        "UPDATE requests SET status = ?, finished = ? WHERE identifier = ?",
        (verdict.status.value, int(is_finished(request, verdict)), identifier),
    )
    destination_tags.update(db, [identifier])
