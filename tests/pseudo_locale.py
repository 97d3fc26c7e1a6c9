"""A language for tests: every word accented and a third longer, in brackets."""

from __future__ import annotations

import gettext
import re
from typing import Final

_LETTERS: Final = str.maketrans(
    "AaBCcDdEeGgHhIiJjKkLlNnOoRrSsTtUuWwYyZz", "ÀàßÇçĐđÉéĜĝĤĥÎîĴĵĶķĹĺÑñÖöŔŕŠšŢţÛûŴŵÝýŽž"
)
_PLACE: Final = re.compile(r"(\{[^{}]*\})")


def accented(text: str) -> str:
    """`text` with every letter outside of `{places}` accented, and a third longer."""
    if not any(one.isalpha() for one in _PLACE.sub("", text)):
        return text
    parts = _PLACE.split(text)
    words = "".join(part if part.startswith("{") else part.translate(_LETTERS) for part in parts)
    return f"⟦{words}{'·' * (len(_PLACE.sub('', text)) // 3)}⟧"


class PseudoTranslations(gettext.NullTranslations):
    """Translates every message id by `accented`."""

    def gettext(self, message: str) -> str:
        return accented(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return accented(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:  # noqa: ARG002
        return accented(message)

    def npgettext(
        self,
        context: str,  # noqa: ARG002
        msgid1: str,
        msgid2: str,
        n: int,
    ) -> str:
        return accented(msgid1 if n == 1 else msgid2)
