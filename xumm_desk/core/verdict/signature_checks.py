"""Compare the signed blob with the request spec: who signed, and every field."""

from __future__ import annotations

from typing import Final

from xumm_desk.core.message import Message, Sentences
from xumm_desk.core.money import amount
from xumm_desk.core.state.evidence import RegularKey
from xumm_desk.core.state.lifecycle import Request
from xumm_desk.core.wire import json_fields
from xumm_desk.core.wire.json_fields import Json, JsonObject

from .check import Check, CheckState, distinguishable

TF_PARTIAL_PAYMENT: Final = 0x00020000
_FILLED_BY_WALLET: Final = frozenset(
    {
        "Account",
        "Fee",
        "Sequence",
        "TicketSequence",
        "LastLedgerSequence",
        "Flags",
        "SendMax",
        "Paths",
        "DeliverMin",
        "NetworkID",
        "SigningPubKey",
        "Signers",
        "TransactionType",
        "TxnSignature",
    }
)
"""Fields that the wallet may add or change in the transaction we asked for (P§2.2, P§9.3). The
signing key is checked separately; an encoded request carries an empty key."""

_AS_ASKED: Final = Check(
    Message("Equals what we asked"),
    CheckState.PASSED,
    Message("the same transaction"),
    Message("the same transaction"),
)
_VALID: Final = Check(Message("Signature"), CheckState.PASSED, Message("valid"), Message("valid"))


def blob_checks(request: Request, *, ledger: bool) -> list[Check]:
    """Whether the blob is complete, is the reported transaction, and who signed it. `ledger` says
    whether a node is set up that could be asked about keys."""
    blob, names = request.blob, (Message("Transaction id"), Message("Signature"), Message("Signer"))
    if blob is None:
        return [Check(name, CheckState.PENDING, "", Message("not checked yet")) for name in names]
    if blob.error or not blob.canonical:
        found = blob.error or Message("not the canonical form")
        return [
            Check(
                names[0],
                CheckState.FAILED,
                Message("a whole, canonical transaction"),
                found,
                Message(
                    "The platform delivered a damaged transaction. Look at the ledger before goods."
                ),
            )
        ]
    txid = request.txid or ""
    same = blob.hash == txid
    checks = [
        Check(
            names[0],
            CheckState.PASSED if same else CheckState.FAILED,
            blob.hash,
            txid or Message("none", context="transaction id"),
            "" if same else Message("The transaction id does not belong to what was signed."),
        ),
        _VALID
        if blob.valid
        else Check(
            names[1],
            CheckState.FAILED,
            Message("valid"),
            Message("not valid"),
            Message("The signature is wrong. Do not hand over goods."),
        ),
    ]
    checks.append(_signer_check(request, ledger))
    return checks


def regular_keys_to_verify(request: Request) -> frozenset[RegularKey]:
    """Which keys signed for accounts whose own they are not, where no ledger will judge that
    because nothing is sent to one; each must be the account's regular key."""
    blob = request.blob
    if blob is None or not blob.valid or request.spec.is_submitted:
        return frozenset()
    return frozenset(
        RegularKey(s.account, s.signed_by)
        for s in blob.signatures
        if s.account is not None and s.account != s.signed_by
    )


def _signer_check(request: Request, ledger: bool) -> Check:
    blob, spec = request.blob, request.spec
    assert blob is not None
    account = blob.account
    keys = ", ".join(s.signed_by or "?" for s in blob.signatures)
    found: str = account or Message("unknown")
    if account and keys != account:
        found = Message("{account}, signed with the key of {keys}", account=account, keys=keys)
    foreign = regular_keys_to_verify(request)
    if foreign:
        # Only a ledger decides whether a regular key may sign for an account (P§9.2).
        if foreign <= request.regular_keys:
            found = Message("{key}, its regular key in a validated ledger", key=found)
        elif ledger and not {one.account for one in foreign} <= {
            k.account for k in request.regular_keys
        }:
            return Check(
                Message("Signer"),
                CheckState.PENDING,
                Message("the account's own or regular key"),
                found,
            )
        else:
            return Check(
                Message("Signer"),
                CheckState.FAILED,
                Message("the account's own or regular key"),
                found,
                Message(
                    "Nothing proves that this key may sign for the account. Look at its"
                    " regular key."
                ),
            )
    if not spec.signers:
        return Check(Message("Signer"), CheckState.PASSED, Message("any account"), found)
    allowed = account in spec.signers or any(s.account in spec.signers for s in blob.signatures)
    return Check(
        Message("Signer"),
        CheckState.PASSED if allowed else CheckState.FAILED,
        Sentences(spec.signers, Message(" or ")),
        found,
        "" if allowed else Message("An account that was not allowed has signed."),
    )


