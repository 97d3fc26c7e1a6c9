"""Which ``POST payload`` bodies the platform takes, and which error code the others get."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from xrpl.core.binarycodec import encode
from xrpl.core.binarycodec.definitions import definitions

from xumm_desk.simulator.runtime.keys import decode_blob

Body = dict[str, Any]
NO_BODY, NO_TRANSACTION, BAD_BLOB, BAD_TYPE, BAD_FIELDS, BOTH = 599, 600, 601, 602, 603, 604
TOO_LONG = 413
DEFAULT_EXPIRE = 1440
PSEUDO_TYPES = frozenset({"SignIn", "PaymentChannelAuthorize"})
FOREIGN_TYPES = frozenset(
    {
        "ClaimReward",
        "GenesisMint",
        "Import",
        "Invoke",
        "Remit",
        "SetHook",
        "URITokenMint",
        "URITokenBurn",
        "URITokenBuy",
        "URITokenCreateSellOffer",
        "URITokenCancelSellOffer",
    }
)
_UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.I)


class RefusedError(Exception):
    """A soft error: the platform understood the call and refused it (P§1.3)."""

    def __init__(self, code: int, status: int = 400) -> None:
        super().__init__(f"refused with code {code}")
        self.code = code
        self.status = status


@dataclass(frozen=True, slots=True)
class CreateRequest:
    """A create call after validation: what is stored of it."""

    request_json: Body
    options: Body
    custom_meta: Body
    expire_minutes: int
    user_token: str | None


def is_uuid4(text: object) -> bool:
    """Whether the text is a version-4 UUID, in any case (P§1.2)."""
    return isinstance(text, str) and _UUID4.fullmatch(text.strip()) is not None


def parse_create(body: object) -> CreateRequest:
    """Validate a create body; RefusedError carries the code of P§1.4."""
    if not isinstance(body, dict) or not body:
        raise RefusedError(NO_BODY)
    request = _transaction(body)
    options = _options(body.get("options"), request)
    token = body.get("user_token")
    return CreateRequest(
        request_json=request,
        options=options,
        custom_meta=_custom_meta(body.get("custom_meta")),
        expire_minutes=_minutes((body.get("options") or {}).get("expire")),
        user_token=token if is_uuid4(token) else None,
    )


def _transaction(body: Body) -> Body:
    txjson, txblob = body.get("txjson"), body.get("txblob")
    if txjson is not None and txblob is not None:
        raise RefusedError(BOTH)
    if txjson is None and txblob is None:
        raise RefusedError(NO_TRANSACTION)
    if txblob is not None:
        if not isinstance(txblob, str) or not re.fullmatch(r"[0-9A-F]{10,}", txblob):
            raise RefusedError(NO_TRANSACTION)
        decoded = decode_blob(txblob)
        if decoded is None:
            raise RefusedError(BAD_BLOB)
        txjson = decoded
    if not isinstance(txjson, dict):
        raise RefusedError(NO_TRANSACTION)
    return check_transaction(txjson)


def check_transaction(txjson: Body) -> Body:
    """Repair and test-encode a transaction as P§2.2 says; RefusedError with 602 or 603."""
    kind = txjson.get("TransactionType")
    native = isinstance(kind, str) and kind in _native_types()
    if not isinstance(kind, str) or not (native or kind in PSEUDO_TYPES | FOREIGN_TYPES):
        raise RefusedError(BAD_TYPE)
    repaired = json.loads(json.dumps(txjson))
    amount = repaired.get("Amount")
    if isinstance(amount, dict) and _is_number(amount.get("value")):
        amount["value"] = str(amount["value"])
    if _is_number(repaired.get("Fee")):
        repaired["Fee"] = str(repaired["Fee"])
    if kind == "SignIn":
        return {**repaired, "SignIn": True}
    if kind == "AccountDelete":
        repaired.setdefault("Fee", "2000000")
    _test_encode(repaired, with_type=native)
    return dict(repaired)


def _test_encode(fields: Body, *, with_type: bool) -> None:
    skipped = () if with_type else ("TransactionType",)
    known = {
        k: v
        for k, v in fields.items()
        if k not in skipped and k in definitions._DEFINITIONS["FIELDS"]
    }
    for name, value in known.items():
        if _wrong_sort(name, value):
            raise RefusedError(BAD_FIELDS)
    try:
        encode(known)
    except Exception as error:  # the codec raises many kinds, all mean 603
        raise RefusedError(BAD_FIELDS) from error


def _wrong_sort(name: str, value: object) -> bool:
    sort = definitions.get_field_type_name(name)
    if sort.startswith("Hash") or sort == "Blob":
        return not isinstance(value, str) or value != value.upper()
    if sort in ("UInt8", "UInt16", "UInt32") and name != "TransactionType":
        # The codec would take "12" and True for numbers.
        return not isinstance(value, int) or isinstance(value, bool)
    if sort == "AccountID":
        return not isinstance(value, str) or not value.startswith("r")
    return False


def _native_types() -> dict[str, int]:
    types: dict[str, int] = definitions._DEFINITIONS["TRANSACTION_TYPES"]
    return {k: v for k, v in types.items() if v >= 0 and k != "Invalid"}


def _options(given: object, request: Body) -> Body:
    options = given if isinstance(given, dict) else {}
    network, signers = options.get("force_network"), options.get("signers")
    urls = options.get("return_url")
    urls = urls if isinstance(urls, dict) else {}
    sides = {side: urls.get(side) for side in ("app", "web")}
    if any(isinstance(url, str) and len(url) > 250 for url in sides.values()):
        raise RefusedError(TOO_LONG)
    sign_in = request.get("TransactionType") == "SignIn"
    return {
        "submit": _parse_bool(options.get("submit"), True) and not sign_in,
        "multisign": _parse_bool(options.get("multisign"), False),
        "pathfinding": _parse_bool(options.get("pathfinding"), False),
        "pathfinding_fallback": _parse_bool(options.get("pathfinding_fallback"), False),
        "force_network": network if isinstance(network, str) and network else None,
        "signers": signers if isinstance(signers, list) and signers else None,
        "return_url": sides,
    }


def _custom_meta(given: object) -> Body:
    meta = given if isinstance(given, dict) else {}
    identifier, instruction = meta.get("identifier"), meta.get("instruction")
    blob = meta.get("blob")
    if _is_number(identifier):
        identifier = str(identifier)
    if isinstance(identifier, str) and len(identifier) > 40:
        raise RefusedError(TOO_LONG)
    if isinstance(instruction, str):
        instruction = collapse(instruction)
        if len(instruction) > 280:
            raise RefusedError(TOO_LONG)
    if blob is not None:
        text = json.dumps(blob, ensure_ascii=False, separators=(",", ":"))
        if len(text) > 1500:
            raise RefusedError(TOO_LONG)
    return {
        "identifier": identifier if isinstance(identifier, str) and identifier else None,
        "instruction": instruction if isinstance(instruction, str) and instruction else None,
        "blob": blob if isinstance(blob, dict | str | list) else None,
    }


def collapse(text: str) -> str:
    """Blanks collapsed and lines trimmed, before counting (P§2.1)."""
    lines = [re.sub(r"[ \t]+", " ", line).strip() for line in text.splitlines()]
    return "\n".join(lines).strip()


def _minutes(given: object) -> int:
    try:
        minutes = int(float(given)) if isinstance(given, int | float | str) else 0
    except (ValueError, OverflowError):
        minutes = 0
    return minutes if minutes > 0 and not isinstance(given, bool) else DEFAULT_EXPIRE


def _parse_bool(given: object, default: bool) -> bool:
    if given in (True, 1, "true"):
        return True
    return False if given in (False, 0, "false") else default


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
