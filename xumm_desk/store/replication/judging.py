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

from .remote_requests import in_parts


def judge_requests(
    db: sqlite3.Connection,
    identifiers: Sequence[str],
    read: Mapping[str, Sequence[Fact]],
    *,
    ledger: bool,
) -> None:
    """Facts have come about these requests: set the columns by which they are found. All facts of
    those in `read` were read already."""
    marks: dict[str, tuple[str, int]] = {}
    for identifier in identifiers:
        if identifier in read:
            known = read[identifier]
        else:
            found = queries.load_requests(db, "WHERE identifier = ?", (identifier,))
            known = next((facts for _, facts in found), ())
        request = replay(list(known))
        if request is not None:
            verdict = judge(request, ledger=ledger)
            marks[identifier] = (verdict.status.value, int(is_finished(request, verdict)))
    db.executemany(
        "UPDATE requests SET status = ?, finished = ? WHERE identifier = ?",
        [(*mark, identifier) for identifier, mark in marks.items()],
    )
    for names in in_parts(list(marks)):
        destination_tags.update(db, names)
