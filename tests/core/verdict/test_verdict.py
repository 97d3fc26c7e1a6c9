"""The verdict: every check failing by itself, over really signed transactions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.builders import (
    CUSTOMER,
    EURO,
    EXPIRES,
    INVOICE,
    ISSUER,
    LAST_LEDGER,
    MODERATE,
    PAYMENT,
    SHOP,
    SIGN_IN,
    STRANGER,
    TRUST,
    Signed,
    answer,
    apply_all,
    at,
    blob,
    blob_check,
    cancelled,
    created,
    frame,
    frame_fact,
    get,
    iso,
    make_order,
    multisigned,
    on_ledger,
    signed,
    tx_not_found,
)
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.state.facts import Fact, FactKind, Source, make_fact
from xumm_desk.core.state.lifecycle import Request
from xumm_desk.core.status import FINAL, Status
from xumm_desk.core.verdict import wording
from xumm_desk.core.verdict.check import CheckState, Verdict
from xumm_desk.core.verdict.verdict import judge
from xumm_desk.core.wire import json_fields
from xumm_desk.core.wire.json_fields import Json, JsonObject

PAY = signed(PAYMENT)
ORDER = make_order()

PARTIAL = 0x00020000


def story(
    made: Signed = PAY,
    *,
    got: JsonObject | None = None,
    ledger: Fact | None = None,
    seen: Fact | None = None,
) -> list[Fact]:
    """A whole payment: created, opened, signed, read, proved."""
    return [
        created(),
        frame('{"opened":true}'),
        answer(got or get(made)),
        seen or blob(made),
        ledger or on_ledger(made),
    ]


def judged(facts: list[Fact], asked: RequestSpec = ORDER, *, ledger: bool = True) -> Verdict:
    return judge(apply_all(asked, *facts), ledger=ledger)


def failing(verdict: Verdict) -> list[str]:
    return [check.name for check in verdict.failed]


def test_a_payment_that_passes_every_check_is_paid() -> None:
    verdict = judged(story())
    assert (verdict.status, verdict.final) == (Status.PAID, True)
    assert [check.state for check in verdict.checks] == [CheckState.PASSED] * len(verdict.checks)
    assert [check.name for check in verdict.checks] == [
        "Signed, says the platform",
        "Network",
        "Transaction id",
        "Signature",
        "Signer",
        "Equals what we asked",
        "Validated by the ledger",
        "Result",
        "Destination and tag",
        "Amount delivered",
        "Pays no other request",
    ]


@pytest.mark.parametrize("missing", range(2, 5), ids=["answer", "blob", "ledger"])
def test_without_any_one_source_it_is_not_paid(missing: int) -> None:
    facts = story()
    del facts[missing]
    verdict = judged(facts)
    assert not verdict.final
    assert verdict.status in (Status.OPENED, Status.CONFIRMING)


@pytest.mark.parametrize("seconds", [0, 1, 3600])
def test_signed_after_the_expiry_is_paid_late(seconds: int) -> None:
    when = EXPIRES + timedelta(seconds=seconds)
    got = get(PAY, expired=True, resolved_at=when)
    assert judged(story(got=got)).status is (Status.PAID_LATE if seconds else Status.PAID)


@pytest.mark.parametrize(
    ("got", "found"),
    [
        (get(PAY, nodetype="MAINNET"), "MAINNET"),
        (get(PAY, nodetype="testnet", network_id=0), "network id 0"),
        (get(PAY, nodetype=None, network_id=21337), "network id 21337"),
    ],
)
def test_another_network(got: JsonObject, found: str) -> None:
    verdict = judged(story(got=got))
    assert (verdict.status, verdict.final) == (Status.CHECK, True)
    assert failing(verdict) == ["Network"]
    assert verdict.failed[0].actual == found


def test_a_network_id_inside_the_signed_transaction() -> None:
    made = signed(PAYMENT, NetworkID=21337)
    verdict = judged(story(made))
    assert failing(verdict) == ["Network"]
    assert verdict.failed[0].actual == "network id 21337"


def test_a_network_that_nobody_reported_is_settled_by_the_shop_s_own_node() -> None:
    got = get(PAY, nodetype=None, network_id=None)
    assert judged(story(got=got)[:-1]).checks[1].state is CheckState.PENDING
    assert judged(story(got=got)).status is Status.PAID


def test_a_network_that_nobody_reports_does_not_keep_a_row_without_a_node_open() -> None:
    got = get(PAY, nodetype=None, network_id=None)
    verdict = judged(story(got=got)[:-1], ledger=False)
    assert (verdict.status, verdict.final) == (Status.UNVERIFIED, True)
    late = judged([*story(got=got)[:-1], answer(get(PAY, nodetype="DEVNET"))], ledger=False)
    assert (late.status, failing(late)) == (Status.CHECK, ["Network"])


def cut(made: Signed) -> str:
    """A signed blob with Memos loses its last byte and still decodes and verifies (P§9.2)."""
    return made.blob[:-2]


MEMO = signed({**PAYMENT, "Memos": [{"Memo": {"MemoData": "CAFE"}}]})


def off_the_curve() -> str:
    key = PAY.tx["SigningPubKey"]
    assert isinstance(key, str)
    return PAY.blob.replace(key, key[:2] + "FF" * 32)


def bad_signature() -> str:
    signature = PAY.tx["TxnSignature"]
    assert isinstance(signature, str)
    return PAY.blob.replace(signature, signature[:-2] + ("00" if signature[-2:] != "00" else "01"))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (cut(MEMO), ["Transaction id"]),
        (PAY.blob + "00", ["Transaction id"]),
        (PAY.blob[:100], ["Transaction id"]),
        ("", ["Transaction id"]),
        ("zz", ["Transaction id"]),
        (bad_signature(), ["Transaction id", "Signature"]),
        (off_the_curve(), ["Transaction id", "Signature"]),
        (STRANGER_PAY := signed({**PAYMENT, "DestinationTag": 1}).blob, None),
    ],
    ids=["cut", "padded", "halved", "empty", "no hex", "signature", "key", "another's"],
)
def test_blobs_that_are_not_what_the_txid_names(text: str, names: list[str] | None) -> None:
    expected = names or ["Transaction id", "Equals what we asked: DestinationTag"]
    verdict = judged(story(seen=blob(text)))
    assert (verdict.status, verdict.final) == (Status.CHECK, True)
    assert failing(verdict) == expected


def test_the_traps_are_real() -> None:
    """The library alone would have passed the cut blob and raised at the key."""
    trapped = blob_check(cut(MEMO))
    assert (trapped.canonical, trapped.valid) == (False, True)
    assert blob_check(off_the_curve()).error is None
    assert not blob_check(off_the_curve()).valid
    assert blob_check(PAY.blob).hash == PAY.txid
    assert blob_check(PAY.blob.lower()) == blob_check(PAY.blob)


def test_a_cut_blob_under_its_own_txid() -> None:
    """It decodes, verifies and hashes to what the platform says: only its form gives it away."""
    asked = make_order({**PAYMENT, "Memos": [{"Memo": {"MemoData": "CAFE"}}]})
    made = Signed(cut(MEMO), blob_check(cut(MEMO)).hash, MEMO.tx)
    verdict = judged(story(made), asked)
    assert verdict.status is Status.CHECK
    assert failing(verdict) == ["Transaction id"]
    assert verdict.failed[0].actual == "not the canonical form"


def test_an_invalid_signature_under_its_own_txid() -> None:
    broken = blob_check(bad_signature())
    made = Signed(bad_signature(), broken.hash, PAY.tx)
    verdict = judged(story(made, seen=blob(made.blob)))
    assert verdict.status is Status.CHECK
    assert failing(verdict) == ["Signature"]


def test_a_txid_that_the_platform_leaves_out() -> None:
    got = get(Signed(PAY.blob, "", PAY.tx))
    verdict = judged([created(), answer(got), blob(PAY)])
    assert failing(verdict) == ["Transaction id"]


def test_allowed_signers() -> None:
    alone = make_order(signers=[CUSTOMER.address])
    assert judged(story(), alone).status is Status.PAID
    verdict = judged(story(), make_order(signers=[STRANGER.address, SHOP]))
    assert failing(verdict) == ["Signer"]
    assert verdict.failed[0].expected == f"{STRANGER.address} or {SHOP}"
    assert CUSTOMER.address in verdict.failed[0].actual


def test_a_regular_key_is_left_to_the_ledger() -> None:
    made = signed(PAYMENT, signer=STRANGER)
    verdict = judged(story(made))
    assert verdict.status is Status.PAID
    [check] = [check for check in verdict.checks if check.name == "Signer"]
    assert f"{CUSTOMER.address}, signed with the key of {STRANGER.address}" == check.actual


def test_without_a_ledger_to_decide_another_s_key_proves_nothing() -> None:
    """Anybody can write somebody else's account into a sign-in and sign it with his own key."""
    made = signed(SIGN_IN, signer=STRANGER)
    for asked in (make_order(SIGN_IN), make_order(SIGN_IN, signers=[CUSTOMER.address])):
        verdict = judged(story(made)[:-1], asked, ledger=False)
        assert verdict.status is Status.CHECK
        assert failing(verdict) == ["Signer"]


