"""Ledger requests over HTTP and websockets."""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from xumm_desk.simulator.runtime.fault_switches import FaultSwitches
from xumm_desk.simulator.runtime.market_prices import MarketPrices
from xumm_desk.simulator.runtime.wire_faults import CallLog

from .answers import LedgerError, for_api_version, iso, result_number, result_sentence
from .ledger import BASE_FEE, Ledger
from .node_history import NodeHistory
from .records import Submission, ValidatedTx, affected_addresses
from .requests import LedgerRequests
from .state import RESERVE_BASE, RESERVE_EACH

Body = dict[str, Any]


@dataclass(eq=False, slots=True)
class Subscriber:
    """One websocket and what it is subscribed to."""

    queue: asyncio.Queue[Body] = field(default_factory=asyncio.Queue)
    streams: set[str] = field(default_factory=set)
    accounts: set[str] = field(default_factory=set)
    proposed: set[str] = field(default_factory=set)
    version: int = 1


class LedgerServer:
    """JSON-RPC by POST and the websocket dialect on one address."""

    def __init__(
        self,
        ledger: Ledger,
        calls: CallLog,
        switches: FaultSwitches | None = None,
        prices: MarketPrices | None = None,
    ) -> None:
        self._ledger = ledger
        self._switches = switches
        self._history = NodeHistory(ledger, switches)
        self._requests = LedgerRequests(ledger, self._history, prices)
        self._calls = calls
        self._subscribers: set[Subscriber] = set()
        self._sockets: set[web.WebSocketResponse] = set()
        ledger.listeners.closed.append(self._on_closed)
        ledger.listeners.validated.append(self._on_validated)
        ledger.listeners.proposed.append(self._on_proposed)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer a POST, or serve a websocket on an upgrade."""
        if request.method == "POST":
            return await self._rpc(request)
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._serve_websocket(request)
        return web.Response(text="A practice ledger. POST JSON-RPC, or open a websocket.\n")

    def drop_all(self) -> int:
        """Cut every websocket without a handshake; returns how many."""
        for socket in list(self._sockets):
            transport = socket._req.transport if socket._req is not None else None
            if transport is not None:
                transport.abort()
        return len(self._sockets)

    async def close_all(self) -> None:
        """Close every websocket properly."""
        for socket in list(self._sockets):
            await socket.close(code=1001)

    async def _rpc(self, request: web.Request) -> web.Response:
        try:
            body = json.loads(await request.read())
            method = body["method"]
            params = (body.get("params") or [{}])[0]
        except (ValueError, KeyError, TypeError, IndexError):
            return web.Response(status=400, text="Unable to parse request")
        self._calls.add("LEDGER", str(method))
        result = self._result(str(method), dict(params))
        if result.get("error") == "invalid_API_version":
            return web.Response(status=400, text="invalid_API_version\r\n")
        if result.get("status") == "error":
            result["request"] = {"command": method, **params}
        return web.json_response({"result": result})

    def _result(self, method: str, params: Body) -> Body:
        if self._switches is not None and self._switches.ledger_error and method != "server_info":
            code = self._switches.ledger_error
            return {"error": code, "error_message": "Set by a switch.", "status": "error"}
        try:
            return self._requests.answer(method, params) | {"status": "success"}
        except LedgerError as error:
            return error.body | {"status": "error"}
        except (TypeError, ValueError, KeyError):
            sentence = "Invalid parameters."
            body: Body = {"error": "invalidParams", "error_code": 31, "error_message": sentence}
            return body | {"status": "error"}

    # -- websocket ------------------------------------------------------------

    async def _serve_websocket(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(compress=False, max_msg_size=1 << 20)
        await socket.prepare(request)
        who = Subscriber()
        self._sockets.add(socket)
        self._subscribers.add(who)
        sender = asyncio.ensure_future(self._send(socket, who))
        try:
            async for message in socket:
                if message.type is not WSMsgType.TEXT:
                    break
                who.queue.put_nowait(self._answered(message.data, who))
        finally:
            self._sockets.discard(socket)
            self._subscribers.discard(who)
            sender.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await sender
        return socket

    async def _send(self, socket: web.WebSocketResponse, who: Subscriber) -> None:
        while True:
            with contextlib.suppress(ConnectionError, RuntimeError):
                await socket.send_str(json.dumps(await who.queue.get()))

    def _answered(self, text: str, who: Subscriber) -> Body:
        try:
            request = json.loads(text)
            command = str(request["command"])
        except (ValueError, KeyError, TypeError):
            return {"error": "jsonInvalid", "status": "error", "type": "error", "value": text}
        self._calls.add("LEDGER", command)
        version = request.get("api_version", who.version)
        if command in ("subscribe", "unsubscribe"):
            result = self._subscription(command, request, who, version)
        else:
            result = self._result(command, request)
        status = result.pop("status")
        answer: Body = {"id": request.get("id"), "status": status, "type": "response"}
        if "api_version" in request:
            answer["api_version"] = request["api_version"]
        if status == "error":
            return answer | result | {"request": request}
        return answer | {"result": result}

    def _subscription(self, command: str, request: Body, who: Subscriber, version: object) -> Body:
        try:
            self._requests.check_version(version)
        except LedgerError as error:
            return error.body | {"status": "error"}
        who.version = int(str(version))
        wanted = (
            (who.streams, "streams"),
            (who.accounts, "accounts"),
            (who.proposed, "accounts_proposed"),
        )
        for held, name in wanted:
            names = request.get(name) or []
            if not isinstance(names, list) or not all(isinstance(n, str) for n in names):
                return {
                    "error": "invalidParams",
                    "error_code": 31,
                    "error_message": "Invalid parameters.",
                    "status": "error",
                }
            if command == "subscribe":
                held.update(names)
            else:
                held.difference_update(names)
        result: Body = {"status": "success"}
        if command == "subscribe" and "ledger" in (request.get("streams") or []):
            result |= self._ledger_facts(self._ledger.last)
        return result

    def _ledger_facts(self, index: int) -> Body:
        return {
            "fee_base": BASE_FEE,
            "ledger_hash": self._ledger.ledger_hash(index),
            "ledger_index": index,
            "ledger_time": self._ledger.close_time(index),
            "network_id": self._ledger.network_id,
            "reserve_base": RESERVE_BASE,
            "reserve_inc": RESERVE_EACH,
            "validated_ledgers": f"{self._history.first}-{index}",
        }

    def _on_closed(self, index: int, count: int) -> None:
        message = {"type": "ledgerClosed", "txn_count": count} | self._ledger_facts(index)
        for who in self._subscribers:
            if "ledger" in who.streams:
                who.queue.put_nowait(message)

    def _on_validated(self, entry: ValidatedTx) -> None:
        concerned = affected_addresses(entry)
        for who in self._subscribers:
            if "transactions" in who.streams or (who.accounts | who.proposed) & concerned:
                who.queue.put_nowait(self._stream_message(entry, who.version))

    def _stream_message(self, entry: ValidatedTx, version: int) -> Body:
        message: Body = {
            "type": "transaction",
            "status": "closed",
            "validated": True,
            "engine_result": entry.result,
            "engine_result_code": result_number(entry.result),
            "engine_result_message": result_sentence(entry.result),
            "ledger_hash": self._ledger.ledger_hash(entry.ledger_index),
            "ledger_index": entry.ledger_index,
            "close_time_iso": iso(entry.date),
            "meta": entry.meta,
        }
        body = for_api_version(entry.fields, version) | {"date": entry.date}
        if version > 1:
            return message | {"hash": entry.txid, "tx_json": body}
        return message | {"transaction": body | {"hash": entry.txid}}

    def _on_proposed(self, sent: Submission) -> None:
        concerned = {sent.fields.get("Account"), sent.fields.get("Destination")}
        for who in self._subscribers:
            if not who.proposed & concerned:
                continue
            body = for_api_version(sent.fields, who.version)
            message: Body = {
                "type": "transaction",
                "status": "proposed",
                "validated": False,
                "engine_result": sent.code,
                "engine_result_code": result_number(sent.code),
                "engine_result_message": result_sentence(sent.code),
                "ledger_current_index": self._ledger.last + 1,
            }
            if who.version > 1:
                message |= {"hash": sent.txid, "tx_json": body}
            else:
                message["transaction"] = body | {"hash": sent.txid}
            who.queue.put_nowait(message)
