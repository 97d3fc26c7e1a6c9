"""Text on the screen that can be made again when the language changes."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

from .languages import Audience, audience, speaking_to

P = ParamSpec("P")


class Words(str):
    """A text in the language that was spoken when it was made. `again()` is the same text in the
    language that is spoken now, to the same audience."""

    __slots__ = ("_make", "audience")

    audience: Audience
    _make: Callable[[], str]

    def __new__(cls, text: str, make: Callable[[], str]) -> Words:
        made = str.__new__(cls, text)
        made.audience, made._make = audience(), make
        return made

    def again(self) -> Words:
        """The text as it is said now."""
        with speaking_to(self.audience):
            made = self._make()
            return made if isinstance(made, Words) else Words(made, self._make)

    def __reduce__(self) -> tuple[Any, ...]:
        return str, (str(self),)  # a copy is a text like any other


def live(make: Callable[[], str]) -> Words:
    """What `make` returns, and again when the language changes: for a text that is put together of
    others."""
    return Words(make(), make)


def spoken_again(made: Callable[P, str]) -> Callable[P, str]:
    """Let the text that a function makes follow the language, and that of its arguments too."""

    @wraps(made)
    def words(*args: P.args, **kwargs: P.kwargs) -> str:
        def again() -> str:
            now = [one.again() if isinstance(one, Words) else one for one in args]
            return words(*now, **kwargs)  # type: ignore[arg-type]

        return Words(made(*args, **kwargs), again)

    return words
