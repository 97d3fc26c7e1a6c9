"""Read and write `settings.json`, a file that a person can read and that holds no secret.

A damaged file is read as far as it goes. What was not understood is told in `problems`, and the
file as it was is kept beside it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any, Final

from xumm_desk.core.message import LIST_SEPARATOR, Message, Sentences
from xumm_desk.core.sale import settings_check
from xumm_desk.core.settings import Settings

from . import private_files

_MOST_KEPT: Final = 20
"""Damaged files that are kept; a program that damages them for ever must not fill the disk."""

_TEXTS: Final = frozenset({"tips", "operators"})
"""Lists of text; the others are of objects."""

_BLANKS: Final = " \t\r\n"


class SettingsFile:
    """Reads and writes `settings.json`. `is_new` says that there was no file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_new = False
        self.problems: tuple[str, ...] = ()
        # What a newer program has written; it must find it again.
        self._unknown: dict[str, Any] = {}
        self.value = self._read()
        self.error = ""

    def change(self, **values: Any) -> Settings:
        """Change some values and write the whole file; a failed write is noted in `error`."""
        changed = replace(self.value, **values)
        if changed == self.value:
            return changed
        self.value = changed
        draft = self.path.with_suffix(".new")
        try:
            private_files.make_folder(self.path.parent)
            # Half of a surrogate pair can be typed on some systems; it must not end the program.
            with private_files.open_for_writing(draft) as out:
                whole = self._unknown | asdict(self.value)
                json.dump(whole, out, indent=2, ensure_ascii=False)
                out.flush()
                os.fsync(out.fileno())
            draft.replace(self.path)
            self.error = ""
        except OSError as error:
            self.error = Message(
                "The settings could not be saved ({reason}).", reason=error.strerror
            )
        return self.value

    def _read(self) -> Settings:
        try:
            raw = self.path.read_bytes()
        except FileNotFoundError:
            self.is_new = True
            return Settings()
        except OSError as error:
            self.problems = (
                Message(
                    "The settings could not be read ({reason}). Those of a new shop hold.",
                    reason=error.strerror,
                ),
            )
            return replace(Settings(), shop_currency="")
        text = raw.decode("utf-8", "replace")
        try:
            value, whole = json.loads(raw.decode("utf-8")), True
        except (ValueError, RecursionError):
            value, whole = read_pairs(text), False
        if not isinstance(value, dict):
            value, whole = {}, False
        known, lost = _known(value)
        names = {entry.name for entry in fields(Settings)}
        self._unknown = {key: kept for key, kept in value.items() if key not in names}
        if (not whole and "shop_currency" not in value) or "shop_currency" in lost:
            # Prices in euros must not become prices in XRP: nothing is charged until it is chosen.
            known["shop_currency"] = ""
        settings = replace(Settings(), **known)
        said = []
        if not whole:
            said.append(self._keep_damaged(settings_words(len(known)), self.path.replace))
        elif lost:
            words = Message(
                "Some settings could not be read, and are as in a new shop: {names}.",
                names=Sentences([settings_check.label_of(name) for name in lost], LIST_SEPARATOR),
            )
            said.append(self._keep_damaged(words, lambda target: _copy(raw, target)))
        self.problems = (*said, *settings_check.nonsense(settings))
        return settings

    def _keep_damaged(self, words: str, move: Callable[[Path], object]) -> str:
        """Keep the file as it was; returns `words` with the place."""
        first = self.path.with_suffix(".damaged")
        names = [first, *(self.path.with_suffix(f".damaged-{n}") for n in range(2, _MOST_KEPT))]
        try:
            content = self.path.read_bytes()
            free = (one for one in names if not one.exists() or one.read_bytes() == content)
            target = next(free, names[-1])
            move(target)
        except OSError:
            return words
        return Sentences([words, Message("The file as it was is kept as {path}.", path=target)])


def settings_words(count: int) -> str:
    """What holds where a file is damaged of which `count` settings could be read."""
    if not count:
        return Message("The settings file is damaged. The settings of a new shop hold.")
    return Message(
        "The settings file is damaged. {n} setting could be read and holds; the others are as in"
        " a new shop.",
        plural="The settings file is damaged. {n} settings could be read and hold; the others are"
        " as in a new shop.",
        n=count,
    )


def read_pairs(text: str) -> dict[str, Any]:
    """The names and values that a cut or damaged JSON object begins with."""
    found: dict[str, Any] = {}
    place = _skip(text, 0)
    if text[place : place + 1] != "{":
        return found
    decoder = json.JSONDecoder()
    try:
        while True:
            key, place = decoder.raw_decode(text, _skip(text, place + 1))
            place = _skip(text, place)
            if not isinstance(key, str) or text[place : place + 1] != ":":
                return found
            value, place = decoder.raw_decode(text, _skip(text, place + 1))
            place = _skip(text, place)
            if text[place : place + 1] not in (",", "}"):
                return found  # a number may have been cut: 12 is the beginning of 120
            found[key] = value
            if text[place] == "}":
                return found
    except (ValueError, RecursionError):
        return found


def _skip(text: str, place: int) -> int:
    while place < len(text) and text[place] in _BLANKS:
        place += 1
    return place


def _known(value: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The settings of a file by their names, and the names of those of a wrong type."""
    default, known, lost = Settings(), {}, []
    for entry in fields(Settings):
        if entry.name not in value:
            continue
        read = _of_type(value[entry.name], getattr(default, entry.name), entry.name)
        if read is None or read != value[entry.name]:
            lost.append(entry.name)
        if read is not None:
            known[entry.name] = read
    return known, lost


def _of_type(value: Any, default: Any, name: str) -> Any:
    """`value` as far as it is of the type of the setting; None if it is not at all."""
    if type(value) is not type(default):
        return None
    if isinstance(value, dict):
        return {key: one for key, one in value.items() if isinstance(one, str)}
    if isinstance(value, list):
        kind = str if name in _TEXTS else dict
        return [one for one in value if isinstance(one, kind)]
    return value


def _copy(raw: bytes, target: Path) -> None:
    with open(target, "wb", opener=private_files.opener) as out:
        out.write(raw)
