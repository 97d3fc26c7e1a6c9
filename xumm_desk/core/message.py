"""A sentence for a person, as a message id with values; it becomes words at the edge.

The id is the English text with named places, as gettext wants it. `xumm_desk.locale` translates.
A message is also its own English text: what is journaled, logged or printed as JSON stays English.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from decimal import Decimal
from typing import Any, Final, Protocol, TypeAlias

_CONSTANT: Final[dict[str, Message]] = {}
"""Messages without values, made once: a verdict of a signed request needs a dozen of them."""


class Message(str):
    """`Message("Not paid. The ledger refused it with {result}.", result="tecPATH_DRY")`.

    A value may be a message itself. `plural` and `n` choose a form by number, as `ngettext` does.
    `context` says what a short word is about where other languages need more than one for it.
    """

    __slots__ = ("context", "id", "n", "plural", "values")

    id: str
    context: str
    plural: str
    n: int
    values: dict[str, object]

    def __new__(
        cls, id: str, /, *, context: str = "", plural: str = "", n: int = 0, **values: object
    ) -> Message:
        key = f"{context}\x04{id}" if context else id
        if not values and not plural and (known := _CONSTANT.get(key)) is not None:
            return known
        english = id if not plural or n == 1 else plural
        if plural:
            values["n"] = n
        made = super().__new__(cls, english.format(**values) if values else english)
        made.id, made.context, made.plural, made.n, made.values = id, context, plural, n, values
        if not values:
            _CONSTANT[key] = made
        return made

    def filled(self, **values: object) -> Message:
        """This sentence with its values, for one that stands in a table without them."""
        return Message(self.id, context=self.context, plural="", n=0, **values)

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Any]]:
        values = {key: value for key, value in self.values.items() if key != "n"}
        if self.plural:
            values |= {"plural": self.plural, "n": self.n}
        if self.context:
            values["context"] = self.context
        return (self.id,), values


class Sentences(Message):
    """Messages one after the other, each translated by itself."""

    __slots__ = ("parts", "separator")

    parts: tuple[str, ...]
    separator: str

    def __new__(cls, parts: Iterable[str], separator: str = " ") -> Sentences:
        kept = tuple(part for part in parts if part)
        made = str.__new__(cls, separator.join(kept))
        made.id, made.context, made.plural, made.n, made.values = "", "", "", 0, {}
        made.parts, made.separator = kept, separator
        return made

    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (self.parts, self.separator), {}


LIST_SEPARATOR: Final = Message(", ", context="between the words of a list")
LABEL_SEPARATOR: Final = Message(": ", context="between a label and its text")


class Money(Protocol):
    """An amount of a currency by its ISO code, in whole units."""

    @property
    def currency(self) -> str: ...

    @property
    def value(self) -> Decimal: ...


FormattedValue: TypeAlias = Decimal | datetime | time | Money


class Formatted(str):
    """A number, a price or a time in English, with its value: another language writes it in its own
    way.

    `value` is a `Decimal`, a `datetime`, a `time` for a time of day, or `Money` for a price.
    """

    __slots__ = ("value",)

    value: FormattedValue

    def __new__(cls, english: str, value: FormattedValue) -> Formatted:
        made = super().__new__(cls, english)
        made.value = value
        return made

    def __getnewargs__(self) -> tuple[Any, ...]:
        return str(self), self.value


def error_text(error: BaseException) -> str:
    """The sentence of an error, as a message where it was raised with one; else its type."""
    text = error.args[0] if error.args and isinstance(error.args[0], Message) else str(error)
    return text or type(error).__name__
