"""Take tokens and keys out of JSON before a person sees or copies it.

The journal is redacted where answers arrive (`api_answers.redact`); this is the second look, for
what an older program kept, and for places of an answer that nobody foresaw.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Set
from typing import Final

from . import json_fields
from .api_answers import REDACTED
from .json_fields import Json, NumberText

_SECRET_NAMES: Final = frozenset(
    {
        *("usertoken", "issuedusertoken", "pushtoken", "token", "accesstoken", "refreshtoken"),
        *("user", "uuidv4", "apikey", "apisecret", "xapikey", "xapisecret", "secret", "jwt"),
        *("authorization", "password", "clientsecret"),
    }
)
"""Names under which a key or a token stands, without case, "-" and "_" (P§1.2, §3, §7)."""

_UUID: Final = re.compile(r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b")
_JWT: Final = re.compile(r"\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?")
_PAIR: Final = re.compile(r'"([\w-]{3,24})"(\s*:\s*)"(?:[^"\\]|\\.)*"?')
"""A name and its text in JSON that cannot be parsed."""


def redacted_value(value: Json, known: Set[str] = frozenset()) -> Json:
    """`value` without tokens, keys and the user's id. UUIDs are cut wherever they stand, since all
    of those are UUIDs, but for the `known` ones (lower case): those of the request itself."""
    if isinstance(value, Mapping):
        return {
            redacted_text(name, known): REDACTED
            if _is_secret(name) and _holds_text(inner)
            else redacted_value(inner, known)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [redacted_value(inner, known) for inner in value]
    if isinstance(value, str) and not isinstance(value, NumberText):
        return redacted_text(value, known)
    return value


def redacted_text(text: str, known: Set[str] = frozenset()) -> str:
    """The same for a text, which may hold pieces of JSON."""
    if "-" not in text and "eyJ" not in text and '"' not in text:
        return text
    text = _PAIR.sub(
        lambda found: f'"{found[1]}"{found[2]}"{REDACTED}"' if _is_secret(found[1]) else found[0],
        text,
    )
    text = _JWT.sub(REDACTED, text)
    return _UUID.sub(lambda found: found[0] if found[0].lower() in known else REDACTED, text)


def readable_json(text: str, known: Set[str] = frozenset()) -> str:
    """A JSON document, redacted, with a line for each value and its numbers as they were written;
    what is no object comes back as redacted text."""
    value = json_fields.parse_object(text, exact=True)
    if isinstance(value, str):
        return redacted_text(text, known)
    return json_text(redacted_value(value, known))


def json_text(value: Json, indent: str = "") -> str:
    """JSON of a document that was parsed with exact numbers, indented."""
    inner = indent + "  "
    if isinstance(value, Mapping) and value:
        lines = [f"{inner}{_scalar(name)}: {json_text(one, inner)}" for name, one in value.items()]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    if isinstance(value, list) and value:
        lines = [inner + json_text(one, inner) for one in value]
        return "[\n" + ",\n".join(lines) + f"\n{indent}]"
    return _scalar(value)


def _scalar(value: Json) -> str:
    if isinstance(value, NumberText):
        return str(value)
    return json.dumps(value, ensure_ascii=False)


def _is_secret(name: str) -> bool:
    return name.lower().replace("_", "").replace("-", "") in _SECRET_NAMES


def _holds_text(value: Json) -> bool:
    """Whether there is something to hide: flags such as `"user_token": true` say nothing."""
    return value not in (None, "", REDACTED) and not isinstance(value, bool)
