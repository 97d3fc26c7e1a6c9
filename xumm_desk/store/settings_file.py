"""Read and write `settings.json`, a file that a person can read and that holds no secret."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

from xumm_desk.core.message import Message
from xumm_desk.core.settings import Settings

from . import private_files


class SettingsFile:
    """Reads and writes `settings.json`; a damaged file is renamed and means defaults."""

    def __init__(self, path: Path) -> None:
        self.path = path
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
                json.dump(asdict(self.value), out, indent=2, ensure_ascii=False)
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
            value = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return Settings()
        except (OSError, ValueError, RecursionError):
            self._rename_damaged()
            return Settings()
        if not isinstance(value, dict):
            self._rename_damaged()
            return Settings()
        default = Settings()
        known = {
            entry.name: value[entry.name]
            for entry in fields(Settings)
            if type(value.get(entry.name)) is type(getattr(default, entry.name))
        }
        layout = known.get("layout", {})
        known["layout"] = {k: v for k, v in layout.items() if isinstance(v, str)}
        return replace(default, **known)

    def _rename_damaged(self) -> None:
        try:
            self.path.replace(self.path.with_suffix(".damaged"))
        except OSError:
            return
