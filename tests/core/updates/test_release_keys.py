"""The keys of this build are keys, and SECURITY.md names each of them."""

from __future__ import annotations

from pathlib import Path

from xumm_desk.core.updates.release_keys import KEY_BYTES, RELEASES, UpdateSource

SECURITY = Path(__file__).resolve().parents[3] / "SECURITY.md"


def test_every_key_is_one_and_has_an_id_of_its_own() -> None:
    assert all(len(key.public) == KEY_BYTES and key.id.isascii() for key in RELEASES.keys)
    assert len({key.id for key in RELEASES.keys}) == len(RELEASES.keys)
    assert not RELEASES.keys or RELEASES.address.startswith("https://")


def test_security_md_names_them_or_says_that_there_is_none() -> None:
    words = " ".join(SECURITY.read_text("utf-8").split())
    for key in RELEASES.keys:
        assert key.id in words
        assert key.public.hex() in words
    assert ("There is no release key yet" in words) is not bool(RELEASES.keys)


def test_without_a_key_or_an_address_nothing_is_available() -> None:
    assert not UpdateSource("", ()).available
    assert not UpdateSource("https://releases.example/latest.json", ()).available
