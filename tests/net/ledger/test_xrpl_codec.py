"""What the codec says against a transaction: the ledger's names, and no more of the library."""

from __future__ import annotations

import pytest

from xumm_desk.core.wire.json_fields import JsonObject
from xumm_desk.net.ledger.xrpl_codec import XrplCodec

SHOP = "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"
PAYMENT: JsonObject = {"TransactionType": "Payment", "Destination": SHOP, "Amount": "1"}


@pytest.mark.parametrize(
    ("txjson", "sentence"),
    [
        ({"TransactionType": "Foo"}, "Transaction: TransactionType 'Foo' is not known"),
        ({**PAYMENT, "Foo": "x"}, "Transaction: Foo is not a field of the ledger"),
        (
            {"TransactionType": "OfferCreate", "TakerGets": "1"},
            "Transaction: TakerPays is not set",
        ),
        (
            {"TransactionType": "TrustSet", "LimitAmount": "5"},
            "Transaction: LimitAmount is not right (LimitAmount expected a",
        ),
    ],
)
def test_sentences_name_the_field_and_the_rule(txjson: JsonObject, sentence: str) -> None:
    (problem,) = XrplCodec().transaction_errors(txjson, "TESTNET")
    assert problem.message.startswith(sentence)
    assert "<class" not in problem.message


def test_a_sound_transaction_has_no_problems() -> None:
    assert XrplCodec().transaction_errors(PAYMENT, "TESTNET") == ()
