"""Two languages at once, and texts that follow a change."""

from __future__ import annotations

import copy
import gettext
import pickle
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from pseudo_locale import PseudoTranslations, accented

from xumm_desk.core.message import Message, Sentences
from xumm_desk.locale import formats, translation
from xumm_desk.locale.languages import (
    ENGLISH,
    Audience,
    make_language,
    speaking_to,
    spoken,
    to_customers,
    use_languages,
)
from xumm_desk.locale.translation import _, tr
from xumm_desk.locale.words import Words, live, spoken_again

PSEUDO = make_language("de", PseudoTranslations())


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    yield
    translation.use_catalogue(gettext.NullTranslations())


def test_customers_are_spoken_to_in_their_own_language() -> None:
    use_languages(ENGLISH, PSEUDO)
    with speaking_to(Audience.CUSTOMER):
        assert _("Thank you") == accented("Thank you")
    assert _("Thank you") == "Thank you"
    assert to_customers(lambda: _("Thank you"))() == accented("Thank you")


def test_customers_read_the_cashier_s_language_where_none_is_chosen() -> None:
    use_languages(PSEUDO)
    assert spoken(Audience.CUSTOMER) is PSEUDO


def test_a_thread_speaks_to_its_own_audience() -> None:
    use_languages(ENGLISH, PSEUDO)
    with speaking_to(Audience.CUSTOMER), ThreadPoolExecutor(1) as threads:
        assert threads.submit(_, "Paid").result() == "Paid"
        assert threads.submit(to_customers(_), "Paid").result() == accented("Paid")


def test_a_text_is_said_again_to_the_audience_it_was_made_for() -> None:
    with speaking_to(Audience.CUSTOMER):
        thanks = _("Thank you")
    assert isinstance(thanks, Words)
    use_languages(ENGLISH, PSEUDO)
    assert thanks.again() == accented("Thank you")
    assert tr(thanks) == accented("Thank you")


def test_what_is_put_together_follows_too() -> None:
    @spoken_again
    def joined(first: str, *, after: str) -> str:
        return f"{first}{after}"

    parts = [joined(_("Paid"), after="!"), live(lambda: f"<{_('Paid')}>")]
    parts.append(tr(Sentences([_("Paid"), "Ana"], ", ")))
    parts.append(tr(Message("Not saved: {reason}", reason=_("Paid"))))
    use_languages(PSEUDO)
    assert [tr(part) for part in parts] == [
        accented("Paid") + "!",
        f"<{accented('Paid')}>",
        accented("Paid") + ", Ana",
        accented("Not saved: {reason}").format(reason=accented("Paid")),
    ]


def test_numbers_follow_too() -> None:
    number, mark = formats.whole_number(1234), formats.decimal_mark()
    assert (number, mark) == ("1\u202f234", ".")
    use_languages(PSEUDO)
    assert tr(mark) == ","


def test_a_copy_is_a_text_like_any_other() -> None:
    words = _("Paid")
    for made in (copy.deepcopy(words), pickle.loads(pickle.dumps(words))):
        assert (type(made), made) == (str, "Paid")
