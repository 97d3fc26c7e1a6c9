"""Keeps the application's key and secret: environment, OS keyring, or this run only.

Says in words where a secret is kept. Never a file, never a log, never an argument.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Final

_SERVICE: Final = "xumm-desk"
ENV_KEY: Final = "XUMM_APIKEY"
ENV_SECRET: Final = "XUMM_APISECRET"  # noqa: S105 - the variable's name, not its content


@dataclass(frozen=True, slots=True)
class Credentials:
    """A key and its secret; shows neither."""

    key: str
    secret: str

    def __repr__(self) -> str:
        return "Credentials(…)"


def from_environment() -> Credentials | None:
    """The SDKs' two variables, when both are set."""
    key, secret = os.environ.get(ENV_KEY, "").strip(), os.environ.get(ENV_SECRET, "").strip()
    return Credentials(key, secret) if key and secret else None


class Vault:
    """The OS keyring, asked in a worker thread because it may prompt and block."""

    def __init__(self, account: str) -> None:
        self._account = account
        self._held: Credentials | None = None

    def place(self) -> str:
        """Where keys are kept, in words for the person who types them; "" when only this run can
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
        """The stored pair; None when there is none or the keyring does not work."""
        if self._held is not None:
            return self._held
        if not self.place():
            return None
        try:
            import keyring  # noqa: PLC0415

            text = keyring.get_password(_SERVICE, self._account)
            value = json.loads(text) if text else None
        except Exception:  # noqa: BLE001 - locked, refused, damaged: as if there were none
            return None
        if not isinstance(value, dict):
            return None
        key, secret = value.get("key"), value.get("secret")
        return (
            Credentials(key, secret) if isinstance(key, str) and isinstance(secret, str) else None
        )

    def save(self, credentials: Credentials) -> str:
        """Keep a pair; a sentence when only this run can hold it, else ""."""
        self._held = credentials
        if not self.place():
            return "No keyring works on this computer: the keys are held for this run only."
        try:
            import keyring  # noqa: PLC0415

            text = json.dumps({"key": credentials.key, "secret": credentials.secret})
            keyring.set_password(_SERVICE, self._account, text)
        except Exception:  # noqa: BLE001 - its words may hold the secret
            return "The keyring refused to keep the keys: they are held for this run only."
        return ""

    def forget(self) -> None:
        """Remove the stored pair."""
        self._held = None
        try:
            import keyring  # noqa: PLC0415

            keyring.delete_password(_SERVICE, self._account)
        except Exception:  # noqa: BLE001 - not there is what was wanted
            return
