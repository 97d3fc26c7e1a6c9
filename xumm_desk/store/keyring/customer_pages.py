"""Returning customers in the system's keyring, a few at each of its entries.

An entry holds about a thousand characters on some systems (2,560 bytes on Windows), so customers
are spread over numbered pages. A customer stays on his page, and each change writes one page at a
time: a program that ends in between loses nobody. Names hold the platform's host and a digest of
the application's key, since a token is worthless to any other application.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final, TypeVar

from xumm_desk.core.customers.customer import Customer, nickname_error, nickname_key
from xumm_desk.core.customers.token_states import unix_time
from xumm_desk.core.message import Message
from xumm_desk.core.wire import api_answers

from .secrets import SERVICE, KeyringError, KeyringStore

T = TypeVar("T")

MAX_PAGES: Final = 64
PAGE_BYTES: Final = 2400
"""In UTF-16, as Windows counts."""

_OLD_BUCKETS: Final = 32
"""Where earlier versions kept tokens that nobody had asked for."""

NO_KEYRING: Final = Message(
    "No keyring works on this computer, so nobody can be remembered: a customer's permission is"
    " never kept in plain text."
)
_FULL: Final = Message("The list of remembered customers is full. Forget some of them first.")


class CustomerPages:
    """The customers of one platform and application. Every method may prompt and block: call it
    through `keyring_calls`. All raise `KeyringError` with a sentence."""

    def __init__(self, host: str, key: str) -> None:
        self._host = host
        self._mark = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:12]
        self._tidied = False

    def load(self, now: datetime) -> list[Customer]:
        """All of them."""
        _require_keyring(self._host)
        if not self._tidied:
            self._tidied = True
            _tidy(self._host, self._mark, now)
        found: dict[str, Customer] = {}
        for page in self._pages():
            for one in page:
                known = found.get(one.key)
                if known is None or known.expires < one.expires:
                    found[one.key] = one
        return list(found.values())

    def save(self, customers: Sequence[Customer]) -> None:
        """Keep these, in the place of those with the same nickname."""
        _require_keyring(self._host)
        pages = self._pages()
        places: dict[str, int] = {}
        for one in customers:
            number = places[one.key] = _place_for(pages, one)
            pages[number] = [*(other for other in pages[number] if other.key != one.key), one]
        _note_application(self._host, self._mark)
        for number in sorted(set(places.values())):
            _write(self._name(number), _text(pages[number]))
        # One with a longer nickname may have moved; he is deleted here after he was written there.
        for number, page in enumerate(pages):
            kept = [one for one in page if places.get(one.key, number) == number]
            if kept != page:
                _write(self._name(number), _text(kept))

    def remove(self, nicknames: Collection[str]) -> None:
        """Delete these for good."""
        _require_keyring(self._host)
        keys = {nickname_key(nickname) for nickname in nicknames}
        pages = self._pages()
        for number, page in enumerate(pages):
            kept = [one for one in page if one.key not in keys]
            if kept != page:
                # Written before it is deleted: a keyring that cannot delete can still overwrite.
                pages[number] = kept
                _write(self._name(number), _text(kept))
        while pages and not pages[-1]:
            pages.pop()
            _delete(self._name(len(pages)))
        if not pages:
            _note_application(self._host, self._mark, there=False)

    def _pages(self) -> list[list[Customer]]:
        return _read_pages(self._host, self._mark)

    def _name(self, number: int) -> str:
        return _page_name(self._host, self._mark, number)


def delete_customers(host: str) -> None:
    """Delete the customers of every application on this platform. Raises `KeyringError`."""
    if not KeyringStore(host).backend_name():
        return
    _delete_old_buckets(host)
    for mark in _applications(host):
        for number in range(len(_read_pages(host, mark))):
            _write(_page_name(host, mark, number), "[]")
            _delete(_page_name(host, mark, number))
    if _read(_index_name(host)) is not None:
        _write(_index_name(host), "[]")
        _delete(_index_name(host))


def _tidy(host: str, mark: str, now: datetime) -> None:
    """Delete what nobody could ever see again: tokens of earlier versions, and those of other
    applications once all of their time is over."""
    if _read(_index_name(host)) is None:
        _delete_old_buckets(host)
    for other in _applications(host):
        pages = _read_pages(host, other)
        if other != mark and all(one.has_ended(now) for page in pages for one in page):
            for number in range(len(pages)):
                _delete(_page_name(host, other, number))
            _note_application(host, other, there=False)


def _place_for(pages: list[list[Customer]], customer: Customer) -> int:
    """The page for this customer: his own while he fits there, else the first with space."""
    own = [n for n, page in enumerate(pages) if any(one.key == customer.key for one in page)]
    candidates: list[int] = [*own, *range(len(pages))]
    for number in candidates:
        others = [one for one in pages[number] if one.key != customer.key]
        if _fits([*others, customer]):
            return number
    if len(pages) >= MAX_PAGES:
        raise KeyringError(_FULL)
    pages.append([])
    return len(pages) - 1


def _fits(page: Sequence[Customer]) -> bool:
    return len(_text(page).encode("utf-16-le")) <= PAGE_BYTES


def _text(page: Sequence[Customer]) -> str:
    return json.dumps(
        [
            [
                one.nickname,
                one.token,
                int(one.expires.timestamp()),
                int(one.checked.timestamp()) if one.checked is not None else 0,
            ]
            for one in page
        ],
        ensure_ascii=False,
        separators=(",", ":"),
    )


def _parse(text: str) -> list[Customer]:
    """The customers on a page; what cannot be read is left out."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return []
    entries = value if isinstance(value, list) else []
    return [one for one in map(_customer, entries) if one is not None]


