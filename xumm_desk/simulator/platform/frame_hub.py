"""Deliver frames to the sockets that listen to a payload."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

Frame = dict[str, Any]
Outgoing = tuple[str, Frame]


class FrameQueue:
    """One listener's queue of frames, in order."""

    __slots__ = ("queue", "uuid")

    def __init__(self, uuid: str) -> None:
        self.uuid = uuid
        self.queue: asyncio.Queue[Outgoing] = asyncio.Queue()

    def put(self, kind: str, frame: Frame) -> None:
        """Hand over one frame."""
        self.queue.put_nowait((kind, frame))


class FrameHub:
    """All listeners of all payloads, with what was published to each payload."""

    def __init__(self) -> None:
        self._lines: dict[str, set[FrameQueue]] = {}
        self.history: dict[str, list[Outgoing]] = {}
        self.observers: list[Callable[[str, str, Frame], None]] = []

    def join(self, uuid: str) -> FrameQueue:
        """Begin to listen."""
        line = FrameQueue(uuid)
        self._lines.setdefault(uuid, set()).add(line)
        return line

    def leave(self, line: FrameQueue) -> None:
        """Stop listening."""
        lines = self._lines.get(line.uuid, set())
        lines.discard(line)
        if not lines:
            self._lines.pop(line.uuid, None)

    def publish(self, uuid: str, kind: str, frame: Frame) -> None:
        """Send one frame to every listener of the payload."""
        self.history.setdefault(uuid, []).append((kind, frame))
        for line in list(self._lines.get(uuid, ())):
            line.put(kind, frame)
        for tap in self.observers:
            tap(uuid, kind, frame)

    def count(self) -> int:
        """How many listeners there are."""
        return sum(len(lines) for lines in self._lines.values())
