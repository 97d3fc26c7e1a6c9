"""What a call to the platform can end as; must not know HTTP, sentences aside."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from .wire import JsonObject


class SettingError(Exception):
    """Something that is set on this computer keeps a library from working. The text is a sentence
    for a person that names it: a variable, a field, a file."""


class FailureKind(Enum):
    """Kinds of failure, by what may be done about them."""

    UNREACHABLE = "unreachable"  # never sent: no route, no name, refused, a setting in the way
    ANSWER_LOST = "lost"  # sent, but the answer never came whole: it may have worked
    RATE_LIMITED = "busy"  # 429: turned away unread, so it did nothing
    SERVER_ERROR = "broken"  # 5xx, HTML, unreadable: the platform's trouble
    KEYS_REJECTED = "keys"  # 401, 403: keys rejected
    APP_DISABLED = "disabled"  # code 810
    NOT_FOUND = "missing"  # 404
    IDENTIFIER_TAKEN = "taken"  # code 409: the identifier exists, so the request does
    REFUSED = "refused"  # any other 4xx: sending it again changes nothing


@dataclass(frozen=True, slots=True)
class Failure:
    """A call that did not work: its kind, a plain sentence with what to do, the platform's code,
    and how long it asked us to wait (seconds)."""

    kind: FailureKind
    message: str
    code: int | None = None
    retry_after: float | None = None

    @property
    def may_have_arrived(self) -> bool:
        """Whether the platform may have acted on the call."""
        return self.kind in (FailureKind.ANSWER_LOST, FailureKind.SERVER_ERROR)


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """A call that worked: its JSON, already free of tokens."""

    value: JsonObject


@dataclass(frozen=True, slots=True)
class Application:
    """Whose keys these are, as `ping` tells (P§1.5)."""

    name: str
    uuid: str
    disabled: bool