def _customer(entry: object) -> Customer | None:
    if not isinstance(entry, list) or len(entry) != 4:
        return None
    nickname, token, expires, checked = entry
    if not (isinstance(nickname, str) and isinstance(token, str)):
        return None
    if nickname_error(nickname) or not api_answers.is_uuid(token):
        return None
    until = unix_time(expires) if type(expires) is int else None
    if until is None:
        return None
    return Customer(nickname, token, until, unix_time(checked) if type(checked) is int else None)


def _read_pages(host: str, mark: str) -> list[list[Customer]]:
    pages = []
    for number in range(MAX_PAGES):
        text = _read(_page_name(host, mark, number))
        if text is None:
            break
        pages.append(_parse(text))
    return pages


def _applications(host: str) -> list[str]:
    """Digests of the applications of which customers are kept."""
    try:
        value = json.loads(_read(_index_name(host)) or "[]")
    except (ValueError, RecursionError):
        return []
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _note_application(host: str, mark: str, *, there: bool = True) -> None:
    known = _applications(host)
    wanted = [*(one for one in known if one != mark), *([mark] if there else [])]
    if wanted == known or sorted(wanted) == sorted(known):
        return
    if wanted:
        _write(_index_name(host), json.dumps(wanted))
    else:
        _delete(_index_name(host))


def _delete_old_buckets(host: str) -> None:
    for number in range(_OLD_BUCKETS):
        if _read(f"{host} customers {number}") is not None:
            _delete(f"{host} customers {number}")


def _index_name(host: str) -> str:
    return f"{host} customers"


def _page_name(host: str, mark: str, number: int) -> str:
    return f"{host} customers {mark} {number}"


def _require_keyring(host: str) -> None:
    if not KeyringStore(host).backend_name():
        raise KeyringError(NO_KEYRING)


def _read(name: str) -> str | None:
    import keyring  # noqa: PLC0415 - costs 70 ms and is rarely needed

    return _asked(lambda: keyring.get_password(SERVICE, name))


def _write(name: str, text: str) -> None:
    import keyring  # noqa: PLC0415

    _asked(lambda: keyring.set_password(SERVICE, name, text))


def _delete(name: str) -> None:
    import keyring  # noqa: PLC0415

    with suppress(Exception):  # not there is what was wanted; its content was overwritten before
        keyring.delete_password(SERVICE, name)


def _asked(call: Callable[[], T]) -> T:
    """The keyring's answer; its own words may hold a token, so only the kind of its error is
    told."""
    try:
        return call()
    except Exception as error:  # noqa: BLE001
        raise KeyringError(
            Message(
                "The system's keyring refused ({error_type}). Unlock it and try again. Nothing is"
                " kept in plain text.",
                error_type=type(error).__name__,
            )
        ) from None
