"""Order the events of one sign request for a program that receives both messages and GET answers.

Messages keep the order in which they arrived. What only a GET answer shows follows every message
that arrived before the answer: first the missed steps, then the end. The end comes once, with an
answer in hand where there is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from . import api_answers, frames, json_fields
from .api_answers import Snapshot
from .json_fields import JsonObject

_STEPS: Final[tuple[tuple[type[frames.Frame], JsonObject], ...]] = (
    (frames.Opened, {"opened": True}),
    (frames.PreSigned, {"pre_signed": True}),
    (frames.Dispatched, {"dispatched": True}),
)
"""The steps before the end, in order, as the socket sends them (P§5.1)."""


@dataclass(frozen=True, slots=True)
class DeliveredEvent:
    """One event: a message of the socket, or, where `recovered`, what it would have been."""

    data: JsonObject
    recovered: bool = False


class EventOrder:
    """What was delivered for one request, and what has to wait."""

    def __init__(self, uuid: str) -> None:
        self._uuid = uuid
        self._seen: set[type[frames.Frame]] = set()
        self._recovered: set[type[frames.Frame]] = set()
        self._end: JsonObject | None = None
        self._held: list[DeliveredEvent] = []
        self.ended = False
        """Whether the end was delivered."""

    @property
    def awaits_end(self) -> bool:
        """Whether the socket announced the end, and the answer that shows it is still to come."""
        return self._end is not None

    def was_delivered(self, step: type[frames.Frame]) -> bool:
        """Whether a frame of this class was delivered, or recovered from an answer."""
        return step in self._seen

    def on_message(self, data: JsonObject, frame: frames.Frame) -> Sequence[DeliveredEvent]:
        """A message arrived; returns what is to be delivered now."""
        kind = type(frame)
        if kind is frames.Resolved:
            if self.ended or self._end is not None:
                return ()
            self._end = data
            return ()
        if kind in self._recovered:
            # An answer overtook it: the same step is not delivered twice.
            self._recovered.discard(kind)
            return ()
        self._seen.add(kind)
        if self._end is not None:
            self._held.append(DeliveredEvent(data))
            return ()
        return (DeliveredEvent(data),)

    def on_answer(self, value: JsonObject) -> Sequence[DeliveredEvent]:
        """A GET answer arrived; returns what is to be delivered now."""
        read = api_answers.parse_snapshot(value, self._uuid)
        if not isinstance(read, Snapshot) or self.ended:
            return ()
        delivered = [] if self._end is not None and not read.resolved else self._missed(read)
        if read.resolved:
            own = self._end is None
            end = _resolve_message(self._uuid, value, read) if own else self._end
            assert end is not None
            delivered.append(DeliveredEvent(end, recovered=own))
            delivered += self._release()
        return delivered

    def give_up(self) -> Sequence[DeliveredEvent]:
        """No answer shows the announced end: deliver it as the socket sent it."""
        if self._end is None:
            return ()
        return [DeliveredEvent(self._end), *self._release()]

    def _release(self) -> list[DeliveredEvent]:
        held, self._held, self._end, self.ended = self._held, [], None, True
        return held

    def _missed(self, read: Snapshot) -> list[DeliveredEvent]:
        """The steps that the answer proves and that were neither delivered nor are waiting."""
        dispatched = read.dispatched_to is not None or read.dispatched_result is not None
        signed = read.signed or dispatched
        proven: dict[type[frames.Frame], bool] = {
            frames.Opened: read.app_opened or signed,
            frames.PreSigned: signed,
            frames.Dispatched: dispatched,
        }
        missed = [(kind, data) for kind, data in _STEPS if proven[kind] and kind not in self._seen]
        for kind, _ in missed:
            self._seen.add(kind)
            self._recovered.add(kind)
        return [DeliveredEvent(dict(data), recovered=True) for _, data in missed]


def _resolve_message(uuid: str, value: JsonObject, read: Snapshot) -> JsonObject:
    """The resolve message (P§5.1) as the socket would have sent it, from a GET answer."""
    meta, custom = json_fields.object_at(value, "meta"), json_fields.object_at(value, "custom_meta")
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
