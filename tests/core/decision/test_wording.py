"""Sentences about decisions say who, what and why, and when more is known since."""

from __future__ import annotations

import pytest

from core.builders import apply_all, at, decided, make_order
from core.decision.test_needs import decide, second_payment, story
from xumm_desk.core.decision import wording
from xumm_desk.core.state.decisions import Decision, DecisionKind
from xumm_desk.core.state.lifecycle import apply_fact
from xumm_desk.core.verdict.verdict import judge


@pytest.mark.parametrize("kind", DecisionKind)
def test_every_decision_has_a_sentence_with_its_person_and_its_text(kind: DecisionKind) -> None:
    said = wording.decision_sentence(Decision(kind, "Anna", "a long story", at(900)))
    assert "Anna" in said
    assert "a long story" in said
    assert "{" not in said
    assert "the operator" in wording.decision_sentence(Decision(kind, until=at(900)))


def test_an_accepted_check_says_by_whom_and_why_until_more_is_known() -> None:
    request, verdict = story("too little")
    assert wording.outcome_sentence(request, verdict) == ""
    request = decide(request, DecisionKind.ACCEPTED_AS_PAID, "regular guest")
    said = wording.outcome_sentence(request, verdict)
    assert said == "Accepted as paid by Anna: regular guest"
    assert wording.outcome_label(request, verdict) == "accepted as paid"
    request = apply_fact(request, second_payment())
    verdict = judge(request, ledger=True)
    assert wording.outcome_label(request, verdict) == ""
    assert wording.outcome_sentence(request, verdict).endswith(wording.OUTDATED)
    request = decide(request, DecisionKind.OUTCOME_WITHDRAWN)
    assert wording.outcome_sentence(request, verdict) == ""


def test_the_newest_note_counts_and_an_empty_one_removes_it() -> None:
    first = decided(DecisionKind.NOTE, text="window seat")
    second = decided(DecisionKind.NOTE, text="", revision=2)
    assert wording.note_of(apply_all(make_order())) == ""
    assert wording.note_of(apply_all(make_order(), first)) == "window seat"
    assert wording.note_of(apply_all(make_order(), second, first)) == ""


def test_the_last_reviewer_is_named_until_the_review_is_withdrawn() -> None:
    reviewed = decided(DecisionKind.REVIEWED, by="Ben", seconds=10)
    accepted = decided(DecisionKind.ACCEPTED_AS_PAID, text="why", seconds=20)
    gone = decided(DecisionKind.OUTCOME_WITHDRAWN, revision=2, seconds=30)
    order = make_order()
    assert wording.reviewed_by(apply_all(order)) == ""
    assert wording.reviewed_by(apply_all(order, reviewed)) == "Ben"
    assert wording.reviewed_by(apply_all(order, reviewed, accepted)) == "Anna"
    assert wording.reviewed_by(apply_all(order, reviewed, accepted, gone)) == "Ben"
    nameless = decided(DecisionKind.REVIEWED, by="")
    assert wording.reviewed_by(apply_all(order, nameless)) == "the operator"
