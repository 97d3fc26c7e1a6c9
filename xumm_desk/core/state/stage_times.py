"""When a request passed each stage of its life, as its facts tell: created to validated.

Times are on this computer's clock where a message arrived live. What was only learnt by asking
later has a latest time; of a stage that nobody reported, the time stays unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.wire import frames, json_fields
from xumm_desk.core.wire.api_answers import (
    ALREADY_OPENED,
    ALREADY_RESOLVED,
    CancelAnswer,
    CreateAnswer,
    Snapshot,
)

from .evidence import LedgerTx, Payment
from .facts import ClockSet, Fact, OutageCodeShown

_SAME_MOMENT: Final = timedelta(seconds=2)
"""Times of two clocks, or of two messages that overtook each other, may be in the wrong order by
this much."""

_FOUND_LATE: Final = timedelta(seconds=30)
"""A transaction that is seen so long after its ledger closed was not being waited for."""


class Stage(Enum):
    """The stages of a request's life, in their order."""

    CREATED = "created"
    OPENED = "opened"
    PRE_SIGNED = "pre-signed"
    DISPATCHED = "dispatched"
    RESOLVED = "resolved"
    VALIDATED = "validated"


class TimeSource(Enum):
    """Where the time of a stage comes from."""

    LIVE = "live"
    PLATFORM = "platform"
    LEDGER = "ledger"
    LATEST = "latest"
    """Learnt by asking: it happened then or before."""


@dataclass(frozen=True, slots=True)
class StageTime:
    """A stage that was passed. `at` is UTC, None where nobody knows; `source` is None with it."""

    stage: Stage
    at: datetime | None
    source: TimeSource | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """The way to one stage whose time is known, from the one before: how long it took in seconds,
    and the stages between of which only is known that they were passed."""

    to: StageTime
    seconds: float
    unknown: tuple[Stage, ...] = ()


@dataclass(frozen=True, slots=True)
class StageTimes:
    """A request's life: when it was saved here, and the stages that it has passed, in order."""

    saved_at: datetime
    passed: tuple[StageTime, ...] = ()

    @property
    def last_at(self) -> datetime:
        """The newest time that is known."""
        return max((one.at for one in self.passed if one.at is not None), default=self.saved_at)

    def spans(self) -> tuple[Span, ...]:
        """The ways between the known times, first to last."""
        found: list[Span] = []
        before, unknown = self.saved_at, []
        for one in self.passed:
            if one.at is None:
                unknown.append(one.stage)
                continue
            found.append(Span(one, (one.at - before).total_seconds(), tuple(unknown)))
            before, unknown = one.at, []
        return tuple(found)


def stage_times(recorded: Sequence[Fact]) -> StageTimes | None:
    """The stages that these facts, in the order of the journal, tell of; None where the request
    itself is not among them."""
    spec: RequestSpec | None = None
    saved_at: datetime | None = None
    told: dict[Stage, dict[TimeSource, datetime]] = {}
    clock_set = timedelta()
    signed = outage = False
    for fact in recorded:
        event = fact.value
        if isinstance(event, ClockSet):
            clock_set += timedelta(seconds=event.seconds)
            continue
        at = _minus(fact.at, clock_set)
        if isinstance(event, RequestSpec) and spec is None:
            spec, saved_at = event, at
        signed = signed or (isinstance(event, Snapshot | frames.Resolved) and event.signed)
        outage = outage or isinstance(event, OutageCodeShown)
        for stage, source, when in _told(fact, at):
            times = told.setdefault(stage, {})
            times[source] = min(when, times.get(source, when))
    if spec is None or saved_at is None:
        return None
    found = {stage: _chosen(stage, times, saved_at) for stage, times in told.items()}
    implied = () if outage else _implied(found, signed=signed, submitted=spec.is_submitted)
    return StageTimes(saved_at, _in_order(saved_at, found, implied))


