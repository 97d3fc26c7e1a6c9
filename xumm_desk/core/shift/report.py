"""The report of a shift: everything that its closing document says, while it is open too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from xumm_desk.core.money import networks
from xumm_desk.core.status import Status

from .figures import Figures, MoneyLine, sum_of
from .money_lines import Change
from .share import Decided, Kind, RequestShare, Unresolved


@dataclass(frozen=True, slots=True)
class Settled:
    """What the shift before carried over and is no longer open, and what became of it."""

    key: str
    label: str
    became: str


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An unresolved thing in a report. `carried_from` is the shift that first carried it over, 0
    for a new one."""

    item: Unresolved
    carried_from: int = 0


@dataclass(frozen=True, slots=True)
class Counts:
    """How many requests of one kind were begun, ended by status, and are still open. `open_before`
    were open when the shift began, `reopened` had ended before and are open again."""

    open_before: int = 0
    begun: int = 0
    ended: Mapping[Status, int] = field(default_factory=dict)
    reopened: int = 0
    open_after: int = 0


@dataclass(frozen=True, slots=True)
class ShiftSpan:
    """Which facts of the journal belong to a shift: those after fact `after` up to fact `to`.

    `journal_hash` is the hash that fact `to` carries, `previous` that of the shift before, both as
    hex digits, "" for none.
    """

    number: int
    after: int
    to: int
    opened_at: datetime | None
    journal_hash: str = ""
    previous: str = ""


@dataclass(frozen=True, slots=True)
class ShiftReport:
    """What a shift brought, as of its last fact."""

    span: ShiftSpan
    network: str
    """The key of the shop's own network, "" where it has none."""
    lines: tuple[MoneyLine, ...]
    counts: Mapping[Kind, Counts]
    changes: tuple[Change, ...]
    unresolved: tuple[OpenItem, ...]
    settled: tuple[Settled, ...] = ()
    decided: tuple[Decided, ...] = ()

    @property
    def figures(self) -> Figures:
        """The sums of the whole shift."""
        return sum_of(self.lines)

    def by_till(self) -> dict[tuple[str, str], Figures]:
        """The sums by till and cashier, as they are named in the sales."""
        return _grouped((line.till, line.cashier, line) for line in self.lines)

    def by_account(self) -> dict[tuple[str, str], Figures]:
        """The sums by network and receiving account, refunds apart: they go to customers."""
        return _grouped(
            (line.asset.network, line.account, line) for line in self.lines if not line.refund
        )

    def is_own(self, network: str) -> bool:
        """Whether money of a network is the shop's own money."""
        return not self.network or networks.is_network(self.network, network)


@dataclass(frozen=True, slots=True)
class OpenShift:
    """The open shift as of its last fact. `claims` are the transactions that count for a request
    from this shift on; `dismissals_to` is the last dismissal that was counted."""

    report: ShiftReport
    claims: tuple[tuple[str, str], ...] = ()
    dismissals_to: int = 0


Progress = Callable[[int, int], object]
"""Called with how many requests of how many were read."""


@dataclass(frozen=True, slots=True)
class Closing:
    """Who closes a shift, when (UTC) and where. `notes` are what a person wrote about unresolved
    things, by key."""

    operator: str
    at: datetime
    shop: str = ""
    till: str = ""
    practice: bool = False
    program: str = ""
    notes: Mapping[str, str] | None = None


def make_report(
    span: ShiftSpan,
    shares: Iterable[RequestShare],
    *,
    network: str,
    payments: Sequence[Unresolved] = (),
    carried: Mapping[str, tuple[int, str]] | None = None,
    settled_texts: Mapping[str, str] | None = None,
    decided: Sequence[Decided] = (),
) -> ShiftReport:
    """Put a report together.

    Args:
        shares: what each request of the shift adds, and each that is still open.
        payments: those without a request that no person has dismissed.
        carried: what the shift before carried over: since which shift, and its label, by key.
        settled_texts: what became of some of them, by key.
        decided: what persons decided about payments without a request.
    """
    lines: list[MoneyLine] = []
    changes: list[tuple[int, Change]] = []
    items: list[Unresolved] = []
    decisions = list(decided)
    counted = {kind: _Counter() for kind in Kind}
    for share in shares:
        lines += share.lines
        place = share.lines[0].seq if share.lines else span.to
        changes += [(place, change) for change in share.changes]
        counted[share.kind].add(share)
        decisions += share.decided
        if share.unresolved is not None:
            items.append(share.unresolved)
    lines.sort(key=lambda line: (line.seq, line.txid))
    changes.sort(key=lambda one: (one[0], one[1].identifier))
    items += payments
    items.sort(key=lambda item: (item.since, item.key))
    before = carried or {}
    still = {item.key for item in items}
    became = settled_texts or {}
    return ShiftReport(
        span=span,
        network=network,
        lines=tuple(lines),
        counts={kind: counter.counts() for kind, counter in counted.items()},
        changes=tuple(change for _, change in changes),
        unresolved=tuple(OpenItem(item, before.get(item.key, (0, ""))[0]) for item in items),
        settled=tuple(
            Settled(key, label, became.get(key, ""))
            for key, (_, label) in before.items()
            if key not in still
        ),
        decided=tuple(sorted(decisions, key=lambda one: (one.at, one.key))),
    )


class _Counter:
    def __init__(self) -> None:
        self._open_before = self._begun = self._reopened = self._open_after = 0
        self._ended: dict[Status, int] = {}

    def add(self, share: RequestShare) -> None:
        if share.before is None:
            self._begun += 1
        elif not share.ended_before:
            self._open_before += 1
        if share.ended and not share.ended_before:
            self._ended[share.after] = self._ended.get(share.after, 0) + 1
        if not share.ended:
            self._open_after += 1
            self._reopened += share.ended_before

    def counts(self) -> Counts:
        ended = {status: self._ended[status] for status in Status if status in self._ended}
        return Counts(self._open_before, self._begun, ended, self._reopened, self._open_after)


def _grouped(items: Iterable[tuple[str, str, MoneyLine]]) -> dict[tuple[str, str], Figures]:
    found: dict[tuple[str, str], Figures] = {}
    for one, other, line in items:
        found.setdefault((one, other), Figures()).add(line)
    return dict(sorted(found.items()))
