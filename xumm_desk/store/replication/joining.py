"""Join a shop: turn a one-time code into an address and a password that only this till knows."""

from __future__ import annotations

import secrets
from typing import NoReturn

from xumm_desk.core.message import Message
from xumm_desk.core.replication.join_code import JoinCode, parse_code
from xumm_desk.core.replication.shop_address import ShopAddress
from xumm_desk.core.replication.shop_error import AccessRefused, ShopDatabaseError, Unreachable

from . import shop_connection, shop_schema


def read_code(text: str) -> JoinCode:
    """The code that a person pasted or typed.

    Raises:
        ShopDatabaseError: it is none, is cut off, or has a slip of the pen in it.
    """
    code = parse_code(text)
    if code is None:
        raise ShopDatabaseError(
            Message(
                "This is no one-time code of a shop, or a part of it is missing or mistyped. Copy"
                " all of it and try again; the code is still unused."
            )
        )
    return code


def join(code: JoinCode, *, patience: float, password: str = "") -> tuple[ShopAddress, str]:
    """Use up the code: the login gets the password, or a new random one, which the server sees as a
    SCRAM verifier only. Returns the address and the password, to be kept in the keyring.

    Raises:
        AccessRefused: the code was used or has expired.
        Unreachable, TooOld, ShopDatabaseError: the code is still good, unless the sentence says
            otherwise.
    """
    address, password = code.address, password or secrets.token_urlsafe(32)
    try:
        connection = shop_connection.connect(address, code.password, patience)
    except AccessRefused as error:
        _refused(error)
    try:
        with shop_connection.translating(connection, address.hosts):
            found = shop_schema.version_of(connection)
            shop_schema.require_fitting(found, shop_schema.newest_version())
            verifier = connection.pgconn.encrypt_password(
                password.encode(), address.login.encode(), b"scram-sha-256"
            )
            connection.execute("SELECT xumm_desk.finish_joining(%s)", (verifier.decode(),))
    except Unreachable:
        # The answer was lost; perhaps the new password is the valid one.
        if _is_valid(address, password, patience):
            return address, password
        raise
    finally:
        connection.close()
    return address, password


def _is_valid(address: ShopAddress, password: str, patience: float) -> bool:
    try:
        shop_connection.connect(address, password, patience).close()
    except ShopDatabaseError:
        return False
    return True


def _refused(error: AccessRefused) -> NoReturn:
    if "password" not in str(error):
        raise error
    raise AccessRefused(
        Message(
            "The shop does not take this code: it was used before or has expired. Ask the shop's"
            " owner for a new one; this till sells on without the shop until then."
        )
    ) from None
