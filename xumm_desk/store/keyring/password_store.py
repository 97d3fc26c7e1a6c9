"""One password in the system's keyring, under a name. Every function may prompt and block: call it
through `keyring_calls`."""

from __future__ import annotations

from contextlib import suppress

from xumm_desk.core.message import Message

from .secrets import SERVICE, KeyringError, KeyringStore

NO_KEYRING = Message("No keyring works on this computer, and a password is in no file.")


def has_keyring() -> bool:
    """Whether a password can be kept at all."""
    return bool(KeyringStore("").backend_name())


def load_password(name: str) -> str:
    """The password, "" where there is none or no keyring works. Raises `KeyringError`."""
    if not has_keyring():
        return ""
    try:
        import keyring  # noqa: PLC0415 - costs 70 ms and is rarely needed

        return keyring.get_password(SERVICE, name) or ""
    except Exception as error:  # noqa: BLE001 - its words may hold the password
        raise KeyringError(
            Message(
                "The system's keyring did not give the password ({error_type}). Unlock it and try"
                " again.",
                error_type=type(error).__name__,
            )
        ) from None


def save_password(name: str, password: str) -> None:
    """Keep the password. Raises `KeyringError`."""
    if not has_keyring():
        raise KeyringError(NO_KEYRING)
    try:
        import keyring  # noqa: PLC0415

        keyring.set_password(SERVICE, name, password)
    except Exception as error:  # noqa: BLE001 - its words may hold the password
        raise KeyringError(
            Message(
                "The system's keyring refused to keep the password ({error_type}). Unlock it and"
                " try again.",
                error_type=type(error).__name__,
            )
        ) from None


def delete_password(name: str) -> bool:
    """Remove the password; whether nothing of it is left."""
    if not has_keyring():
        return True
    try:
        import keyring  # noqa: PLC0415

        with suppress(Exception):  # not there is what was wanted
            keyring.delete_password(SERVICE, name)
        return not keyring.get_password(SERVICE, name)
    except Exception:  # noqa: BLE001 - its words may hold the password
        return False
