"""Facts about accounts add up to the same in any order, and a payment counts for one request."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from core.builders import MODERATE, apply_all, at, frame_fact, make_order
from xumm_desk.core.attention.causes import cause_of
from xumm_desk.core.attention.entry import Cause
from xumm_desk.core.attention.work_list import entry_of
from xumm_desk.core.decision.needs import is_finished, needs_person
from xumm_desk.core.request.field_rules import identifier_error
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.state import account_facts, facts
from xumm_desk.core.state.account_facts import (
    SUBJECT,
    Dismissal,
    LedgerSpan,
    Listed,
    PaysAnother,
)
from xumm_desk.core.state.evidence import Payment
from xumm_desk.core.state.facts import Fact, FactKind, Source
from xumm_desk.core.state.lifecycle import Request
from xumm_desk.core.status import Status
from xumm_desk.core.verdict.payment_checks import LOST_PAYMENT
from xumm_desk.core.verdict.verdict import judge
from xumm_desk.core.verdict.wording import reasons
from xumm_desk.core.wire.json_fields import JsonObject

TXID = "AB" * 32
ORDER = make_order()


def came(how: str = "tag", *, assigned: int | None = None, txid: str = TXID) -> Fact:
    """The fact that a payment of what was asked is a request's."""
    value: JsonObject = {
        "hash": txid,
        "validated": True,
        "ledger_index": 900,
        "meta": {"TransactionResult": "tesSUCCESS", "delivered_amount": "1500000"},
        "tx_json": {"TransactionType": "Payment", "Destination": ORDER.destination or ""},
        "paired": how,
    }
    if assigned is not None:
        value["assigned_at"] = at(assigned).isoformat()
    return facts.make_fact(at(9), Source.LEDGER, FactKind.PAYMENT, value)


def claim(told: Fact) -> tuple[int, str]:
    assert isinstance(told.value, Payment)
    return account_facts.claim_of(told.value)


def rival(told: Fact, name: str = "other") -> Fact:
    """The fact that the same payment was given to `name` as well."""
    value = PaysAnother(TXID, name, claim(told)).to_json()
    return facts.make_fact(at(9), Source.DESK, FactKind.PAYS_ANOTHER, value)


def test_no_request_can_have_the_name_of_these_facts() -> None:
    assert identifier_error(SUBJECT) is not None


def test_what_was_written_is_read_again() -> None:
    written = (Dismissal(TXID, True), LedgerSpan("rShop", 5, 9), PaysAnother(TXID, "x", (3, "at")))
    for one in written:
        assert type(one).from_json(one.to_json()) == one
    raw: JsonObject = {"hash": TXID.lower(), "ledger_index": 7}
    found = Listed.from_json(account_facts.listed_json(raw, "No tag."))
    assert isinstance(found, Listed)
    assert (found.raw, found.reason, found.tx.txid) == (raw, "No tag.", TXID)


def test_what_makes_no_sense_is_unreadable_and_never_raises() -> None:
    for kind, value in (
        (FactKind.LISTED, {"why": "No tag."}),
        (FactKind.LEDGER_READ, {"account": "rShop", "first": 9, "last": 5}),
        (FactKind.LEDGER_READ, {"account": "rShop", "first": 1.5, "last": 5}),
        (FactKind.LEDGER_READ, {}),
    ):
        assert isinstance(frame_fact(kind, **value).value, facts.Unreadable)
    for kind in (FactKind.DISMISSED, FactKind.PAYS_ANOTHER):
        assert not isinstance(frame_fact(kind, hash=3).value, facts.Unreadable)


def test_what_a_payment_names_outweighs_a_persons_word() -> None:
    order = [came("txid"), came("invoice"), came("tag"), came("hand", assigned=1)]
    assert [claim(one) for one in order] == sorted(claim(one) for one in order)
    assert claim(came("hand", assigned=1)) < claim(came("hand", assigned=2))


