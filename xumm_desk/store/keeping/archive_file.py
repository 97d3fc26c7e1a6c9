"""The file of archived requests: raw facts as JSON lines, which can be verified on their own.

Each fact has its number and its hash; where the fact before it is not in the file, also the hash
before it. The last line holds the SHA-256 of all lines before it.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from xumm_desk.core.message import Message
from xumm_desk.core.wire import json_fields
from xumm_desk.store import private_files
from xumm_desk.store.group_commit import hash_link

from . import swap

VERSION = 1


class ArchiveWriter:
    """Writes the lines of one archive."""

    def __init__(self, out: Any) -> None:
        self._out, self._digest = out, hashlib.sha256()
        self._last = -1
        self.facts = 0
        self.sha256 = ""

    def write(self, line: Mapping[str, object]) -> None:
        """Add one line."""
        text = json.dumps(line, ensure_ascii=True, separators=(",", ":")) + "\n"
        self._digest.update(text.encode())
        self._out.write(text)

    def fact(
        self,
        seq: int,
        columns: tuple[str, ...],
        kept: bytes,
        before: bytes | None,
        *,
        anchored: bool = False,
    ) -> None:
        """Add one fact; `before` is the hash of the fact before it, None where it is unknown.
        One that is `anchored` does not fit its hash, see `chain`."""
        identifier, at, source, kind, text = columns
        line: dict[str, object] = {
            "seq": seq,
            "identifier": identifier,
            "at": at,
            "source": source,
            "kind": kind,
            "text": text,
            "hash": kept.hex(),
        }
        if seq != self._last + 1:
            line["before"] = before.hex() if before is not None else None
        if anchored:
            line["anchored"] = True
        self.write(line)
        self._last, self.facts = seq, self.facts + 1

    def end(self, **more: object) -> None:
        """Add the last line."""
        digest = self._digest.hexdigest()
        self._out.write(json.dumps({"end": True, **more, "sha256": digest}) + "\n")


@contextmanager
def writing(path: Path, **about: object) -> Iterator[ArchiveWriter]:
    """Write an archive to `path`, which appears only when it is complete and on the disk; its
    `sha256` is that of the whole file then. Raises `OSError`."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with private_files.open_for_writing(draft, newline="") as out:
            writer = ArchiveWriter(out)
            writer.write({"archive": VERSION, **about})
            yield writer
            out.flush()
            os.fsync(out.fileno())
        digest = hashlib.sha256()
        with draft.open("rb") as made:
            while part := made.read(1 << 20):
                digest.update(part)
        writer.sha256 = digest.hexdigest()
        os.replace(draft, path)
        swap.sync_folder(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def read(path: Path) -> Iterator[Mapping[str, Any]]:
    """The lines of an archive as objects; raises `OSError`, and `ValueError` for a damaged line."""
    with path.open(encoding="utf-8", newline="") as lines:
        for line in lines:
            value = json_fields.parse_object(line)
            if isinstance(value, str):
                raise ValueError(value)
            yield value


def problem_of(path: Path) -> str:
    """Why the archive is not whole, "" if it is: each fact fits its hash, and none is missing."""
    digest, last, before, facts = hashlib.sha256(), -1, b"", 0
    ended = False
    try:
        with path.open("rb") as lines:
            for raw in lines:
                value = json_fields.parse_object(raw.decode("utf-8"))
                if isinstance(value, str) or ended:
                    return Message("The archive {path} is damaged.", path=path)
                if value.get("end") is True:
                    ended = value.get("sha256") == digest.hexdigest()
                    ended = ended and value.get("facts") == facts
                    continue
                digest.update(raw)
                seq = value.get("seq")
                if not isinstance(seq, int):
                    continue
                kept = bytes.fromhex(str(value.get("hash")))
                if seq != last + 1:
                    named = value.get("before")
                    before = bytes.fromhex(named) if isinstance(named, str) else b""
                names = ("identifier", "at", "source", "kind", "text")
                columns = tuple(str(value.get(name)) for name in names)
                if before and hash_link(before, columns) != kept and not value.get("anchored"):
                    return Message(
                        "Row {seq} of the archive {path} was changed.", seq=seq, path=path
                    )
                last, before, facts = seq, kept, facts + 1
    except (OSError, ValueError) as error:
        return Message("The archive {path} cannot be read ({reason}).", path=path, reason=error)
    return "" if ended else Message("The archive {path} is damaged.", path=path)
