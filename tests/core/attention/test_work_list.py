"""Each entry says what, why, since when and what to do; the list agrees with who is needed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.builders import (
    MODERATE,
    PAYMENT,
    STRANGER,
    answer,
    apply_all,
    at,
    blob,
    created,
    make_order,
    on_ledger,
    signed,
)
from core.builders import get as get_answer
from core.decision.test_needs import IN_DOUBT, ORDER, STORIES, decide, refund, second_payment, story
from core.refund import test_refund
from core.test_laws import DECISIONS, Timeline, timelines
from xumm_desk.core.attention import wording, work_list
from xumm_desk.core.attention.entry import Action, AttentionEntry, Cause
from xumm_desk.core.attention.work_list import entry_of, rank_of, rank_of_entry, unmatched_entry
from xumm_desk.core.decision.evidence import evidence_of
from xumm_desk.core.decision.needs import needs_person
from xumm_desk.core.money.amount import XrpAmount
from xumm_desk.core.refund.refund import RefundBalance
from xumm_desk.core.state.decisions import DecisionKind
from xumm_desk.core.state.evidence import UnmatchedPayment
from xumm_desk.core.state.facts import Fact
from xumm_desk.core.state.lifecycle import Request
from xumm_desk.core.verdict.verdict import judge

NOW = at(400)

CAUSES = {
    "too little": (Cause.UNDERPAID, Action.ACCEPT),
    "paid twice": (Cause.SECOND_PAYMENT, Action.REFUND),
    "after cancelling": (Cause.AFTER_END, Action.REFUND),
    "no node": (Cause.UNVERIFIED, Action.ACCEPT),
    "refused": (Cause.NOT_ARRIVED, Action.CALLED_BACK),
    "lapsed": (Cause.NOT_ARRIVED, Action.CALLED_BACK),
    "expired, opened": (Cause.MAY_STILL_BE_PAID, Action.WAIT),
    "unknown": (Cause.UNKNOWN_TO_PLATFORM, Action.NOT_PAID),
    "unsure": (Cause.CREATION_UNSURE, Action.WAIT),
}


def entry(
    request: Request, refunds: tuple[RefundBalance, ...] = (), seconds: float = 400
) -> AttentionEntry | None:
    return entry_of(request, judge(request, ledger=True), refunds, at(seconds))


def known(request: Request, refunds: tuple[RefundBalance, ...] = ()) -> AttentionEntry:
    found = entry(request, refunds)
    assert found is not None
    return found


def test_each_doubt_has_its_cause_and_its_main_action() -> None:
    assert set(CAUSES) == set(IN_DOUBT)
    for name in STORIES:
        found = entry(story(name)[0])
        assert (found is not None) is (name in CAUSES)
        if found is not None:
            assert (found.cause, found.action) == CAUSES[name], name


@pytest.mark.parametrize("name", IN_DOUBT)
def test_an_entry_says_what_why_since_when_and_what_to_do(name: str) -> None:
    request, verdict = story(name)
    found = known(request)
    assert request.identifier in found.what
    assert found.amount == "1.50 XRP"
    assert found.why.endswith(".")
    assert found.advice.endswith(".")
    assert request.created_at <= found.since <= NOW
    assert found.about == evidence_of(request, verdict)
    assert len(set(found.actions)) == len(found.actions)
    assert Action.DETAILS in found.actions
    assert Action.REMIND in found.actions


def test_every_cause_and_every_action_has_words() -> None:
    assert set(wording.CAUSE_LABELS) == set(wording._ADVICE) == set(Cause)
    assert set(wording.ACTION_LABELS) == set(Action)
    assert set(work_list._ACTIONS) == set(Cause) - {Cause.UNMATCHED}


def paid_with(value: object, **wanted: object) -> AttentionEntry:
    """The entry of a request for which something else was delivered."""
    made = signed(PAYMENT)
    spec = make_order({**PAYMENT, **wanted})  # type: ignore[dict-item]
    told = (created(), answer(get_answer(made)), blob(made), on_ledger(made, delivered=value))  # type: ignore[arg-type]
    return known(apply_all(spec, *told))


def test_too_little_too_much_and_another_asset_differ() -> None:
    euro = {"currency": "EUR", "issuer": STRANGER.address, "value": "1.5"}
    assert paid_with("1400000").cause is Cause.UNDERPAID
    much = paid_with("1600000")
    assert (much.cause, much.action) == (Cause.OVERPAID, Action.REFUND)
    assert much.why == "1.60 XRP arrived where 1.50 XRP were asked."
    other = paid_with(euro)
    assert (other.cause, other.action) == (Cause.OTHER_ASSET, Action.REFUND)


def test_another_network_weighs_more_than_what_was_paid() -> None:
    made = signed(PAYMENT)
    told = (
        created(),
        answer(get_answer(made, nodetype="MAINNET", network_id=0)),
        blob(made),
        on_ledger(made, delivered="1"),
    )
    found = known(apply_all(ORDER, *told))
    assert found.cause is Cause.OTHER_NETWORK
    assert "MAINNET" in found.why


def test_what_was_refunded_needs_no_second_refund() -> None:
    request, _ = story("paid twice")
    payer, much = STRANGER.address, XrpAmount(1_500_000)
    none = XrpAmount(0)
    open_refund = known(request, (RefundBalance(payer, much, none, much),))
    assert open_refund.action is Action.WAIT
    assert Action.REFUND not in open_refund.actions
    assert "on its way" in open_refund.advice
    paid_back = known(request, (RefundBalance(payer, much, much, none),))
    assert paid_back.action is Action.REVIEW
    assert "Refunded 1.50 XRP of 1.50 XRP" in paid_back.advice


def test_a_refund_in_doubt_is_asked_whether_it_was_paid_back() -> None:
    stranger = signed(
        {"TransactionType": "Payment", "Destination": STRANGER.address, "Amount": "1500000"},
        Account=STRANGER.address,
        signer=STRANGER,
    )
    told = (created(), answer(get_answer(stranger)), blob(stranger), on_ledger(stranger))
    found = known(apply_all(refund(), *told))
    assert (found.cause, found.action) == (Cause.REFUND_IN_DOUBT, Action.ACCEPT)
    assert wording.action_label(found.action, refund=found.is_refund) == "It was paid back…"
    assert Action.REVIEW not in found.actions
    assert Action.REFUND not in found.actions


def test_what_may_still_be_paid_is_waited_for_and_closed_when_it_is_long_over() -> None:
    request, _ = story("expired, opened")
    assert known(request).action is Action.WAIT
    late = entry(request, seconds=300 + work_list.LONG_OVER.total_seconds() + 1)
    assert late is not None
    assert late.action is Action.NOT_PAID
    assert late.advice == wording.LONG_OVER


def test_a_wait_hides_an_entry_until_its_time_or_until_more_is_known() -> None:
    request, _ = story("too little")
    waiting = decide(request, DecisionKind.WAIT)  # until second 900
    found = known(waiting)
    assert found.is_hidden(at(899))
    assert not found.is_hidden(at(900))
    from xumm_desk.core.state.lifecycle import apply_fact

    assert not known(apply_fact(waiting, second_payment())).is_hidden(at(500))
    assert not known(decide(waiting, DecisionKind.WAIT_ENDED)).is_hidden(at(500))


def test_an_open_call_is_an_entry_of_its_own_once_the_rest_is_settled() -> None:
    request = decide(story("paid")[0], DecisionKind.CALL_BACK, "wants an invoice")
    found = known(request)
    assert (found.cause, found.action) == (Cause.CALL_BACK, Action.CALLED_BACK)
    assert found.why == "Anna asked for it. wants an invoice"
    doubtful = decide(story("too little")[0], DecisionKind.CALL_BACK)
    assert known(doubtful).cause is Cause.UNDERPAID
    assert Action.CALL_BACK not in known(doubtful).actions
    settled = decide(doubtful, DecisionKind.ACCEPTED_AS_PAID)
    assert known(settled).cause is Cause.CALL_BACK


def test_an_unmatched_payment_is_assigned() -> None:
    [payment] = test_refund.paid(test_refund.payment(XrpAmount(4_000_000))).payments
    found = unmatched_entry(UnmatchedPayment({}, payment.tx, "It carries no tag.", at(5)))
    assert (found.cause, found.action, found.txid) == (Cause.UNMATCHED, Action.ASSIGN, "A1")
    assert found.amount == "4.00 XRP"
    assert found.since == at(5)


@MODERATE
@given(timelines(), st.lists(DECISIONS, max_size=4), st.data())
def test_there_is_an_entry_exactly_where_a_person_is_needed(
    told: Timeline, made: list[Fact], data: st.DataObject
) -> None:
    mixed = data.draw(st.permutations([*told.facts, *made]))
    request = apply_all(ORDER, *mixed)
    for ledger in (True, False):
        verdict = judge(request, ledger=ledger)
        found = entry_of(request, verdict, (), NOW)
        assert (found is not None) is needs_person(request, verdict)
        if found is not None:
            assert rank_of(request, verdict) == rank_of_entry(found)


@MODERATE
@given(st.permutations([known(story(name)[0]) for name in IN_DOUBT]))
def test_the_order_is_by_urgency_then_by_age_whatever_comes_first(
    entries: list[AttentionEntry],
) -> None:
    older = replace(entries[0], since=entries[0].since - timedelta(days=1), key="older")
    shown = sorted([*entries, older], key=rank_of_entry)
    assert [one.cause for one in shown] == sorted(one.cause for one in shown)
    assert shown.index(older) < shown.index(entries[0])
