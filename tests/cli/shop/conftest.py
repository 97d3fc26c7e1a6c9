"""`xumm-desk` as a program of its own at several tills, with a keyring in a file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from postgres_shop import JoinedTill

from xumm_desk.core.replication.shop_address import parse_address

PATIENCE = 240.0

BACKEND = """
import json, os, pathlib
import keyring.errors
from keyring.backend import KeyringBackend

FILE = pathlib.Path(os.environ["KEYRING_FILE"])

class InFile(KeyringBackend):
    priority = 1

    def _all(self):
        return json.loads(FILE.read_text()) if FILE.exists() else {}

    def get_password(self, service, username):
        return self._all().get(f"{service} {username}")

    def set_password(self, service, username, password):
        FILE.write_text(json.dumps({**self._all(), f"{service} {username}": password}))

    def delete_password(self, service, username):
        kept = self._all()
        if kept.pop(f"{service} {username}", None) is None:
            raise keyring.errors.PasswordDeleteError("not there")
        FILE.write_text(json.dumps(kept))
"""


@dataclass
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def object(self) -> dict[str, Any]:
        """The one JSON object of standard output."""
        found: dict[str, Any] = json.loads(self.out)
        return found


class Computer:
    """A computer with a data folder and a keyring of its own."""

    def __init__(self, folder: Path, owner: str = "") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.data = folder, folder / "data"
        self.ring = folder / "ring.json"
        (folder / "file_ring.py").write_text(BACKEND)
        path = [str(folder), os.environ.get("PYTHONPATH", "")]
        self.environment = {
            "PYTHONPATH": os.pathsep.join(part for part in path if part),
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "XUMM_DESK_DATA_DIR": str(self.data),
            "PYTHON_KEYRING_BACKEND": "file_ring.InFile",
            "KEYRING_FILE": str(self.ring),
            **({"XUMM_DESK_SHOP_OWNER": owner} if owner else {}),
        }

    def run(self, *arguments: str, stdin: str = "") -> Ended:
        """Run a command to its end."""
        done = subprocess.run(
            [sys.executable, "-m", "xumm_desk", *arguments],
            env=self.environment,
            cwd=self.folder,
            input=stdin.encode(),
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())

    def shop(self, *arguments: str, stdin: str = "") -> Ended:
        """Run an action of `shop`."""
        return self.run("shop", *arguments, stdin=stdin)

    def join(self, code: str, *more: str) -> Ended:
        """Join with a code on standard input."""
        return self.shop("join", "-", *more, stdin=code)

    @property
    def journal(self) -> Path:
        return self.data / "journal.sqlite3"

    @property
    def login(self) -> JoinedTill:
        """The login that this computer keeps."""
        address = parse_address((self.data / "shop.json").read_text())
        assert address is not None
        kept = json.loads(self.ring.read_text())
        return JoinedTill(address, kept[f"xumm-desk shop {address.till}"])

    def secrets(self) -> list[str]:
        """Everything in its keyring."""
        return list(json.loads(self.ring.read_text()).values()) if self.ring.exists() else []

    def files(self) -> str:
        """What lies in its data folder, log and journal too."""
        return "".join(
            path.read_bytes().decode("latin-1")
            for path in sorted(self.data.rglob("*"))
            if path.is_file()
        )


@pytest.fixture
def computer(tmp_path: Path) -> Callable[..., Computer]:
    """Makes computers by name."""

    def make(name: str, owner: str = "") -> Computer:
        return Computer(tmp_path / name, owner)

    return make
