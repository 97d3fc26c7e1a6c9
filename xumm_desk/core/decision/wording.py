"""Sentences for decisions: who decided what, and why."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from xumm_desk.core.bidi import isolate
from xumm_desk.core.message import Formatted, Message, Sentences
from xumm_desk.core.sale.sale import refunded_identifier
from xumm_desk.core.state.decisions import Decided, Decision, DecisionKind
from xumm_desk.core.state.lifecycle import Request
from xumm_desk.core.verdict.check import Verdict

from .needs import outcome_of

_SENTENCES: Final[dict[DecisionKind, Message]] = {
    DecisionKind.NOTE: Message("Note by {name}: {text}"),
    DecisionKind.REVIEWED: Message("Reviewed by {name}."),
    DecisionKind.REVIEW_WITHDRAWN: Message("{name} withdrew the review."),
    DecisionKind.ACCEPTED_AS_PAID: Message("Accepted as paid by {name}: {text}"),
    DecisionKind.NOT_PAID: Message("Closed as not paid by {name}: {text}"),
    DecisionKind.OUTCOME_WITHDRAWN: Message("{name} withdrew the decision about the money."),
    DecisionKind.WAIT: Message("{name} waits until {time} UTC."),
    DecisionKind.WAIT_ENDED: Message("{name} ended the wait."),
    DecisionKind.CALL_BACK: Message("{name} wants the customer to be called back."),
    DecisionKind.CALLED_BACK: Message("The customer was called back by {name}."),
}

_WITH_TEXT: Final = frozenset(
    {DecisionKind.NOTE, DecisionKind.ACCEPTED_AS_PAID, DecisionKind.NOT_PAID}
)
"""Decisions whose sentence holds their text; that of others follows it."""

_REFUND_SENTENCES: Final[dict[DecisionKind, Message]] = {
    DecisionKind.ACCEPTED_AS_PAID: Message("Accepted as paid back by {name}: {text}"),
    DecisionKind.NOT_PAID: Message("Closed as not paid back by {name}: {text}"),
}

_LABELS: Final[dict[DecisionKind, str]] = {
    DecisionKind.ACCEPTED_AS_PAID: Message("accepted as paid"),
    DecisionKind.NOT_PAID: Message("closed as not paid"),
}
_REFUND_LABELS: Final[dict[DecisionKind, str]] = {
    DecisionKind.ACCEPTED_AS_PAID: Message("accepted as paid back"),
    DecisionKind.NOT_PAID: Message("closed as not paid back"),
}

SOMEBODY: Final = Message("the operator")

OUTDATED: Final = Message("More is known since then, so a person has to look again.")


def decision_sentence(decision: Decision, *, refund: bool = False) -> str:
    """One sentence: who decided what, and why; of a refund where `refund` says so."""
    name, kind = isolate(decision.by) or SOMEBODY, decision.kind
    text = isolate(decision.text)
    if kind is DecisionKind.NOTE and not decision.text:
        return Message("{name} removed the note.", name=name)
    until = decision.until
    sentence = (_REFUND_SENTENCES if refund else {}).get(kind, _SENTENCES[kind])
    said = sentence.filled(
        name=name,
        text=text,
        time=Formatted(f"{until:%Y-%m-%d %H:%M}", until) if until is not None else "",
    )
    return said if kind in _WITH_TEXT else Sentences([said, text])


def outcome_sentence(request: Request, verdict: Verdict) -> str:
    """What a person decided about the money, and whether more is known since; "" for nothing."""
    decided = request.decisions.outcome
    if decided is None or decided.decision.kind is DecisionKind.OUTCOME_WITHDRAWN:
        return ""
    said = decision_sentence(decided.decision, refund=bool(refunded_identifier(request.spec)))
    return Sentences([said, "" if outcome_of(request, verdict) is not None else OUTDATED])


def outcome_label(request: Request, verdict: Verdict) -> str:
    """ "accepted as paid", beside the status of a row; "" where nobody decided, or more is known
    since."""
    decided = outcome_of(request, verdict)
    if decided is None:
        return ""
    labels = _REFUND_LABELS if refunded_identifier(request.spec) else _LABELS
    return labels[decided.decision.kind]


def note_of(request: Request) -> str:
    """The note of persons at the desk; "" without one."""
    note = request.decisions.note
    return note.decision.text if note is not None else ""


def reviewed_by(request: Request) -> str:
    """Who reviewed it, or decided about its money, last; "" while nobody has, and after it was
    withdrawn."""
    decided = request.decisions
    made = [
        one
        for one in (decided.review, decided.outcome)
        if one is not None and one.decision.kind in _REVIEWING
    ]
    return max(made, key=_time).decision.by or str(SOMEBODY) if made else ""


_REVIEWING: Final = frozenset(
    {DecisionKind.REVIEWED, DecisionKind.ACCEPTED_AS_PAID, DecisionKind.NOT_PAID}
)


def _time(decided: Decided) -> datetime:
    return decided.at
