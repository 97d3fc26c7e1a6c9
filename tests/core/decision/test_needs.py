"""Who is needed for what, and until when: a decision ends the need, and new evidence renews it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.builders import (
    CUSTOMER,
    MODERATE,
    PAYMENT,
    SHOP,
    STRANGER,
    answer,
    apply_all,
    at,
    blob,
    created,
    frame_fact,
    get,
    make_order,
    on_ledger,
    signed,
    tx_not_found,
)
from xumm_desk.core.decision import wording
from xumm_desk.core.decision.evidence import evidence_of
from xumm_desk.core.decision.needs import (
    is_finished,
    is_in_doubt,
    needs_person,
    outcome_of,
    refund_outcome,
)
from xumm_desk.core.decision.rules import NEEDS_REASON, completed, why_not_decided
from xumm_desk.core.request import request_spec
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.sale.sale import Sale
from xumm_desk.core.state import facts
from xumm_desk.core.state.decisions import Decision, DecisionKind
from xumm_desk.core.state.facts import Fact, FactKind, Source
from xumm_desk.core.state.lifecycle import Request, apply_fact, new_request
from xumm_desk.core.status import Status
from xumm_desk.core.verdict.check import Verdict
from xumm_desk.core.verdict.verdict import judge
from xumm_desk.core.wire.json_fields import JsonObject

ORDER: Final = make_order()
RIGHT: Final = signed(PAYMENT)
SHORT: Final = signed(PAYMENT, Amount="1400000")


def second_payment(number: int = 8) -> Fact:
    """Another payment under the request's tag."""
    made = on_ledger(signed(PAYMENT, Sequence=number))
    value = {**json.loads(made.text), "paired": "tag"}
    return facts.make_fact(at(70), Source.LEDGER, FactKind.PAYMENT, value)


STORIES: Final[dict[str, tuple[Fact, ...]]] = {
    "waiting": (created(),),
    "paid": (created(), answer(get(RIGHT)), blob(RIGHT), on_ledger(RIGHT)),
    "too little": (
        created(),
        answer(get(SHORT)),
        blob(SHORT),
        on_ledger(SHORT, delivered="1400000"),
    ),
    "paid twice": (
        created(),
        answer(get(RIGHT)),
        blob(RIGHT),
        on_ledger(RIGHT),
        second_payment(),
    ),
    "after cancelling": (created(), answer(get(cancelled=True, expired=True)), second_payment()),
    "no node": (
        created(),
        answer(get(RIGHT)),
        blob(RIGHT),
        frame_fact(FactKind.LEDGER_SILENT, Source.LEDGER, why="none"),
    ),
    "refused": (
        created(),
        answer(get(RIGHT)),
        blob(RIGHT),
        on_ledger(RIGHT, result="tecPATH_DRY", delivered=None),
    ),
    "lapsed": (created(), answer(get(RIGHT)), blob(RIGHT), tx_not_found(1001, never=True)),
    "expired, opened": (created(), answer(get(expired=True, opened=True))),
    "expired": (created(), answer(get(expired=True))),
    "declined": (created(), answer(get(resolved=True))),
    "unknown": (created(), frame_fact(FactKind.NOT_FOUND)),
    "unsure": (frame_fact(FactKind.CREATE_UNSURE, why="cut"),),
    "not created": (frame_fact(FactKind.NOT_CREATED, why="refused", code=603),),
}
IN_DOUBT: Final = {
    "too little": Status.CHECK,
    "paid twice": Status.CHECK,
    "after cancelling": Status.CHECK,
    "no node": Status.UNVERIFIED,
    "refused": Status.FAILED,
    "lapsed": Status.FAILED,
    "expired, opened": Status.EXPIRED_OPENED,
    "unknown": Status.CHECK,
    "unsure": Status.CREATING,
}


def story(name: str, spec: RequestSpec = ORDER) -> tuple[Request, Verdict]:
    request = apply_all(spec, *STORIES[name])
    return request, judge(request, ledger=True)


