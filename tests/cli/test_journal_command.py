"""The command `journal`: copies, restoring and salvaging without a window."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Shell

pytestmark = pytest.mark.anyio


@pytest.fixture
async def journal(shell: Shell) -> Path:
    """A journal with one request."""
    ended = await shell.run("request", shell.file(shell.body()), "--json", "--timeout", "3")
    assert ended.code in (0, 1), ended.err
    return shell.folder / "data" / "journal.sqlite3"


async def test_a_copy_is_made_listed_and_restored(shell: Shell, journal: Path) -> None:
    made = await shell.run("journal", "--copy")
    assert made.code == 0, made.err
    listed = await shell.run("journal", "--copies")
    [one] = listed.objects
    assert (one["requests"], one["whole"]) == (1, True)
    assert made.objects == [{"copy": one["file"]}]
    journal.unlink()
    restored = await shell.run("journal", "--restore", one["day"])
    assert restored.code == 0, restored.err
    assert restored.objects[0]["requests"] == 1
    assert "Everything could be read" in restored.err
    assert (await shell.run("journal", "--check")).objects == [{"whole": True}]


async def test_a_damaged_journal_is_salvaged(shell: Shell, journal: Path) -> None:
    whole = journal.read_bytes()
    journal.write_bytes(whole[:4096] + b"\xee" * 4096 + whole[8192:])
    assert (await shell.run("journal", "--check")).code == 1
    salvaged = await shell.run("journal", "--salvage")
    [said] = salvaged.objects
    assert said["kept"]
    assert Path(said["kept"]).exists()
    assert (await shell.run("journal", "--check")).objects == [{"whole": True}]
    exported = await shell.run("export", "--format", "jsonl")
    assert len(exported.objects) == 1


async def test_what_cannot_be_restored_is_said(shell: Shell, journal: Path) -> None:
    assert (await shell.run("journal", "--restore", "yesterday")).code == 2
    missing = await shell.run("journal", "--restore", "2020-01-01")
    assert missing.code == 2
    assert "There is no copy" in missing.err
    assert (await shell.run("journal")).code == 2