def test_a_sign_in_by_a_regular_key_waits_for_the_ledger_s_word() -> None:
    made = signed(SIGN_IN, signer=STRANGER)
    asked = make_order(SIGN_IN, signers=[CUSTOMER.address])
    told = story(made)[:-1]

    def key(address: str | None) -> Fact:
        return frame_fact(
            FactKind.REGULAR_KEY, Source.LEDGER, account=CUSTOMER.address, key=address
        )

    waiting = judged(told, asked)
    assert (waiting.status, waiting.final) == (Status.CONFIRMING, False)
    silent = judged([*told, frame_fact(FactKind.LEDGER_SILENT, why="none")], asked)
    assert (silent.status, silent.final) == (Status.UNVERIFIED, False)
    proven = judged([*told, key(STRANGER.address)], asked)
    assert (proven.status, proven.final) == (Status.SIGNED, True)
    signer = next(check for check in proven.checks if check.name == "Signer")
    assert signer.actual.endswith("its regular key in a validated ledger")
    for other in (None, ISSUER):
        verdict = judged([*told, key(other)], asked)
        assert (verdict.status, verdict.final) == (Status.CHECK, True)
        assert failing(verdict) == ["Signer"]
    # A regular key does not make another account an allowed one.
    foreign = judged([*told, key(STRANGER.address)], make_order(SIGN_IN, signers=[ISSUER]))
    assert failing(foreign) == ["Signer"]
    # Another account's key says nothing.
    stranger = frame_fact(FactKind.REGULAR_KEY, Source.LEDGER, account=ISSUER, key=STRANGER.address)
    assert judged([*told, stranger], asked).status is Status.CONFIRMING