def decide(request: Request, kind: DecisionKind, text: str = "why", about: str = "") -> Request:
    """The request after a person's decision, as the desk records it."""
    verdict = judge(request, ledger=True)
    made = completed(Decision(kind, "Anna", text, at(900), about), request, verdict)
    fact = facts.make_fact(at(200), Source.OPERATOR, FactKind.DECISION, made.to_json())
    return apply_fact(request, fact)


def needed(request: Request) -> bool:
    return needs_person(request, judge(request, ledger=True))


@pytest.mark.parametrize("name", STORIES)
def test_a_person_is_needed_for_what_is_in_doubt_and_for_nothing_else(name: str) -> None:
    request, verdict = story(name)
    assert needs_person(request, verdict) is is_in_doubt(request, verdict) is (name in IN_DOUBT)
    assert IN_DOUBT.get(name, verdict.status) is verdict.status
    if name in IN_DOUBT:
        assert not is_finished(request, verdict)
    elif verdict.final:
        assert is_finished(request, verdict)


@pytest.mark.parametrize("name", IN_DOUBT)
@pytest.mark.parametrize("kind", [*NEEDS_REASON, DecisionKind.REVIEWED])
def test_a_decision_ends_the_need_and_its_withdrawal_renews_it(
    name: str, kind: DecisionKind
) -> None:
    request, verdict = story(name)
    after = decide(request, kind)
    assert not needed(after)
    assert judge(after, ledger=True) == verdict
    withdrawn = (
        DecisionKind.REVIEW_WITHDRAWN
        if kind is DecisionKind.REVIEWED
        else DecisionKind.OUTCOME_WITHDRAWN
    )
    assert needed(decide(after, withdrawn))


@MODERATE
@given(
    st.sampled_from(sorted(IN_DOUBT)),
    st.sampled_from([*NEEDS_REASON, DecisionKind.REVIEWED]),
    st.lists(st.integers(8, 12), min_size=1, max_size=3),
)
def test_money_that_comes_after_a_decision_brings_the_request_back(
    name: str, kind: DecisionKind, payments: list[int]
) -> None:
    request, _ = story(name)
    decided = decide(request, kind)
    later = decided
    for number in payments:
        later = apply_fact(later, second_payment(number))
    if later == decided:
        return  # it was known before
    verdict = judge(later, ledger=True)
    if is_in_doubt(later, verdict):
        assert needs_person(later, verdict)
        assert not is_finished(later, verdict)
        assert outcome_of(later, verdict) is None
        assert not needed(decide(later, kind))


@MODERATE
@given(st.sampled_from(sorted(IN_DOUBT)), st.integers(300, 9000))
def test_a_repeated_answer_leaves_the_decision_as_it_is(name: str, seconds: int) -> None:
    request, _ = story(name)
    after = decide(request, DecisionKind.NOT_PAID)
    for one in STORIES[name]:
        after = apply_fact(after, replace(one, at=at(seconds)))
    assert not needed(after)


def test_a_decision_about_what_was_seen_before_does_not_silence_what_is_seen_now() -> None:
    request, verdict = story("too little")
    seen = evidence_of(request, verdict)
    later = apply_fact(request, second_payment())
    made = Decision(DecisionKind.ACCEPTED_AS_PAID, "Anna", "regular guest", about=seen)
    assert why_not_decided(made, request, verdict) == ""
    assert "Something new is known" in why_not_decided(made, later, judge(later, ledger=True))
    assert needed(decide(later, DecisionKind.ACCEPTED_AS_PAID, about=seen))


def test_a_node_that_answers_after_an_acceptance_proves_or_disproves_the_payment() -> None:
    request, _ = story("no node")
    accepted = decide(request, DecisionKind.ACCEPTED_AS_PAID)
    assert not needed(accepted)
    paid = apply_fact(accepted, on_ledger(RIGHT))
    assert judge(paid, ledger=True).status is Status.PAID
    assert not needed(paid)
    refused = apply_fact(accepted, on_ledger(RIGHT, result="tecPATH_DRY", delivered=None))
    assert judge(refused, ledger=True).status is Status.FAILED
    assert needed(refused)


