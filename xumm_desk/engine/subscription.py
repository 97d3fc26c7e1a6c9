"""Follow one sign request for a program: events to a callback, a value at the end.

Keeps the semantics of `subscribe` in the official SDKs and mends their gaps: it reconnects, reads
the request again after every gap, and delivers the steps and the end that were missed.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from xumm_desk.core.state.timing import Timing, backoff
from xumm_desk.core.wire import api_answers, frames, json_fields
from xumm_desk.core.wire.api_answers import Failure, FailureKind
from xumm_desk.core.wire.event_order import DeliveredEvent, EventOrder
from xumm_desk.core.wire.json_fields import JsonObject
from xumm_desk.engine.runtime.ports import PlatformApi, StatusSocketOpener
from xumm_desk.engine.runtime.registry import RequestRow

log = logging.getLogger(__name__)

_VISIBLE: Final = 5
"""404 answers in a row after which a request is believed unknown (P§11-13)."""

_LIVE: Final = (frames.Welcome, frames.Expired, frames.Cancelled, frames.Dispatched)
"""Frames after which the end may have been missed: it is not replayed (P§5.2), and the platform
announces before it writes (P§5.2-3), so the request is read once more a little later."""

_READ: Final = (
    frames.Welcome,
    frames.Expired,
    frames.PayloadUnknown,
    frames.Cancelled,
    frames.Resolved,
    frames.UnreadableFrame,
)
"""Frames that are a reason to read the request at once."""


class UnknownRequestError(LookupError):
    """The platform does not know the request under these keys."""


@dataclass(frozen=True, slots=True)
class Event:
    """What the callback gets: the request's id, the parsed message, the last GET answer (tokens
    removed), and the subscription. `recovered` says that the message was missed on the socket and
    made from a GET answer."""

    uuid: str
    data: JsonObject
    payload: JsonObject | None
    subscription: Subscription
    recovered: bool = False

    def resolve(self, value: object = None) -> None:
        """End the subscription with `value`."""
        self.subscription.resolve(value)


Callback: TypeAlias = Callable[[Event], Any] | Callable[[Event], Awaitable[Any]]


def reference(payload: object) -> tuple[str, str | None]:
    """The uuid of a request, and the address of its status socket if known, from whatever programs
    have at hand: a uuid, the answer to a create or a GET (P§2.2, P§3.1), or a row.

    Raises:
        ValueError: with a sentence that says what is wrong with it.
    """
    if isinstance(payload, RequestRow):
        if payload.request.uuid is None:
            raise ValueError("This request has not reached the platform yet.")
        return payload.request.uuid, payload.request.socket_url
    if isinstance(payload, str):
        uuid, socket = payload.strip(), None
    elif isinstance(payload, Mapping):
        value: JsonObject = dict(payload)
        uuid = (
            json_fields.string_at(value, "uuid")
            or json_fields.string_at(json_fields.object_at(value, "meta"), "uuid")
            or ""
        )
        socket = json_fields.string_at(json_fields.object_at(value, "refs"), "websocket_status")
        if not uuid:
            raise ValueError(
                "This mapping names no request: neither `uuid`, as the answer to a create does, nor"
                " `meta.uuid`, as the answer to a GET does."
            )
    else:
        raise ValueError(
            "A request is named by its uuid, by the answer to a create or a GET as a mapping, or by"
            f" a row of the desk; this is a value of type {type(payload).__name__}."
        )
    if not api_answers.is_uuid(uuid):
        raise ValueError(f"{uuid[:60]!r} is not the uuid of a request.")
    return uuid.lower(), socket


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
        platform: PlatformApi,
        sockets: StatusSocketOpener,
        socket: str | None = None,
        timing: Timing | None = None,
    ) -> None:
        self.uuid = uuid
        self.payload: JsonObject | None = None
        self.websocket: object = None
        self.resolved: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self._callback = callback
        self._platform = platform
        self._sockets = sockets
        # The address that the platform gave, and the documented one for every other attempt.
        self._urls = platform.status_url(uuid, socket), platform.status_url(uuid, None)
        self._timing = timing or Timing()
        self._order = EventOrder(uuid)
        self._events: asyncio.Queue[Event] = asyncio.Queue()
        self._wanted = asyncio.Event()
        self._timeout_task = False
        self._misses = 0
        self._later: asyncio.TimerHandle | None = None
        self._clean_ups: list[Callable[[], Awaitable[None]]] = []
        self._task = asyncio.create_task(self._run(), name=f"subscription {uuid[:8]}")
        self.resolved.add_done_callback(lambda _: self._task.cancel())

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

    async def _run(self) -> None:
        """Listen, read and deliver until one of them fails or the subscription ends."""
        name = f"subscription {self.uuid[:8]}"
        parts = self._listen(), self._read(), self._deliver()
        tasks = [asyncio.create_task(part, name=name) for part in parts]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            ended = done.pop()
            error = None if ended.cancelled() else ended.exception()
            if not self.resolved.done():
                # A part ends by an error only, of the callback most likely.
                self.resolved.set_exception(error or RuntimeError("The callback was cancelled."))
        finally:
            if self._later is not None:
                self._later.cancel()
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            for clean_up in self._clean_ups:
                await clean_up()

    # Listening.

    async def _listen(self) -> None:
        """Keep a socket open, for ever."""
        attempt = turn = 0
        while True:
            if await self._listen_once(self._urls[turn % 2]):
                attempt = 0
            else:
                turn += 1
            chance = random.random()  # noqa: S311 - spreading, not secrecy
            delay = backoff(attempt, chance, self._timing.reconnect_min, self._timing.reconnect_max)
            attempt += 1
            await asyncio.sleep(delay)

    async def _listen_once(self, url: str) -> bool:
        """One socket from dial to loss; whether it was welcomed."""
        welcomed = False
        async with AsyncExitStack() as stack:
            try:
                link = await stack.enter_async_context(self._sockets.stream(url))
            except OSError as error:
                log.info("status socket: %s", error)
                return False
            self.websocket = link.raw
            try:
                messages = aiter(link)
                while True:
                    async with asyncio.timeout(self._timing.socket_silence):
                        message = await anext(messages)
                    frame = frames.parse_frame(message, self.uuid)
                    welcomed = welcomed or isinstance(frame, frames.Welcome)
                    self._on_message(message, frame)
            except StopAsyncIteration:
                return welcomed
            except TimeoutError:
                link.abort()
                self._wanted.set()
                return welcomed
            finally:
                self.websocket = None

    def _on_message(self, message: str | bytes, frame: frames.Frame) -> None:
        """Deliver a message that arrived, and read the request if that may bring news."""
        if isinstance(frame, frames.UnreadableFrame):
            log.info("status socket: %s", frame.reason)
        else:
            data = json_fields.parse_object(message) if isinstance(message, str) else {}
            self._put(self._order.on_message(data if isinstance(data, dict) else {}, frame))
        if isinstance(frame, _READ) and not self._order.ended:
            self._wanted.set()
        if isinstance(frame, _LIVE) and not self._order.ended and self._later is None:
            loop = asyncio.get_running_loop()
            self._later = loop.call_later(self._timing.reread_delay, self._fetch_later)

    # Reading.

    def _fetch_later(self) -> None:
        self._later = None
        if not self._order.ended:
            self._timeout_task = True
            self._wanted.set()

    async def _read(self) -> None:
        """Read the request whenever that is wanted: once, or again and again where the answer must
        soon show an end."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            late, self._timeout_task = self._timeout_task, False
            for delay in self._timing.resolve_retries:
                await asyncio.sleep(delay)
                await self._read_once()
                must_end = self._order.awaits_end or (late and self._may_have_ended())
                if self._order.ended or not must_end:
                    break
            else:
                self._put(self._order.give_up())

    def _may_have_ended(self) -> bool:
        """Whether a phone has been there, so that an end may not be written yet."""
        opened = (
            json_fields.bool_at(json_fields.object_at(self.payload or {}, "meta"), "app_opened")
            is True
        )
        return opened or self._order.was_delivered(frames.Dispatched)

    async def _read_once(self) -> None:
        answer = await self._platform.get_payload(self.uuid)
        if not isinstance(answer, Failure):
            self._misses = 0
            self.payload = answer.value
            self._put(self._order.on_answer(answer.value))
        elif answer.kind is FailureKind.NOT_FOUND:
            self._misses += 1
            if self._misses >= _VISIBLE:
                raise UnknownRequestError(answer.message)

    # Telling.

    def _put(self, delivered: Sequence[DeliveredEvent]) -> None:
        for one in delivered:
            event = Event(self.uuid, one.data, self.payload, self, one.recovered)
            self._events.put_nowait(event)

    async def _deliver(self) -> None:
        """Call the callback with one event after the other, in order."""
        while True:
            event = await self._events.get()
            if self._callback is None or self.resolved.done():
                continue
            value = self._callback(event)
            if inspect.isawaitable(value):
                value = await value
            if value is not None:
                self.resolve(value)
