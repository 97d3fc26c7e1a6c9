"""Read the records of an SQLite file page by page, however damaged it is, and change nothing.

SQLite refuses a table of which one inner page is damaged, although most of its rows lie whole on
other pages. Here each page is read by itself (https://sqlite.org/fileformat2.html), with the
write-ahead log over the file as SQLite does it. Every function is total: what cannot be read is
left out. Whether a row is what was written is for the caller to decide.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, TypeAlias

Value: TypeAlias = int | float | str | bytes | None
Record: TypeAlias = tuple[Value, ...]

TABLE_LEAF: Final = 0x0D
TABLE_INNER: Final = 0x05
INDEX_LEAF: Final = 0x0A
INDEX_INNER: Final = 0x02

_MAGIC: Final = b"SQLite format 3\x00"
_USUAL_PAGE: Final = 4096
_SIZES: Final = frozenset(1 << power for power in range(9, 17))
_LOG_HEADER: Final = 32
_FRAME_HEADER: Final = 24
_LOG_MAGIC: Final = (0x377F0682, 0x377F0683)
_MOST_PAYLOAD: Final = 64 * 1024 * 1024
"""Bytes of one record; more is what a damaged length says."""

_BAD: Final = (IndexError, ValueError, struct.error, OverflowError)
"""What reading at a place that makes no sense ends in."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One record as it lies on a page. `rowid` is None on a page of an index."""

    rowid: int | None
    values: Record


