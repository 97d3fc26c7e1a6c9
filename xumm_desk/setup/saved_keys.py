"""Load, store and remove the keys of one host in the keyring, which may answer late or never."""

from __future__ import annotations

import asyncio
import hmac
from contextlib import suppress
from functools import partial
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.core.settings import Credentials
from xumm_desk.store.keyring import keyring_calls
from xumm_desk.store.keyring.customer_pages import delete_customers
from xumm_desk.store.keyring.secrets import KeyringError, KeyringStore

_NO_KEYRING: Final = Message("no keyring works on this computer: they are held for this run only")
_KEYS_STORED: Final = Message("They are kept in the system's keyring, where one works.")
_KEYS_NOT_STORED: Final = Message(
    "The system's keyring does not answer. The keys are in use, and held for this run only."
)


class SavedKeys:
    """The keyring's entry for `host`. `limit` is the number of seconds after which an answer is no
    longer awaited; `kept_where` says where keys would be stored."""

    def __init__(self, host: str, *, limit: float) -> None:
        self._host, self._limit = host, limit
        self._keyring = KeyringStore(host)
        self.kept_where: str = _KEYS_STORED

    def load(self) -> asyncio.Future[Credentials | None]:
        """Begin to read the keys, without a limit; raises `KeyringError`. Nobody needs to await
        it."""
        asked = asyncio.wrap_future(keyring_calls.start(self._keyring.load))
        asked.add_done_callback(lambda late: late.cancelled() or late.exception())
        return asked

    async def store(self, credentials: Credentials) -> str:
        """Store the keys, which the keyring may ask about first; what went wrong, or ""."""
        try:
            return await keyring_calls.ask(partial(self._keyring.save, credentials), self._limit)
        except keyring_calls.KeyringSilentError:
            return _KEYS_NOT_STORED

    async def delete(self) -> bool:
        """Remove the keys, and the returning customers of this host; whether both are gone."""
        try:
            deleted = await keyring_calls.ask(self._keyring.delete, self._limit)
            await keyring_calls.ask(partial(delete_customers, self._host), self._limit)
        except (keyring_calls.KeyringSilentError, KeyringError):
            return False
        return deleted

    async def find_place(self) -> None:
        """Find out where keys would be stored, for the dialog that asks for them."""
        with suppress(keyring_calls.KeyringSilentError):
            place = await keyring_calls.ask(self._keyring.backend_name, self._limit)
            self.kept_where = Message("They are kept in: {place}.", place=place or _NO_KEYRING)


def are_same_keys(known: Credentials | None, key: str, secret: str) -> bool:
    """Whether these are the keys in use, compared in a time that tells nothing of them."""
    if known is None:
        return False
    pairs = ((key, known.key), (secret, known.secret))
    return all([hmac.compare_digest(_bytes(a), _bytes(b)) for a, b in pairs])


def _bytes(text: str) -> bytes:
    # Half of a surrogate pair can be typed on some systems.
    return text.encode("utf-8", "surrogatepass")
