"""Parse what the platform says of push tokens (P§1.5, P§7); nothing raises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.core.wire import api_answers, json_fields
from xumm_desk.core.wire.json_fields import Json

_LAST: Final = 253_402_300_799
"""The last second of the year 9999, which is the last that Python can express."""


@dataclass(frozen=True, slots=True)
class PushToken:
    """A customer's token on its way from the platform to the keyring."""

    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TokenState:
    """Whether a token can be used, and until when (UTC; None where the platform does not say)."""

    token: str = field(repr=False)
    active: bool
    expires: datetime | None = None


def issued_token(answer: Mapping[str, Json]) -> PushToken | None:
    """The token in the platform's answer for a signed request; None if it names none: it stands
    only with the newest request of each user."""
    application = json_fields.object_at(answer, "application")
    token = json_fields.string_at(application, "issued_user_token")
    if token is None or not api_answers.is_uuid(token):
        return None
    if json_fields.bool_at(json_fields.object_at(answer, "meta"), "signed") is not True:
        return None
    return PushToken(token)


def parse_token_states(answer: Mapping[str, Json]) -> tuple[TokenState, ...] | str:
    """The answer to `user-tokens`; entries that cannot be read are left out, so that nothing is
    concluded from them."""
    entries = answer.get("tokens")
    if not isinstance(entries, list):
        return Message("the answer holds no list of tokens")
    states = []
    for entry in entries:
        if not isinstance(entry, Mapping):
            continue
        token = json_fields.string_at(entry, "user_token")
        active = json_fields.bool_at(entry, "active")
        if token is not None and active is not None:
            states.append(
                TokenState(token, active, unix_time(json_fields.int_at(entry, "expires")))
            )
    return tuple(states)


def unix_time(seconds: int | None) -> datetime | None:
    """Unix seconds as a time in UTC; None where they are none."""
    if seconds is None or not 0 < seconds <= _LAST:
        return None
    return datetime.fromtimestamp(seconds, UTC)
