"""Describe a failed call to the platform: what happened, whether anything was sent, what to do.

Reads status, body and headers of an answer (P§1.3, P§1.4). No text of a library goes into a
sentence or a log: it may quote a header that holds the secret.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from xumm_desk.core.message import Message, Sentences, error_text
from xumm_desk.core.wire import api_answers, json_fields
from xumm_desk.core.wire.api_answers import ApiAnswer, Failure, FailureKind, SettingError
from xumm_desk.core.wire.json_fields import Json, JsonObject
from xumm_desk.net import tls
from xumm_desk.net.proxies import Proxy

from . import url_policy

NOTHING_SENT: Final = Message("Nothing was sent.")

_TOO_LARGE: Final = Message("too large an answer")
_WEB_PAGE: Final = Message("a web page")
_OK: Final = range(200, 300)
TOO_MANY: Final = 429
_BUSY_WAIT: Final = 5.0
"""Seconds to wait after a 429 that does not say how long."""

_MOST_WAIT: Final = 600.0


def host_name(error: BaseException) -> str:
    """The kind of an error and the line that raised it, for the log: never its text."""
    frames = traceback.extract_tb(error.__traceback__)
    last = f" at {frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{last}"


def answer_lost(host: str) -> Failure:
    """The failure for a call that was sent and whose answer never came whole."""
    return Failure(
        FailureKind.ANSWER_LOST,
        Message(
            "The connection to {host} broke before the answer came. It is retried by itself.",
            host=host,
        ),
    )


def not_sent(api: str, host: str, proxy: Proxy | None, error: Exception) -> Failure:
    """The failure for a call that never left this computer, or whose connection was refused."""
    return Failure(
        FailureKind.UNREACHABLE,
        Sentences([_why_not_sent(api, host, proxy, error), NOTHING_SENT]),
    )


def _why_not_sent(api: str, host: str, proxy: Proxy | None, error: Exception) -> str:
    if isinstance(error, SettingError):
        return error_text(error)
    if isinstance(error, ImportError):
        return Message(
            "A part of this program that speaks HTTP is missing or damaged"
            " ({name}). Install the program again.",
            name=_name(error),
        )
    if "CERTIFICATE" in str(error).upper():
        if name := tls.missing_certificates():
            return Message(
                "{name} names certificates that are not there. Correct or remove the variable.",
                name=name,
            )
        return Message(
            "The certificate of {host} is not trusted. Check this PC's clock, or a"
            " proxy that inspects traffic.",
            host=host,
        )
    if proxy is not None and not isinstance(error, MemoryError):
        return Message(
            "{host} cannot be reached through the proxy {place} ({source})."
            " Check that proxy and its password, or remove the setting.",
            host=host,
            place=proxy.place,
            source=proxy.source,
        )
    if not _is_network(error):
        return Message(
            "{host} could not be asked: an error in this program ({name}).",
            host=host,
            name=_name(error),
        )
    if url_policy.is_loopback(host):
        return Message(
            "Nothing answers at {api}. Start the platform there, or set another one.", api=api
        )
    return Message("{host} cannot be reached. Check this PC's internet connection.", host=host)


def _is_network(error: Exception) -> bool:
    """Whether it is an error of the network: of connecting, from the system or the library."""
    names = {kind.__name__ for kind in type(error).__mro__}
    return isinstance(error, OSError) or not names.isdisjoint({"NetworkError", "TimeoutException"})


def _name(error: Exception) -> str:
    return type(error).__name__


def classify(
    host: str,
    status: int,
    raw: bytes | None,
    headers: Mapping[str, Json],
    *,
    exact: bool = False,
    keep_tokens: bool = False,
) -> ApiAnswer | Failure:
    """The meaning of an answer: first the status, then JSON if there is any, in both error shapes.
    `raw` is None if it was larger than any answer of the platform; header names are lower case.
    With `exact` numbers stay as they were written, see `json_fields.parse_object`; only with
    `keep_tokens` the answer still holds customers' tokens."""
    value = _parse(raw, exact=exact)
    body = value if isinstance(value, dict) else {}
    code = json_fields.int_at(json_fields.object_at(body, "error"), "code")
    if status == TOO_MANY:
        wait = retry_after(headers) or _BUSY_WAIT
        return Failure(
            FailureKind.RATE_LIMITED,
            Message(
                "The platform asks us to slow down (HTTP 429): it turned this call"
                " away and did nothing with it. Calls go on by themselves in {wait} s.",
                wait=f"{wait:.0f}",
            ),
            code,
            wait,
        )
    good = status in _OK
    if good and isinstance(value, dict) and value.get("error") is None:
        return ApiAnswer(value if keep_tokens else api_answers.redact(value))
    if isinstance(value, str) or status >= 500 or good:
        return _server_error(host, status, value, retry_after(headers))
    reference = json_fields.string_at(
        json_fields.object_at(body, "error"), "reference"
    ) or json_fields.string_at(body, "reference")
    return _client_error(status, code or json_fields.int_at(body, "code"), reference)


