"""Try the system's keyring with an entry that is worth nothing."""

from __future__ import annotations

import secrets

from xumm_desk.core.message import Message

from .secrets import SERVICE, KeyringError, KeyringStore

ACCOUNT = "self-test"


def try_keyring() -> str:
    """Write, read and delete an entry; returns where it was kept, "" where there is no keyring. May
    prompt and block: call it through `keyring_calls`.

    Raises:
        KeyringError: it refuses, or gives back something else.
    """
    name = KeyringStore(ACCOUNT).backend_name()
    if not name:
        return ""
    import keyring  # noqa: PLC0415 - costs 70 ms and is rarely needed

    word = secrets.token_hex(8)
    try:
        keyring.set_password(SERVICE, ACCOUNT, word)
        kept = keyring.get_password(SERVICE, ACCOUNT)
        keyring.delete_password(SERVICE, ACCOUNT)
        left = keyring.get_password(SERVICE, ACCOUNT)
    except Exception as error:  # noqa: BLE001 - each store has errors of its own
        raise KeyringError(
            Message(
                "{name} refuses ({error_type}: {reason}). Unlock it, then try again. Without it the"
                " keys have to be entered at each start.",
                name=name,
                error_type=type(error).__name__,
                reason=str(error)[:200],
            )
        ) from None
    if kept != word or left is not None:
        raise KeyringError(
            Message(
                "{name} does not give back what it was given. Repair it with the system's own"
                " program for passwords; until then enter the keys at each start.",
                name=name,
            )
        )
    return name
