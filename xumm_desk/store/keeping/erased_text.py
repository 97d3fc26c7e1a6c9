"""Replace a customer's data in the text of a fact; amounts and outcomes stay.

One value is replaced by the same mark wherever it stands, so that what was equal stays equal and
the facts of a request still add up to the same outcome.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from xumm_desk.core.keeping.letting_go import MARK, ErasureChoices
from xumm_desk.core.wire import json_fields
from xumm_desk.core.wire.json_fields import Json

_ACCOUNT_KEYS: Final = frozenset(
    {"Account", "account", "signer", "signed_by", "environment_account"}
)
_ALWAYS: Final = frozenset(
    {
        "hex",
        "signature",
        "TxnSignature",
        "SigningPubKey",
        "PublicKey",
        "Memos",
        "Memo",
        "user_token",
        "issued_user_token",
        "token",
        "user",
        "ip",
        "user_agent",
        "dispatched_to_node",
        "resolver_ip",
        "device",
        "nickname",
    }
)
"""Fields that say something of the customer or his phone alone, and that no outcome depends on."""

_NOTES: Final = frozenset({"note", "reference", "instruction"})
_SHORTEST: Final = 4
"""Characters of a note that are looked for inside other texts; a shorter one is replaced where it
stands alone."""


def payers_in(texts: Iterable[str], shop: frozenset[str]) -> set[str]:
    """The accounts of customers that these facts name; those of the shop are none."""
    found: set[str] = set()
    for text in texts:
        _collect(json_fields.parse_object(text), _ACCOUNT_KEYS, found)
    return {one for one in found if one not in shop and one != MARK}


def notes_in(texts: Iterable[str]) -> set[str]:
    """What cashiers wrote about the customer."""
    found: set[str] = set()
    for text in texts:
        _collect(json_fields.parse_object(text), _NOTES, found)
    return {one for one in found if one and one != MARK}


def erase(text: str, marks: Mapping[str, str], choices: ErasureChoices) -> str:
    """The text with each of `marks` replaced, and without the fields that are always the
    customer's. A text that is no object is replaced as it stands."""
    value = json_fields.parse_object(text)
    if isinstance(value, str):
        return _replaced(text, marks)
    return json_fields.compact_json(_object(value, marks, choices))


def _object(
    value: Mapping[str, Json], marks: Mapping[str, str], choices: ErasureChoices
) -> dict[str, Json]:
    made: dict[str, Json] = {}
    for key, one in value.items():
        if choices.payer and key in _ALWAYS and one not in (None, "", [], {}, False):
            made[key] = MARK if isinstance(one, str) else None
        elif choices.note and key in _NOTES and isinstance(one, str) and one:
            made[key] = MARK
        else:
            made[key] = _any(one, marks, choices)
    return made


def _any(value: Json, marks: Mapping[str, str], choices: ErasureChoices) -> Json:
    if isinstance(value, dict):
        return _object(value, marks, choices)
    if isinstance(value, list):
        return [_any(one, marks, choices) for one in value]
    return _replaced(value, marks) if isinstance(value, str) else value


def _replaced(text: str, marks: Mapping[str, str]) -> str:
    for secret, mark in marks.items():
        if text == secret:
            return mark
        if len(secret) >= _SHORTEST:
            text = text.replace(secret, mark)
            if secret.isupper() or secret.isalnum():
                text = text.replace(secret.lower(), mark).replace(secret.upper(), mark)
    return text


def _collect(value: object, keys: frozenset[str], found: set[str]) -> None:
    if isinstance(value, dict):
        for key, one in value.items():
            if key in keys and isinstance(one, str):
                found.add(one)
            _collect(one, keys, found)
    elif isinstance(value, list):
        for one in value:
            _collect(one, keys, found)