def test_a_multisigned_payment() -> None:
    made = multisigned()
    assert judged(story(made)).status is Status.PAID
    member = blob_check(made.blob).signatures[0].account
    assert judged(story(made), make_order(signers=[member])).status is Status.PAID
    assert failing(judged(story(made), make_order(signers=[STRANGER.address]))) == ["Signer"]


def test_one_wrong_signature_of_several_is_wrong() -> None:
    made = multisigned()
    entry: Any = made.tx["Signers"]
    signature: str = entry[1]["Signer"]["TxnSignature"]
    text = made.blob.replace(signature, signature[:-4] + "0000")
    assert [s.valid for s in blob_check(text).signatures] == [True, False]
    assert not blob_check(text).valid


ASKED: JsonObject = {
    **PAYMENT,
    "InvoiceID": INVOICE,
    "SourceTag": 3,
    "Memos": [{"Memo": {"MemoData": "CAFE"}}],
}
EURO_PAYMENT: JsonObject = {**PAYMENT, "Amount": EURO}


@pytest.mark.parametrize(
    ("asked", "changed", "field"),
    [
        (ASKED, {"Amount": "1499999"}, "Amount"),
        (ASKED, {"Amount": "1500001"}, "Amount"),
        (ASKED, {"Amount": EURO}, "Amount"),
        (ASKED, {"Destination": STRANGER.address}, "Destination"),
        (ASKED, {"DestinationTag": 496}, "DestinationTag"),
        (ASKED, {"DestinationTag": None}, "DestinationTag"),
        ({**PAYMENT, "DestinationTag": 0}, {"DestinationTag": None}, "DestinationTag"),
        ({**PAYMENT, "DestinationTag": None}, {"DestinationTag": 0}, "DestinationTag"),
        ({**PAYMENT, "DestinationTag": None}, {"DestinationTag": 5}, "DestinationTag"),
        (ASKED, {"InvoiceID": "CD" * 32}, "InvoiceID"),
        (ASKED, {"InvoiceID": None}, "InvoiceID"),
        (ASKED, {"SourceTag": 4}, "SourceTag"),
        (ASKED, {"Memos": [{"Memo": {"MemoData": "CAFF"}}]}, "Memos"),
        (ASKED, {"Memos": None}, "Memos"),
        (ASKED, {"Flags": PARTIAL}, "Flags"),
        (EURO_PAYMENT, {"Amount": {**EURO, "value": "12.4"}}, "Amount"),
        (EURO_PAYMENT, {"Amount": {**EURO, "currency": "USD"}}, "Amount"),
        (EURO_PAYMENT, {"Amount": {**EURO, "issuer": SHOP}}, "Amount"),
        (EURO_PAYMENT, {"Amount": "12500000"}, "Amount"),
    ],
)
def test_a_signed_transaction_that_differs_from_what_we_asked(
    asked: JsonObject, changed: dict[str, Any], field: str
) -> None:
    made = signed(asked, **changed)
    proof = on_ledger(made, delivered=asked["Amount"], **_as_asked(asked))
    verdict = judged(story(made, ledger=proof), make_order(asked))
    assert (verdict.status, verdict.final) == (Status.CHECK, True)
    assert failing(verdict) == [f"Equals what we asked: {field}"]
    assert verdict.failed[0].expected != verdict.failed[0].actual