def retry_after(headers: Mapping[str, Json]) -> float | None:
    """The seconds in `Retry-After`, from 1 to 600; None if there are none. A date is compared with
    the server's own `Date`, since this computer's clock may be wrong."""
    seconds: float | None = json_fields.int_at(headers, "retry-after")
    if seconds is None:
        until, now = date_of(headers, "retry-after"), date_of(headers, "date")
        seconds = (until - now).total_seconds() if until is not None and now is not None else None
    return None if seconds is None else min(max(seconds, 1.0), _MOST_WAIT)


def date_of(headers: Mapping[str, Json], name: str) -> datetime | None:
    """The header `name` as a date (RFC 9110 §5.6.7); None where there is none."""
    text = json_fields.string_at(headers, name)
    if text is None:
        return None
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - seldom, and not before the window

    try:
        when = parsedate_to_datetime(text)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when


def _parse(raw: bytes | None, *, exact: bool) -> JsonObject | str:
    if raw is None:
        return _TOO_LARGE
    text = raw.decode("utf-8", "replace")
    value = json_fields.parse_object(text, exact=exact)
    if isinstance(value, str) and text.lstrip()[:1] == "<":
        return _WEB_PAGE
    return value


def _server_error(host: str, status: int, value: JsonObject | str, wait: float | None) -> Failure:
    if value == _WEB_PAGE:
        words = Message(
            "{host} answered with a web page (HTTP {status}) instead of data. The"
            " platform or a proxy has trouble: try again in a minute.",
            host=host,
            status=status,
        )
    else:
        words = Message(
            "{host} has trouble (HTTP {status}, {problem}). It is retried by itself.",
            host=host,
            status=status,
            problem=value if isinstance(value, str) else Message("an error"),
        )
    return Failure(FailureKind.SERVER_ERROR, words, None, wait)


def _client_error(status: int, code: int | None, reference: str | None) -> Failure:
    support = (
        Message("For the platform's support: reference {reference}.", reference=reference)
        if reference
        else ""
    )
    if code == 810:
        return Failure(
            FailureKind.APP_DISABLED,
            Sentences([_APP_DISABLED, support]),
            code,
        )
    if status in (401, 403) or code in (811, 812, 813, 814):
        return Failure(
            FailureKind.KEYS_REJECTED,
            Sentences([_KEY_ERRORS.get(code or 0, _KEY_ERRORS[813]), support]),
            code,
        )
    if code == 409 or status == 409:
        return Failure(
            FailureKind.IDENTIFIER_TAKEN, Message("The platform already has this identifier."), code
        )
    if status == 404:
        return Failure(
            FailureKind.NOT_FOUND, Message("The platform does not know this request."), code
        )
    rule = _REFUSALS.get(
        code or 0,
        Message(
            "The platform answered HTTP {status}, code {code}.",
            status=status,
            code=code or Message("none", context="error code"),
        ),
    )
    refused = Message("The platform refused the request.")
    return Failure(FailureKind.REFUSED, Sentences([refused, rule, support]), code)


_APP_DISABLED: Final = Message(
    "This application is disabled on the platform. Enable it in the developer console, or use"
    " other keys."
)
_KEY_ERRORS: Final = {
    811: Message("The API key is not known to the platform. Copy key and secret again."),
    812: Message(
        "API key or secret is missing or not written as the platform gave it. Copy both again."
    ),
    813: Message("The API secret does not belong to this API key. Copy both again."),
    814: Message("These are the documentation's keys. Use those of your own application."),
}
_REFUSALS: Final = {
    413: Message("A text in the request is too long."),
    599: Message("The request was empty."),
    600: Message("The request holds no transaction."),
    601: Message("The transaction blob cannot be decoded."),
    602: Message("The transaction type is not known."),
    603: Message(
        "The transaction cannot be encoded; an amount, address or hex field is written wrongly."
    ),
    604: Message("The request holds both txjson and txblob."),
    605: Message("The request could not be stored; try again later."),
    609: Message("The destination is on a list of known scams. Do not send it again."),
}
