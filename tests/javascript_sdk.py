"""Install the official JavaScript SDK for the tests, as its lock names it.

`javascript/package-lock.json` holds a hash of every package and no address of a registry: npm asks
the one that this computer is set up for. Nothing of the SDK lies in this repository.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).resolve().parent / "javascript"
_INSTALLED: Final = FOLDER.parent / "output"
_SETTINGS: Final = ("package.json", "package-lock.json", ".npmrc")
_NPM_SECONDS: Final = 60
_WRONG: Final = ("EINTEGRITY", "EUSAGE", "EJSONPARSE")
"""What npm says when our lock or a package is wrong, and not the way to the registry."""


class NotHereError(Exception):
    """The SDK cannot be had on this computer; the text says why."""


class WrongLockError(Exception):
    """The lock does not fit the packages that it names; the text is npm's."""


def node() -> str:
    """The path of Node.js; raises `NotHereError`."""
    found = shutil.which("node")
    if found is None:
        raise NotHereError("there is no Node.js on this computer")
    return found


def install(into: Path = _INSTALLED) -> Path:
    """The folder below `into` that holds the SDK; npm is asked at the first call only.

    Raises:
        NotHereError: there is no npm, or no registry that it can reach.
        WrongLockError: a package is not the one that the lock names.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise NotHereError("there is no npm on this computer")
    lock = (FOLDER / "package-lock.json").read_bytes()
    ready = into / f"javascript-{hashlib.sha256(lock).hexdigest()[:16]}"
    if ready.is_dir():
        return ready
    into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="javascript-", dir=into) as name:
        draft = Path(name) / "sdk"
        draft.mkdir()
        for setting in _SETTINGS:
            shutil.copy(FOLDER / setting, draft)
        _ask_npm(npm, draft)
        try:
            draft.rename(ready)
        except OSError:
            if not ready.is_dir():  # else another worker was faster
                raise
    return ready


def _ask_npm(npm: str, folder: Path) -> None:
    command = [npm, "ci", "--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-timeout=20000"]
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=_NPM_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise NotHereError(f"npm did not get the SDK within {_NPM_SECONDS} seconds") from None
    if done.returncode == 0:
        return
    lines = done.stderr.strip().splitlines() or ["npm said nothing"]
    if any(word in lines[0] for word in _WRONG):
        raise WrongLockError(done.stderr)
    raise NotHereError(f"npm could not get the SDK: {' / '.join(lines[:3])}")
