"""Decode blobs, verify signatures and check transactions with xrpl-py, loaded at the first call.

Loading takes about half a second, so no method may be called on the thread of the event loop.
"""

from __future__ import annotations

import ast
import hashlib
import re
from typing import Any, Final

from xumm_desk.core.message import Message
from xumm_desk.core.money import amount
from xumm_desk.core.request.field_rules import FieldError
from xumm_desk.core.request.request_spec import PSEUDO_TYPES
from xumm_desk.core.state.evidence import BlobCheck, Signature
from xumm_desk.core.wire import json_fields
from xumm_desk.core.wire.json_fields import JsonObject

from . import definitions, signatures
from .xrpl_import import import_xrpl

_TXID_PREFIX: Final = b"TXN\x00"
_MAX_BLOB: Final = 512 * 1024
"""Bytes; as hex they fill the largest answer that is read (`platform.MAX_ANSWER`). Code of a hook
and a proof of another ledger (Xahau's SetHook and Import) take tens of thousands."""

_PLACEHOLDER_ACCOUNT: Final = "rrrrrrrrrrrrrrrrrrrrrhoLvTp"
"""Account zero: a placeholder for the account which the customer has yet to choose."""

_CLASS: Final = re.compile(r"<class '(?:\w+\.)*(\w+)'>")
_ATTRIBUTE: Final = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")
_FIELDS: Final = {
    "destination": ("destination", Message("Destination")),
    "destination_tag": ("tag", Message("Destination tag")),
    "amount": ("amount", Message("Amount")),
}


class XrplCodec:
    """xrpl-py, wrapped so that nothing of it raises into the program."""

    def warm_up(self) -> None:
        """Load what the first check will need."""
        for name in ("xrpl.core.binarycodec", "xrpl.asyncio.clients"):
            import_xrpl(name)
        signatures.warm_up()

    def read_blob(self, blob: str, network: str) -> BlobCheck:
        """Decode and verify a signed blob of `network`, a key (P§9.2). Total: a fault is a value.

        A blob cut by its last byte still decodes and verifies, so the canonical form is demanded.
        """
        text = blob.strip().upper()
        try:
            raw = bytes.fromhex(text)
        except ValueError:
            return _unreadable("", Message("not hex"))
        txid = hashlib.sha512(_TXID_PREFIX + raw).digest()[:32].hex().upper()
        if not raw or len(raw) > _MAX_BLOB:
            return _unreadable(txid, Message("empty or too large"))
        codec = import_xrpl("xrpl.core.binarycodec")
        try:
            with definitions.definitions_in(network):
                tx: JsonObject = codec.decode(text)
                canonical = codec.encode(tx) == text
                found = tuple(_signatures(codec, tx))
        except Exception:  # noqa: BLE001 - the library's own exceptions cannot even be printed
            return _unreadable(txid, Message("cannot be decoded"))
        return BlobCheck(txid, canonical, found, _jsonable(tx))

    def decode(self, blob: str, network: str) -> JsonObject | str:
        """The transaction inside an unsigned blob of `network`, a key; or a sentence."""
        codec = import_xrpl("xrpl.core.binarycodec")
        try:
            with definitions.definitions_in(network):
                tx: JsonObject = codec.decode(blob.strip().upper())
        except Exception:  # noqa: BLE001 - as above
            return Message("txblob: cannot be decoded as a transaction")
        plain: JsonObject = _jsonable(tx)
        return plain

    def transaction_errors(self, txjson: JsonObject, network: str) -> tuple[FieldError, ...]:
        """Errors that the models and a test encoding find in `txjson` on the network `network`
        (P§2.2: only Account, Fee and Sequence may be missing)."""
        tx_type = json_fields.string_at(txjson, "TransactionType")
        if tx_type in PSEUDO_TYPES:
            return ()
        whole: JsonObject = {"Account": _PLACEHOLDER_ACCOUNT, "Fee": "12", "Sequence": 1, **txjson}
        if tx_type == "Payment":
            # The customer may type the amount (P§2.2), and account zero may not pay itself.
            whole.setdefault("Amount", "1")
            if whole.get("Destination") == whole.get("Account") == _PLACEHOLDER_ACCOUNT:
                whole["Account"] = "rrrrrrrrrrrrrrrrrrrrBZbvji"
        codec = import_xrpl("xrpl.core.binarycodec")
        with definitions.definitions_in(network) as own:
            try:
                codec.encode(whole)
            except Exception as error:  # noqa: BLE001 - anything means that it cannot be sent
                return (_error_at_field(whole, _error_text(error), network),)
        if own is None:
            return self._model(whole)
        if (missing := own.missing(whole)) is not None:
            return (
                FieldError(
                    "txjson",
                    Message(
                        "Transaction: {missing} is missing, {tx_type} needs it",
                        missing=missing,
                        tx_type=tx_type,
                    ),
                ),
            )
        known = own.modelled(whole)
        return () if known is None else self._model(known)

    def _model(self, whole: JsonObject) -> tuple[FieldError, ...]:
        models = import_xrpl("xrpl.models.transactions.transaction")
        try:
            models.Transaction.from_xrpl(whole)
        except Exception as error:  # noqa: BLE001 - as above
            return _model_problems(whole, error)
        return ()