def _as_asked(asked: JsonObject) -> dict[str, Any]:
    """The ledger part as it would have to be, so that one check alone fails."""
    return {
        "Destination": asked["Destination"],
        "DestinationTag": asked.get("DestinationTag"),
    }


def test_another_type_of_transaction() -> None:
    made = signed(TRUST)
    verdict = judged(story(made))
    assert verdict.status is Status.CHECK
    assert "Equals what we asked: TransactionType" in failing(verdict)


@pytest.mark.parametrize(
    "changed",
    [
        {"Flags": 0x80000000},
        {"Fee": "500"},
        {"Sequence": 99},
        {"LastLedgerSequence": 5000},
        {"SendMax": "1600000"},
        {"Account": CUSTOMER.address},
    ],
)
def test_what_the_wallet_may_fill_in(changed: dict[str, Any]) -> None:
    assert judged(story(signed(PAYMENT, **changed))).status is Status.PAID


@pytest.mark.parametrize(
    "unsigned",
    [{"SigningPubKey": ""}, {"SigningPubKey": "ED" + "0" * 64, "TxnSignature": "AB" * 64}],
    ids=["an encoded request", "signed by the shop before"],
)
def test_a_signature_in_the_request_does_not_bind_the_customer(unsigned: JsonObject) -> None:
    assert judged(story(), make_order({**PAYMENT, **unsigned})).status is Status.PAID


def test_our_own_account_hint_does_not_bind_the_customer() -> None:
    hinted = make_order({**PAYMENT, "Account": STRANGER.address})
    assert judged(story(), hinted).status is Status.PAID


def test_a_partial_payment_that_was_asked_for_must_still_deliver_all() -> None:
    asked = {**PAYMENT, "Flags": PARTIAL}
    made = signed(asked)
    assert judged(story(made), make_order(asked)).status is Status.PAID
    short = story(made, ledger=on_ledger(made, delivered="1"))
    assert failing(judged(short, make_order(asked))) == ["Amount delivered"]


@pytest.mark.parametrize(
    ("made", "delivered", "ours"),
    [
        (PAY, "1500000", PAYMENT),
        (
            signed({**PAYMENT, "Amount": {**EURO, "value": "12.50"}}),
            {**EURO, "value": "12.50"},
            EURO_PAYMENT,
        ),
        (
            signed(EURO_PAYMENT),
            {**EURO, "currency": "00" * 12 + "455552" + "00" * 5},
            EURO_PAYMENT,
        ),
    ],
)
def test_the_same_money_in_another_notation_is_paid(
    made: Signed, delivered: Json, ours: JsonObject
) -> None:
    verdict = judged(story(made, ledger=on_ledger(made, delivered=delivered)), make_order(ours))
    assert verdict.status is Status.PAID, failing(verdict)


@pytest.mark.parametrize(
    ("delivered", "advice"),
    [
        ("1499999", "0.000001 XRP are missing"),
        ("1", "are missing"),
        ("0", "are missing"),
        ("1500001", "0.000001 XRP too much were paid"),
        (EURO, "Another currency or issuer"),
        ("unavailable", "does not tell what was delivered"),
        (None, "does not tell what was delivered"),
        (1500000, "does not tell what was delivered"),
        ({"mpt_issuance_id": "00" * 24, "value": "1500000"}, "does not tell"),
    ],
)
def test_delivered_money_that_differs(delivered: Json, advice: str) -> None:
    verdict = judged(story(ledger=on_ledger(PAY, delivered=delivered)))
    assert (verdict.status, verdict.final) == (Status.CHECK, True)
    assert failing(verdict) == ["Amount delivered"]
    assert advice in verdict.failed[0].advice


