"""The calls that tests make to the simulator."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp

from xumm_desk.simulator import Simulator

Body = dict[str, Any]
PATIENCE = 240.0


class Listener:
    """One status socket; every read has a deadline so that a silent bug fails the test."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.frames: list[Body] = []

    async def next(self) -> Body:
        """The next text frame as an object."""
        message = await self.socket.receive(PATIENCE)
        assert message.type is aiohttp.WSMsgType.TEXT, message
        frame: Body = json.loads(message.data)
        self.frames.append(frame)
        return frame

    async def until(self, key: str) -> Body:
        """Read on to the first frame with that key."""
        while True:
            frame = await self.next()
            if key in frame:
                return frame

    async def kinds(self, count: int) -> list[str]:
        """First keys of the next frames."""
        return [next(iter(await self.next())) for _ in range(count)]

    async def nothing_more(self) -> None:
        """Prove with a ping that nothing else was sent before its answer."""
        await self.socket.send_str("{}")
        assert await self.next() == {"message": "Right back at you!"}


class SimulatorClient:
    """A developer's HTTP client of one application."""

    def __init__(self, sim: Simulator, session: aiohttp.ClientSession) -> None:
        self.sim = sim
        self.session = session
        self.headers = {"X-API-Key": sim.key, "X-API-Secret": sim.secret}

    async def call(self, method: str, path: str, **more: Any) -> tuple[int, Body]:
        """One call; the answer's body must be JSON."""
        more.setdefault("headers", self.headers)
        async with self.session.request(method, f"{self.sim.api}/{path}", **more) as response:
            return response.status, json.loads(await response.read())

    def payment(self, **fields: Any) -> Body:
        """A payment of 1.5 XRP to the shop under tag 7."""
        return {
            "TransactionType": "Payment",
            "Destination": self.sim.shop,
            "DestinationTag": 7,
            "Amount": "1500000",
        } | fields

    async def create(self, txjson: Body | None = None, expire: int = 5, **more: Any) -> Body:
        """Create a request; returns the whole answer."""
        options = {"expire": expire} | more.pop("options", {})
        body = {"txjson": txjson or self.payment(), "options": options} | more
        status, answer = await self.call("POST", "payload", json=body)
        assert status == 200, answer
        return answer

    async def new(self, txjson: Body | None = None, expire: int = 5, **more: Any) -> str:
        """Create a request; returns its uuid."""
        return str((await self.create(txjson, expire, **more))["uuid"])

    async def get(self, uuid: str) -> Body:
        """Read a request that must exist."""
        status, answer = await self.call("GET", f"payload/{uuid}")
        assert status == 200, answer
        return answer

    async def meta(self, uuid: str) -> Body:
        """Its meta object."""
        return dict((await self.get(uuid))["meta"])

    async def cancel(self, uuid: str) -> Body:
        """Cancel a request that must exist."""
        status, answer = await self.call("DELETE", f"payload/{uuid}")
        assert status == 200, answer
        return answer

    async def refused(self, body: object) -> tuple[int, Any]:
        """Create a request that must be refused; status and code."""
        status, answer = await self.call("POST", "payload", json=body)
        assert set(answer) == {"error"}
        assert set(answer["error"]) == {"reference", "code"}
        return status, answer["error"]["code"]

    async def listen(self, uuid: str) -> Listener:
        """Open a status socket."""
        base = self.sim.platform.socket_base
        return Listener(await self.session.ws_connect(f"{base}/sign/{uuid}"))

    async def live(self, uuid: str) -> Listener:
        """Open a status socket and read its greeting of two frames."""
        listener = await self.listen(uuid)
        await listener.kinds(2)
        return listener

    async def control(self, method: str, path: str, **more: Any) -> tuple[int, Any]:
        """One control call."""
        async with self.session.request(method, f"{self.sim.control}/{path}", **more) as response:
            return response.status, await response.json()

    async def rpc(self, method: str, **params: Any) -> Body:
        """One JSON-RPC call of the ledger; its result."""
        body = {"method": method, "params": [params]}
        async with self.session.post(self.sim.ledger, json=body) as response:
            answer: Body = await response.json()
            return dict(answer["result"])


async def eventually(true: Any) -> None:
    """Wait for something that another connection is about to cause."""
    async with asyncio.timeout(PATIENCE):
        while not true():  # noqa: ASYNC110 - the cause is on the far side of a socket
            await asyncio.sleep(0.005)