def test_a_request_that_lost_its_payment_is_what_it_was_and_needs_a_person() -> None:
    paid = apply_all(ORDER, frame_fact(FactKind.CLOSED, Source.OPERATOR), came("tag"))
    assert paid.payments
    lost = apply_all(
        ORDER,
        frame_fact(FactKind.CLOSED, Source.OPERATOR),
        came("tag"),
        rival(came("invoice")),
    )
    verdict = judge(lost, ledger=True)
    assert lost.lost_its_payment
    assert not lost.txids
    assert verdict.status is Status.CANCELLED
    assert [check.name for check in verdict.failed] == [LOST_PAYMENT]
    assert "that of other" in reasons(lost, verdict)[0]
    assert needs_person(lost, verdict)
    assert not is_finished(lost, verdict)
    assert cause_of(lost, verdict) is Cause.SHARED_PAYMENT
    entry = entry_of(lost, verdict, (), at(99))
    assert entry is not None
    assert "that of other" in entry.why


def test_a_payment_of_its_own_makes_up_for_one_that_was_lost() -> None:
    again = apply_all(ORDER, came("tag"), rival(came("invoice")), came("tag", txid="CD" * 32))
    assert [one.tx.txid for one in again.payments] == ["CD" * 32]
    assert not again.lost_its_payment


CLAIMS = st.builds(
    lambda how, assigned: came(how, assigned=assigned if how == "hand" else None),
    st.sampled_from(["txid", "invoice", "tag", "hand"]),
    st.integers(1, 3),
)


@MODERATE
@given(st.lists(st.tuples(st.integers(0, 2), CLAIMS), min_size=1, max_size=8), st.data())
def test_whatever_was_claimed_a_payment_ends_with_one_request(
    claimed: list[tuple[int, Fact]], data: st.DataObject
) -> None:
    """Three requests claim it in turn; after each claim somebody tells the others whose it is, of
    what is known there then."""
    names = ["order-1", "order-2", "order-3"]
    told: dict[str, list[Fact]] = {name: [] for name in names}
    best: dict[str, tuple[int, str]] = {}
    for place, fact in claimed:
        name = names[place]
        told[name].append(fact)
        best[name] = min(best.get(name, claim(fact)), claim(fact))
        if not data.draw(st.booleans(), label="told now"):
            continue
        tell(told, best)
    tell(told, best)
    made = [made_of(name, data.draw(st.permutations(told[name]))) for name in names]
    assert made == [made_of(name, [*told[name], *told[name]]) for name in names]
    holders = [one.identifier for one in made if one.payments]
    assert holders == [min(best, key=lambda name: (*best[name], name))]


def tell(told: dict[str, list[Fact]], best: dict[str, tuple[int, str]]) -> None:
    won = account_facts.winner(best)
    assert won is not None
    for name in best.keys() - {won.identifier}:
        value = replace(won, txid=TXID).to_json()
        told[name].append(facts.make_fact(at(9), Source.DESK, FactKind.PAYS_ANOTHER, value))


def made_of(name: str, told: list[Fact]) -> Request:
    spec: RequestSpec = replace(ORDER, identifier=name)
    return apply_all(spec, *told)


SPANS = st.builds(
    lambda first, count: LedgerSpan("rShop", first, first + count),
    st.integers(0, 20),
    st.integers(0, 6),
)


@MODERATE
@given(st.lists(SPANS, max_size=8), st.data())
def test_ranges_of_ledgers_join_in_any_order_and_hold_what_was_read(
    spans: list[LedgerSpan], data: st.DataObject
) -> None:
    whole = account_facts.joined(spans)
    assert account_facts.joined(data.draw(st.permutations([*spans, *spans]))) == whole
    parts = data.draw(st.integers(0, len(spans)))
    before = account_facts.joined(spans[:parts])
    assert account_facts.joined([*before, *spans[parts:]]) == whole
    read = {index for one in spans for index in range(one.first + 1, one.last + 1)}
    assert {index for one in whole for index in range(one.first + 1, one.last + 1)} == read
    assert all(one.last < other.first for one, other in pairwise(whole))
    assert account_facts.read_up_to(spans) == (whole[0].last if whole else None)


def test_of_two_who_spoke_at_one_moment_the_one_who_dismissed_is_heard() -> None:
    said = [(at(1), Dismissal(TXID, False)), (at(1), Dismissal(TXID, True))]
    assert (
        account_facts.is_dismissed(said) == account_facts.is_dismissed(said[::-1]) == (at(1), True)
    )
    assert account_facts.is_dismissed([*said, (at(2), Dismissal(TXID, False))]) == (at(2), False)
    assert account_facts.is_dismissed([]) is None