@pytest.mark.parametrize(
    "delivered",
    [
        {**EURO, "value": "12.499999"},
        {**EURO, "value": "12.500001"},
        {**EURO, "issuer": SHOP},
        {**EURO, "currency": "USD"},
        "12500000",
    ],
)
def test_delivered_issued_money_that_differs(delivered: Json) -> None:
    made = signed(EURO_PAYMENT)
    verdict = judged(
        story(made, ledger=on_ledger(made, delivered=delivered)), make_order(EURO_PAYMENT)
    )
    assert failing(verdict) == ["Amount delivered"]


def test_the_amount_of_the_transaction_is_never_taken_for_what_was_delivered() -> None:
    proof = on_ledger(PAY, delivered=None, Amount="1500000", DeliverMax="1500000")
    assert judged(story(ledger=proof)).status is Status.CHECK


@pytest.mark.parametrize(
    "changed",
    [{"Destination": STRANGER.address}, {"DestinationTag": 1}, {"DestinationTag": None}],
)
def test_the_ledger_shows_another_place(changed: dict[str, Any]) -> None:
    verdict = judged(story(ledger=on_ledger(PAY, **changed)))
    assert failing(verdict) == ["Destination and tag"]


def test_the_node_reports_about_another_transaction() -> None:
    elsewhere = signed(PAYMENT, Sequence=8)
    verdict = judged(story(ledger=on_ledger(elsewhere)))
    assert (verdict.status, verdict.final) == (Status.CHECK, True)
    assert failing(verdict) == ["Validated by the ledger"]
    refused = on_ledger(elsewhere, result="tecPATH_DRY", delivered=None)
    assert judged(story(ledger=refused)).status is Status.CHECK


@pytest.mark.parametrize("result", ["tesSUCCESS", "tecPATH_DRY", None])
def test_before_validation_nothing_is_decided(result: str) -> None:
    verdict = judged(story(ledger=on_ledger(PAY, result=result, validated=False)))
    assert (verdict.status, verdict.final) == (Status.CONFIRMING, False)


@pytest.mark.parametrize("result", ["tecUNFUNDED_PAYMENT", "tecDST_TAG_NEEDED", "tefMAX_LEDGER"])
def test_a_transaction_that_the_ledger_refused_has_failed(result: str) -> None:
    verdict = judged(story(ledger=on_ledger(PAY, result=result, delivered=None)))
    assert (verdict.status, verdict.final) == (Status.FAILED, True)
    assert "Result" in failing(verdict)


def test_the_wallet_s_own_report_decides_nothing() -> None:
    for report in ("tecPATH_DRY", "telFAILED", "temBAD_AMOUNT", "noNetwork", "tes_SUCCESS"):
        got = get(PAY, result=report)
        assert judged(story(got=got)[:-1]).status is Status.CONFIRMING
        assert judged(story(got=got)).status is Status.PAID
    success = judged([*story()[:-1], on_ledger(PAY, result="tecPATH_DRY", delivered=None)])
    assert success.status is Status.FAILED


def test_absence_is_a_failure_only_once_the_last_ledger_has_passed() -> None:
    assert judged(story(ledger=tx_not_found(LAST_LEDGER - 5))).status is Status.CONFIRMING
    never = tx_not_found(LAST_LEDGER + 1, never=True)
    verdict = judged(story(ledger=never))
    assert (verdict.status, verdict.final) == (Status.FAILED, True)
    assert judged([*story(ledger=never), on_ledger(PAY)]).status is Status.PAID


FOREIGN = signed({**PAYMENT, "DestinationTag": 1})


@pytest.mark.parametrize(
    "wrong",
    [
        {"seen": blob(FOREIGN)},
        {"seen": blob(cut(MEMO))},
        {"seen": blob(bad_signature())},
        {"got": get(PAY, nodetype="MAINNET", network_id=0)},
    ],
    ids=["foreign blob", "cut blob", "bad signature", "other network"],
)
@pytest.mark.parametrize(
    "proof",
    [
        on_ledger(PAY, result="tecPATH_DRY", delivered=None),
        tx_not_found(LAST_LEDGER + 9, never=True),
        on_ledger(FOREIGN, result="tecPATH_DRY", delivered=None),
    ],
    ids=["refused", "never", "foreign refused"],
)
def test_failure_is_said_only_of_what_was_really_signed(wrong: dict[str, Any], proof: Fact) -> None:
    verdict = judged(story(ledger=proof, **wrong))
    assert (verdict.status, verdict.final) == (Status.CHECK, True)


