"""One run of the benchmark: its options, its scratch folder, its servers and contenders.

All are started on the same footing.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from . import fill, plan
from .control import Child, python


@dataclass(frozen=True)
class Options:
    """What the person asked for."""

    sockets: int
    rounds: int
    quick: bool
    only: tuple[str, ...]
    budget: int
    profile: bool
    subscriptions: int


@dataclass
class Bench:
    """Where one run keeps its files, and the certificate of its TLS variant."""

    options: Options
    scratch: Path
    output: Path
    certificate: str = ""
    authority: str = ""
    _number: int = field(default=0)

    def place(self, name: str) -> Path:
        """A fresh folder."""
        self._number += 1
        made = self.scratch / f"{self._number:03d}-{name}"
        made.mkdir(parents=True)
        return made

    def say(self, words: str) -> None:
        """Tell how far it is."""
        sys.stderr.write(f"{words}\n")
        sys.stderr.flush()

    def make_certificates(self) -> None:
        """An authority of our own, for TLS over loopback."""
        import trustme

        authority = trustme.CA()
        mine = authority.issue_cert("localhost", "127.0.0.1")
        folder = self.place("certificates")
        mine.private_key_and_cert_chain_pem.write_to_path(str(folder / "server.pem"))
        authority.cert_pem.write_to_path(str(folder / "authority.pem"))
        self.certificate = str(folder / "server.pem")
        self.authority = str(folder / "authority.pem")


@dataclass
class Scene:
    """One load server, and what a contender must know of it."""

    bench: Bench
    folder: Path
    server: Child
    port: int
    count: int
    expires_at: datetime
    secure: bool
    ledger: str = ""
    """The address of its ledger node, "" for none."""

    @property
    def api(self) -> str:
        """The REST base."""
        where = "https://localhost" if self.secure else "http://127.0.0.1"
        return f"{where}:{self.port}/api/v1/platform"

    def fill(self, old: int = 0) -> Path:
        """A data folder whose journal holds this scene's unfinished requests."""
        data = self.folder / "data"
        path = data / "journal.sqlite3"
        fill.journal(path, self.api, self.expires_at, count=self.count, old=old)
        return data

    def contender(self, name: str, module: str, *more: str, **environment: str) -> Child:
        """Start a contender of this package on the scene."""
        command = python(module, "--port", str(self.port), "--count", str(self.count), *more)
        if self.secure:
            command.append("--secure")
            environment["SSL_CERT_FILE"] = self.bench.authority
        return self.start(name, command, **environment)

    def start(self, name: str, command: list[str], **environment: str) -> Child:
        """Start any program on the scene."""
        return Child(command, name, self.folder / f"{name.replace(' ', '-')}.log", environment)

    def finish(self) -> tuple[Path, dict[str, Any]]:
        """The server's stamps and its counts."""
        file = self.folder / "sent.bin"
        self.server.ask("finish", file=str(file))
        return file, self.server.ask("counts")


@contextmanager
def scene(
    bench: Bench,
    name: str,
    count: int,
    *,
    secure: bool = False,
    limit: int = 60,
    sales: Path | None = None,
) -> Iterator[Scene]:
    """A load server of its own, as long as the block runs. `limit` are the calls a minute that
    it allows and tells, 0 for a million. `sales` is a file with the signature of every request,
    all of which then end signed."""
    folder = bench.place(name.replace(" ", "-"))
    expires_at = datetime.now(UTC).replace(microsecond=0)
    expires_at += timedelta(minutes=plan.EXPIRE_MINUTES)
    signed = sales or bench.scratch / f"signed-{count}.json"
    if not signed.exists():
        fill.save_signatures(signed, fill.signed_ones(count))
    arguments = ["--count", str(count), "--expires-at", expires_at.isoformat()]
    arguments += ["--signed", str(signed), "--limit", str(limit)]
    if sales is not None:
        arguments.append("--all-signed")
    if secure:
        if not bench.certificate:
            bench.make_certificates()
        arguments += ["--certificate", bench.certificate]
    log = folder / "server.log"
    with Child(python("server", *arguments), "load server", log, {}) as server:
        port = server.hear()["port"]
        yield Scene(bench, folder, server, port, count, expires_at, secure)


def conditions() -> dict[str, str]:
    """What the figures depend on, for the header."""
    import platform
    from importlib import metadata

    model = ""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    names = ("PySide6_Essentials", "qasync", "websockets", "httpx", "xumm-sdk-py")
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "processor": f"{len(os.sched_getaffinity(0))} cores, {model or platform.machine()}",
        "system": f"{platform.system()} {platform.release()}",
        "load before": " ".join(f"{load:.2f}" for load in os.getloadavg()),
        "Python": platform.python_version(),
        **{name: metadata.version(name) for name in names},
    }
