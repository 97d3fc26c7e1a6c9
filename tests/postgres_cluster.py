"""Throw-away PostgreSQL servers for tests: made with `initdb` by an ordinary user, reached through
a Unix socket (as `owner`, no password) and on loopback (with passwords), and removed at the end.

The cluster `main` that Debian's package makes is left alone.
"""

from __future__ import annotations

import atexit
import ctypes
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

import psycopg

OWNER: Final = "owner"
"""The superuser of a cluster, for tests that make roles and databases."""

VARIABLE: Final = "XUMM_DESK_TEST_POSTGRES"
"""The variable of the environment that names the programs of another version to test with."""

DEBIAN: Final = Path("/usr/lib/postgresql")

_READY_WITHIN: Final = 120.0
_DEATH_SIGNAL: Final = 1  # PR_SET_PDEATHSIG

_SETTINGS: Final[Mapping[str, str]] = {
    "shared_buffers": "64MB",
    "max_connections": "120",
    "wal_level": "replica",
    "max_wal_senders": "4",
    "hot_standby": "on",
    "log_min_messages": "info",
    "log_statement": "all",
    "log_connections": "on",
    "lc_messages": "C",
}


class NoPostgresError(Exception):
    """The programs of PostgreSQL are not on this computer."""


def binaries() -> Path:
    """The folder with `initdb` and `postgres`: the one that `VARIABLE` names, else the newest of
    Debian's, else the one on the PATH."""
    if chosen := os.environ.get(VARIABLE):
        return Path(chosen)
    found = [
        path.parent for path in DEBIAN.glob("*/bin/initdb") if (path.parent / "postgres").exists()
    ]
    if found:
        return max(found, key=lambda path: [int(part) for part in re.findall(r"\d+", str(path))])
    if program := shutil.which("initdb"):
        return Path(program).resolve().parent
    raise NoPostgresError(
        "The tests of a shop's database need PostgreSQL 13 or newer, which is not on this computer:"
        " install Debian's package `postgresql`, or put `initdb` on the PATH."
    )