def test_two_transactions_of_one_request_are_never_called_unpaid() -> None:
    second = signed(PAYMENT, Sequence=8)
    for proof in (
        on_ledger(PAY, result="tecPATH_DRY", delivered=None),
        on_ledger(second, result="tecPATH_DRY", delivered=None),
        tx_not_found(LAST_LEDGER + 9, never=True),
        on_ledger(PAY),
        on_ledger(second),
    ):
        for seen in (blob(PAY), blob(second)):
            facts = [created(), answer(get(PAY)), answer(get(second)), seen, proof]
            verdict = judged(facts)
            assert verdict.status is Status.CHECK
            assert "Signed, says the platform" in failing(verdict)


def test_a_transaction_that_pays_two_requests() -> None:
    verdict = judged([*story(), frame_fact(FactKind.SHARED_TXID, identifier="order-0")])
    assert (verdict.status, verdict.final) == (Status.CHECK, True)
    assert failing(verdict) == ["Pays no other request"]
    assert verdict.failed[0].actual == "also order-0"


def test_a_payment_of_before_the_request_was_for_something_else() -> None:
    for close, status in ((-119, Status.PAID), (-121, Status.CHECK)):
        facts = story()
        [proof] = [one for one in facts if one.kind is FactKind.LEDGER_TX]
        value = json_fields.parse_object(proof.text)
        assert isinstance(value, dict)
        older = make_fact(
            proof.at, Source.LEDGER, FactKind.LEDGER_TX, {**value, "close_time_iso": iso(at(close))}
        )
        verdict = judged([older if one is proof else one for one in facts])
        assert (verdict.status, verdict.final) == (status, True)
        assert failing(verdict) == ["Not older than the request"] * (status is Status.CHECK)


@pytest.mark.parametrize(
    "cancel",
    [[cancelled(True, "OK")], [answer(get(cancelled=True, expired=True))]],
    ids=["told by DELETE", "told by GET"],
)
def test_money_for_a_cancelled_sale_is_for_a_person(cancel: list[Fact]) -> None:
    verdict = judged([*story(), *cancel])
    assert (verdict.status, verdict.final) == (Status.CHECK, True)
    assert failing(verdict) == ["Not cancelled before"]


def test_a_refused_cancel_changes_nothing() -> None:
    for reason in ("ALREADY_OPENED", "ALREADY_RESOLVED", "ALREADY_EXPIRED", "ALREADY_CANCELLED"):
        assert judged([*story(), cancelled(False, reason)]).status is Status.PAID


def test_without_a_ledger_node_it_is_unverified_for_good_and_never_paid() -> None:
    verdict = judged(story()[:-1], ledger=False)
    assert (verdict.status, verdict.final) == (Status.UNVERIFIED, True)
    assert judged(story()[:-2], ledger=False).status is Status.CONFIRMING
    wrong = story(signed(PAYMENT, Amount="1"))[:-1]
    assert judged(wrong, ledger=False).status is Status.CHECK
    trust = judged(story(signed(TRUST))[:-1], make_order(TRUST), ledger=False)
    assert (trust.status, trust.final) == (Status.SIGNED, True)


def test_a_node_that_is_silent_is_distinguished_from_one_that_waits() -> None:
    silent = frame_fact(FactKind.LEDGER_SILENT, why="no ledger node answers")
    waiting = judged([*story()[:-1], silent])
    assert (waiting.status, waiting.final) == (Status.UNVERIFIED, False)
    assert judged([*story()[:-1], silent, tx_not_found(5)]).status is Status.CONFIRMING
    assert judged([*story()[:-1], tx_not_found(5), silent]).status is Status.CONFIRMING
    assert judged([*story(), silent]).status is Status.PAID


@pytest.mark.parametrize(
    ("asked", "options"),
    [(SIGN_IN, {}), (PAYMENT, {"submit": False}), (TRUST, {"submit": False})],
    ids=["sign-in", "payment not submitted", "trust line not submitted"],
)
@pytest.mark.parametrize("ledger", [True, False])
def test_what_does_not_reach_a_ledger_ends_as_signed(
    asked: JsonObject, options: dict[str, Json], ledger: bool
) -> None:
    made = signed(asked)
    got = get(made, nodetype=None, network_id=None, result=None)
    facts = [created(), answer(got), blob(made)]
    spec = make_order(asked, **options)
    verdict = judged(facts, spec, ledger=ledger)
    assert (verdict.status, verdict.final) == (Status.SIGNED, True)
    assert not judged(facts[:-1], spec, ledger=ledger).final