def _told(fact: Fact, at: datetime) -> Iterable[tuple[Stage, TimeSource, datetime]]:
    """The stages that one fact tells of."""
    event = fact.value
    live = _LIVE_STAGES.get(type(event))
    if live is not None:
        yield live, TimeSource.LIVE, at
    match event:
        case Snapshot():
            yield Stage.CREATED, TimeSource.LATEST, at
            if event.app_opened:
                yield Stage.OPENED, TimeSource.LATEST, at
            if event.resolved:
                yield Stage.RESOLVED, TimeSource.LATEST, at
                if event.resolved_at is not None:
                    yield Stage.RESOLVED, TimeSource.PLATFORM, event.resolved_at
        case CancelAnswer():
            if event.reason in (ALREADY_OPENED, ALREADY_RESOLVED):
                yield Stage.OPENED, TimeSource.LATEST, at
        case LedgerTx() if event.validated:
            yield from _validated(event, at)
        case Payment():
            yield from _validated(event.tx, at)


_LIVE_STAGES: Final[dict[type[object], Stage]] = {
    CreateAnswer: Stage.CREATED,
    frames.Opened: Stage.OPENED,
    frames.PreSigned: Stage.PRE_SIGNED,
    frames.Dispatched: Stage.DISPATCHED,
    frames.Resolved: Stage.RESOLVED,
}


def _validated(tx: LedgerTx, at: datetime) -> Iterable[tuple[Stage, TimeSource, datetime]]:
    yield Stage.VALIDATED, TimeSource.LIVE, at
    closed = json_fields.time_at({"at": tx.closed_at}, "at")
    if closed is not None:
        yield Stage.VALIDATED, TimeSource.LEDGER, closed


def _chosen(stage: Stage, times: dict[TimeSource, datetime], saved_at: datetime) -> StageTime:
    """The time to believe. A message is exact unless it came long after what another clock says,
    for instance because the desk was closed; a latest time counts where nothing is earlier."""
    source, at = TimeSource.LATEST, times.get(TimeSource.LATEST)
    live = times.get(TimeSource.LIVE)
    for other in (TimeSource.PLATFORM, TimeSource.LEDGER):
        when = times.get(other)
        if when is None or when < saved_at - _SAME_MOMENT:
            continue  # that clock is wrong, or this one is
        if live is None or live - when > _FOUND_LATE:
            source, at, live = other, when, None
    if live is not None and (at is None or live <= at):
        source, at = TimeSource.LIVE, live
    return StageTime(stage, at, source)


def _implied(found: dict[Stage, StageTime], *, signed: bool, submitted: bool) -> tuple[Stage, ...]:
    """The stages that were passed according to others."""
    order = list(Stage)
    reached = max(
        (order.index(stage) for stage in found if stage is not Stage.VALIDATED), default=0
    )
    if signed:
        reached = order.index(Stage.RESOLVED)
    passed = order[: reached + 1]
    if Stage.RESOLVED in found and not signed:
        # Declining needs an opened phone and nothing else.
        passed = [Stage.CREATED, Stage.OPENED]
    if not submitted and Stage.DISPATCHED in passed:
        passed.remove(Stage.DISPATCHED)
    return tuple(passed) if found else ()


def _in_order(
    saved_at: datetime, found: dict[Stage, StageTime], implied: Sequence[Stage]
) -> tuple[StageTime, ...]:
    """The passed stages with times that only grow: a time that contradicts an earlier stage by more
    than clocks differ is no time at all."""
    before, passed = saved_at, []
    for stage in Stage:
        one = found.get(stage)
        if one is None:
            if stage in implied:
                passed.append(StageTime(stage, None))
            continue
        at = one.at
        if one.source is TimeSource.LATEST and _is_outdone(one, found):
            at = None
        if at is not None and at < before:
            at = before if before - at <= _SAME_MOMENT else None
        passed.append(StageTime(stage, at, one.source if at is not None else None))
        before = at or before
    return tuple(passed)


def _is_outdone(bound: StageTime, found: dict[Stage, StageTime]) -> bool:
    """Whether a later stage was passed before the time at which this one was learnt: then the bound
    says nothing."""
    order = list(Stage)
    later = (found.get(stage) for stage in order[order.index(bound.stage) + 1 :])
    return any(
        one is not None and one.at is not None and bound.at is not None and one.at < bound.at
        for one in later
    )


def _minus(at: datetime, length: timedelta) -> datetime:
    try:
        return at - length
    except OverflowError:  # a journal may hold any number of seconds
        return at
