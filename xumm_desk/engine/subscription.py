"""A program's live view of one request: events to a callback, an end with a value.

Keeps the semantics of the official SDKs' `subscribe` and mends what bites there: it reconnects,
reads the request again after every gap, and tells a resolve that happened meanwhile. Must not
know journals or windows.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
import random
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from xumm_desk.core import frames, snapshot, wire
from xumm_desk.core.outcome import Answer, Failure, Fault
from xumm_desk.core.pace import Pace, backoff
from xumm_desk.core.wire import JsonObject

from .ports import Links, Platform

log = logging.getLogger(__name__)

_VISIBLE: Final = 5
"""404 answers in a row after which a request is believed unknown (P§11-13)."""


class UnknownRequestError(LookupError):
    """The platform does not know the request under these keys."""


@dataclass(frozen=True, slots=True)
class Event:
    """What the callback is given: the request's id, the parsed message, the last GET answer
    (tokens removed), and the subscription."""

    uuid: str
    data: JsonObject
    payload: JsonObject | None
    subscription: Subscription

    def resolve(self, value: object = None) -> None:
        """End the subscription with `value`."""
        self.subscription.resolve(value)


Callback: TypeAlias = Callable[[Event], Any] | Callable[[Event], Awaitable[Any]]


class Subscription:
    """A live subscription. Await `resolved` for the value with which it ended.

    It ends when the callback returns something other than None, when `resolve(value)` is called,
    or with `UnknownRequestError`. Without a callback only `resolve` ends it; the open connection
    is then reachable as `websocket`.
    """

    def __init__(
        self,
        uuid: str,
        callback: Callback | None,
        *,
        platform: Platform,
        sockets: Links,
        socket: str | None = None,
        pace: Pace | None = None,
    ) -> None:
        self.uuid = uuid
        self.payload: JsonObject | None = None
        self.websocket: object = None
        self.resolved: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self._callback = callback
        self._platform = platform
        self._sockets = sockets
        # As the platform named it, and the documented place for every other attempt.
        self._urls = platform.socket_of(uuid, socket), platform.socket_of(uuid, None)
        self._pace = pace or Pace()
        self._told = False
        self._misses = 0
        self._again: asyncio.Task[None] | None = None
        self._clean_ups: list[Callable[[], Awaitable[None]]] = []
        self._task = asyncio.create_task(self._run(), name=f"subscription {uuid[:8]}")
        self.resolved.add_done_callback(self._finish)

    def resolve(self, value: object = None) -> None:
        """End the subscription with `value`; later calls change nothing."""
        if not self.resolved.done():
            self.resolved.set_result(value)

    def on_end(self, clean_up: Callable[[], Awaitable[None]]) -> None:
        """Run `clean_up` after the socket is closed."""
        self._clean_ups.append(clean_up)

    async def close(self) -> None:
        """End without a value and wait until the socket is closed."""
        self.resolved.cancel()
        self._task.cancel()
        await asyncio.wait([self._task])

    def _finish(self, _future: asyncio.Future[object]) -> None:
        self._task.cancel()
        if self._again is not None:
            self._again.cancel()

    async def _run(self) -> None:
        try:
            attempt = turn = 0
            while True:
                if await self._listen(self._urls[turn % 2]):
                    attempt = 0
                else:
                    turn += 1
                chance = random.random()  # noqa: S311 - spreading, not secrecy
                delay = backoff(attempt, chance, self._pace.redial_first, self._pace.redial_most)
                attempt += 1
                await asyncio.sleep(delay)
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever the callback raised ends it
            if not self.resolved.done():
                self.resolved.set_exception(error)
        finally:
            for clean_up in self._clean_ups:
                await clean_up()

    async def _listen(self, url: str) -> bool:
        """One socket from dial to loss; whether it was welcomed."""
        welcomed = False
        async with AsyncExitStack() as stack:
            try:
                link = await stack.enter_async_context(self._sockets.open(url))
            except OSError as error:
                log.info("status socket: %s", error)
                return False
            self.websocket = link.raw
            try:
                messages = aiter(link)
                while True:
                    async with asyncio.timeout(self._pace.silence):
                        message = await anext(messages)
                    frame = frames.read(message, self.uuid)
                    if isinstance(frame, frames.Welcome):
                        welcomed = True
                    await self._heard(message, frame)
            except StopAsyncIteration:
                return welcomed
            except TimeoutError:
                link.abort()
                await self._read()
                return welcomed
            finally:
                self.websocket = None

    async def _heard(self, message: str | bytes, frame: frames.Frame) -> None:
        if isinstance(frame, frames.Garbled):
            log.info("status socket: %s", frame.why)
            await self._read()
            return
        data = wire.parse_object(message) if isinstance(message, str) else {}
        assert isinstance(data, dict)
        match frame:
            case frames.Resolved():
                if self._told:
                    return
                self._told = True
                await self._read(until_resolved=True)
                await self._call(data)
            case frames.Welcome() | frames.Expired() | frames.Refused() | frames.Cancelled():
                await self._call(data)
                # A resolve that happened while nobody listened is not replayed (P§5.2).
                await self._read()
                if not isinstance(frame, frames.Refused):
                    self._look_again()
            case frames.Dispatched():
                await self._call(data)
                # Whoever is dispatched has signed: the resolve message may be the one we missed.
                self._look_again(signed=True)
            case _:
                await self._call(data)

    def _look_again(self, *, signed: bool = False) -> None:
        """Read once more a little later: the platform announces before it writes (P§5.2-3), so one
        look can come too early for an end that nobody will announce again."""
        if not self._told and (self._again is None or self._again.done()):
            self._again = asyncio.create_task(
                self._repeat(signed), name=f"look again {self.uuid[:8]}"
            )

    async def _repeat(self, signed: bool) -> None:
        await asyncio.sleep(self._pace.settle)
        try:
            if not self._told:
                await self._read()
            if not self._told and (signed or self._opened()):
                await self._read(until_resolved=True)
        except Exception as error:  # noqa: BLE001 - whatever the callback raised ends it
            if not self.resolved.done():
                self.resolved.set_exception(error)

    def _opened(self) -> bool:
        """Whether the last answer says that a phone has been there."""
        return wire.flag(wire.child(self.payload or {}, "meta"), "app_opened") is True

    async def _call(self, data: JsonObject) -> None:
        if self._callback is None or self.resolved.done():
            return
        value = self._callback(Event(self.uuid, data, self.payload, self))
        if inspect.isawaitable(value):
            value = await value
        if value is not None:
            self.resolve(value)

    async def _read(self, *, until_resolved: bool = False) -> None:
        """GET the request; tell its end if the socket did not."""
        for delay in self._pace.announced if until_resolved else (0.0,):
            await asyncio.sleep(delay)
            answer = await self._platform.read(self.uuid)
            if isinstance(answer, Failure):
                self._missed(answer)
                continue
            self._misses = 0
            self.payload = answer.value
            read = snapshot.read(answer.value, self.uuid)
            if isinstance(read, snapshot.Snapshot) and read.resolved:
                if not self._told:
                    self._told = True
                    await self._call(_resolve_message(self.uuid, answer, read))
                return

    def _missed(self, failure: Failure) -> None:
        if failure.fault is not Fault.MISSING:
            return
        self._misses += 1
        if self._misses >= _VISIBLE:
            raise UnknownRequestError(failure.sentence)


def _resolve_message(uuid: str, answer: Answer, read: snapshot.Snapshot) -> JsonObject:
    """The resolve message (P§5.1) as the socket would have sent it, from a GET answer."""
    meta, custom = wire.child(answer.value, "meta"), wire.child(answer.value, "custom_meta")
    return {
        "payload_uuidv4": uuid,
        "signed": read.signed,
        "txid": read.txid,
        "return_url": {"app": meta.get("return_url_app"), "web": meta.get("return_url_web")},
        "opened_by_deeplink": meta.get("opened_by_deeplink"),
        "custom_meta": {
            "identifier": custom.get("identifier"),
            "instruction": custom.get("instruction"),
        },
    }
