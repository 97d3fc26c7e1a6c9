"""Take ended requests out of memory: a window stays open for a month, and the journal has them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Final

from xumm_desk.core.decision.needs import is_finished
from xumm_desk.core.sale.sale import refunded_identifier
from xumm_desk.core.state.lifecycle import Request

from .ports import Clock
from .registry import RequestEntry, RequestRegistry, SocketState

KEPT: Final = 200
"""Ended requests that stay, the newest: as many as a start loads."""

QUIET: Final = 600.0
"""Seconds without a change after which one may leave. Whoever has just brought it into memory, or
waits for an answer about it, finds it there."""


class MemoryRelease:
    """Chooses who leaves. Nothing is lost: each is loaded again when it is needed."""

    def __init__(
        self, registry: RequestRegistry, clock: Clock, is_followed: Callable[[str], bool]
    ) -> None:
        """`is_followed` says whether a task still works for a request."""
        self._registry = registry
        self._clock = clock
        self._is_followed = is_followed
        # Of each ended request its state, and since when (monotonic seconds) it was found in it.
        self._since: dict[str, tuple[Request, float]] = {}

    def release(self, keep: Collection[str]) -> Sequence[str]:
        """Remove those that ended long ago from memory, but not `keep`; returns their identifiers.
        To be called now and then: an ended request leaves at the second call at the earliest."""
        ended = [entry for entry in self._registry.entries() if self._has_ended(entry)]
        known, now = self._since, self._clock.monotonic()
        self._since = {}
        for entry in ended:
            name, request = entry.request.identifier, entry.request
            before = known.get(name)
            same = before is not None and before[0] is request
            self._since[name] = before if same and before is not None else (request, now)
        free = {name for name, (_, since) in self._since.items() if now - since >= QUIET}
        free -= set(keep)
        free &= {entry.request.identifier for entry in ended[: max(0, len(ended) - KEPT)]}
        leaving = [name for name in free if set(self._together(name)) <= free]
        for name in leaving:
            del self._since[name]
        self._registry.remove(leaving)
        return leaving

    def _has_ended(self, entry: RequestEntry) -> bool:
        return (
            entry.verdict.final
            and is_finished(entry.request, entry.verdict)
            and entry.socket_state is SocketState.NONE
            and self._registry.is_published(entry.request.identifier)
            and not self._is_followed(entry.request.identifier)
        )

    def _together(self, name: str) -> Iterator[str]:
        """A sale and its refunds: what is left of it is reckoned from all of them."""
        sale = refunded_identifier(self._registry[name].request.spec)
        top = sale if sale is not None and sale in self._registry else name
        yield top
        yield from self._registry.refunds_in_memory(top)
