"""The status websocket: its messages and its faults (P§5)."""

from __future__ import annotations

import asyncio
import contextlib
import json

from aiohttp import WSMsgType, web

from xumm_desk.simulator.runtime.clock import Alarm

from .frame_hub import Frame, FrameQueue
from .payload import Payload
from .platform import Platform

KEEPALIVE_SECONDS = 15
_HUGE = 1 << 20
_REPLAYED = ("opened", "pre_signed", "dispatched", "resolved")


class StatusSocket:
    """Serves ``/sign/{uuid}`` websockets until the client leaves or a switch says otherwise."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._sockets: set[web.WebSocketResponse] = set()

    async def serve(self, request: web.Request, uuid: str) -> web.StreamResponse:
        """Run one connection."""
        socket = web.WebSocketResponse(compress=False, heartbeat=None, max_msg_size=1 << 20)
        await socket.prepare(request)
        self._sockets.add(socket)
        try:
            await self._serve_client(socket, uuid)
        finally:
            self._sockets.discard(socket)
        return socket

    def drop_all(self) -> int:
        """Cut every connection without a closing handshake; returns how many."""
        dropped = 0
        for socket in list(self._sockets):
            dropped += 1
            _cut(socket)
        return dropped

    async def close_all(self) -> None:
        """Close every connection properly (1001)."""
        for socket in list(self._sockets):
            await socket.close(code=1001)

    async def _serve_client(self, socket: web.WebSocketResponse, uuid: str) -> None:
        switches = self._platform.switches
        payload = self._platform.payloads.get(uuid.lower())
        if payload is None:
            if switches.unknown_uuid == "message_close" and not switches.silent_sockets:
                await socket.send_str(json.dumps({"message": "Invalid payload!"}))
                await socket.close()
                return
            await self._listen_only(socket)
            return
        line = self._platform.hub.join(payload.uuid)
        alarms = _ConnectionTimers(self._platform, payload, line)
        sender = asyncio.ensure_future(self._send(socket, line))
        try:
            self._greet(payload, line, alarms)
            async for message in socket:
                if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                    break
                if switches.ping_reply is not None:
                    line.put("pong", {"message": switches.ping_reply})
        finally:
            alarms.cancel()
            self._platform.hub.leave(line)
            sender.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await sender

    async def _listen_only(self, socket: web.WebSocketResponse) -> None:
        async for _ in socket:
            pass

    def _greet(self, payload: Payload, line: FrameQueue, alarms: _ConnectionTimers) -> None:
        now = self._platform.clock.now()
        if not self._platform.switches.no_welcome:
            line.put("welcome", {"message": f"Welcome {payload.uuid}"})
        if payload.resolved:
            # No keepalive and no replay for a resolved payload (P§5.2).
            line.put("expired", {"expired": True})
        elif payload.expired(now):
            line.put("expired", {"expired": True})
            alarms.count()
        else:
            alarms.count()
            alarms.arm_expiry()
        if self._platform.switches.replay_on_connect:
            for kind, frame in self._platform.hub.history.get(payload.uuid, []):
                if kind in _REPLAYED:
                    line.put(kind, frame)

    async def _send(self, socket: web.WebSocketResponse, line: FrameQueue) -> None:
        sent = 0
        while True:
            kind, frame = await line.queue.get()
            switches = self._platform.switches
            if switches.silent_sockets or kind in switches.drop_frames:
                continue
            for _ in range(max(1, switches.repeat_frames)):
                try:
                    await self._send_malformed(socket, switches.odd_frames)
                    await socket.send_str(json.dumps(frame, ensure_ascii=False))
                except (ConnectionError, RuntimeError):
                    return
                sent += 1
                if switches.drop_socket_after and sent >= switches.drop_socket_after:
                    _cut(socket)
                    return
            if kind == "welcome" and switches.close_after_welcome:
                await socket.close(code=switches.close_after_welcome)
                return
            if kind == "resolved" and switches.close_after_resolve:
                await socket.close()
                return

    @staticmethod
    async def _send_malformed(socket: web.WebSocketResponse, sort: str) -> None:
        if sort == "malformed":
            await socket.send_str('{"opened":tr')
        elif sort == "garbage":
            await socket.send_str("\x00<html>☃ not a frame")
        elif sort == "array":
            await socket.send_str('["opened", {"expired": "no"}, null]')
        elif sort == "binary":
            await socket.send_bytes(bytes(range(256)))
        elif sort == "huge":
            await socket.send_str(json.dumps({"message": "x" * _HUGE}))


class _ConnectionTimers:
    """One connection's countdown; keeps the expiry that was set when it connected (P§4, P§5.2)."""

    def __init__(self, platform: Platform, payload: Payload, line: FrameQueue) -> None:
        self._clock = platform.clock
        self._expires = payload.expires
        self._line = line
        self._keepalive: Alarm | None = None
        self._expiry: Alarm | None = None

    def count(self) -> None:
        """Send the seconds left now and every 15 s."""
        left: Frame = {"expires_in_seconds": int(self._expires - self._clock.now())}
        self._line.put("expires_in_seconds", left)
        self._keepalive = self._clock.call_later(KEEPALIVE_SECONDS, self.count)

    def arm_expiry(self) -> None:
        """Send ``expired`` at the moment of expiry."""
        self._expiry = self._clock.call_at(
            self._expires, lambda: self._line.put("expired", {"expired": True})
        )

    def cancel(self) -> None:
        """Stop both."""
        for alarm in (self._keepalive, self._expiry):
            if alarm is not None:
                alarm.cancel()


def _cut(socket: web.WebSocketResponse) -> None:
    transport = socket._req.transport if socket._req is not None else None
    if transport is not None:
        transport.abort()
