"""One process tells another what to do: JSON lines over its standard input and output."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import resource
import selectors
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
_PROXIES: Final = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


class ChildError(Exception):
    """A child ended or did not answer in time; the text holds its last words."""


def raise_open_files() -> int:
    """Allow this process as many open files as the system lets it; that number."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


class Control:
    """The child's end, on its loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._lines: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        self._loop = loop
        # Kept aside: what libraries print must not get between the lines.
        self._out = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)
        threading.Thread(target=self._read, name="control", daemon=True).start()

    async def next(self) -> dict[str, Any] | None:
        """What is asked next; None when the runner is gone."""
        return await self._lines.get()

    def say(self, **values: Any) -> None:
        """Answer."""
        self._out.write(json.dumps(values) + "\n")
        self._out.flush()

    def _read(self) -> None:
        for line in sys.stdin:
            self._pass(json.loads(line))
        self._pass(None)

    def _pass(self, asked: dict[str, Any] | None) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed already
            self._loop.call_soon_threadsafe(self._lines.put_nowait, asked)


class Child:
    """The runner's end of one child process. Ends the child with the block."""

    def __init__(
        self, command: Sequence[str], name: str, log: Path, environment: Mapping[str, str]
    ) -> None:
        self.name = name
        self.log = log
        kept = {key: value for key, value in os.environ.items() if key.lower() not in _PROXIES}
        self._log: IO[bytes] = log.open("wb")
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            cwd=ROOT,
            env={**kept, **environment},
        )
        assert self._process.stdout is not None
        os.set_blocking(self._process.stdout.fileno(), False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._process.stdout, selectors.EVENT_READ)
        self._buffer = b""

    def __enter__(self) -> Child:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _: TracebackType | None,
    ) -> None:
        self.close(kill=error is not None)

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    def ask(self, do: str, timeout: float = 120.0, **values: Any) -> dict[str, Any]:
        """Ask and wait for the answer; raises `ChildError`."""
        self.tell(do, **values)
        return self.hear(timeout)

    def tell(self, do: str, **values: Any) -> None:
        """Ask without waiting; `hear` takes the answer."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({"do": do, **values}).encode() + b"\n")
            self._process.stdin.flush()
        except OSError:
            raise self._fault("is gone") from None

    def hear(self, timeout: float = 120.0) -> dict[str, Any]:
        """The next answer; raises `ChildError`."""
        until = time.monotonic() + timeout
        assert self._process.stdout is not None
        while b"\n" not in self._buffer:
            if not self._selector.select(max(0.0, until - time.monotonic())):
                raise self._fault(f"did not answer within {timeout:.0f} s")
            more = self._process.stdout.read()
            if not more:
                raise self._fault("ended")
            self._buffer += more
        line, _, self._buffer = self._buffer.partition(b"\n")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self, *, kill: bool = False, patience: float = 30.0) -> int:
        """Let the child end by itself, or end it; its exit code."""
        process = self._process
        if kill:
            process.kill()
        assert process.stdin is not None
        assert process.stdout is not None
        with contextlib.suppress(OSError):
            process.stdin.close()
        try:
            code = process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
        process.stdout.close()
        self._selector.close()
        self._log.close()
        return code

    def _fault(self, what: str) -> ChildError:
        said = self.log.read_text(errors="replace").strip().splitlines()[-8:]
        return ChildError(f"{self.name} {what}" + "".join(f"\n    {line}" for line in said))


def python(module: str, *arguments: str) -> list[str]:
    """The command that runs a module of this package in its own process."""
    return [sys.executable, "-m", f"tests.benchmarks.{module}", *arguments]
