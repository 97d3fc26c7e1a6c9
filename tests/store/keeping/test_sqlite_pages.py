"""Reading pages of a file that may hold anything: what SQLite reads is read, and nothing raises."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xumm_desk.store.keeping.sqlite_pages import PageFile, Record

VALUES = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.text(max_size=30),
    st.binary(max_size=30),
    st.sampled_from(["x" * 4000, "y" * 4062, "z" * 20_000, b"w" * 9000]),
)


def rows_of(path: Path) -> set[Record]:
    """All records of the table, without SQLite."""
    with PageFile(path) as file:
        owners = file.owners()
        return {
            (cell.rowid, *cell.values)
            for number in range(1, file.count + 1)
            if owners.get(number) == "some"
            for cell in file.cells(number)
        }


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    rows=st.lists(st.tuples(VALUES, VALUES), max_size=40),
    page=st.sampled_from([512, 1024, 4096]),
    wal=st.booleans(),
)
def test_every_row_that_sqlite_holds_is_read(
    tmp_path: Path, rows: list[tuple[object, object]], page: int, wal: bool
) -> None:
    path = tmp_path / "some.sqlite3"
    for one in tmp_path.iterdir():
        one.unlink()
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute(f"PRAGMA page_size = {page}")
        db.execute(f"PRAGMA journal_mode = {'WAL' if wal else 'DELETE'}")
        db.execute("CREATE TABLE some (a, b)")
        db.executemany("INSERT INTO some VALUES (?, ?)", rows)
        db.execute("UPDATE some SET b = 7 WHERE rowid % 5 = 0")
        expected = {(*row,) for row in db.execute("SELECT rowid, a, b FROM some")}
        assert rows_of(path) == expected  # in a log, the file alone is empty


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.binary(max_size=6000), log=st.binary(max_size=6000), magic=st.booleans())
def test_any_bytes_are_read_without_an_error(
    tmp_path: Path, data: bytes, log: bytes, magic: bool
) -> None:
    path = tmp_path / "any.sqlite3"
    path.write_bytes((b"SQLite format 3\0\x02\0" if magic else b"") + data)
    path.with_name("any.sqlite3-wal").write_bytes((b"\x37\x7f\x06\x82" if magic else b"") + log)
    with PageFile(path) as file:
        file.owners()
        for number in range(1, min(file.count, 50) + 1):
            list(file.cells(number))
        for number, image in file.old_images():
            list(file.cells(number, image))


def test_a_page_that_leads_back_to_itself_ends(tmp_path: Path) -> None:
    path = tmp_path / "loop.sqlite3"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE some (a, b)")
        db.executemany("INSERT INTO some VALUES (?, ?)", [(n, "x" * 900) for n in range(60)])
        db.commit()
        (root,) = db.execute("SELECT rootpage FROM sqlite_master").fetchone()
    with path.open("r+b") as file:
        file.seek((root - 1) * 4096 + 8)
        file.write(root.to_bytes(4, "big"))  # the last child of the root is the root
    assert rows_of(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="none"), PageFile(tmp_path / "none"):
        pass
