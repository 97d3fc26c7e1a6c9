"""Payments found on the ledger: applied, judged, matched."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from core.builders import (
    CUSTOMER,
    EURO,
    EXPIRES,
    INVOICE,
    MODERATE,
    PAYMENT,
    SHOP,
    STRANGER,
    answer,
    apply_all,
    at,
    blob,
    cancelled,
    created,
    frame_fact,
    get,
    iso,
    make_order,
    on_ledger,
)
from core.platform_model import RIGHT, SHORT
from core.test_laws import ANY_FACT, ORDER
from core.test_request_machine import Shop
from xumm_desk.core.state import facts, lifecycle
from xumm_desk.core.state.evidence import LedgerTx, Payment
from xumm_desk.core.state.facts import Fact, FactKind, Source
from xumm_desk.core.state.lifecycle import Request
from xumm_desk.core.status import Status
from xumm_desk.core.verdict import payment_matching
from xumm_desk.core.verdict.check import CheckState, Verdict
from xumm_desk.core.verdict.payment_checks import extra_payments
from xumm_desk.core.verdict.payment_matching import Candidate, Match, NoMatch
from xumm_desk.core.verdict.verdict import judge
from xumm_desk.core.verdict.wording import reasons, status_sentence
from xumm_desk.core.wire.json_fields import Json, JsonObject


def raw(
    number: int = 1, *, closed: float = 60, delivered: Json = "1500000", **tx: Json
) -> JsonObject:
    """A payment as the net keeps it; `number` tells one from another."""
    txid = tx.pop("hash", f"{number:064X}")
    body: JsonObject = {**PAYMENT, "Account": CUSTOMER.address, **tx}
    return {
        "tx_json": {k: v for k, v in body.items() if v is not None},
        "hash": txid,
        "validated": True,
        "ledger_index": 980 + number,
        "close_time_iso": iso(at(closed)),
        "meta": {
            "TransactionResult": "tesSUCCESS",
            "delivered_amount": delivered,
            "TransactionIndex": number,
        },
    }


def paid(number: int = 1, how: str = "tag", **more: object) -> Fact:
    """The fact of it."""
    value: JsonObject = {**raw(number, **more), "paired": how}  # type: ignore[arg-type]
    return facts.make_fact(at(70), Source.LEDGER, FactKind.PAYMENT, value)


def ledger_tx(number: int = 1, **more: object) -> LedgerTx:
    return LedgerTx.from_json(raw(number, **more))  # type: ignore[arg-type]


OWN = paid(5, "txid", hash=RIGHT.txid)
PAYMENTS = [
    paid(1),
    paid(1, "hand"),
    paid(2),
    paid(3, delivered="1400000"),
    paid(4, DestinationTag=None),
    paid(4, "hand", DestinationTag=None),
    OWN,
    paid(6, closed=900),
    facts.make_fact(at(1), Source.LEDGER, FactKind.PAYMENT, {}),
    facts.make_fact(at(1), Source.LEDGER, FactKind.PAYMENT, {"hash": "", "meta": [], "tx_json": 7}),
]


def verdict(*told: Fact) -> Verdict:
    return judge(apply_all(ORDER, *told), ledger=True)


def words(*told: Fact) -> str:
    request = apply_all(ORDER, *told)
    one = judge(request, ledger=True)
    return " ".join([*reasons(request, one), status_sentence(request, one)])


# Joining.


@MODERATE
@given(st.lists(st.sampled_from([*ANY_FACT, *PAYMENTS]), max_size=14), st.data())
def test_payments_join_in_any_order(told: list[Fact], data: st.DataObject) -> None:
    straight = apply_all(ORDER, *told)
    shuffled = apply_all(ORDER, *data.draw(st.permutations(told)))
    assert shuffled == straight
    assert apply_all(ORDER, *told, *told) == straight
    assert judge(shuffled, ledger=True) == judge(straight, ledger=True)
    assert isinstance(status_sentence(straight, judge(straight, ledger=False)), str)


@MODERATE
@given(st.lists(st.sampled_from([*ANY_FACT, *PAYMENTS]), max_size=10), st.sampled_from(PAYMENTS))
def test_a_known_payment_returns_the_very_same_object(told: list[Fact], one: Fact) -> None:
    request = apply_all(ORDER, *told, one)
    assert lifecycle.apply_fact(request, one) is request


@pytest.mark.parametrize("tag", [None, 0, 7])
def test_what_a_person_assigns_stands_on_a_person_s_word_where_only_the_tag_differs(
    tag: int | None,
) -> None:
    value: JsonObject = {
        **raw(1, DestinationTag=tag),
        "paired": "hand",
        "assigned_at": "2026-01-01T12:03:00+00:00",
    }
    by_hand = facts.make_fact(at(180), Source.OPERATOR, FactKind.PAYMENT, value)
    one = verdict(created(), by_hand)
    assert (one.status, one.final) == (Status.PAID, True)
    place = next(check for check in one.checks if check.name == "Destination and tag")
    assert place.actual.endswith(
        f"{'no tag' if tag is None else f'tag {tag}'},"
        " assigned by hand by a person at 2026-01-01 12:03:00 UTC"
    )
    # The same payment, which nobody assigned, is for a person.
    assert verdict(created(), paid(1, DestinationTag=tag)).status is Status.CHECK
    both = verdict(created(), paid(1, DestinationTag=tag), by_hand)
    assert both == verdict(created(), by_hand, paid(1, DestinationTag=tag)) == one
    # Nobody's word makes up for an end before, or for a second payment.
    cancel = cancelled(True, "OK")
    assert verdict(created(), cancel, by_hand).status is Status.CHECK
    assert verdict(created(), by_hand, paid(2)).status is Status.CHECK


def test_an_invoice_that_a_person_assigns_needs_no_id() -> None:
    order = make_order({**PAYMENT, "InvoiceID": "AB" * 32})
    by_hand = facts.make_fact(
        at(9), Source.OPERATOR, FactKind.PAYMENT, {**raw(1), "paired": "hand"}
    )
    one = judge(apply_all(order, created(), by_hand), ledger=True)
    assert one.status is Status.PAID
    invoice = next(check for check in one.checks if check.name == "Invoice id")
    assert invoice.actual == "none, assigned by hand by a person"
    assert judge(apply_all(order, created(), paid(1)), ledger=True).status is Status.CHECK


def test_a_payment_without_an_id_is_none() -> None:
    assert apply_all(ORDER, *PAYMENTS[-2:]).payments == ()


def test_the_journal_s_form_is_read_again() -> None:
    one = paid(3, "invoice")
    again = facts.fact_from_journal(one.at, one.source, one.kind, one.text, None)
    assert again is not None
    assert isinstance(again.value, Payment)
    assert again.value == one.value
    assert again.value.matched_by == "invoice"


# Judging.


def test_what_equals_the_request_is_paid_without_a_report() -> None:
    one = verdict(created(), paid())
    assert (one.status, one.final) == (Status.PAID, True)
    report = one.checks[0]
    assert report.state is CheckState.PENDING
    assert report.actual == "the platform has not reported this payment"
    assert {check.state for check in one.checks[1:]} == {CheckState.PASSED}
    assert "The platform has not" in words(created(), paid()).replace(
        "the platform", "The platform"
    )


@pytest.mark.parametrize(
    ("payment", "failed", "advice"),
    [
        (paid(delivered="1400000"), "Amount delivered", "0.1 XRP are missing"),
        (paid(delivered="1600000"), "Amount delivered", "0.1 XRP too much were paid"),
        (paid(delivered=EURO), "Amount delivered", "Another currency or issuer"),
        (paid(delivered=None), "Amount delivered", "does not tell what was delivered"),
        (paid(DestinationTag=0), "Destination and tag", "another tag or address"),
        (paid(delivered="1400000", how="hand"), "Amount delivered", "0.1 XRP are missing"),
        (paid(delivered=EURO, how="hand"), "Amount delivered", "Another currency or issuer"),
        (
            paid(Destination=STRANGER.address, how="hand"),
            "Destination and tag",
            "another tag or address",
        ),
        (paid(Destination=STRANGER.address), "Destination and tag", "another tag or address"),
    ],
)
def test_what_differs_is_checked_by_a_person(payment: Fact, failed: str, advice: str) -> None:
    one = verdict(created(), payment)
    assert (one.status, one.final) == (Status.CHECK, True)
    assert failed in {check.name for check in one.failed}
    assert advice in words(created(), payment)


def test_the_invoice_that_was_asked_for_must_be_named() -> None:
    order = make_order({**PAYMENT, "InvoiceID": INVOICE})
    for named, status in (
        (INVOICE.lower(), Status.PAID),
        ("CD" * 32, Status.CHECK),
        (None, Status.CHECK),
    ):
        request = apply_all(order, created(), paid(InvoiceID=named))
        assert judge(request, ledger=True).status is status


@pytest.mark.parametrize(
    ("ending", "advice"),
    [
        (cancelled(True, "OK"), "Money arrived for a cancelled sale. Accept it as paid, or refund"),
        (answer(get(resolved=True)), "Money came although the customer declined"),
    ],
)
def test_money_after_an_end(ending: Fact, advice: str) -> None:
    for told in ((created(), ending, paid()), (created(), paid(), ending)):
        assert verdict(*told).status is Status.CHECK
        assert advice in words(*told)


def test_money_for_a_request_that_was_never_created() -> None:
    told = (frame_fact(FactKind.NOT_CREATED, why="no", code=603), paid())
    assert verdict(*told).status is Status.CHECK
    assert "a request that was not created" in words(*told)


def test_the_ledger_s_time_decides_what_is_late() -> None:
    late = (EXPIRES - at(0)).total_seconds() + 30
    opened, unopened = get(opened=True, expired=True), get(expired=True)
    cases = [
        (unopened, 60.0, Status.PAID),
        (opened, 60.0, Status.PAID),
        (opened, late, Status.PAID_LATE),
        (unopened, late, Status.CHECK),
    ]
    for value, closed, status in cases:
        assert verdict(created(), answer(value), paid(closed=closed)).status is status


def test_a_second_payment_is_to_be_refunded_even_after_paid() -> None:
    reported = (created(), answer(get(RIGHT)), blob(RIGHT), on_ledger(RIGHT))
    assert verdict(*reported).status is Status.PAID
    assert verdict(*reported, OWN).status is Status.PAID
    told = (*reported, OWN, paid(1, Account=STRANGER.address))
    assert verdict(*told).status is Status.CHECK
    assert f"Refund 1.50 XRP to {STRANGER.address}" in words(*told)
    unreported = (created(), paid(1), paid(2, Account=STRANGER.address))
    assert verdict(*unreported).status is Status.CHECK
    assert f"Refund 1.50 XRP to {STRANGER.address} (transaction 000000000000" in words(*unreported)


def test_the_rest_that_was_paid_later_is_said() -> None:
    told = (created(), paid(1, delivered="1000000"), paid(2, delivered="500000"))
    assert verdict(*told).status is Status.CHECK
    assert "All payments together are what was asked" in words(*told)


def test_a_reported_failure_and_another_payment() -> None:
    failed = (created(), answer(get(RIGHT)), blob(RIGHT), on_ledger(RIGHT, result="tecPATH_DRY"))
    assert verdict(*failed).status is Status.FAILED
    assert verdict(*failed, paid()).status is Status.CHECK
    assert "Accept the other payment as paid, or refund it." in words(*failed, paid())
    assert "Refund 1.5" not in words(*failed, paid())


def test_a_payment_stays_paid_while_its_late_report_is_looked_at() -> None:
    told = [created(), OWN, answer(get(RIGHT)), blob(RIGHT), on_ledger(RIGHT)]
    for count in range(2, len(told) + 1):
        assert verdict(*told[:count]).status is Status.PAID
    assert {check.state for check in verdict(*told).checks} == {CheckState.PASSED}


def test_a_late_report_of_something_else_is_checked() -> None:
    assert verdict(created(), OWN, answer(get(SHORT))).status is Status.CHECK


def test_a_payment_that_two_requests_claim() -> None:
    told = (created(), paid(), frame_fact(FactKind.SHARED_TXID, identifier="order-9"))
    assert verdict(*told).status is Status.CHECK
    assert "also order-9" in words(*told)


# Pairing.


def asked(
    identifier: str, status: Status = Status.WAITING, changed: JsonObject | None = None
) -> Candidate:
    whole: JsonObject = {**PAYMENT, **(changed or {})}
    body: JsonObject = {k: v for k, v in whole.items() if v is not None}
    order = replace(make_order(body), identifier=identifier)
    return Candidate(apply_all(order, created(), answer(get())), status)


def named(result: Match | NoMatch) -> str:
    return (
        f"{result.identifier} by {result.matched_by}"
        if isinstance(result, Match)
        else result.reason
    )


def test_a_tag_names_one_request() -> None:
    a, b = asked("a"), asked("b", changed={"DestinationTag": 0})
    assert named(payment_matching.match_payment(ledger_tx(), [a, b])) == "a by tag"
    assert named(payment_matching.match_payment(ledger_tx(DestinationTag=0), [a, b])) == "b by tag"
    assert "no destination tag" in named(
        payment_matching.match_payment(ledger_tx(DestinationTag=None), [a, b])
    )
    assert "No request has destination tag 9" in named(
        payment_matching.match_payment(ledger_tx(DestinationTag=9), [a, b])
    )
    elsewhere = ledger_tx(Destination=STRANGER.address)
    assert "No request" in named(payment_matching.match_payment(elsewhere, [a, b]))


def test_one_request_is_named_even_by_another_amount_or_after_its_end() -> None:
    for status in Status:
        result = payment_matching.match_payment(ledger_tx(delivered="7"), [asked("a", status)])
        assert named(result) == "a by tag"


def test_what_the_ledger_closed_over_before_the_request_was_made_is_not_its() -> None:
    early = ledger_tx(closed=-600)
    assert "could not be paid at that time" in named(
        payment_matching.match_payment(early, [asked("a")])
    )


def test_a_shared_tag_is_decided_by_amount_and_aliveness_only_where_one_is_left() -> None:
    short: JsonObject = {"Amount": "1400000"}
    ended = timedelta(hours=2)
    late = ledger_tx(closed=ended.total_seconds() + 300)
    cases: list[tuple[LedgerTx, list[Candidate], str]] = [
        (ledger_tx(), [asked("a"), asked("b", changed=short)], "a by tag"),
        (ledger_tx(), [asked("a"), asked("b")], "more than one"),
        (ledger_tx(), [asked("a"), asked("b", Status.PAID)], "more than one"),
        (ledger_tx(), [asked("a", Status.CANCELLED), asked("b", changed=short)], "a by tag"),
        (late, [asked("a"), asked("b", Status.PAID)], "a by tag"),
        (ledger_tx(delivered="9"), [asked("a"), asked("b", changed=short)], "more than one"),
        (ledger_tx(delivered="9"), [asked("a"), asked("b", Status.PAID)], "more than one"),
    ]
    for tx, claimants, expected in cases:
        assert expected in named(payment_matching.match_payment(tx, claimants))
        assert expected in named(payment_matching.match_payment(tx, claimants[::-1]))


def test_an_invoice_goes_before_a_tag_and_a_transaction_before_all() -> None:
    a, b = asked("a", changed={"InvoiceID": INVOICE, "DestinationTag": None}), asked("b")
    tx = ledger_tx(InvoiceID=INVOICE.lower())
    assert named(payment_matching.match_payment(tx, [a, b])) == "a by invoice"
    request = apply_all(replace(ORDER, identifier="c"), created(), answer(get(RIGHT)))
    reported = Candidate(request, Status.CONFIRMING)
    own = ledger_tx(hash=RIGHT.txid, DestinationTag=None)
    assert named(payment_matching.match_payment(own, [a, b, reported])) == "c by txid"
    assert "more than one" in named(
        payment_matching.match_payment(tx, [a, replace(a, status=Status.OPENED)])
    )


def test_what_asks_for_no_submitted_payment_claims_nothing() -> None:
    order = make_order(PAYMENT, submit=False)
    claimant = Candidate(apply_all(order, created()), Status.WAITING)
    assert isinstance(payment_matching.match_payment(ledger_tx(), [claimant]), NoMatch)


def test_incoming_is_validated_successful_and_from_others() -> None:
    assert payment_matching.is_incoming_payment(ledger_tx(), {SHOP})
    assert not payment_matching.is_incoming_payment(ledger_tx(), {STRANGER.address})
    assert not payment_matching.is_incoming_payment(ledger_tx(Account=SHOP), {SHOP})
    assert not payment_matching.is_incoming_payment(ledger_tx(TransactionType="TrustSet"), {SHOP})
    others: list[JsonObject] = [
        {"validated": False},
        {"meta": {"TransactionResult": "tecPATH_DRY"}},
        {"hash": ""},
    ]
    for changed in others:
        assert not payment_matching.is_incoming_payment(
            LedgerTx.from_json({**raw(), **changed}), {SHOP}
        )


JUNK: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@MODERATE
@given(
    st.dictionaries(
        st.sampled_from(["tx_json", "meta", "hash", "validated", "ledger_index", "close_time_iso"]),
        JUNK,
    ),
    st.dictionaries(
        st.sampled_from(["Destination", "DestinationTag", "InvoiceID", "Account"]), JUNK
    ),
)
def test_pairing_is_total(outer: dict[str, Json], inner: dict[str, Json]) -> None:
    value: JsonObject = {"tx_json": inner, **outer}
    tx = LedgerTx.from_json(value)
    payment_matching.is_incoming_payment(tx, {SHOP})
    assert isinstance(payment_matching.match_payment(tx, [asked("a"), asked("b")]), Match | NoMatch)


# A shop beside a ledger which also tells by itself.


class ShopWithAccountWatch(Shop):
    """The same shop, where second phones pay and the account watch tells what came."""

    def __init__(self) -> None:
        super().__init__()
        self.others: list[Fact] = []

    @rule(number=st.integers(1, 2), short=st.booleans())
    def another_phone_pays(self, number: int, short: bool) -> None:
        one = paid(number, delivered="1400000" if short else "1500000", closed=self.world.now)
        if not any(o.text[:120] == one.text[:120] for o in self.others):
            self.others.append(one)
        self.tell(one)

    @rule()
    def the_net_sees_the_own_payment(self) -> None:
        world = self.world
        if world.made is not None and world.ledger == "tesSUCCESS":
            tx = {k: v for k, v in world.made.tx.items() if k != "hash"}
            self.tell(paid(5, "txid", hash=world.made.txid, delivered=world.delivered, **tx))

    @invariant()
    def paid_is_true(self) -> None:
        """Overrides: what came once, in full, for a request that nobody called back, is paid."""
        one = judge(self.request, ledger=True)
        if one.status in (Status.PAID, Status.PAID_LATE):
            assert not self.world.withdrawn or not self.request.cancelled
            assert not extra_payments(self.request)
            assert self.world.paid or len(self.request.payments) == 1
            assert CheckState.FAILED not in {check.state for check in one.checks}
        if len(self.request.payments) > 1:
            assert one.status is Status.CHECK

    @invariant()
    def failed_and_declined_are_true(self) -> None:
        """Overrides: with money that came, no row says that none did."""
        one = judge(self.request, ledger=True)
        if self.request.payments:
            assert one.status in {
                Status.PAID,
                Status.PAID_LATE,
                Status.CHECK,
                Status.CONFIRMING,
                Status.UNVERIFIED,
            }
            if one.status in (Status.CONFIRMING, Status.UNVERIFIED):
                assert not extra_payments(self.request)

    @invariant()
    def an_ending_stays(self) -> None:
        """Overrides: Paid may only become Paid late or a case for a person."""
        one = judge(self.request, ledger=True)
        before, self.before = self.before, one
        if before is not None and before.status in (Status.PAID, Status.PAID_LATE):
            assert one.status in (Status.PAID, Status.PAID_LATE, Status.CHECK)

    def teardown(self) -> None:
        """What the journal holds ends alike."""
        replayed = lifecycle.replay(self.journal)
        assert isinstance(replayed, Request)
        assert replayed == self.request


TestShopWithAccountWatch = ShopWithAccountWatch.TestCase
TestShopWithAccountWatch.settings = settings(
    Shop.TestCase.settings, max_examples=80, stateful_step_count=40, deadline=None, database=None
)
