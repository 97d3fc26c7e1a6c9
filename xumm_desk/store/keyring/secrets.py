"""Credentials from environment, keyring or this run only; customers' tokens in the keyring.

Secrets go into no file, no log and no argument.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from xumm_desk.core import api_keys
from xumm_desk.core.message import Message
from xumm_desk.core.settings import Credentials
from xumm_desk.core.wire.api_answers import SettingError

_SERVICE: Final = "xumm-desk"
ENV_KEY: Final = "XUMM_APIKEY"
ENV_SECRET: Final = "XUMM_APISECRET"  # noqa: S105 - the variable's name, not its content


class KeyringError(Exception):
    """The keyring may hold keys and did not give them; the text is a sentence for a person."""


def from_environment(environment: Mapping[str, str] = os.environ) -> Credentials | None:
    """The SDKs' two variables, when both are set. Raises `SettingError` naming the one whose value
    cannot be sent."""
    key, secret = (api_keys.clean_key(environment.get(name, "")) for name in (ENV_KEY, ENV_SECRET))
    if not key or not secret:
        return None
    if wrong := api_keys.key_error(ENV_KEY, key) or api_keys.key_error(ENV_SECRET, secret):
        raise SettingError(wrong)
    return Credentials(key, secret)


class KeyringStore:
    """The OS keyring. Every method may prompt and block: call it through `keyring_calls`."""

    def __init__(self, account: str) -> None:
        self._account = account

    def backend_name(self) -> str:
        """Where keys are stored, as text for the person who types them; "" if only this run can
        hold them."""
        try:
            import keyring  # noqa: PLC0415 - costs 70 ms and is rarely needed
            import keyring.backends.fail  # noqa: PLC0415
            import keyring.backends.null  # noqa: PLC0415

            backend = keyring.get_keyring()
        except Exception:  # noqa: BLE001 - a broken backend is the same as none
            return ""
        if isinstance(backend, keyring.backends.fail.Keyring | keyring.backends.null.Keyring):
            return ""
        if backend.priority <= 0:
            return ""
        return str(backend.name)

    def load(self) -> Credentials | None:
        """The stored pair; None when there is none, or no keyring on this computer.

        Raises:
            KeyringError: it is locked, refuses, or what it holds is damaged. A shop that has keys
            must not be taken for one that has none.
        """
        if not self.backend_name():
            return None
        try:
            import keyring  # noqa: PLC0415

            text = keyring.get_password(_SERVICE, self._account)
        except Exception as error:  # noqa: BLE001 - its words may hold a secret
            raise KeyringError(
                Message(
                    "The system's keyring did not give the keys ({error_type}). Unlock it and"
                    " try again, or enter the keys.",
                    error_type=type(error).__name__,
                )
            ) from None
        if not text:
            return None
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            value = None
        key, secret = (
            (value.get("key"), value.get("secret")) if isinstance(value, dict) else (None, None)
        )
        if not (
            isinstance(key, str)
            and isinstance(secret, str)
            and (key and secret and not api_keys.key_error("", key + secret))
        ):
            raise KeyringError(
                Message(
                    "What the system's keyring holds for this program is damaged. Enter"
                    " the keys again."
                )
            )
        return Credentials(key, secret)

    def save(self, credentials: Credentials) -> str:
        """Save a pair of keys; a sentence if only this run can hold it, else ""."""
        if not self.backend_name():
            return Message(
                "No keyring works on this computer: the keys are held for this run only."
            )
        try:
            import keyring  # noqa: PLC0415

            text = json.dumps({"key": credentials.key, "secret": credentials.secret})
            keyring.set_password(_SERVICE, self._account, text)
        except Exception:  # noqa: BLE001 - its words may hold the secret
            return Message("The keyring refused to keep the keys: they are held for this run only.")
        return ""

    def delete(self) -> bool:
        """Remove the stored pair; whether nothing of it is left in the keyring."""
        if not self.backend_name():
            return True
        try:
            import keyring  # noqa: PLC0415

            with suppress(Exception):  # not there is what was wanted
                keyring.delete_password(_SERVICE, self._account)
            return not keyring.get_password(_SERVICE, self._account)
        except Exception:  # noqa: BLE001 - its words may hold a secret
            return False


class CustomerTokens:
    """Customers' tokens by our request's identifier (P§7), in the OS keyring or not at all.

    A token names a customer, so only the keyring holds it, encrypted. Bounded: the entries are
    shared out over a few keyring entries, since one holds about a thousand characters on some
    systems, and in each the newest stay. Blocks; use a thread.
    """

    BUCKETS: Final = 32
    PER_BUCKET: Final = 8

    def __init__(self, account: str) -> None:
        self._account = account

    def save(self, identifier: str, token: str, expires: int | None, now: float) -> bool:
        """Save `token` until `expires` (unix seconds); False if no keyring works."""
        if not KeyringStore(self._account).backend_name():
            return False
        kept = [
            entry
            for entry in self._bucket(identifier)
            if entry[0] != identifier and (entry[2] is None or entry[2] > now)
        ]
        kept = [*kept, [identifier, token, expires]][-self.PER_BUCKET :]
        try:
            import keyring  # noqa: PLC0415

            keyring.set_password(_SERVICE, self._bucket_of(identifier), json.dumps(kept))
        except Exception:  # noqa: BLE001 - its words may hold the token
            return False
        return True

    def find(self, identifier: str, now: float) -> str | None:
        """The token stored for a request; None if there is none that is still valid."""
        for name, token, expires in self._bucket(identifier):
            if name == identifier and (expires is None or expires > now):
                return str(token)
        return None

    def delete(self) -> None:
        """Remove all of them."""
        try:
            import keyring  # noqa: PLC0415
        except Exception:  # noqa: BLE001
            return
        for number in range(self.BUCKETS):
            try:
                keyring.delete_password(_SERVICE, self._bucket_name(number))
            except Exception:  # noqa: BLE001, S112 - not there is what was wanted
                continue

    def _bucket(self, identifier: str) -> list[list[Any]]:
        try:
            import keyring  # noqa: PLC0415

            text = keyring.get_password(_SERVICE, self._bucket_of(identifier))
            value = json.loads(text) if text else []
        except Exception:  # noqa: BLE001 - locked, refused, damaged: as if there were none
            return []
        return [entry for entry in value if _is_entry(entry)] if isinstance(value, list) else []

    def _bucket_of(self, identifier: str) -> str:
        return self._bucket_name(hashlib.sha256(identifier.encode("utf-8", "replace")).digest()[0])

    def _bucket_name(self, number: int) -> str:
        return f"{self._account} customers {number % self.BUCKETS}"


def _is_entry(entry: object) -> bool:
    return (
        isinstance(entry, list)
        and len(entry) == 3
        and isinstance(entry[0], str)
        and isinstance(entry[1], str)
        and (entry[2] is None or isinstance(entry[2], int))
    )