def test_what_may_still_be_paid_is_followed_although_nobody_is_needed() -> None:
    for name in ("expired, opened", "unknown", "unsure", "no node"):
        request, _ = story(name)
        after = decide(request, DecisionKind.NOT_PAID)
        verdict = judge(after, ledger=True)
        assert not needs_person(after, verdict)
        assert not is_finished(after, verdict), name
    for name in ("too little", "paid twice", "after cancelling", "refused", "lapsed"):
        request, _ = story(name)
        after = decide(request, DecisionKind.NOT_PAID)
        assert is_finished(after, judge(after, ledger=True)), name


def test_an_open_call_needs_a_person_whatever_the_status_is() -> None:
    for name in STORIES:
        request, verdict = story(name)
        calling = decide(request, DecisionKind.CALL_BACK)
        assert needed(calling)
        assert not is_finished(calling, verdict)
        reviewed = decide(calling, DecisionKind.REVIEWED)
        assert needed(reviewed)
        assert not needed(decide(reviewed, DecisionKind.CALLED_BACK))


def test_a_customer_who_was_called_back_settles_what_did_not_arrive_and_nothing_else() -> None:
    for name in ("refused", "lapsed"):
        assert not needed(decide(story(name)[0], DecisionKind.CALLED_BACK))
    for name in ("too little", "paid twice", "expired, opened"):
        assert needed(decide(story(name)[0], DecisionKind.CALLED_BACK))


def test_a_wait_and_a_note_end_no_need() -> None:
    for name in IN_DOUBT:
        for kind in (DecisionKind.WAIT, DecisionKind.NOTE):
            assert needed(decide(story(name)[0], kind))


def test_the_clock_may_be_set_back_between_two_decisions() -> None:
    request, verdict = story("too little")
    first = completed(Decision(DecisionKind.NOT_PAID, "Anna", "why"), request, verdict)
    request = apply_fact(
        request, facts.make_fact(at(9000), Source.OPERATOR, FactKind.DECISION, first.to_json())
    )
    request = decide(request, DecisionKind.OUTCOME_WITHDRAWN)
    assert needed(request)


# Refunds.


def refund() -> RequestSpec:
    body: JsonObject = {
        "txjson": {
            "TransactionType": "Payment",
            "Account": SHOP,
            "Destination": CUSTOMER.address,
            "Amount": "1500000",
        },
        "options": {"submit": True, "signers": [SHOP]},
        "custom_meta": {"blob": Sale(number=7, refund_of="sale-7").to_blob()},
    }
    made = request_spec.parse_body(body, identifier="refund-7", network="TESTNET")
    assert isinstance(made, RequestSpec), made
    return made


def test_a_refund_in_doubt_stays_until_somebody_says_whether_it_was_paid_back() -> None:
    stranger = signed(
        {"TransactionType": "Payment", "Destination": CUSTOMER.address, "Amount": "1500000"},
        Account=STRANGER.address,
        signer=STRANGER,
    )
    told = (created(), answer(get(stranger)), blob(stranger), on_ledger(stranger))
    request = apply_all(refund(), *told)
    verdict = judge(request, ledger=True)
    assert verdict.status is Status.CHECK
    assert verdict.final
    assert refund_outcome(request, verdict) is None
    assert needed(decide(request, DecisionKind.REVIEWED))
    for kind in NEEDS_REASON:
        after = decide(request, kind)
        assert refund_outcome(after, verdict) is kind
        assert not needed(after)
        assert "back" in wording.outcome_label(after, verdict)
        later = apply_fact(after, second_payment())
        assert refund_outcome(later, judge(later, ledger=True)) is None


def test_a_refund_that_a_ledger_may_still_move_is_not_closed() -> None:
    request = apply_all(refund(), *STORIES["no node"][:2])
    verdict = judge(request, ledger=True)
    assert not verdict.final
    closing = Decision(DecisionKind.NOT_PAID, "Anna", "why")
    assert why_not_decided(closing, request, verdict)
    doubtful = replace(verdict, status=Status.UNVERIFIED)
    assert "may still move" in why_not_decided(closing, request, doubtful)
    assert refund_outcome(decide(request, DecisionKind.NOT_PAID), doubtful) is None


def test_an_untouched_request_has_no_decisions() -> None:
    assert not new_request(ORDER, at(0)).decisions
