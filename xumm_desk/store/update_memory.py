"""Keep in `updates.json` when the newest version was last asked for, and what was believed."""

from __future__ import annotations

import base64
import json
import logging
from pathlib import Path
from typing import Final

from xumm_desk.core.updates.notice import UpdateState
from xumm_desk.core.wire.json_fields import parse_object, string_at, time_at

from . import atomic_file, private_files

log = logging.getLogger(__name__)

NAME: Final = "updates.json"
_MAX_BYTES: Final = 64 * 1024


class UpdateMemory:
    """The file in a data folder. A damaged one is as none: it holds nothing that is not read
    again."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME

    def read(self) -> UpdateState:
        """What is remembered."""
        try:
            with self._path.open("rb") as file:
                raw = file.read(_MAX_BYTES)
            found = parse_object(raw.decode("utf-8"))
        except (OSError, UnicodeDecodeError):
            return UpdateState()
        if isinstance(found, str):
            return UpdateState()
        try:
            body = base64.b64decode(string_at(found, "statement") or "", validate=True)
        except ValueError:
            body = b""
        return UpdateState(time_at(found, "tried_at"), body, string_at(found, "hidden") or "")

    def write(self, state: UpdateState) -> bool:
        """Whether `state` is remembered from now on."""
        value = {
            "tried_at": state.tried_at.isoformat() if state.tried_at is not None else None,
            "statement": base64.b64encode(state.body).decode(),
            "hidden": state.hidden,
        }
        try:
            private_files.make_folder(self._path.parent)
            with atomic_file.replace_text(self._path) as out:
                json.dump(value, out, indent=2)
        except OSError as error:
            log.warning("%s", atomic_file.write_error(self._path, error))
            return False
        return True