def spec_checks(request: Request) -> list[Check]:
    """One check for each field that we asked for: signed as we asked, or not."""
    name, blob = Message("Equals what we asked"), request.blob
    if blob is None or blob.error:
        return [Check(name, CheckState.PENDING, "", Message("not checked yet"))]
    wanted, got = request.spec.txjson, blob.tx
    if request.spec.tx_type == "SignIn":
        # A transaction that anybody can copy from the ledger proves no presence (P§2.2).
        kind = json_fields.string_at(got, "TransactionType")
        if kind in (None, "SignIn"):
            return [Check(name, CheckState.PASSED, Message("a sign-in"), Message("a sign-in"))]
        advice = Message("Another transaction was handed in for a sign-in. Do not trust it.")
        return [Check(name, CheckState.FAILED, Message("a sign-in"), kind, advice)]
    found = _differences(wanted, got)
    flags = json_fields.int_at(got, "Flags") or 0
    asked_flags = json_fields.int_at(wanted, "Flags") or 0
    if flags & TF_PARTIAL_PAYMENT and not asked_flags & TF_PARTIAL_PAYMENT:
        found.append(
            ("Flags", Message("the whole amount"), Message("a partial payment is allowed"))
        )
    if not found:
        return [_AS_ASKED]
    return [
        Check(
            Message("{check}: {field}", check=name, field=key),
            CheckState.FAILED,
            want,
            have,
            Message(
                "Something else was signed than was asked. Look at the ledger, do not charge again."
            ),
        )
        for key, want, have in found
    ]


def _differences(wanted: JsonObject, got: JsonObject) -> list[tuple[str, str, str]]:
    """Fields of our own request that the signed transaction does not carry alike (P§9.3)."""
    found = []
    want_type, got_type = (
        json_fields.string_at(wanted, "TransactionType"),
        json_fields.string_at(got, "TransactionType"),
    )
    if want_type != got_type:
        found.append(
            (
                "TransactionType",
                want_type or "",
                got_type or Message("none", context="transaction type"),
            )
        )
    for key, value in wanted.items():
        if key in _FILLED_BY_WALLET or value is None:
            continue
        have = got.get(key, got.get("DeliverMax") if key == "Amount" else None)
        if not _same_value(value, have):
            found.append((key, *_value_pair(value, have)))
    if "DestinationTag" in got and wanted.get("DestinationTag") is None:
        found.append(("DestinationTag", Message("no tag"), _value_text(got["DestinationTag"])))
    return found


def _same_value(want: Json, have: Json) -> bool:
    one, other = amount.parse_amount(want), amount.parse_amount(have)
    if one is not None and other is not None:
        return amount.amounts_equal(one, other)
    if isinstance(want, dict) and isinstance(have, dict):
        keys = {k for k, v in want.items() if v is not None} | set(have)
        return all(_same_value(want.get(k), have.get(k)) for k in keys)
    if isinstance(want, list) and isinstance(have, list):
        return len(want) == len(have) and all(map(_same_value, want, have))
    if isinstance(want, str) and isinstance(have, str):
        return want == have or (want.upper() == have.upper() and _is_hex(want))
    if isinstance(want, bool) or isinstance(have, bool):
        return want is have
    return want is not None and have is not None and str(want) == str(have)


def _is_hex(text: str) -> bool:
    return len(text) >= 8 and all(c in "0123456789abcdefABCDEF" for c in text)


def _value_pair(want: Json, have: Json) -> tuple[str, str]:
    one, other = amount.parse_amount(want), amount.parse_amount(have)
    if _field_text(one) and _field_text(other):
        return distinguishable(one, other)
    return _value_text(want), Message("nothing") if have is None else _value_text(have)


def _field_text(money: amount.Amount | None) -> bool:
    """Whether it is shown as money: any text of digits would pass for drops."""
    return money is not None and not isinstance(money, amount.XrpAmount)


def _value_text(value: Json) -> str:
    money = amount.parse_amount(value)
    if _field_text(money):
        return amount.format_amount(money)
    return value if isinstance(value, str) else json_fields.compact_json({"": value})[4:-1]