class PageFile:
    """The pages of the database at `path`, as SQLite sees them with its write-ahead log.

    Use it in a `with` statement; raises `OSError` where the file cannot even be opened.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._main = self._log = -1
        self._frames: dict[int, int] = {}
        self._stale: list[tuple[int, int]] = []
        self.page_size = _USUAL_PAGE
        self._usable = _USUAL_PAGE
        self.count = 0
        """How many pages there are."""
        self.log_damaged = False
        """Whether the log goes on behind what SQLite accepts of it."""

    def __enter__(self) -> PageFile:
        self._main = os.open(self._path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        try:
            log = self._path.with_name(self._path.name + "-wal")
            if log.exists():
                self._log = os.open(log, os.O_RDONLY | getattr(os, "O_BINARY", 0))
            self._find_size()
            size = os.fstat(self._main).st_size
            self.count = -(-size // self.page_size)
            self._read_log()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def page(self, number: int) -> bytes:
        """The newest committed image of this page (from 1); b"" where there is none."""
        at = self._frames.get(number)
        if at is not None:
            image = _read(self._log, at, self.page_size)
            if len(image) == self.page_size:
                return image
        image = _read(self._main, (number - 1) * self.page_size, self.page_size)
        return image + bytes(self.page_size - len(image)) if image else b""

    def old_images(self) -> Iterator[tuple[int, bytes]]:
        """Other images of pages, of which some are older and some were never committed: rows that
        are never changed may be found there although their page is damaged."""
        for number in self._frames:
            image = _read(self._main, (number - 1) * self.page_size, self.page_size)
            if image:
                yield number, image + bytes(self.page_size - len(image))
        for number, at in self._stale:
            image = _read(self._log, at, self.page_size)
            if len(image) == self.page_size:
                yield number, image

    def owners(self) -> dict[int, str]:
        """Which table or index each page belongs to, as far as the inner pages tell."""
        found: dict[int, str] = {1: "sqlite_schema"}
        roots = []
        for number in self._tree(1, found, "sqlite_schema"):
            for cell in self.cells(number):
                if cell.rowid is None or len(cell.values) != 5:
                    continue
                _, name, _, root, _ = cell.values
                if isinstance(name, str) and isinstance(root, int) and 1 < root <= self.count:
                    roots.append((root, name))
        for root, name in roots:
            for _ in self._tree(root, found, name):
                pass
        return found

    def cells(self, number: int, image: bytes | None = None) -> Iterator[Cell]:
        """The records of a leaf of a table, and those of any page of an index."""
        page = self.page(number) if image is None else image
        begin = 100 if number == 1 else 0
        if len(page) <= begin + 12:
            return
        kind = page[begin]
        if kind not in (TABLE_LEAF, INDEX_LEAF, INDEX_INNER):
            return
        for at in _places(page, begin, inner=kind == INDEX_INNER):
            cell = self._cell(page, at, kind)
            if cell is not None:
                yield cell

    # Inside.

    def _close(self) -> None:
        for descriptor in (self._main, self._log):
            if descriptor >= 0:
                os.close(descriptor)
        self._main = self._log = -1

    def _find_size(self) -> None:
        head = _read(self._main, 0, 100)
        reserved = 0
        size = 0
        if len(head) == 100:
            size = int.from_bytes(head[16:18], "big")
            size = 65536 if size == 1 else size
            if head.startswith(_MAGIC):
                reserved = head[20]
        if size not in _SIZES and self._log >= 0:
            size = int.from_bytes(_read(self._log, 8, 4), "big")
        self.page_size = size if size in _SIZES else _USUAL_PAGE
        self._usable = self.page_size - (reserved if reserved <= 32 else 0)

    def _read_log(self) -> None:
        """Find the newest committed image of each page in the log. A frame counts as committed as
        long as the checksums up to it are right; all others are old images."""
        if self._log < 0:
            return
        head = _read(self._log, 0, _LOG_HEADER)
        if len(head) < _LOG_HEADER:
            return
        magic = int.from_bytes(head[:4], "big")
        order = ">" if magic == _LOG_MAGIC[1] else "<"
        salts, sums = head[16:24], _sums(head[:24], (0, 0), order)
        good = magic in _LOG_MAGIC and head[24:32] == struct.pack(">II", *sums)
        sound = good
        at, pending = _LOG_HEADER, dict[int, int]()
        while True:
            frame = _read(self._log, at, _FRAME_HEADER)
            if len(frame) < _FRAME_HEADER:
                break
            number, pages = struct.unpack(">II", frame[:8])
            place = at + _FRAME_HEADER
            if good:
                image = _read(self._log, place, self.page_size)
                sums = _sums(image, _sums(frame[:8], sums, order), order)
                good = (
                    len(image) == self.page_size
                    and frame[8:16] == salts
                    and frame[16:24] == struct.pack(">II", *sums)
                )
            if good:
                pending[number] = place
                if pages:
                    self._stale += [(n, self._frames[n]) for n in pending if n in self._frames]
                    self._frames |= pending
                    self.count = pages
                    pending = {}
            elif number:
                self._stale.append((number, place))
                self.log_damaged = self.log_damaged or frame[8:16] == salts or not sound
            at += _FRAME_HEADER + self.page_size
        self._stale += list(pending.items())

    def _tree(self, root: int, found: dict[int, str], name: str) -> Iterator[int]:
        """The leaves under `root`, or all pages if it is an index; each is noted in `found`."""
        todo, seen = [root], set[int]()
        while todo:
            number = todo.pop()
            if number in seen or not 0 < number <= self.count:
                continue
            seen.add(number)
            page = self.page(number)
            begin = 100 if number == 1 else 0
            if len(page) <= begin + 12:
                continue
            kind = page[begin]
            if kind in (TABLE_INNER, INDEX_INNER):
                found[number] = name
                todo.append(int.from_bytes(page[begin + 8 : begin + 12], "big"))
                todo += [
                    int.from_bytes(page[at : at + 4], "big")
                    for at in _places(page, begin, inner=True)
                ]
            if kind in (TABLE_LEAF, INDEX_LEAF):
                found[number] = name
                yield number

    def _cell(self, page: bytes, at: int, kind: int) -> Cell | None:
        try:
            if kind == INDEX_INNER:
                at += 4
            size, at = _varint(page, at)
            rowid: int | None = None
            if kind == TABLE_LEAF:
                rowid, at = _varint(page, at)
            if not 0 < size <= _MOST_PAYLOAD:
                return None
            payload = self._payload(page, at, size, table=kind == TABLE_LEAF)
            values = _values(payload)
        except _BAD:
            return None
        return None if values is None else Cell(rowid, values)

    def _payload(self, page: bytes, at: int, size: int, *, table: bool) -> bytes:
        """The record, with the pages on which a long one goes on."""
        usable = self._usable
        most = usable - 35 if table else (usable - 12) * 64 // 255 - 23
        if size <= most:
            if at + size > len(page):
                raise ValueError("beyond the page")
            return page[at : at + size]
        least = (usable - 12) * 32 // 255 - 23
        local = least + (size - least) % (usable - 4)
        local = local if local <= most else least
        parts = [page[at : at + local]]
        following = int.from_bytes(page[at + local : at + local + 4], "big")
        left, seen = size - local, set[int]()
        while left > 0:
            if following in seen or not 0 < following <= self.count:
                raise ValueError("no such page")
            seen.add(following)
            more = self.page(following)
            if not more:
                raise ValueError("unreadable")
            parts.append(more[4 : min(4 + left, usable)])
            left -= len(parts[-1])
            following = int.from_bytes(more[:4], "big")
        return b"".join(parts)


def _read(descriptor: int, at: int, size: int) -> bytes:
    """Bytes of the file; fewer, or none, where the disk does not give them."""
    try:
        if hasattr(os, "pread"):
            return os.pread(descriptor, size, at)
        os.lseek(descriptor, at, os.SEEK_SET)
        return os.read(descriptor, size)
    except OSError:
        return b""


def _places(page: bytes, begin: int, *, inner: bool) -> Iterator[int]:
    """Where the cells of a page are."""
    count = int.from_bytes(page[begin + 3 : begin + 5], "big")
    first = begin + (12 if inner else 8)
    if first + 2 * count > len(page):
        count = max(0, (len(page) - first) // 2)
    for place in range(first, first + 2 * count, 2):
        at = page[place] << 8 | page[place + 1]
        if first + 2 * count <= at < len(page) - 3:
            yield at


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of one to nine bytes, signed in 64 bits, and the place after it."""
    byte = data[at]
    if byte < 0x80:
        return byte, at + 1
    value = 0
    for place in range(at, at + 8):
        byte = data[place]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, place + 1
    value = value << 8 | data[at + 8]
    return (value - (1 << 64) if value >= 1 << 63 else value), at + 9


