"""Rules of a create body, part by part (P§2.1).

Each check appends what is wrong to a list, so that a person sees all errors at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.core.money import address, amount, mpt, networks
from xumm_desk.core.wire import json_fields
from xumm_desk.core.wire.json_fields import Json, JsonObject

from .field_rules import (
    CURRENCY_RULE,
    MAX_BLOB,
    MAX_EXPIRE,
    MAX_RETURN_URL,
    FieldError,
    address_error,
    identifier_error,
    instruction_error,
    tag_error,
    test_address_error,
    utf16_length,
)

_HEX: Final = re.compile(r"(?:[0-9A-Fa-f]{2})*")


def object_part(body: Mapping[str, Json], key: str, problems: list[FieldError]) -> JsonObject:
    """The object at `key`; empty if there is none or another type."""
    value = body.get(key)
    if value is None or isinstance(value, dict):
        return dict(value or {})
    problems.append(FieldError(key, Message("{key}: must be an object", key=key)))
    return {}


def check_transaction(
    body: Mapping[str, Json], decoded: JsonObject | None, network: str, problems: list[FieldError]
) -> JsonObject:
    """The transaction asked for, with an X-address in it split into address and tag."""
    txjson, txblob = body.get("txjson"), body.get("txblob")
    if (txjson is None) == (txblob is None):
        problems.append(
            FieldError(
                "txjson", Message("Transaction: give either txjson or txblob, exactly one of them")
            )
        )
        return {}
    if txblob is not None:
        if not isinstance(txblob, str) or len(txblob) < 10 or not _HEX.fullmatch(txblob):
            problems.append(
                FieldError("txblob", Message("txblob: must be hex digits of a transaction"))
            )
        elif txblob != txblob.upper():
            problems.append(FieldError("txblob", Message("txblob: must be written in upper case")))
        return decoded or {}
    if not isinstance(txjson, dict):
        problems.append(FieldError("txjson", Message("Transaction: txjson must be an object")))
        return {}
    if json_fields.string_at(txjson, "TransactionType") is None:
        problems.append(FieldError("txjson", Message("Transaction: TransactionType is missing")))
    return _check_destination(dict(txjson), network, problems)


def _check_destination(txjson: JsonObject, network: str, problems: list[FieldError]) -> JsonObject:
    """Rules for the fields that decide where money goes, for every transaction type."""
    destination = txjson.get("Destination")
    if isinstance(destination, str) and (split := address.parse_address(destination)) is not None:
        if problem := test_address_error(split, network, "destination", Message("Destination")):
            problems.append(problem)
        if split.tag is not None:
            if txjson.get("DestinationTag") not in (None, split.tag):
                problems.append(
                    FieldError(
                        "tag", Message("Destination tag: differs from the tag inside the X-address")
                    )
                )
            txjson["DestinationTag"] = split.tag
        txjson["Destination"] = split.classic
    elif destination is not None or txjson.get("TransactionType") == "Payment":
        problems.append(
            FieldError(
                "destination",
                Message("Destination: is not a valid address. Check it letter by letter"),
            )
        )
    tag = txjson.get("DestinationTag")
    if tag is not None and (problem := tag_error(tag)):
        problems.append(problem)
    if txjson.get("TransactionType") == "Payment":
        _check_payment_amount(txjson.get("Amount"), network, problems)
        if isinstance(asked := amount.parse_amount(txjson.get("Amount")), amount.MptAmount):
            txjson["Amount"] = amount.amount_json(
                asked
            )  # the platform takes hex in upper case only
    _check_memos(txjson.get("Memos"), problems)
    return txjson


def _check_payment_amount(value: Json, network: str, problems: list[FieldError]) -> None:
    if value is None:  # the customer types it in (P§2.2)
        return
    asked = amount.parse_amount(value, networks.asset_of(network))
    if asked is None:
        problems.append(FieldError("amount", _amount_rule(value)))
        return
    if amount.as_decimal(asked) <= 0:
        problems.append(FieldError("amount", Message("Amount: must be more than zero")))
    if isinstance(asked, amount.XrpAmount) and asked.drops > amount.MAX_DROPS:
        rule = Message("Amount: is more {asset} than exists (100 000 000 000)", asset=asked.asset)
        problems.append(FieldError("amount", rule))
    known = networks.network_by_key(network)
    if isinstance(asked, amount.MptAmount) and known is not None and not known.tokens:
        rule = Message("Amount: there are no multi-purpose tokens on {network}", network=network)
        problems.append(FieldError("amount", rule))
    if not isinstance(asked, amount.IssuedAmount):
        return
    if known is not None and asked.currency == known.asset != "XRP":
        rule = Message(
            "Currency: {asset} is the money of {network} itself, which nobody issues",
            asset=known.asset,
            network=network,
        )
        problems.append(FieldError("currency", rule))
    try:
        amount.check_precision(asked.value)
    except amount.AmountError as refusal:
        problems.append(FieldError("amount", Message("Amount: {rule}", rule=refusal.args[0])))
    if not amount.is_currency_code(asked.currency):
        problems.append(FieldError("currency", CURRENCY_RULE))
    if problem := address_error(asked.issuer, "issuer", Message("Issuer")):
        problems.append(problem)


def _amount_rule(value: Json) -> str:
    """Why `value` is no amount."""
    if not isinstance(value, dict) or "mpt_issuance_id" not in value:
        return Message(
            "Amount: must be a string of drops, or an object with currency, issuer and value as"
            " strings"
        )
    issuance_id = value["mpt_issuance_id"]
    if not isinstance(issuance_id, str) or not mpt.is_issuance_id(issuance_id):
        return Message(
            "Amount: mpt_issuance_id must be 48 hex digits, as an explorer shows the token's"
            " issuance id"
        )
    return Message(
        "Amount: a multi-purpose token has mpt_issuance_id and value only, value"
        " being a whole number as text, at most {max_value}",
        max_value=mpt.MAX_VALUE,
    )


def _check_memos(memos: Json, problems: list[FieldError]) -> None:
    if memos is None:
        return
    entries: Sequence[Json] = memos if isinstance(memos, list) else [None]
    for entry in entries:
        memo = entry.get("Memo") if isinstance(entry, dict) else None
        values = list(memo.values()) if isinstance(memo, dict) else [None]
        if not all(isinstance(v, str) and _HEX.fullmatch(v) for v in values):
            problems.append(
                FieldError(
                    "memo",
                    Message("Memo: every part must be text written as upper-case hex digits"),
                )
            )
            return


def check_identifier(meta: JsonObject, problems: list[FieldError]) -> str | None:
    """The identifier that the body names itself, None when it leaves it to us."""
    value = meta.get("identifier")
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        problems.append(FieldError("identifier", Message("Identifier: must be text")))
        return None
    if problem := identifier_error(value):
        problems.append(problem)
    return value


def check_instruction(meta: JsonObject, problems: list[FieldError]) -> None:
    """The line which the customer reads."""
    value = meta.get("instruction")
    if value is None:
        return
    if not isinstance(value, str):
        problems.append(FieldError("instruction", Message("Instruction: must be text")))
    elif problem := instruction_error(value):
        problems.append(problem)


def check_custom_blob(meta: JsonObject, problems: list[FieldError]) -> None:
    """Check what the shop keeps with the request (`custom_meta.blob`)."""
    value = meta.get("blob")
    if value is None:
        return
    if not isinstance(value, (str, dict)):
        problems.append(FieldError("blob", Message("Blob: must be an object or text")))
        return
    size = utf16_length(value if isinstance(value, str) else json_fields.compact_json(value))
    if size > MAX_BLOB:
        problems.append(
            FieldError(
                "blob",
                Message(
                    "Blob: has at most {max_blob} characters as JSON, this has {size}",
                    max_blob=MAX_BLOB,
                    size=size,
                ),
            )
        )


def check_options(options: JsonObject, problems: list[FieldError]) -> None:
    """Submit, expiry, signers and where the customer is sent afterwards."""
    for key in ("submit", "multisign", "pathfinding", "pathfinding_fallback"):
        if options.get(key) is not None and json_fields.bool_at(options, key) is None:
            problems.append(FieldError(key, Message("{key}: must be true or false", key=key)))
    if options.get("expire") is not None:
        minutes = json_fields.int_at(options, "expire")
        if minutes is None or not 0 < minutes <= MAX_EXPIRE:
            problems.append(
                FieldError(
                    "expire", Message("Expiry: must be a whole number of minutes, at least 1")
                )
            )
    _check_signers(options.get("signers"), problems)
    _check_return_urls(options.get("return_url"), problems)


def _check_signers(signers: Json, problems: list[FieldError]) -> None:
    if signers is None:
        return
    listed: Sequence[Json] = signers if isinstance(signers, list) else [None]
    if not all(isinstance(s, str) and address.is_classic_address(s) for s in listed):
        problems.append(
            FieldError("signers", Message("Allowed signers: must be a list of valid addresses"))
        )


def _check_return_urls(urls: Json, problems: list[FieldError]) -> None:
    if urls is None:
        return
    values = list(urls.values()) if isinstance(urls, dict) else [0]
    if not all(
        v is None or (isinstance(v, str) and utf16_length(v) <= MAX_RETURN_URL) for v in values
    ):
        problems.append(
            FieldError(
                "return_url",
                Message(
                    "Return URL: app and web must each be an address of at most"
                    " {max_return_url} characters",
                    max_return_url=MAX_RETURN_URL,
                ),
            )
        )