def test_a_public_transaction_is_no_sign_in() -> None:
    """Whoever hands in somebody's payment from the ledger has not proved to be that somebody."""
    verdict = judged(story()[:-1], make_order(SIGN_IN))
    assert verdict.status is Status.CHECK
    assert failing(verdict) == ["Equals what we asked"]


def test_an_old_sign_in_blob_without_an_account() -> None:
    made = signed(SIGN_IN, Account=None)
    facts = [created(), answer(get(made)), blob(made)]
    assert judged(facts, make_order(SIGN_IN)).status is Status.SIGNED
    alone = make_order(SIGN_IN, signers=[CUSTOMER.address])
    assert judged(facts, alone).status is Status.SIGNED
    assert judged(facts, make_order(SIGN_IN, signers=[STRANGER.address])).status is Status.CHECK


def test_a_submitted_trust_line() -> None:
    made, asked = signed(TRUST), make_order(TRUST)
    assert judged(story(made)[:-1], asked).status is Status.CONFIRMING
    assert judged(story(made, ledger=on_ledger(made, delivered=None)), asked).status is (
        Status.SIGNED
    )
    failed = on_ledger(made, result="tecNO_LINE_INSUF_RESERVE", delivered=None)
    assert judged(story(made, ledger=failed), asked).status is Status.FAILED
    larger = signed(TRUST, LimitAmount={**EURO, "value": "101"})
    verdict = judged(story(larger), asked)
    assert failing(verdict) == ["Equals what we asked: LimitAmount"]


def test_a_payment_whose_amount_the_customer_chooses() -> None:
    open_amount = {key: value for key, value in PAYMENT.items() if key != "Amount"}
    assert judged(story(), make_order(open_amount)).status is Status.PAID


@pytest.mark.parametrize(
    ("facts", "status", "final"),
    [
        ([], Status.CREATING, False),
        ([frame_fact(FactKind.CREATE_UNSURE, why="cut")], Status.CREATING, False),
        ([frame_fact(FactKind.NOT_CREATED, why="no")], Status.FAILED, True),
        ([frame_fact(FactKind.NOT_CREATED, why="no"), created()], Status.WAITING, False),
        ([created()], Status.WAITING, False),
        ([created(), frame('{"opened":true}')], Status.OPENED, False),
        ([created(), frame('{"pre_signed":true}')], Status.PRE_SIGNED, False),
        ([created(), frame('{"dispatched":true}')], Status.DISPATCHED, False),
        ([created(), frame('{"signed":true}')], Status.PRE_SIGNED, False),
        ([created(), frame('{"signed":false}')], Status.OPENED, False),
        ([created(), frame('{"expired":true}')], Status.WAITING, False),
        ([created(), frame('{"expires_in_seconds":-99}')], Status.WAITING, False),
        ([created(), frame('{"cancelled":true}')], Status.WAITING, False),
        ([created(), frame('{"message":"Invalid payload!"}')], Status.WAITING, False),
        ([created(), cancelled(True, "OK")], Status.CANCELLED, True),
        ([created(), cancelled(False, "ALREADY_OPENED")], Status.OPENED, False),
        ([created(), cancelled(False, "ALREADY_EXPIRED")], Status.WAITING, False),
        ([created(), frame_fact(FactKind.CANCEL_REQUESTED)], Status.WAITING, False),
        ([created(), frame_fact(FactKind.NOT_FOUND)], Status.CHECK, True),
        ([created(), frame_fact(FactKind.SOCKET_LOST, why="reset")], Status.WAITING, False),
        ([created(), frame_fact(FactKind.UNREADABLE, why="not JSON")], Status.WAITING, False),
    ],
)
def test_before_anything_is_signed(facts: list[Fact], status: Status, final: bool) -> None:
    verdict = judged(facts)
    assert (verdict.status, verdict.final) == (status, final)


# Any mixture of right and wrong evidence.

