"""One group on the disk: what was queued, in an order that nobody can tell from its own."""

from __future__ import annotations

import tempfile
from contextlib import closing
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.state.facts import FactKind
from xumm_desk.store import database, group_commit
from xumm_desk.store.group_commit import FactRecord, LedgerReadRecord, Record, StatusRecord
from xumm_desk.store.journal_check import verify_chain

from .builders import created, intent, note, texts

_NAMES = ("three", "one", "two")
_moves = st.lists(
    st.tuples(st.sampled_from(_NAMES), st.sampled_from(("hint", "money", "mark", "seen")))
)


def _queue(moves: list[tuple[str, str]]) -> list[Record]:
    queued: list[Record] = [FactRecord(name, intent(name), "creating") for name in _NAMES]
    for number, (name, move) in enumerate(moves):
        match move:
            case "hint":
                queued.append(FactRecord(name, note(number)))
            case "money":
                queued.append(FactRecord(name, created(number), "waiting"))
            case "mark":
                queued.append(StatusRecord(name, "paid", finished=True))
            case _:
                queued.append(LedgerReadRecord(name, number))
    return queued


@given(_moves)
def test_hints_may_change_places_with_other_requests_hints_only(
    moves: list[tuple[str, str]],
) -> None:
    queued = _queue(moves)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.sqlite3"
        with closing(database.connect(path)) as db:
            assert group_commit.commit_group(db, queued, lambda: None) == []
        kept = texts(path)
        assert verify_chain(path).whole
    facts = [item for item in queued if isinstance(item, FactRecord)]
    came = [(one.identifier, one.fact.text) for one in facts]
    for name in _NAMES:
        assert [one for one in kept if one[0] == name] == [one for one in came if one[0] == name]
    # What is no hint stands at its own place among all facts.
    for place, one in enumerate(facts):
        if one.fact.kind is not FactKind.SOCKET_LOST:
            assert kept[place] == came[place]
    assert sorted(kept) == sorted(came)