def _signatures(codec: Any, tx: JsonObject) -> list[Signature]:
    signers = tx.get("Signers")
    if isinstance(signers, list) and signers and not tx.get("SigningPubKey"):
        found = []
        for entry in signers:
            signer = json_fields.object_at(entry, "Signer") if isinstance(entry, dict) else {}
            account = json_fields.string_at(signer, "Account") or ""
            found.append(_verify(signer, account, codec.encode_for_multisigning(tx, account)))
        return found
    return [_verify(tx, json_fields.string_at(tx, "Account"), codec.encode_for_signing(tx))]


def _verify(part: JsonObject, account: str | None, message: str) -> Signature:
    keys = import_xrpl("xrpl.core.keypairs")
    key, signature = (
        json_fields.string_at(part, "SigningPubKey"),
        json_fields.string_at(part, "TxnSignature"),
    )
    if key is None or signature is None:
        return Signature(account, None, False)
    try:
        valid = signatures.is_valid(bytes.fromhex(message), bytes.fromhex(signature), key)
        address: str | None = keys.derive_classic_address(key)
    except Exception:  # noqa: BLE001 - a key off the curve raises what cannot be printed (P§9.2)
        return Signature(account, None, False)
    return Signature(account, address, valid)


def _unreadable(txid: str, error: str) -> BlobCheck:
    return BlobCheck(txid, False, (), {}, error)


def _jsonable(value: Any) -> Any:
    """The codec's result as plain JSON; it may hold its own number types."""
    if isinstance(value, dict):
        return {str(k): _jsonable(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_jsonable(v) for v in value]
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return str(value)


def _error_text(error: Exception) -> str:
    """The library's message, cut to one line; some of its exceptions fail while being printed."""
    try:
        words = _in_ledger_words(str(error))
    except Exception:  # noqa: BLE001 - see above
        return Message("the transaction cannot be encoded")
    return words[:200] or Message("the transaction cannot be encoded")


def _error_at_field(whole: JsonObject, words: str, network: str = "") -> FieldError:
    """The error at the field that the library's message names, if it is one of ours."""
    lower = words.lower()
    for key, value in whole.items():
        if key == "TransactionType" and (
            "transaction type" in lower or words.strip("'") == str(value)
        ):
            return FieldError("txjson", _unknown_type(str(value), network))
        if key == "Amount" and amount.parse_amount(value) is None:
            return FieldError(
                "txjson", Message("Transaction: Amount must be a string of drops or an object")
            )
    for key in whole:
        if words == f"'{key}'":  # the codec names only the unknown field
            return FieldError(
                "txjson", Message("Transaction: {key} is not a field of the ledger", key=key[:60])
            )
        if key.lower() in lower:
            return FieldError(
                "txjson",
                Message("Transaction: {key} is not right ({reason})", key=key, reason=words),
            )
    return FieldError("txjson", Message("Transaction: {reason}", reason=words))


def _unknown_type(name: str, network: str) -> str:
    """What to do about a transaction type that the network does not have."""
    homes = definitions.networks_knowing(name)
    if not network:
        sentence = Message("Transaction: TransactionType {name} is not known")
    elif network in homes or not homes:
        sentence = Message("Transaction: TransactionType {name} is not known on {network}")
    else:
        sentence = Message(
            "Transaction: TransactionType {name} is not known on {network}. Choose one of the"
            " networks {networks}"
        )
    return sentence.filled(name=f"{name!r}", network=network, networks=", ".join(homes))


def _model_problems(whole: JsonObject, error: Exception) -> tuple[FieldError, ...]:
    """The models raise the printed form of a dictionary, a rule for each field."""
    try:
        rules = ast.literal_eval(str(error))
    except (ValueError, SyntaxError, TypeError):
        return (_error_at_field(whole, _error_text(error)),)
    if not isinstance(rules, dict) or not rules:
        return (_error_at_field(whole, _error_text(error)),)
    return tuple(_named(str(key), str(rule)) for key, rule in rules.items())


def _named(key: str, rule: str) -> FieldError:
    field, name = _FIELDS.get(key, ("txjson", Message("Transaction")))
    return FieldError(
        field, Message("{name}: {rule}", name=name, rule=_in_ledger_words(rule)[:200])
    )


def _in_ledger_words(words: str) -> str:
    """The models speak of their own attributes and classes; a person typed the ledger's names."""
    plain = _CLASS.sub(r"\1", " ".join(words.split()))
    return _ATTRIBUTE.sub(lambda found: found[0].title().replace("_", ""), plain)
