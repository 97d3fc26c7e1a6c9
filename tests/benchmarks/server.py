"""The load server: a platform's status sockets and read calls for thousands, in its own process.

Raw protocols and frames made beforehand, so that it is never the slowest part. It keeps a table of
how every request stands and answers GETs from it; events carry no stamp, the moment of each send
is kept here and joined with what the contenders noted (CLOCK_MONOTONIC is one for all processes).
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import gc
import hashlib
import json
import ssl
import sys
import time
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, cast

from . import plan
from .control import Control, raise_open_files
from .plan import End, Event, Kind

KEEPALIVE: Final = 15.0
_TICK: Final = 0.005
_GUID: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_LARGE: Final = 1_000_000
_CLOSE, _PING, _TEXT = 8, 9, 1


def frame(text: str) -> bytes:
    """One unmasked text frame."""
    raw = text.encode()
    if len(raw) < 126:
        return bytes((0x81, len(raw))) + raw
    return bytes((0x81, 126)) + len(raw).to_bytes(2, "big") + raw


_WORDS: Final = {
    Kind.OPENED: frame('{"opened":true}'),
    Kind.PRE_SIGNED: frame('{"pre_signed":true}'),
    Kind.DISPATCHED: frame('{"dispatched":true}'),
}
_EXPIRED: Final = frame('{"expired":true}')
_PONG: Final = frame('{"message":"Right back at you!"}')
_PING_ANSWER: Final = json.dumps(
    {
        "pong": True,
        "auth": {
            "quota": {},
            "application": {
                "uuidv4": plan.uuid_of(0),
                "name": "Load",
                "webhookurl": "",
                "disabled": 0,
            },
            "call": {"uuidv4": plan.uuid_of(0)},
        },
    }
).encode()


@dataclass
class ServerRecords:
    """How every request stands, and what was asked and told."""

    count: int
    expires_at: datetime
    signed: dict[int, dict[str, str]]
    limit: int
    end_of: Callable[[int], End] = plan.end_of
    distance: float = 0.0
    """Seconds by which the answer to a POST comes later."""
    step: bytearray = field(init=False)
    stamps: list[array[int]] = field(init=False)
    transports: list[asyncio.Transport | None] = field(init=False)
    open: int = 0
    welcomed: int = 0
    welcomes: int = 0
    lost: int = 0
    reads: int = 0
    read_at: array[float] = field(default_factory=lambda: array("d"))

    def __post_init__(self) -> None:
        self.step = bytearray(self.count)
        self.stamps = [array("q", bytes(8 * self.count)) for _ in Kind]
        self.transports = [None] * self.count

    def save(self, path: Path) -> None:
        """Write the moments of sending, by kind."""
        with path.open("wb") as out:
            for moments in self.stamps:
                moments.tofile(out)

    def left(self) -> int:
        """Seconds until every request expires."""
        return int((self.expires_at - datetime.now(UTC)).total_seconds())

    def resolve_frame(self, index: int) -> bytes:
        """What announces the end of a request."""
        end = self.end_of(index)
        if end is End.EXPIRED:
            return _EXPIRED
        value = {
            "payload_uuidv4": plan.uuid_of(index),
            "reference_call_uuidv4": plan.uuid_of(index),
            "signed": end is End.SIGNED,
            "user_token": True,
            "return_url": {"app": None, "web": None},
            "opened_by_deeplink": True,
            "custom_meta": {"identifier": plan.identifier_of(index), "instruction": None},
        }
        if end is End.SIGNED:
            value["txid"] = self.signed[index]["txid"]
        return frame(json.dumps(value, separators=(",", ":")))

    def answer(self, index: int) -> bytes:
        """The truth about one request, as a GET tells it (P§3.1)."""
        step = self.step[index]
        ended = step > Kind.END
        end = self.end_of(index)
        signed = ended and end is End.SIGNED
        proof = self.signed[index] if signed else {}
        resolved = ended and end is not End.EXPIRED
        uuid = plan.uuid_of(index)
        value: dict[str, Any] = {
            "meta": {
                "exists": True,
                "uuid": uuid,
                "multisign": False,
                "submit": True,
                "pathfinding": False,
                "pathfinding_fallback": False,
                "force_network": None,
                "destination": plan.SHOP,
                "resolved_destination": plan.SHOP,
                "resolved": resolved,
                "signed": signed,
                "cancelled": False,
                "expired": ended and end is End.EXPIRED,
                "pushed": False,
                "app_opened": step > 0,
                "opened_by_deeplink": True if step else None,
                "return_url_app": None,
                "return_url_web": None,
                "is_xapp": False,
                "signers": None,
            },
            "application": {
                "name": "Load",
                "description": "",
                "disabled": 0,
                "uuidv4": plan.uuid_of(0),
                "icon_url": "https://example.org/icon.png",
                "issued_user_token": None,
            },
            "payload": {
                "tx_type": "Payment",
                "tx_destination": plan.SHOP,
                "tx_destination_tag": index,
                "request_json": {
                    "TransactionType": "Payment",
                    "Destination": plan.SHOP,
                    "DestinationTag": index,
                    "Amount": str(1_000_000 + index),
                },
                "origintype": "QR",
                "signmethod": "PIN" if signed else None,
                "created_at": _iso(self.expires_at - timedelta(minutes=plan.EXPIRE_MINUTES)),
                "expires_at": _iso(self.expires_at),
                "expires_in_seconds": self.left(),
            },
            "response": {
                "hex": proof.get("hex"),
                "txid": proof.get("txid"),
                "resolved_at": _iso(datetime.now(UTC)) if resolved else None,
                "dispatched_to": "wss://node.example" if signed else None,
                "dispatched_nodetype": plan.NETWORK if signed else None,
                "dispatched_result": "tesSUCCESS" if signed else None,
                "dispatched_to_node": signed,
                "environment_nodeuri": "wss://node.example" if signed else None,
                "environment_nodetype": plan.NETWORK if signed else None,
                "environment_networkid": 1 if signed else None,
                "multisign_account": "" if signed else None,
                "account": proof.get("account"),
                "signer": proof.get("account"),
                "user": None,
            },
            "custom_meta": {
                "identifier": plan.identifier_of(index),
                "blob": None,
                "instruction": None,
            },
        }
        return json.dumps(value, separators=(",", ":")).encode()


def _iso(when: datetime) -> str:
    return f"{when:%Y-%m-%dT%H:%M:%SZ}"


class ServerProtocol(asyncio.Protocol):
    """One connection: a status socket after its upgrade, else calls over keep-alive HTTP."""

    __slots__ = ("_books", "_buffer", "_index", "_transport")

    def __init__(self, books: ServerRecords) -> None:
        self._books = books
        self._buffer = b""
        self._index = -1
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, _error: Exception | None) -> None:
        """Count a status socket that went."""
        books = self._books
        if self._index >= 0:
            books.open -= 1
            if books.transports[self._index] is self._transport:
                books.transports[self._index] = None
                books.welcomed -= 1
            if books.step[self._index] <= Kind.END:
                books.lost += 1
        self._transport = None

    def data_received(self, data: bytes) -> None:
        """Frames or calls."""
        self._buffer += data
        if self._index >= 0:
            self._frames()
        else:
            self._calls()

    def _calls(self) -> None:
        while True:
            head, found, rest = self._buffer.partition(b"\r\n\r\n")
            if not found or self._transport is None:
                return
            lines = head.split(b"\r\n")
            method, path, _ = lines[0].split(b" ", 2)
            headers = {
                name.strip().lower(): value.strip()
                for name, _, value in (line.partition(b":") for line in lines[1:])
            }
            length = int(headers.get(b"content-length", b"0"))
            if len(rest) < length:
                return
            body, self._buffer = rest[:length], rest[length:]
            if b"sec-websocket-key" in headers:
                self._upgrade(path, headers[b"sec-websocket-key"])
                return
            self._answer(method, path.split(b"?")[0].rstrip(b"/"), body)

    def _upgrade(self, path: bytes, key: bytes) -> None:
        assert self._transport is not None
        books, index = self._books, plan.index_of(path.rsplit(b"/", 1)[1].decode())
        accept = base64.b64encode(hashlib.sha1(key + _GUID).digest())
        self._index = index
        books.open += 1
        books.welcomes += 1
        if books.transports[index] is None:
            books.welcomed += 1
        books.transports[index] = self._transport
        self._transport.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Accept: " + accept + b"\r\n\r\n"
        )
        self._transport.write(
            frame(f'{{"message":"Welcome {plan.uuid_of(index)}"}}')
            + frame(f'{{"expires_in_seconds":{books.left()}}}')
        )

    def _answer(self, method: bytes, path: bytes, body: bytes) -> None:
        assert self._transport is not None
        books, tail = self._books, path.rsplit(b"/", 1)[1]
        if tail == b"ping":
            value = _PING_ANSWER
        elif method == b"POST":
            value = self._create(body)
        else:
            books.reads += 1
            books.read_at.append(time.monotonic())
            value = books.answer(plan.index_of(tail.decode()))
        limit = books.limit or _LARGE
        recent = books.read_at[-limit:]
        used = sum(1 for at in recent if at > time.monotonic() - 60) if books.limit else 0
        whole = (
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"
            b"X-RateLimit-Limit: %d\r\nX-RateLimit-Remaining: %d\r\n\r\n"
            % (len(value), limit, max(0, limit - used))
            + value
        )
        if method == b"POST" and books.distance:
            loop = asyncio.get_running_loop()
            loop.call_later(books.distance, self._transport.write, whole)
        else:
            self._transport.write(whole)

    def _create(self, body: bytes) -> bytes:
        """The answer to a POST (P§2.3); which request it is stands in its destination tag."""
        assert self._transport is not None
        uuid = plan.uuid_of(int(json.loads(body)["txjson"]["DestinationTag"]))
        secure = self._transport.get_extra_info("sslcontext") is not None
        host, port = self._transport.get_extra_info("sockname")[:2]
        web = f"{'https' if secure else 'http'}://{host}:{port}/sign/{uuid}"
        socket = f"{'wss' if secure else 'ws'}://{host}:{port}/sign/{uuid}"
        value = {
            "uuid": uuid,
            "next": {"always": web},
            "refs": {"qr_png": f"{web}_q.png", "websocket_status": socket},
            "pushed": False,
        }
        return json.dumps(value).encode()

    def _frames(self) -> None:
        """What a client may send: a close, a ping, or the SDKs' text that asks for a word."""
        while len(self._buffer) >= 6 and self._transport is not None:
            code, size, start = self._buffer[0] & 15, self._buffer[1] & 127, 2
            if size == 126:
                size, start = int.from_bytes(self._buffer[2:4], "big"), 4
            if len(self._buffer) < start + 4 + size:
                return
            mask = self._buffer[start : start + 4]
            raw = self._buffer[start + 4 : start + 4 + size]
            self._buffer = self._buffer[start + 4 + size :]
            if code == _CLOSE:
                told = bytes(byte ^ mask[place % 4] for place, byte in enumerate(raw))
                self._transport.write(bytes((0x88, len(told))) + told)
                self._transport.close()
            elif code == _PING:
                told = bytes(byte ^ mask[place % 4] for place, byte in enumerate(raw))
                self._transport.write(bytes((0x8A, len(told))) + told)
            elif code == _TEXT:
                self._transport.write(_PONG)


