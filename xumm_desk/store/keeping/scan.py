"""Tell which table each record of a damaged journal belongs to, by its page and by its shape.

The tables are strict, so a record shows its table: the number of its columns, and the type of each.
Where two tables have the same shape and no inner page says whose the record is, its content
decides.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from xumm_desk.core.money import address

from .sqlite_pages import Cell, PageFile, Record, Value

FACTS: Final = "facts"
RECORDS: Final = "chain_records"
HASH_SIZE: Final = 32

_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "TEXT": (str,),
    "INTEGER": (int,),
    "INT": (int,),
    "BLOB": (bytes,),
    "REAL": (float, int),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    name: str
    types: tuple[type, ...]
    optional: bool
    is_rowid: bool


Shapes = Mapping[str, tuple[Column, ...]]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table of this program. `current` is False for one on an old image of its page."""

    table: str
    values: Record
    current: bool


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """An entry of an index, whose row may be lost: the columns of the index, and the row's number.
    `index` is "" where no inner page says which index it is."""

    index: str
    values: Record


def table_shapes(db: sqlite3.Connection) -> dict[str, tuple[Column, ...]]:
    """The columns of all strict tables of an empty journal of the present version."""
    found = {}
    for name, kind, strict in db.execute(
        "SELECT name, type, strict FROM pragma_table_list WHERE schema = 'main'"
    ).fetchall():
        if kind != "table" or not strict:
            continue
        columns = db.execute('SELECT name, type, "notnull", pk FROM pragma_table_info(?)', (name,))
        rows = columns.fetchall()
        keys = sum(pk > 0 for *_, pk in rows)
        found[name] = tuple(
            Column(
                column,
                _TYPES.get(kind.upper(), ()),
                not notnull,
                pk == 1 and keys == 1 and kind.upper() == "INTEGER",
            )
            for column, kind, notnull, pk in rows
        )
    return found


def scan(path: Path, shapes: Shapes, on_page: object = None) -> Iterator[Row | IndexEntry]:
    """Every record of the file that could be one of these tables'. `on_page`, a callable, is given
    the page and how many there are. Raises `OSError` where the file cannot be opened."""
    with PageFile(path) as file:
        owners = file.owners()
        for number in range(1, file.count + 1):
            if callable(on_page) and number % 64 == 0:
                on_page(number, file.count)
            owner = owners.get(number, "")
            for cell in file.cells(number):
                found = _identify(cell, owner, shapes)
                if found is not None:
                    yield found
        for number, image in file.old_images():
            owner = owners.get(number, "")
            for cell in file.cells(number, image):
                found = _identify(cell, owner, shapes, current=False)
                if found is not None:
                    yield found


def has_damaged_log(path: Path) -> bool:
    """Whether the write-ahead log goes on behind a damaged place."""
    try:
        with PageFile(path) as file:
            return file.log_damaged
    except OSError:
        return False


def _identify(
    cell: Cell, owner: str, shapes: Shapes, *, current: bool = True
) -> Row | IndexEntry | None:
    if cell.rowid is None:
        return IndexEntry(owner, cell.values)
    if owner in shapes:
        values = _fit(cell, shapes[owner])
        if values is not None:
            return Row(owner, values, current)
    # No inner page says whose it is, or a damaged one says it wrongly.
    fitting = [
        (name, values)
        for name, columns in shapes.items()
        if (values := _fit(cell, columns)) is not None and _is_content_of(name, values)
    ]
    return Row(*fitting[0], current) if len(fitting) == 1 else None


def _fit(cell: Cell, columns: tuple[Column, ...]) -> Record | None:
    """The values as a row of these columns; None where they are not."""
    if len(cell.values) > len(columns):
        return None
    found: list[Value] = []
    for place, column in enumerate(columns):
        value = cell.values[place] if place < len(cell.values) else None
        if column.is_rowid:
            if value is not None or place >= len(cell.values):
                return None
            found.append(cell.rowid)
        elif value is None:
            if not column.optional:
                return None
            found.append(None)
        elif isinstance(value, column.types) and not (isinstance(value, str) and "\0" in value):
            found.append(value)
        else:
            return None
    return tuple(found)


def owner_of_fact(entry: IndexEntry) -> tuple[str, int] | None:
    """The request and the number of the fact that the index of facts by request names; None where
    the entry is of another index. The number stands in it twice."""
    values = entry.values
    if entry.index not in ("", "facts_request") or len(values) not in (2, 3):
        return None
    identifier, seq = values[0], values[-1]
    if isinstance(identifier, str) and isinstance(seq, int) and seq > 0 and values[1] == seq:
        return identifier, seq
    return None


def _is_content_of(table: str, values: Record) -> bool:
    """Whether this could stand in the table, going by more than its types."""
    match table:
        case "facts":
            return isinstance(values[6], bytes) and len(values[6]) == HASH_SIZE
        case "requests":
            return values[0] not in ("table", "index", "trigger", "view")  # the schema's own
        case "seen":
            return isinstance(values[0], str) and address.is_classic_address(values[0])
        case "sale_numbers":
            return isinstance(values[0], str) and "|" in values[0]
        case _:
            return True
