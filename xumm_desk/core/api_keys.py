"""What an API key and secret may hold: what an HTTP header can carry, and nothing invisible.

Pure rules for everything that reads keys: the dialog, the environment, the keyring.
"""

from __future__ import annotations

from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.core.money.pasted_text import escape_invisible

KEY: Final = Message("API key")
SECRET: Final = Message("API secret")


def clean_key(text: str) -> str:
    """`text` without blanks, line ends, zero-width and directional characters: no key holds one."""
    return escape_invisible(text).replace(" ", "")


def key_error(name: str, text: str) -> str:
    """Why `text` cannot be sent as the key that a person knows as `name`; "" if it can. The
    sentence gives the position of the wrong character and quotes nothing of the key."""
    for place, one in enumerate(text, 1):
        if not "!" <= one <= "~":
            return Message(
                "{name}: character {place} (U+{code}) cannot be sent. Copy the key and"
                " the secret again from the developer console.",
                name=name,
                place=place,
                code=f"{ord(one):04X}",
            )
    return ""