_WIDTHS: Final = (0, 1, 2, 3, 4, 6, 8)


def _values(record: bytes) -> Record | None:
    """The columns of a record; None where it makes no sense."""
    length, at = _varint(record, 0)
    if not at <= length <= len(record):
        return None
    values: list[Value] = []
    place = length
    while at < length:
        kind, at = _varint(record, at)
        if kind >= 12:
            size = (kind - 12) >> 1
            raw = record[place : place + size]
            if len(raw) != size:
                return None
            values.append(raw.decode("utf-8") if kind & 1 else raw)
        elif 1 <= kind <= 6:
            size = _WIDTHS[kind]
            if place + size > len(record):
                return None
            values.append(int.from_bytes(record[place : place + size], "big", signed=True))
        elif kind == 7:
            size = 8
            values.append(struct.unpack_from(">d", record, place)[0])
        elif kind in (8, 9):
            size = 0
            values.append(kind - 8)
        elif kind == 0:
            size = 0
            values.append(None)
        else:
            return None
        place += size
    return tuple(values) if place == len(record) else None


def _sums(data: bytes, before: tuple[int, int], order: str) -> tuple[int, int]:
    """The checksum of the write-ahead log, going on from `before`."""
    first, second = before
    words = struct.unpack(f"{order}{len(data) // 4}I", data[: len(data) // 4 * 4])
    for place in range(0, len(words) - 1, 2):
        first = (first + words[place] + second) & 0xFFFFFFFF
        second = (second + words[place + 1] + first) & 0xFFFFFFFF
    return first, second
