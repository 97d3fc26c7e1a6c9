"""The command `journal`: copies, restoring and salvaging without a window."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Shell

pytestmark = pytest.mark.anyio


@pytest.fixture
async def journal(shell: Shell) -> Path:
    """A journal with one request."""
    node = ("--ledger", shell.sim.ledger)
    ended = await shell.run("request", shell.file(shell.body()), "--json", *node)
    assert ended.code == 0, ended.err
    return shell.folder / "data" / "journal.sqlite3"


async def test_a_copy_is_made_listed_and_restored(shell: Shell, journal: Path) -> None:
    made = await shell.run("journal", "--copy")
    assert made.code == 0, made.err
    listed = await shell.run("journal", "--copies")
    [one] = listed.objects
    assert (one["requests"], one["whole"]) == (1, True)
    assert made.objects == [{"copy": one["file"]}]
    journal.unlink()  # noqa: ASYNC240 - a small file
    restored = await shell.run("journal", "--restore", one["day"])
    assert restored.code == 0, restored.err
    assert restored.objects[0]["requests"] == 1
    assert "Everything could be read" in restored.err
    assert (await shell.run("journal", "--check")).objects[0]["whole"] is True


async def test_a_damaged_journal_is_salvaged(shell: Shell, journal: Path) -> None:
    whole = journal.read_bytes()  # noqa: ASYNC240 - a small file
    journal.write_bytes(whole[:4096] + b"\xee" * 4096 + whole[8192:])  # noqa: ASYNC240
    assert (await shell.run("journal", "--check")).code == 1
    salvaged = await shell.run("journal", "--salvage")
    [said] = salvaged.objects
    assert said["kept"]
    assert Path(said["kept"]).exists()  # noqa: ASYNC240 - see above
    assert (await shell.run("journal", "--check")).objects[0]["whole"] is True
    exported = await shell.run("export", "--format", "jsonl")
    assert len(exported.objects) == 1


async def test_what_cannot_be_restored_is_said(shell: Shell, journal: Path) -> None:
    assert (await shell.run("journal", "--restore", "yesterday")).code == 2
    missing = await shell.run("journal", "--restore", "2020-01-01")
    assert missing.code == 2
    assert "There is no copy" in missing.err
    assert (await shell.run("journal")).code == 2


async def test_a_paid_request_is_erased_and_archived(shell: Shell, journal: Path) -> None:
    node = ("--ledger", shell.sim.ledger)
    exported = (await shell.run("export", "--format", "jsonl", *node)).objects
    assert exported[0]["status"] == "paid"
    payer = exported[0]["payer"]
    erased = await shell.run("journal", "--erase", exported[0]["identifier"], *node)
    assert erased.code == 0, (erased.out, erased.err)
    assert erased.objects[0]["requests"] == 1
    after = (await shell.run("export", "--format", "jsonl", *node)).objects
    [one], [other] = exported, after
    assert other["payer"] == "erased"
    changed = {key for key in one if one[key] != other[key]}
    assert changed == {"payer"}
    assert payer.encode() not in journal.read_bytes()  # noqa: ASYNC240 - a small file
    assert (await shell.run("journal", "--check")).objects[0]["whole"] is True
    nothing = await shell.run("journal", "--archive", "1")
    assert nothing.code == 0, nothing.err
    assert nothing.objects[0]["requests"] == 0
    assert (await shell.run("journal", "--archive", "0")).code == 2
