"""Who follows requests in this benchmark: how each is started, and its words for the three ends."""

from __future__ import annotations

import functools
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from .bench import Scene
from .control import Child
from .plan import End

JAVASCRIPT_SDK: Final = "xumm-sdk@1.11.2"
_HERE: Final = Path(__file__).resolve().parent


class NotHereError(Exception):
    """A contender cannot run on this machine; the text says why."""


@dataclass(frozen=True)
class Contender:
    """One of them. `judged` says whether a wrong end fails the whole run: the desk answers for
    itself, the SDKs' losses are figures. `packages` is the folder with the lock of what npm puts in
    place for it. `patience` are seconds to wait for events that may be
    lost, 0 for the usual. `once` is for one so slow that a single round has to do."""

    name: str
    module: str
    words: dict[End, str]
    journal: bool = False
    judged: bool = True
    patience: float = 0.0
    once: bool = False
    packages: str = "../javascript"
    environment: dict[str, str] = field(default_factory=dict)

    def start(self, stage: Scene, *, profile: bool) -> Child:
        """Start it on a scene; raises `NotHereError`."""
        more: list[str] = []
        if self.journal:
            more += ["--folder", str(stage.fill())]
            if profile:
                more += ["--profile", str(stage.folder)]
            if stage.ledger:
                more += ["--ledger", stage.ledger]
        if self.module.endswith(".mjs"):
            command = [node(), str(_HERE / self.module), str(stage.port), str(stage.count)]
            folder = _HERE / self.packages
            command.append(str(install(folder, stage.bench.scratch / folder.parent.name)))
            if stage.ledger:
                command += [stage.ledger, str(stage.folder / "paid.jsonl")]
            return stage.start(self.name, command)
        return stage.contender(self.name, self.module, *more, **self.environment)


def node() -> str:
    """Where Node is."""
    found = shutil.which("node")
    if found is None:
        raise NotHereError("there is no Node.js on this computer")
    return found


@functools.cache
def install(lock: Path, folder: Path) -> Path:
    """`folder`, into which npm has put the official JavaScript SDK and whatever else the lock in
    the folder `lock` names."""
    npm = shutil.which("npm")
    if npm is None:
        raise NotHereError("there is no npm on this computer")
    folder.mkdir(parents=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(lock / name, folder)
    command = [npm, "ci", "--no-audit", "--no-fund"]
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=180, check=False
        )
    except subprocess.TimeoutExpired:
        raise NotHereError(f"npm could not fetch {JAVASCRIPT_SDK} within three minutes") from None
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["nothing"])[-1]
        raise NotHereError(f"npm could not fetch {JAVASCRIPT_SDK}: {said}")
    return folder


_DESK_WORDS: Final = {
    End.SIGNED: "unverified",
    End.DECLINED: "declined",
    End.EXPIRED: "expired_opened",
}
_FRAME_WORDS: Final = {
    End.SIGNED: "signed",
    End.DECLINED: "declined",
    End.EXPIRED: "expired",
}
DESK: Final = Contender("desk", "contender_desk", _DESK_WORDS, journal=True)
STOCK: Final = Contender(
    "desk on stock qasync",
    "contender_desk",
    _DESK_WORDS,
    journal=True,
    once=True,
    environment={"XUMM_DESK_LOOP": "stock"},
)
PLAIN: Final = Contender("plain asyncio", "contender_plain", _FRAME_WORDS)
THIN: Final = Contender("thin window", "contender_thin", _FRAME_WORDS)
PYTHON_SDK: Final = Contender(
    "official Python SDK", "contender_python_sdk", _FRAME_WORDS, judged=False, patience=15.0
)
JAVASCRIPT: Final = Contender(
    "official JavaScript SDK",
    "contender_javascript_sdk.mjs",
    _FRAME_WORDS,
    judged=False,
    patience=15.0,
)
JAVASCRIPT_SALES: Final = Contender(
    "official JavaScript SDK with xrpl",
    "contender_javascript_sales.mjs",
    {End.SIGNED: "paid"},
    judged=False,
    packages="javascript",
)
