"""Credentials from environment, keyring or this run only.

Secrets go into no file, no log and no argument.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from xumm_desk.core import api_keys
from xumm_desk.core.message import Message
from xumm_desk.core.settings import Credentials
from xumm_desk.core.wire.api_answers import SettingError

SERVICE: Final = "xumm-desk"
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

            text = keyring.get_password(SERVICE, self._account)
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
            keyring.set_password(SERVICE, self._account, text)
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
                keyring.delete_password(SERVICE, self._account)
            return not keyring.get_password(SERVICE, self._account)
        except Exception:  # noqa: BLE001 - its words may hold a secret
            return False
