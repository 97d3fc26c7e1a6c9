"""What a search matches: the beginnings of words, alike in index and memory."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

_TERMS: Final = re.compile(r"[^\W_]+")
MAX_WORDS: Final = 12
"""Words of a search that are looked at; a person types fewer."""


def terms_of(text: str) -> tuple[str, ...]:
    """The runs of letters and digits in `text`, lower case and without accents, as SQLite's
    tokenizer `unicode61 remove_diacritics 2` cuts them."""
    plain = unicodedata.normalize("NFD", text.lower())
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    return tuple(_TERMS.findall(bare))


def phrases_of(typed: str) -> tuple[tuple[str, ...], ...]:
    """What was typed, as phrases: "12.50 ann" → (("12", "50"), ("ann",)). All must be found, each
    as neighbours, the last term of each as the beginning of a word."""
    found = (terms_of(word) for word in typed.split())
    return tuple(terms for terms in found if terms)[:MAX_WORDS]


def match_expression(phrases: Iterable[Sequence[str]]) -> str:
    """The same as an FTS5 query. Terms hold letters and digits alone, so nothing of it can be read
    as an operator."""
    return " AND ".join(f'"{" ".join(terms)}"*' for terms in phrases)


def matches(phrases: Sequence[Sequence[str]], fields: Iterable[Sequence[str]]) -> bool:
    """Whether all phrases are found in these fields, each the terms of one text."""
    known = [tuple(terms) for terms in fields]
    return all(any(_has_phrase(terms, phrase) for terms in known) for phrase in phrases)


def _has_phrase(terms: tuple[str, ...], phrase: Sequence[str]) -> bool:
    before, last, size = tuple(phrase[:-1]), phrase[-1], len(phrase)
    return any(
        terms[at].startswith(last) and terms[at - size + 1 : at] == before
        for at in range(size - 1, len(terms))
    )
