"""The login of a data folder to its shop's database: the address in a file, the password in the
keyring or the environment.

All functions may wait for the keyring, up to their limit: call them in a thread.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from xumm_desk.core.message import Message, error_text
from xumm_desk.core.replication.shop_address import ShopAddress, format_address, parse_address
from xumm_desk.store import atomic_file
from xumm_desk.store.keyring import keyring_calls, password_store
from xumm_desk.store.keyring.secrets import KeyringError

_T = TypeVar("_T")

FILE_NAME: Final = "shop.json"
ENV_PASSWORD: Final = "XUMM_DESK_SHOP_PASSWORD"  # noqa: S105 - the variable's name
"""For computers without a keyring: the password of this till, which comes before the keyring's."""

MAKES_NOTHING: Final = Message(
    "This data folder is a monitor's: it shows what the tills do, and makes no request. Nothing was"
    " sent. Do this at a till."
)

_NOTICE: Final = 2.0
_LIMIT: Final = 20.0
"""Seconds that the keyring, which may ask for a password, is waited for before that is said, and at
most."""

_SILENT: Final = Message(
    "The system's keyring, which holds the password for the shop's database, does not answer. Every"
    " sale is kept on its till. Answer the keyring's question if one is open, and start again."
)
_DAMAGED: Final = Message(
    "{path} is damaged or is no file of this program, so the shop's database is not known. Every"
    " sale is kept on its till. Ask the shop's owner for a new one-time code and join again."
)
_NO_PASSWORD: Final = Message(
    "The password for the shop's database is not in this computer's keyring. Every sale is kept on"
    " its till. Ask the shop's owner for a new one-time code and join again."
)
_NOWHERE: Final = Message(
    "No keyring works on this computer, so the password for the shop's database cannot be kept."
    " Nothing was sent and the code is still unused. Set up a keyring, or set {variable} to a long"
    " random password of this till's own whenever the program runs.",
    variable=ENV_PASSWORD,
)


class ShopLoginError(Exception):
    """There is a shop and its login cannot be read or kept; the text is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class ShopLogin:
    """Where the shop's database is, as whom this till logs in, and its password."""

    address: ShopAddress
    password: str = field(repr=False)


def own_password(environment: Mapping[str, str] = os.environ) -> str:
    """The password of the environment, "" without one."""
    return environment.get(ENV_PASSWORD, "").strip()


def load(
    data_dir: Path, *, limit: float = _LIMIT, on_notice: Callable[[], None] = lambda: None
) -> ShopLogin | None:
    """The login of this folder, None where it is in no shop. `on_notice` is called when the keyring
    takes long, `limit` is in seconds.

    Raises:
        ShopLoginError: the file is damaged, or the keyring does not give the password.
    """
    address = load_address(data_dir)
    if address is None:
        return None
    password = own_password() or _ask(
        partial(password_store.load_password, _name(address)), limit, on_notice
    )
    if not password:
        raise ShopLoginError(_NO_PASSWORD)
    return ShopLogin(address, password)


def load_address(data_dir: Path) -> ShopAddress | None:
    """The address alone, which needs no keyring; None where the folder is in no shop. Raises
    `ShopLoginError`."""
    path = data_dir / FILE_NAME
    try:
        text = path.read_text("utf-8", errors="replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ShopLoginError(
            Message("{path} cannot be read ({error}).", path=path, error=error.strerror or error)
        ) from None
    address = parse_address(text)
    if address is None:
        raise ShopLoginError(_DAMAGED.filled(path=path))
    return address


def is_monitor(data_dir: Path) -> bool:
    """Whether this folder has joined its shop as a monitor, which needs no keyring to know. A file
    that cannot be read is a till's, which goes on selling."""
    try:
        address = load_address(data_dir)
    except ShopLoginError:
        return False
    return address is not None and address.monitor


def require_place(*, limit: float = _LIMIT, on_notice: Callable[[], None] = lambda: None) -> None:
    """Raise `ShopLoginError` where no password could be kept; to be asked before one is made."""
    if not own_password() and not _ask(password_store.has_keyring, limit, on_notice):
        raise ShopLoginError(_NOWHERE)


def save(
    data_dir: Path,
    login: ShopLogin,
    *,
    limit: float = _LIMIT,
    on_notice: Callable[[], None] = lambda: None,
) -> None:
    """Keep the login: first the password, then the address, by which the folder is in the shop.
    Raises `ShopLoginError`."""
    if login.password != own_password():
        _ask(
            partial(password_store.save_password, _name(login.address), login.password),
            limit,
            on_notice,
        )
    path = data_dir / FILE_NAME
    try:
        with atomic_file.replace_text(path) as file:
            file.write(format_address(login.address) + "\n")
    except OSError as error:
        raise ShopLoginError(atomic_file.write_error(path, error)) from None


def forget(data_dir: Path, *, limit: float = _LIMIT) -> bool:
    """Remove the login; whether nothing of it is left in the keyring. Raises `ShopLoginError` where
    the file cannot be deleted."""
    try:
        address = load_address(data_dir)
    except ShopLoginError:
        address = None
    path = data_dir / FILE_NAME
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise ShopLoginError(
            Message("{path} cannot be deleted ({error}).", path=path, error=error.strerror or error)
        ) from None
    return address is None or forget_password(address, limit=limit)


def forget_password(address: ShopAddress, *, limit: float = _LIMIT) -> bool:
    """Remove the password of this login; whether nothing of it is left in the keyring."""
    try:
        return _ask(partial(password_store.delete_password, _name(address)), limit, lambda: None)
    except ShopLoginError:
        return False


def _name(address: ShopAddress) -> str:
    """The keyring's entry: of this till alone, whichever shops this account has joined."""
    return f"shop {address.till}"


def _ask(call: Callable[[], _T], limit: float, on_notice: Callable[[], None]) -> _T:
    try:
        return keyring_calls.wait(
            call, notice_after=min(_NOTICE, limit), limit=limit, on_notice=on_notice
        )
    except keyring_calls.KeyringSilentError:
        raise ShopLoginError(_SILENT) from None
    except KeyringError as error:
        raise ShopLoginError(error_text(error)) from None