class Load:
    """Sends keepalives all the time, and what the runner asks for."""

    def __init__(self, books: ServerRecords) -> None:
        self.books = books

    async def keep_alive(self) -> None:
        """`expires_in_seconds` to each socket every 15 s, spread evenly (P§5.1)."""
        books, cycle = self.books, round(KEEPALIVE / _TICK)
        started, tick = time.monotonic(), 0
        while True:
            told = frame(f'{{"expires_in_seconds":{books.left()}}}')
            for index in range(tick % cycle, books.count, cycle):
                transport = books.transports[index]
                if transport is not None:
                    transport.write(told)
            tick += 1
            await asyncio.sleep(max(0.0, started + tick * _TICK - time.monotonic()))

    def send(self, index: int, kind: Kind) -> bool:
        """Let one event happen; whether anybody is there to hear it."""
        books = self.books
        books.step[index] = max(books.step[index], kind + 1)
        transport = books.transports[index]
        told = _WORDS[kind] if kind is not Kind.END else books.resolve_frame(index)
        if not books.stamps[kind][index]:
            books.stamps[kind][index] = time.monotonic_ns()
        if transport is None:
            return False
        transport.write(told)
        return True

    async def steady(self, kind: Kind, begin: int, events: list[Event]) -> dict[str, Any]:
        """These events, counted from the moment `begin` on."""
        heard = late = 0
        place = 0
        while place < len(events):
            now = time.monotonic_ns() - begin
            while place < len(events) and events[place].after <= now:
                late = max(late, now - events[place].after)
                heard += self.send(events[place].index, kind)
                place += 1
            if place < len(events):
                pause = begin + events[place].after - time.monotonic_ns()
                await asyncio.sleep(max(0.0005, pause / 1e9))
        return {"heard": heard, "latest_ms": late / 1e6}

    async def burst(self, kind: Kind) -> dict[str, Any]:
        """The same event for all requests at one instant."""
        heard = sum(self.send(index, kind) for index in range(self.books.count))
        return {"heard": heard}

    async def connected(self, number: int, patience: float) -> dict[str, Any]:
        """Wait until `number` requests have a welcomed socket."""
        until = time.monotonic() + patience
        while self.books.welcomed < number and time.monotonic() < until:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        return {"welcomed": self.books.welcomed, "at": time.monotonic_ns()}


