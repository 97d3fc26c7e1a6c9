"""What an API key and secret may hold: what an HTTP header can carry, and nothing invisible.

Pure rules for everything that reads keys: the dialog, the environment, the keyring.
"""

from __future__ import annotations

from typing import Final

from xumm_desk.core.money.pasted_text import escape_invisible

KEY: Final = "API key"
SECRET: Final = "API secret"  # noqa: S105 - the field's name, not its content


def clean_key(text: str) -> str:
    """`text` without blanks, line ends, zero-width and directional characters: no key holds one."""
    return escape_invisible(text).replace(" ", "")


def key_error(name: str, text: str) -> str:
    """Why `text` cannot be sent as the key that a person knows as `name`; "" if it can. The
    sentence gives the position of the wrong character and quotes nothing of the key."""
    for place, one in enumerate(text, 1):
        if not "!" <= one <= "~":
            return (
                f"{name}: character {place} (U+{ord(one):04X}) cannot be sent. Copy the key and"
                " the secret again from the developer console."
            )
    return ""