PROOFS: list[Fact] = [
    on_ledger(PAY),
    on_ledger(PAY, validated=False),
    on_ledger(PAY, delivered="1499999"),
    on_ledger(PAY, result="tecPATH_DRY", delivered=None),
    on_ledger(PAY, Destination=STRANGER.address),
    on_ledger(FOREIGN),
    tx_not_found(990),
    tx_not_found(LAST_LEDGER + 1, never=True),
    frame_fact(FactKind.LEDGER_SILENT, why="none"),
]
SIGHTS: list[Fact] = [blob(PAY), blob(FOREIGN), blob(bad_signature()), blob(cut(MEMO))]
ANSWERS: list[Fact] = [
    answer(got)
    for got in (
        get(),
        get(opened=True),
        get(expired=True),
        get(PAY),
        get(PAY, result=None),
        get(PAY, nodetype="MAINNET"),
        get(FOREIGN),
        get(resolved=True),
        get(PAY, cancelled=True, expired=True),
    )
]
OTHERS: list[Fact] = [
    created(),
    cancelled(True, "OK"),
    cancelled(False, "ALREADY_OPENED"),
    frame_fact(FactKind.SHARED_TXID, identifier="order-0"),
    frame_fact(FactKind.NOT_FOUND),
    frame('{"opened":true}'),
    frame('{"signed":true}'),
    frame('{"expired":true}'),
]


def everything_holds(request: Request) -> bool:
    """The invariant in other words than the program's: what must be so when PAID is said."""
    platform, seen, proof = request.platform, request.blob, request.ledger
    return (
        platform is not None
        and platform.signed
        and platform.conflict is None
        and not platform.cancelled
        and not any(a.cancelled for a in request.cancel_answers)
        and not request.same_txid_as
        and {platform.dispatched_nodetype, platform.environment_nodetype} <= {"TESTNET", None}
        and seen == blob_check(PAY.blob)
        and platform.txid == PAY.txid
        and proof is not None
        and proof.txid == PAY.txid
        and proof.validated
        and proof.result == "tesSUCCESS"
        and proof.delivered == ORDER.amount
        and proof.tx.get("Destination") == SHOP
    )


@MODERATE
@given(st.lists(st.sampled_from([*PROOFS, *SIGHTS, *ANSWERS, *OTHERS]), max_size=12), st.booleans())
def test_paid_means_that_every_check_passed(facts: list[Fact], ledger: bool) -> None:
    request = apply_all(ORDER, created(), *facts)
    verdict = judge(request, ledger=ledger)
    if verdict.status in (Status.PAID, Status.PAID_LATE):
        assert everything_holds(request)
        assert all(check.state is CheckState.PASSED for check in verdict.checks)
    elif everything_holds(request):
        pytest.fail(f"not paid: {verdict}")
    if verdict.status is Status.FAILED:
        assert request.blob is not None
        assert request.blob.hash == request.txid
        assert request.blob.canonical
        assert request.blob.valid
    if verdict.status in FINAL - {Status.CHECK}:
        assert verdict.final
    assert verdict.failed == tuple(c for c in verdict.checks if c.state is CheckState.FAILED)
    if verdict.failed and verdict.status is not Status.FAILED:
        assert verdict.status is Status.CHECK


def test_a_result_is_not_believed_before_the_blob_was_read() -> None:
    facts = story(ledger=on_ledger(PAY, result="tecPATH_DRY", delivered=None))
    del facts[3]
    assert judged(facts).status is not Status.FAILED
    assert judged([*facts, blob(FOREIGN)]).status is Status.CHECK
    assert judged([*facts, blob(PAY)]).status is Status.FAILED


def test_money_of_another_issuer_looks_different() -> None:
    made = signed(EURO_PAYMENT)
    proof = on_ledger(made, delivered={**EURO, "issuer": SHOP})
    [check] = judged(story(made, ledger=proof), make_order(EURO_PAYMENT)).failed
    assert (check.expected, check.actual) == (f"12.5 EUR of {ISSUER}", f"12.5 EUR of {SHOP}")


def test_money_on_another_network_than_the_shop_s_own_says_so() -> None:
    paid = apply_all(ORDER, *story())
    own = judge(paid, ledger=True, network=paid.spec.network)
    assert own.status is Status.PAID
    assert own.foreign_network == ""
    assert wording.row_label(paid, own) == "Paid"
    other = judge(paid, ledger=True, network="MAINNET")
    assert other.status is Status.PAID
    assert wording.row_label(paid, other) == "Paid on TESTNET"
    assert "not the network of this shop" in wording.status_sentence(paid, other)
