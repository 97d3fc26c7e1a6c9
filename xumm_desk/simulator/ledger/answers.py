"""Names, times, codes and errors as a ledger node writes them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from xrpl.core.binarycodec.definitions import definitions

from xumm_desk.simulator.runtime.keys import Transaction

from .ledger import RIPPLE_EPOCH

Request = dict[str, Any]
Answer = dict[str, Any]


class LedgerError(Exception):
    """A request the node answers with an error: token, number and sentence."""

    def __init__(self, token: str, number: int, sentence: str, **extra: Any) -> None:
        super().__init__(sentence)
        self.body: Answer = {"error": token, "error_code": number, "error_message": sentence}
        self.body.update(extra)


def for_api_version(fields: Transaction, version: int) -> Transaction:
    """Transaction fields as an answer shows them: API 2 renames a Payment's ``Amount``."""
    body = dict(fields)
    if body.get("TransactionType") == "Payment" and "Amount" in body:
        body["DeliverMax"] = body["Amount"]
        if version > 1:
            del body["Amount"]
    return body


def iso(ripple_seconds: int) -> str:
    """A ledger time as ISO text in UTC."""
    moment = datetime.fromtimestamp(ripple_seconds + RIPPLE_EPOCH, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def result_number(code: str) -> int:
    """The number of a result code, -1 for one this codec does not list."""
    try:
        return int(definitions.get_transaction_result_code(code))
    except KeyError:
        return -1


def result_sentence(code: str) -> str:
    """The sentence that a node sends beside the code."""
    if code == "tesSUCCESS":
        return "The transaction was applied. Only final in a validated ledger."
    return f"The transaction got {code}."