class PostgresCluster:
    """One server. It may be stopped, killed and started again, always at the same place and port;
    it ends with this process."""

    def __init__(self, *, settings: Mapping[str, str] | None = None, durable: bool = False) -> None:
        self._binaries = binaries()
        self._user = _ordinary_user()
        self.settings: dict[str, str] = {
            **_SETTINGS,
            **({} if durable else {"fsync": "off", "full_page_writes": "off"}),
            **(settings or {}),
        }
        self.folder = Path(tempfile.mkdtemp(prefix="pg-"))  # short: a socket's path has 107 bytes
        if self._user:
            shutil.chown(self.folder, *self._user)
        self.data = self.folder / "data"
        self.log = self.folder / "log"
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        atexit.register(self.remove)

    def create(self) -> None:
        """Make the files of a new, empty cluster, and start it."""
        self._run(
            "initdb", "-D", str(self.data), "-U", OWNER, "-E", "UTF8", "--locale=C", "--no-sync",
            "--auth-local=trust", "--auth-host=scram-sha-256",
        )  # fmt: skip
        with (self.data / "pg_hba.conf").open("a") as file:
            file.write("host replication all 127.0.0.1/32 scram-sha-256\n")
        self.start()

    def copy_of(self, primary: PostgresCluster) -> None:
        """Make this the streaming standby of `primary`, and start it."""
        self._run(
            "pg_basebackup", "-D", str(self.data), "-h", str(primary.folder),
            "-p", str(primary.port), "-U", OWNER, "-R", "-X", "stream", "-c", "fast", "--no-sync",
        )  # fmt: skip
        self.start()

    def promote(self) -> None:
        """Make a standby the primary; it takes writes when this returns."""
        self._run("pg_ctl", "promote", "-D", str(self.data), "-w", "-t", "60")

    def start(self) -> None:
        """Start the server; it answers when this returns."""
        options = {**self.settings, "port": str(self.port), "listen_addresses": "127.0.0.1"}
        options["unix_socket_directories"] = str(self.folder)
        command = [str(self._binaries / "postgres"), "-D", str(self.data)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        end = time.monotonic() + _READY_WITHIN
        while True:
            with self.log.open("ab") as log:
                self._process = self._popen(command, stdout=log)
            if self._answers(end):
                return
            # What a killed server left in memory is gone when its last process has ended.
            if time.monotonic() > end:
                raise AssertionError(f"PostgreSQL did not start: {self.words()[-2000:]}")
            time.sleep(0.1)

    def make_private(self, path: Path) -> None:
        """Let the server's user alone read a file, as it demands of its key."""
        path.chmod(0o600)
        if self._user:
            shutil.chown(path, *self._user)

    def stop(self) -> None:
        """End the server in order: open connections are cut, what was committed is there later."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """End all processes of the server at once, as a power cut does; `start` recovers it."""
        self._signal_all(signal.SIGSTOP)  # so that none is forked or ends in order meanwhile
        self._signal_all(signal.SIGKILL)
        self._end(signal.SIGKILL)

    def pause(self) -> None:
        """Stop all its processes without ending a connection, as a machine that hangs."""
        self._signal_all(signal.SIGSTOP)

    def resume(self) -> None:
        """Go on after `pause`."""
        self._signal_all(signal.SIGCONT)

    def restart(self) -> None:
        """Stop in order and start."""
        self.stop()
        self.start()

    def remove(self) -> None:
        """End the server and delete its files."""
        atexit.unregister(self.remove)
        self._end(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def words(self) -> str:
        """What the server has logged."""
        return self.log.read_text("utf-8", "replace") if self.log.exists() else ""

    def where(self, database: str = "postgres", user: str = OWNER) -> str:
        """A connection string through the Unix socket, which needs no password."""
        return f"host={self.folder} port={self.port} dbname={database} user={user}"

    def execute(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Run one statement as the superuser."""
        with psycopg.connect(self.where(database), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def _answers(self, end: float) -> bool:
        while self.is_running and time.monotonic() < end:
            try:
                psycopg.connect(self.where(), connect_timeout=5).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return True
        return False

    def _end(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGCONT)
            self._process.send_signal(number)
            try:
                self._process.wait(60)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process = None

    def _signal_all(self, number: signal.Signals) -> None:
        assert self._process is not None
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text()
        for pid in (self._process.pid, *map(int, children.split())):
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def _run(self, program: str, *arguments: str) -> None:
        done = self._popen([str(self._binaries / program), *arguments], stdout=subprocess.PIPE)
        words, _ = done.communicate()
        if done.returncode:
            raise AssertionError(f"{program} failed: {words.decode(errors='replace')[-2000:]}")

    def _popen(self, command: list[str], stdout: int | IO[bytes]) -> subprocess.Popen[bytes]:
        user, group = self._user or (None, None)
        return subprocess.Popen(
            command,
            cwd=self.folder,
            env={"PATH": os.defpath, "LC_ALL": "C", "HOME": str(self.folder)},
            user=user,
            group=group,
            extra_groups=() if user else None,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # an interrupt at the terminal is not for the server
            preexec_fn=_end_with_parent(),  # noqa: PLW1509  it calls the kernel and nothing else
        )


def _ordinary_user() -> tuple[str, str] | None:
    """Whom the server runs as where the tests run as root, which PostgreSQL refuses."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return None
    import grp
    import pwd

    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return name, grp.getgrgid(pwd.getpwnam(name).pw_gid).gr_name
    raise NoPostgresError("There is no ordinary user `postgres` or `nobody` for the test server.")


def _end_with_parent() -> Callable[[], None] | None:
    """Have the kernel end a server in order whose test run was killed; on Linux only."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl

    def call() -> None:
        prctl(_DEATH_SIGNAL, signal.SIGQUIT)

    return call


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
