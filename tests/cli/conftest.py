"""The command line as a program of its own, against a real local platform."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from xumm_desk.simulator import Simulator, SimulatorOptions

PATIENCE = 240.0


@pytest.fixture
def anyio_backend() -> str:
    """The simulator runs on asyncio."""
    return "asyncio"


@dataclass
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        """Standard output as JSON objects; anything else on it fails here."""
        return [json.loads(line) for line in self.out.splitlines()]

    def last(self) -> dict[str, dict[str, Any]]:
        """The last object of each request."""
        return {line["identifier"]: line for line in self.objects}


class Shell:
    """Runs `xumm-desk` commands with an environment of its own."""

    def __init__(self, sim: Simulator, folder: Path) -> None:
        self.sim = sim
        self.folder = folder
        path = os.environ.get("PYTHONPATH")
        self.environment = {
            **({"PYTHONPATH": path} if path else {}),
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "XUMM_APIKEY": sim.key,
            "XUMM_APISECRET": sim.secret,
            "XUMM_DESK_API": sim.api,
            "XUMM_DESK_NETWORK": "TESTNET",
            "XUMM_DESK_DATA_DIR": str(folder / "data"),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        }

    def body(self, **changes: Any) -> str:
        """One line of a request file: a payment of 1.5 XRP to the shop."""
        txjson = {
            "TransactionType": "Payment",
            "Destination": self.sim.shop,
            "Amount": "1500000",
            "DestinationTag": 0,
        }
        return json.dumps({"txjson": txjson, **changes})

    def file(self, *lines: str) -> str:
        """A file of these lines."""
        path = self.folder / "requests.jsonl"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return str(path)

    async def start(
        self, *arguments: str, stdout: int = asyncio.subprocess.PIPE
    ) -> asyncio.subprocess.Process:
        """Start a command."""
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "xumm_desk",
            *arguments,
            env=self.environment,
            cwd=self.folder,
            stdin=asyncio.subprocess.PIPE,
            stdout=stdout,
            stderr=asyncio.subprocess.PIPE,
        )

    async def run(self, *arguments: str, stdin: str = "") -> Ended:
        """Run a command to its end."""
        child = await self.start(*arguments)
        async with asyncio.timeout(PATIENCE):
            out, err = await child.communicate(stdin.encode())
        assert child.returncode is not None
        return Ended(child.returncode, out.decode(), err.decode())


@pytest.fixture
async def shell(tmp_path: Path) -> AsyncIterator[Shell]:
    """A simulator whose customers all pay at once, and a shell."""
    options = SimulatorOptions(ledger_interval=0.15, seed=1, customers="pays")
    async with Simulator(options) as sim:
        yield Shell(sim, tmp_path)