async def serve(options: argparse.Namespace, books: ServerRecords) -> None:
    """Listen, say where, and do what the runner asks until it goes."""
    context = None
    if options.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificate)
    loop, load = asyncio.get_running_loop(), Load(books)
    door: Callable[[], asyncio.Protocol] = lambda: ServerProtocol(books)  # noqa: E731 - typed
    server = await loop.create_server(door, "127.0.0.1", 0, ssl=context, backlog=4096)
    control = Control(loop)
    control.say(port=server.sockets[0].getsockname()[1])
    beating = loop.create_task(load.keep_alive())
    gc.collect()
    gc.freeze()
    gc.disable()
    while (asked := await control.next()) is not None:
        match asked["do"]:
            case "connected":
                control.say(**await load.connected(asked["number"], asked["patience"]))
            case "steady":
                kind = Kind(asked["kind"])
                events = plan.steady(books.count, asked["rate"], asked["seed"], asked["repeats"])
                control.say(events=len(events))
                control.say(**await load.steady(kind, asked["begin"], events))
            case "burst":
                control.say(**await load.burst(Kind(asked["kind"])))
            case "limit":
                books.limit = asked["limit"]
                control.say()
            case "distance":
                books.distance = asked["seconds"]
                control.say()
            case "counts":
                control.say(
                    reads=books.reads,
                    lost=books.lost,
                    welcomes=books.welcomes,
                    open=books.open,
                    most_in_a_minute=_most_in_a_minute(books.read_at),
                )
            case "finish":
                books.save(Path(asked["file"]))
                control.say()
    beating.cancel()
    server.close()


def _most_in_a_minute(moments: array[float]) -> int:
    """The most calls that fell into any 60 s."""
    most = first = 0
    for last, at in enumerate(moments):
        while moments[first] < at - 60:
            first += 1
        most = max(most, last - first + 1)
    return most


def main() -> int:
    """The server's own process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--expires-at", required=True)
    parser.add_argument("--signed", default="")
    parser.add_argument("--certificate", default="")
    parser.add_argument("--limit", type=int, default=60)
    parser.add_argument("--all-signed", action="store_true")
    options = parser.parse_args()
    raise_open_files()
    signed = json.loads(Path(options.signed).read_text()) if options.signed else {}
    books = ServerRecords(
        options.count,
        datetime.fromisoformat(options.expires_at),
        {int(index): value for index, value in signed.items()},
        options.limit,
        (lambda _: End.SIGNED) if options.all_signed else plan.end_of,
    )
    asyncio.run(serve(options, books))
    return 0


if __name__ == "__main__":
    sys.exit(main())
