"""The form: what a person types becomes a request spec, or an error at the right field."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from xrpl.core import addresscodec

from core.builders import CUSTOMER, ISSUER, MODERATE, SHOP, STRANGER
from xumm_desk.core.request import field_rules, form_input
from xumm_desk.core.request.field_rules import FieldError
from xumm_desk.core.request.form_input import FormInput
from xumm_desk.core.request.request_spec import RequestSpec

GOOD: dict[str, Any] = {"destination": SHOP, "amount": "1.5"}


def check(**fields: Any) -> RequestSpec | tuple[FieldError, ...]:
    return form_input.parse_form(FormInput(**fields), identifier="ours-1", network="TESTNET")


def taken(**fields: Any) -> RequestSpec:
    result = check(**fields)
    assert isinstance(result, RequestSpec), result
    return result


def refused(**fields: Any) -> list[tuple[str, str]]:
    result = check(**fields)
    assert not isinstance(result, RequestSpec)
    return [(problem.field, problem.message) for problem in result]


def test_the_smallest_sale() -> None:
    assert taken(**GOOD).body == {
        "txjson": {"TransactionType": "Payment", "Destination": SHOP, "Amount": "1500000"},
        "options": {"submit": True, "force_network": "TESTNET"},
        "custom_meta": {"identifier": "ours-1"},
    }


def test_every_field_finds_its_place() -> None:
    made = taken(
        destination=f" {SHOP} ",
        tag=" 0 ",
        amount=" 12,50 ",
        currency="EUR",
        issuer=ISSUER,
        memo=" Café ",
        instruction="  two   blanks \n  and a line ",
        identifier=" mine ",
        expire=" 15 ",
        network=" DEVNET ",
        signers=f"{CUSTOMER.address}, {STRANGER.address}\n",
        return_app="shop://back",
        return_web="",
        blob='{"order": 7}',
        submit=False,
    )
    assert made.body == {
        "txjson": {
            "TransactionType": "Payment",
            "Destination": SHOP,
            "DestinationTag": 0,
            "Amount": {"currency": "EUR", "issuer": ISSUER, "value": "12.5"},
            "Memos": [{"Memo": {"MemoData": "436166C3A9"}}],
        },
        "options": {
            "submit": False,
            "expire": 15,
            "force_network": "DEVNET",
            "signers": [CUSTOMER.address, STRANGER.address],
            "return_url": {"app": "shop://back", "web": None},
        },
        "custom_meta": {
            "identifier": "mine",
            "instruction": "two blanks\nand a line",
            "blob": {"order": 7},
        },
    }
    assert made.identifier == "mine"


@pytest.mark.parametrize(("blob", "kept"), [("5", "5"), ("[1]", "[1]"), ("hi", "hi"), ("{", "{")])
def test_private_data_that_is_no_object_is_text(blob: str, kept: str) -> None:
    meta = taken(**GOOD, blob=blob).body["custom_meta"]
    assert meta == {"identifier": "ours-1", "blob": kept}


@pytest.mark.parametrize("tag", ["0", "495", "4294967295"])
def test_tags(tag: str) -> None:
    assert taken(**GOOD, tag=tag).tag == int(tag)


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"destination": ""}, "destination", "Destination: is missing. Type the shop's address"),
        ({"destination": "rNobody"}, "destination", "Destination: is not a valid address."),
        ({"tag": "-1"}, "tag", "Destination tag: must be a whole number from 0 to 4294967295"),
        ({"tag": "4294967296"}, "tag", "Destination tag: must be a whole number"),
        ({"tag": "1.5"}, "tag", "Destination tag: must be a whole number"),
        ({"tag": "1,000"}, "tag", "Destination tag: must be a whole number"),
        ({"tag": "9" * 5000}, "tag", "Destination tag: must be a whole number"),
        ({"amount": ""}, "amount", "Amount: Type a number such as 12.50"),
        ({"amount": "1,234"}, "amount", "Amount: This can be read as 1234 or as 1.234."),
        ({"amount": "0"}, "amount", "Amount: Type more than zero"),
        ({"amount": "1.1234567"}, "amount", "Amount: XRP has at most 6 decimals, this has 7"),
        ({"currency": "EU", "issuer": ISSUER}, "currency", "Currency: must be 3 characters"),
        ({"currency": "EUR"}, "issuer", "Issuer: is missing. Type who issues this currency"),
        ({"currency": "EUR", "issuer": "x"}, "issuer", "Issuer: is not a valid address."),
        ({"memo": "x" * 701}, "memo", "Memo: has at most 700 bytes of text"),
        ({"memo": "a\x00b"}, "memo", "Memo: must be plain text"),
        ({"memo": "half \ud83d"}, "memo", "Memo: must be plain text"),
        ({"instruction": "x" * 281}, "instruction", "Instruction: has at most 280 characters"),
        ({"identifier": "x" * 41}, "identifier", "Identifier: has at most 40 characters"),
        ({"identifier": "💶" * 21}, "identifier", "this has 42"),
        ({"expire": "0"}, "expire", "Expiry: must be a whole number of minutes, at least 1"),
        ({"expire": "1.5"}, "expire", "Expiry: must be a whole number of minutes"),
        ({"expire": "soon"}, "expire", "Expiry: must be a whole number of minutes"),
        ({"expire": "0000000001" + "9" * 5000}, "expire", "Expiry: must be a whole number"),
        ({"expire": "1000001"}, "expire", "Expiry: must be a whole number of minutes"),
        ({"network": "testnet"}, "network", "Network: 'testnet' is not known."),
        ({"signers": "rNobody"}, "signers", "Allowed signers: is not a valid address."),
        ({"return_web": "x" * 251}, "return_url", "Return URL: app and web must each be"),
        ({"blob": "x" * 1501}, "blob", "Blob: has at most 1500 characters"),
        ({"kind": form_input.OTHER}, "txjson", "Transaction: is missing. Paste it as JSON"),
        ({"kind": form_input.OTHER, "txjson": "{\n,}"}, "txjson", "is not valid JSON (line 2)"),
        (
            {"kind": form_input.OTHER, "txjson": "[1]"},
            "txjson",
            "must be one JSON object in braces",
        ),
        ({"kind": form_input.OTHER, "txjson": "{}"}, "txjson", "TransactionType is missing"),
        ({"kind": form_input.OTHER, "txjson": "[" * 99_999}, "txjson", "is not valid JSON"),
    ],
)
def test_each_rule_has_its_sentence_at_its_field(
    fields: dict[str, Any], field: str, sentence: str
) -> None:
    problems = refused(**{**GOOD, **fields})
    assert [key for key, _ in problems] == [field]
    assert sentence in problems[0][1]


def test_all_problems_come_at_once_in_the_order_of_the_form() -> None:
    problems = refused(
        destination="x",
        tag="x",
        amount="x",
        currency="EU",
        memo="\x00",
        instruction="x" * 300,
        identifier="x" * 50,
        expire="x",
        network="x",
        signers="x",
        blob="x" * 2000,
    )
    fields = [field for field, _ in problems]
    assert fields == [
        "destination",
        "tag",
        "amount",
        "currency",
        "issuer",
        "memo",
        "instruction",
        "identifier",
        "expire",
        "network",
        "signers",
        "blob",
    ]


def test_an_address_for_test_networks_is_refused_on_the_live_one() -> None:
    t_form = addresscodec.classic_address_to_xaddress(SHOP, 7, True)
    (problem,) = refused(destination=t_form, amount="1", network="MAINNET")
    assert problem[0] == "destination"
    assert "written for test networks (T…), and this one is MAINNET" in problem[1]
    assert taken(destination=t_form, amount="1", network="TESTNET").tag == 7


def test_x_addresses() -> None:
    x_form = addresscodec.classic_address_to_xaddress(SHOP, 7, False)
    assert taken(destination=x_form, amount="1").tag == 7
    assert taken(destination=x_form, tag="7", amount="1").tag == 7
    assert refused(destination=x_form, tag="8", amount="1") == [
        ("tag", "Destination tag: differs from the tag inside the X-address")
    ]


def test_a_sign_in_needs_nothing_else() -> None:
    made = taken(kind=form_input.SIGN_IN)
    assert made.body["txjson"] == {"TransactionType": "SignIn"}
    assert made.body["options"] == {"submit": False, "force_network": "TESTNET"}


def test_other_transactions_are_taken_as_pasted() -> None:
    made = taken(kind=form_input.OTHER, txjson='{"TransactionType":"AccountSet","SetFlag":8}')
    assert made.txjson == {"TransactionType": "AccountSet", "SetFlag": 8}


@MODERATE
@given(
    st.builds(
        FormInput,
        kind=st.sampled_from([form_input.PAYMENT, form_input.SIGN_IN, form_input.OTHER]),
        **{
            name: st.text(st.characters(exclude_categories=()), max_size=45)
            | st.sampled_from(["0", "1.5", "EUR", SHOP, '{"TransactionType":"X"}', "9" * 45])
            for name in FormInput.__dataclass_fields__
            if name not in ("kind", "submit")
        },
        submit=st.booleans(),
    )
)
def test_whatever_is_typed_ends_as_an_order_or_as_sentences(typed: FormInput) -> None:
    result = form_input.parse_form(typed, identifier="ours-1", network="TESTNET")
    if isinstance(result, RequestSpec):
        assert RequestSpec.from_json(result.to_json()) == result
        assert field_rules.utf16_length(result.identifier) <= 40
    else:
        assert result
        assert all(problem.message.partition(": ")[2] for problem in result)
