"""What one request adds to a shift: its facts before the shift against its facts up to its end.

The difference of two sums never counts anything twice or not at all, whatever the facts are and
wherever a shift is closed between them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum

from xumm_desk.core.decision.needs import needs_person, settling_decision
from xumm_desk.core.decision.wording import decision_sentence, outcome_label
from xumm_desk.core.message import Sentences
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.sale.sale import refunded_identifier, request_label
from xumm_desk.core.state.decisions import Decision, Topic
from xumm_desk.core.state.lifecycle import Request, apply_fact, new_request
from xumm_desk.core.status import Status
from xumm_desk.core.verdict import wording
from xumm_desk.core.verdict.check import Verdict
from xumm_desk.core.verdict.verdict import judge

from .figures import MoneyLine
from .money import (
    ZERO,
    Asset,
    NumberedFact,
    asset_of,
    is_refund,
    quantity,
)
from .money_lines import Change, ChangeKind, OwnerOf, money_lines, new_claims


@dataclass(frozen=True, slots=True)
class ShiftRules:
    """How the requests of a journal are judged: whether a ledger node is set up, and the key of the
    shop's own network, "" for any."""

    ledger: bool = True
    network: str = ""


class Kind(Enum):
    """What a request is for. The values stand in closing documents."""

    SALE = "sale"
    REFUND = "refund"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Unresolved:
    """What still needs a person, or time: a request, or a payment without one.

    `key` is the identifier, or the transaction of a payment. `what` is its status in words, `why`
    what has to be looked at. `since` is UTC. `asset` and `count` are what was asked for, or what
    came without a request.
    """

    key: str
    label: str
    what: str
    why: str
    since: datetime
    status: str = ""
    asset: Asset | None = None
    count: Decimal = ZERO
    is_payment: bool = False
    """Whether it is a payment without a request."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person decided in a shift: the request or payment, what, by whom (UTC)."""

    key: str
    label: str
    what: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """How a request stands at one moment."""

    request: Request
    verdict: Verdict

    @property
    def status(self) -> Status:
        """Its status."""
        return self.verdict.status


@dataclass(frozen=True, slots=True)
class RequestShare:
    """What a request adds to a shift. `before` is its status when the shift began, None where it
    was begun in this shift. `unresolved` says that it is still open."""

    identifier: str
    kind: Kind
    after: Status
    label: str = ""
    text: str = ""
    before: Status | None = None
    ended_before: bool = False
    ended: bool = False
    lines: tuple[MoneyLine, ...] = ()
    changes: tuple[Change, ...] = ()
    claims: tuple[str, ...] = ()
    """Transactions that count for this request and for no other one, from this shift on."""
    unresolved: Unresolved | None = None
    decided: tuple[Decided, ...] = ()


NumberOf = Callable[[str], int | None]
"""The number of a request's first fact; None for an unknown one."""


def share_of(
    facts: Sequence[NumberedFact],
    after: int,
    rules: ShiftRules,
    owner_of: OwnerOf,
    begun_at: NumberOf,
) -> RequestShare | None:
    """What a request adds to the shift that begins after fact `after`; `facts` are all of it up to
    the end of the shift. None where they lack the request itself."""
    spec = next((f.value for _, f in facts if isinstance(f.value, RequestSpec)), None)
    if spec is None:
        return None
    old = [one for one in facts if one[0] <= after]
    before = _standing(spec, old, rules) if old else None
    now = _standing(spec, facts, rules)
    assert now is not None  # its intent is among the facts
    lines, changes = money_lines(spec, old, facts, owner_of)
    if before is None:
        begun = begun_at(refunded_identifier(spec)) if is_refund(spec) else None
        earlier = begun is not None and begun <= after
        changes = [one for one in changes if earlier or not _is_about_earlier(one)]
    elif before.verdict.final and before.status is not now.status:
        changes.append(_status_change(spec, before, now))
    news = facts[len(old) :]
    return RequestShare(
        identifier=spec.identifier,
        kind=kind_of(spec),
        label=request_label(spec),
        text=_text(now),
        before=before.status if before is not None else None,
        after=now.status,
        ended_before=before is not None and before.verdict.final,
        ended=now.verdict.final,
        lines=tuple(lines),
        changes=tuple(changes),
        claims=tuple(new_claims(spec, news, owner_of)),
        unresolved=_unresolved(spec, facts, now, rules) if _is_open(now) else None,
        decided=tuple(_decisions(spec, news)),
    )


def kind_of(spec: RequestSpec) -> Kind:
    """What a request is for."""
    if is_refund(spec):
        return Kind.REFUND
    return Kind.SALE if spec.is_payment and spec.is_submitted else Kind.OTHER


def _is_about_earlier(change: Change) -> bool:
    """Whether it is a line only if the sale was begun in an earlier shift."""
    return change.kind in (ChangeKind.PAID, ChangeKind.PAID_AGAIN, ChangeKind.REFUNDED)


# Status.


def _standing(
    spec: RequestSpec, facts: Sequence[NumberedFact], rules: ShiftRules
) -> Standing | None:
    intent = next((f for _, f in facts if isinstance(f.value, RequestSpec)), None)
    if intent is None:
        return None
    request = new_request(spec, intent.at)
    for _seq, fact in facts:
        request = apply_fact(request, fact)
    return Standing(request, judge(request, ledger=rules.ledger, network=rules.network))


def _status_change(spec: RequestSpec, before: Standing, now: Standing) -> Change:
    return Change(
        ChangeKind.STATUS,
        spec.identifier,
        request_label(spec),
        before=before.status.value,
        after=now.status.value,
    )


def _is_open(now: Standing) -> bool:
    """Whether it needs a person, or time: what a person has settled does not."""
    if needs_person(now.request, now.verdict):
        return True
    return not now.verdict.final and settling_decision(now.request, now.verdict) is None


def _text(now: Standing) -> str:
    label = wording.row_label(now.request, now.verdict)
    return Sentences([label, outcome_label(now.request, now.verdict)], " · ")


def _decisions(spec: RequestSpec, news: Sequence[NumberedFact]) -> Iterator[Decided]:
    """What persons decided. Notes stay with the request: they may be about the customer."""
    for _seq, fact in news:
        if isinstance(fact.value, Decision) and fact.value.topic is not Topic.NOTE:
            said = decision_sentence(fact.value, refund=is_refund(spec))
            yield Decided(spec.identifier, request_label(spec), said, fact.at)


def _unresolved(
    spec: RequestSpec, facts: Sequence[NumberedFact], now: Standing, rules: ShiftRules
) -> Unresolved:
    asked = spec.amount
    return Unresolved(
        key=spec.identifier,
        label=request_label(spec),
        what=_text(now),
        why=next(iter(wording.reasons(now.request, now.verdict)), ""),
        since=_since(spec, facts, now, rules),
        status=now.status.value,
        asset=asset_of(spec.network, asked) if asked is not None else None,
        count=quantity(asked) if asked is not None else ZERO,
    )


def _since(
    spec: RequestSpec, facts: Sequence[NumberedFact], now: Standing, rules: ShiftRules
) -> datetime:
    """When it came to stand as it does."""
    request, since = None, facts[0][1].at
    status: Status | None = None
    for _seq, fact in facts:
        if request is None:
            if not isinstance(fact.value, RequestSpec):
                continue
            request = new_request(spec, fact.at)
        after = apply_fact(request, fact)
        if after is not request or status is None:
            request = after
            found = judge(request, ledger=rules.ledger, network=rules.network).status
            if found is not status:
                status, since = found, fact.at
    return since if status is now.status else facts[-1][1].at
