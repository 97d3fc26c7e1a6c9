"""Turns what a person typed into an `Order`, or says what is wrong at which field.

Knows the form's fields; must not know widgets, files or the network.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from . import amount, currency, mpt, networks, order, typed_number
from .address import Address
from .order import Order, Problem
from .pasted_text import clean, read_address, visible
from .typed_number import Marks
from .wire import Json, JsonObject

PAYMENT: Final = "Payment"
SIGN_IN: Final = "SignIn"
OTHER: Final = "Other"

_CURRENCY_RULE: Final = (
    "Currency: must be 3 characters (not XRP), a name of 4 to 20 characters such as RLUSD, 40 hex"
    " digits, or the 48 hex digits of a multi-purpose token"
)


@dataclass(frozen=True, slots=True)
class Draft:
    """The form as typed: every field is text, nothing is interpreted yet.

    `kind` is one of PAYMENT, SIGN_IN, OTHER; `currency` is "XRP", an issued code or the id
    of a multi-purpose token, which names its issuer itself; `signers` are addresses divided by
    blanks, commas or lines; `txjson` is used for OTHER only.
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


def check(
    draft: Draft, *, identifier: str, network: str, marks: Marks = typed_number.POINT
) -> Order | tuple[Problem, ...]:
    """Check every field of `draft`; all problems at once, in the order of the form.

    `identifier` is ours, used when none is typed; `network` is the desk's key; `marks` are those of
    the system's numbers.
    """
    problems: list[Problem] = []
    txjson = _txjson(draft, draft.network.strip() or network, marks, problems)
    options: JsonObject = {"submit": draft.submit and draft.kind != SIGN_IN}
    _expire(draft, options, problems)
    if draft.network.strip():
        options["force_network"] = draft.network.strip()
    signers = visible(draft.signers).replace(",", " ").replace(";", " ").split()
    if signers:
        for signer in signers:
            if problem := order.address_problem(signer, "signers", "Allowed signers"):
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
        meta["instruction"] = order.collapse(draft.instruction)
    if draft.blob.strip():
        meta["blob"] = _blob(draft.blob)
    body: JsonObject = {"txjson": txjson, "options": options, "custom_meta": meta}
    result = order.from_body(body, identifier=identifier, network=network)
    if isinstance(result, Order):
        return tuple(problems) if problems else result
    known = {problem.field for problem in problems}
    problems += [problem for problem in result if problem.field not in known]
    rank = {name: place for place, name in enumerate(Draft.__dataclass_fields__)}
    return tuple(sorted(problems, key=lambda problem: rank.get(problem.field, 99)))


def _txjson(draft: Draft, network: str, marks: Marks, problems: list[Problem]) -> JsonObject:
    if draft.kind == SIGN_IN:
        return {"TransactionType": "SignIn"}
    if draft.kind == OTHER:
        return _other(draft.txjson, problems)
    txjson: JsonObject = {"TransactionType": "Payment"}
    _destination(draft, network, txjson, problems)
    try:
        txjson["Amount"] = amount.to_wire(_amount(draft, network, marks, problems))
    except amount.AmountError as refusal:
        problems.append(Problem("amount", f"Amount: {refusal}"))
    if draft.memo.strip():
        if problem := order.memo_problem(draft.memo.strip()):
            problems.append(problem)
        else:
            data = draft.memo.strip().encode().hex().upper()
            txjson["Memos"] = [{"Memo": {"MemoData": data}}]
    return txjson


def _other(text: str, problems: list[Problem]) -> JsonObject:
    if not text.strip():
        problems.append(Problem("txjson", "Transaction: is missing. Paste it as JSON"))
        return {"TransactionType": "?"}
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        problems.append(Problem("txjson", f"Transaction: is not valid JSON{where}"))
        return {"TransactionType": "?"}
    if not isinstance(value, dict):
        problems.append(Problem("txjson", "Transaction: must be one JSON object in braces"))
        return {"TransactionType": "?"}
    return value


def _destination(draft: Draft, network: str, txjson: JsonObject, problems: list[Problem]) -> None:
    typed = clean(draft.destination)
    if not typed:
        problems.append(Problem("destination", "Destination: is missing. Type the shop's address"))
    elif (split := read_address(typed)) is None:
        problem = order.address_problem(typed, "destination", "Destination")
        problems += [problem] if problem else []
    else:
        written = Address(split.classic, split.tag, split.test)
        if problem := order.live_problem(written, network, "destination", "Destination"):
            problems.append(problem)
        txjson["Destination"] = split.classic
        if split.tag is not None:
            txjson["DestinationTag"] = split.tag
    tag = draft.tag.strip()
    if not tag:
        return
    whole = typed_number.read_whole(tag)
    number: Json = -1 if whole is None else whole
    if problem := order.tag_problem(number):
        problems.append(problem)
    elif txjson.get("DestinationTag") not in (None, number):
        problems.append(
            Problem("tag", "Destination tag: differs from the tag inside the X-address")
        )
    else:
        txjson["DestinationTag"] = number


def _amount(draft: Draft, network: str, marks: Marks, problems: list[Problem]) -> amount.Amount:
    typed = clean(draft.currency)
    if typed.upper() == "XRP" or not typed:
        return amount.xrp_from_text(draft.amount, marks, networks.asset_of(network))
    issuer = clean(draft.issuer)
    if mpt.is_id(typed):
        if issuer not in ("", mpt.issuer_of(typed)):
            rule = f"Issuer: this token is issued by {mpt.issuer_of(typed)}. Leave the field empty"
            problems.append(Problem("issuer", rule))
        return amount.mpt_from_text(draft.amount, typed, marks)
    code = currency.from_text(typed)
    if code is None:
        problems.append(Problem("currency", _CURRENCY_RULE))
    if not issuer:
        problems.append(Problem("issuer", "Issuer: is missing. Type who issues this currency"))
    elif problem := order.address_problem(issuer, "issuer", "Issuer"):
        problems.append(problem)
    return amount.issued_from_text(draft.amount, code or "", issuer, marks)


def _expire(draft: Draft, options: JsonObject, problems: list[Problem]) -> None:
    typed = draft.expire.strip()
    if not typed:
        return
    minutes = typed_number.read_whole(typed)
    if minutes is None or not 0 < minutes <= order.MAX_EXPIRE:
        problems.append(Problem("expire", "Expiry: must be a whole number of minutes, at least 1"))
        return
    options["expire"] = minutes


def _blob(text: str) -> Json:
    """Private data: an object where it is one, else the text itself."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value if isinstance(value, dict) else text
