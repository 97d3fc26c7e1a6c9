"""Decisions about money need a reason and money in doubt; a withdrawal needs something to undo."""

from __future__ import annotations

import pytest

from core.builders import at
from core.decision.test_needs import IN_DOUBT, STORIES, decide, story
from xumm_desk.core.decision.rules import NEEDS_REASON, completed, why_not_decided
from xumm_desk.core.state.decisions import MAX_TEXT, Decision, DecisionKind
from xumm_desk.core.status import Status


def refusal(name: str, kind: DecisionKind, text: str = "why") -> str:
    return str(why_not_decided(Decision(kind, "Anna", text, at(900)), *story(name)))


@pytest.mark.parametrize("kind", NEEDS_REASON)
def test_a_decision_about_money_needs_a_reason(kind: DecisionKind) -> None:
    assert refusal("too little", kind) == ""
    assert "reason" in refusal("too little", kind, " \n")


@pytest.mark.parametrize("name", STORIES)
def test_only_doubtful_money_is_accepted_or_closed(name: str) -> None:
    _, verdict = story(name)
    accepted = verdict.status in (Status.CHECK, Status.UNVERIFIED)
    assert (refusal(name, DecisionKind.ACCEPTED_AS_PAID) == "") is accepted
    closed = accepted or verdict.status in (Status.EXPIRED_OPENED, Status.FAILED)
    assert (refusal(name, DecisionKind.NOT_PAID) == "") is closed


def test_a_wait_says_until_when() -> None:
    request, verdict = story("too little")
    assert why_not_decided(Decision(DecisionKind.WAIT), request, verdict)
    assert why_not_decided(Decision(DecisionKind.WAIT, until=at(900)), request, verdict) == ""


def test_there_is_nothing_to_withdraw_twice() -> None:
    for kind, withdrawal in (
        (DecisionKind.REVIEWED, DecisionKind.REVIEW_WITHDRAWN),
        (DecisionKind.ACCEPTED_AS_PAID, DecisionKind.OUTCOME_WITHDRAWN),
        (DecisionKind.NOT_PAID, DecisionKind.OUTCOME_WITHDRAWN),
        (DecisionKind.WAIT, DecisionKind.WAIT_ENDED),
    ):
        request, verdict = story("too little")
        back = Decision(withdrawal)
        assert why_not_decided(back, request, verdict)
        request = decide(request, kind)
        assert why_not_decided(back, request, verdict) == ""
        request = decide(request, withdrawal)
        assert why_not_decided(back, request, verdict)


def test_notes_and_calls_are_always_taken_but_not_without_end() -> None:
    for name in STORIES:
        for kind in (DecisionKind.NOTE, DecisionKind.CALL_BACK, DecisionKind.CALLED_BACK):
            assert refusal(name, kind, "") == ""
            assert refusal(name, kind, "x" * (MAX_TEXT + 1))


def test_each_decision_of_a_topic_has_the_next_number() -> None:
    request, verdict = story(next(iter(IN_DOUBT)))
    for number in range(1, 4):
        note = completed(Decision(DecisionKind.NOTE, " Anna ", " text "), request, verdict)
        assert (note.revision, note.by, note.text) == (number, "Anna", "text")
        request = decide(request, DecisionKind.NOTE)
