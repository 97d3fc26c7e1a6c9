"""Turn what a person typed into a `RequestSpec`, or into errors by field."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.core.money import amount, mpt, networks, typed_number
from xumm_desk.core.money.address import Address
from xumm_desk.core.money.pasted_text import (
    escape_invisible,
    parse_pasted_address,
    without_invisible,
)
from xumm_desk.core.money.typed_number import Marks
from xumm_desk.core.request import field_rules
from xumm_desk.core.request.field_rules import FieldError
from xumm_desk.core.wire.json_fields import Json, JsonObject

from . import request_spec
from .request_spec import RequestSpec

PAYMENT: Final = "Payment"
SIGN_IN: Final = "SignIn"
OTHER: Final = "Other"

_CURRENCY_RULE: Final = Message(
    "Currency: must be 3 characters (not XRP), a name of 4 to 20"
    " characters such as RLUSD, 40 hex digits, or the 48 hex digits of a"
    " multi-purpose token"
)


@dataclass(frozen=True, slots=True)
class FormInput:
    """The form as typed: every field is text, nothing is interpreted yet.

    `kind` is one of PAYMENT, SIGN_IN, OTHER; `currency` is "XRP", an issued code or the id
    of a multi-purpose token, which names its issuer itself; `signers` are addresses divided by
    blanks, commas or lines; `txjson` is used for OTHER only. With `pathfinding` the wallet may pay
    with another asset, so that this one arrives (P§2.1).
    """

    kind: str = PAYMENT
    destination: str = ""
    tag: str = ""
    amount: str = ""
    currency: str = "XRP"
    issuer: str = ""
    memo: str = ""
    instruction: str = ""
    identifier: str = ""
    expire: str = ""
    network: str = ""
    signers: str = ""
    return_app: str = ""
    return_web: str = ""
    txjson: str = ""
    blob: str = ""
    submit: bool = True
    pathfinding: bool = False


def parse_form(
    draft: FormInput, *, identifier: str, network: str, marks: Marks = typed_number.POINT
) -> RequestSpec | tuple[FieldError, ...]:
    """Parse every field of the form; returns all errors at once, in the order of the form.

    `identifier` is ours, used if none is typed; `network` is the desk's key; `marks` are the number
    marks of the system.
    """
    problems: list[FieldError] = []
    txjson = _payment_txjson(draft, draft.network.strip() or network, marks, problems)
    options: JsonObject = {"submit": draft.submit and draft.kind != SIGN_IN}
    if draft.pathfinding:
        options["pathfinding"] = True
    _parse_expire(draft, options, problems)
    if draft.network.strip():
        options["force_network"] = draft.network.strip()
    signers = escape_invisible(draft.signers).replace(",", " ").replace(";", " ").split()
    if signers:
        for signer in signers:
            if problem := field_rules.address_error(signer, "signers", Message("Allowed signers")):
                problems.append(problem)
                break
        options["signers"] = list[Json](signers)
    app, web = draft.return_app.strip(), draft.return_web.strip()
    if app or web:
        options["return_url"] = {"app": app or None, "web": web or None}
    meta: JsonObject = {}
    if draft.identifier.strip():
        meta["identifier"] = draft.identifier.strip()
    if draft.instruction.strip():
        meta["instruction"] = field_rules.collapse_blanks(draft.instruction)
    if draft.blob.strip():
        meta["blob"] = _custom_blob(draft.blob)
    body: JsonObject = {"txjson": txjson, "options": options, "custom_meta": meta}
    result = request_spec.parse_body(body, identifier=identifier, network=network)
    if isinstance(result, RequestSpec):
        return tuple(problems) if problems else result
    known = {problem.field for problem in problems}
    problems += [problem for problem in result if problem.field not in known]
    rank = {name: place for place, name in enumerate(FormInput.__dataclass_fields__)}
    return tuple(sorted(problems, key=lambda problem: rank.get(problem.field, 99)))


def _payment_txjson(
    draft: FormInput, network: str, marks: Marks, problems: list[FieldError]
) -> JsonObject:
    if draft.kind == SIGN_IN:
        return {"TransactionType": "SignIn"}
    if draft.kind == OTHER:
        return _parse_txjson(draft.txjson, problems)
    txjson: JsonObject = {"TransactionType": "Payment"}
    _parse_destination(draft, network, txjson, problems)
    try:
        txjson["Amount"] = amount.amount_json(_parse_form_amount(draft, network, marks, problems))
    except amount.AmountError as refusal:
        problems.append(FieldError("amount", Message("Amount: {rule}", rule=refusal.args[0])))
    if draft.memo.strip():
        if problem := field_rules.memo_error(draft.memo.strip()):
            problems.append(problem)
        else:
            data = draft.memo.strip().encode().hex().upper()
            txjson["Memos"] = [{"Memo": {"MemoData": data}}]
    return txjson


def _parse_txjson(text: str, problems: list[FieldError]) -> JsonObject:
    if not text.strip():
        problems.append(FieldError("txjson", Message("Transaction: is missing. Paste it as JSON")))
        return {"TransactionType": "?"}
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        rule = (
            Message("Transaction: is not valid JSON (line {line})", line=error.lineno)
            if isinstance(error, json.JSONDecodeError)
            else Message("Transaction: is not valid JSON")
        )
        problems.append(FieldError("txjson", rule))
        return {"TransactionType": "?"}
    if not isinstance(value, dict):
        problems.append(
            FieldError("txjson", Message("Transaction: must be one JSON object in braces"))
        )
        return {"TransactionType": "?"}
    return value


def _parse_destination(
    draft: FormInput, network: str, txjson: JsonObject, problems: list[FieldError]
) -> None:
    typed = without_invisible(draft.destination)
    if not typed:
        problems.append(
            FieldError("destination", Message("Destination: is missing. Type the shop's address"))
        )
    elif (split := parse_pasted_address(typed)) is None:
        problem = field_rules.address_error(typed, "destination", Message("Destination"))
        problems += [problem] if problem else []
    else:
        written = Address(split.classic, split.tag, split.is_test_network)
        if problem := field_rules.test_address_error(
            written, network, "destination", Message("Destination")
        ):
            problems.append(problem)
        txjson["Destination"] = split.classic
        if split.tag is not None:
            txjson["DestinationTag"] = split.tag
    tag = draft.tag.strip()
    if not tag:
        return
    whole = typed_number.parse_whole(tag)
    number: Json = -1 if whole is None else whole
    if problem := field_rules.tag_error(number):
        problems.append(problem)
    elif txjson.get("DestinationTag") not in (None, number):
        problems.append(
            FieldError("tag", Message("Destination tag: differs from the tag inside the X-address"))
        )
    else:
        txjson["DestinationTag"] = number


def _parse_form_amount(
    draft: FormInput, network: str, marks: Marks, problems: list[FieldError]
) -> amount.Amount:
    typed = without_invisible(draft.currency)
    if typed.upper() == "XRP" or not typed:
        return amount.parse_xrp(draft.amount, marks, networks.asset_of(network))
    issuer = without_invisible(draft.issuer)
    if mpt.is_issuance_id(typed):
        if issuer not in ("", mpt.issuer_of(typed)):
            rule = Message(
                "Issuer: this token is issued by {issuer}. Leave the field empty",
                issuer=mpt.issuer_of(typed),
            )
            problems.append(FieldError("issuer", rule))
        return amount.parse_mpt(draft.amount, typed, marks)
    code = amount.parse_currency(typed)
    if code is None:
        problems.append(FieldError("currency", _CURRENCY_RULE))
    if not issuer:
        problems.append(
            FieldError("issuer", Message("Issuer: is missing. Type who issues this currency"))
        )
    elif problem := field_rules.address_error(issuer, "issuer", Message("Issuer")):
        problems.append(problem)
    return amount.parse_issued(draft.amount, code or "", issuer, marks)


def _parse_expire(draft: FormInput, options: JsonObject, problems: list[FieldError]) -> None:
    typed = draft.expire.strip()
    if not typed:
        return
    minutes = typed_number.parse_whole(typed)
    if minutes is None or not 0 < minutes <= field_rules.MAX_EXPIRE:
        problems.append(
            FieldError("expire", Message("Expiry: must be a whole number of minutes, at least 1"))
        )
        return
    options["expire"] = minutes


def _custom_blob(text: str) -> Json:
    """Private data: an object where it is one, else the text itself."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value if isinstance(value, dict) else text
