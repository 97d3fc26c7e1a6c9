"""What identifies a customer or the shop's account must never reach a file."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from xumm_desk.core.state.facts import FactKind, Source, make_fact
from xumm_desk.core.wire import api_answers
from xumm_desk.core.wire.json_fields import JsonObject
from xumm_desk.store.journal import SqliteJournal

from .builders import START, TOKEN, created, make_order, note, uuid_of

ISSUED = "aaaaaaaa-1111-4222-8333-444444444444"
USER = "bbbbbbbb-1111-4222-8333-444444444444"

pytestmark = pytest.mark.anyio


def everything_in(folder: Path) -> bytes:
    """The bytes of all files there, the journal's companions included."""
    return b"".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


async def test_no_token_and_no_user_in_the_journal_s_files(path: Path) -> None:
    asked = make_order("one", user_token=TOKEN)
    assert asked.user_token == TOKEN
    got: JsonObject = {
        "meta": {"uuid": uuid_of(1), "resolved": True, "signed": False, "expired": False},
        "application": {"name": "Shop", "issued_user_token": ISSUED},
        "response": {"user": USER, "account": "rCustomer"},
    }
    journal = SqliteJournal(path)
    journal.open(asyncio.get_running_loop())
    journal.append(
        "one", make_fact(START, Source.OPERATOR, FactKind.INTENT, asked.to_json()), urgent=True
    )
    journal.append("one", created(1), urgent=True)
    answered = make_fact(START, Source.PLATFORM, FactKind.ANSWER, api_answers.redact(got))
    journal.append("one", answered, urgent=True)
    journal.append("one", note(1), urgent=False)
    await journal.durable()
    while_open = everything_in(path.parent)
    await journal.close()
    for raw in (while_open, everything_in(path.parent)):
        assert uuid_of(1).encode() in raw
        for secret in (TOKEN, ISSUED, USER):
            assert secret.encode() not in raw
