"""Clients that go away in the middle of a call: the simulator says nothing and goes on."""

from __future__ import annotations

import json
import socket
import struct
import subprocess
import sys
import time
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
import pytest

PATIENCE: Final = 240.0
UPGRADE: Final = (
    b" HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
SOCKET: Final = b"GET /sign/00000000-0000-4000-8000-000000000000" + UPGRADE
LEDGER: Final = b"GET /ledger" + UPGRADE
FAULTS: Final[tuple[dict[str, Any], ...]] = (
    {},
    {"slow_response_seconds": 0.1},
    {"half_body": True},
    {"refuse": "503"},
    {"html_502": True},
)


def break_off(port: int, sent: bytes, wait: float) -> None:
    """Connect, send, and reset the connection."""
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.sendall(sent)
        time.sleep(wait)


@pytest.mark.parametrize("wait", [0.0, 0.02, 0.15])
def test_no_client_is_worth_a_traceback(wait: float) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "xumm_desk.simulator", "--json", "--watch-stdin", "--port", "0"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stderr is not None
        info = json.loads(child.stdout.readline())
        port = urlsplit(info["api"]).port
        assert port is not None
        body = json.dumps({"txjson": {"TransactionType": "SignIn"}}).encode()
        head = (
            f"POST /api/v1/platform/payload HTTP/1.1\r\nHost: x\r\nX-API-Key: {info['key']}\r\n"
            f"X-API-Secret: {info['secret']}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        ).encode()
        calls = (b"", head[:20], head, head + body[:5], head + body, SOCKET, LEDGER + b"\x81\x05he")
        with httpx.Client(timeout=PATIENCE, trust_env=False) as control:
            for fault in FAULTS:
                control.put(f"{info['control']}/switches", json=fault).raise_for_status()
                for sent in calls:
                    break_off(port, sent, wait)
                right = {name: type(value)() for name, value in fault.items()}
                right |= {"refuse": "off"} if "refuse" in fault else {}
                control.put(f"{info['control']}/switches", json=right).raise_for_status()
            keys = {"X-API-Key": info["key"], "X-API-Secret": info["secret"]}
            answer = control.get(f"{info['api']}/ping", headers=keys)
            assert answer.json()["pong"] is True
        child.stdin.close()
        assert child.wait(PATIENCE) == 0
        assert child.stderr.read() == ""
