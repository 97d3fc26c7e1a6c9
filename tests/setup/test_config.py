"""One run on one configuration: whatever was done before, it is that of a fresh start."""

from __future__ import annotations

import argparse
import itertools
from dataclasses import replace
from pathlib import Path

import pytest

from xumm_desk.core.settings import Credentials
from xumm_desk.setup.config import ConfigError, GivenOptions, read_options

A, B = Credentials("a", "a-secret"), Credentials("b", "b-secret")
STEPS = ("keys a", "keys b", "practice", "removed", "restart")


def given(
    folder: Path, environment: dict[str, str] | None = None, **options: object
) -> GivenOptions:
    namespace = argparse.Namespace(data_dir=str(folder), **options)
    return read_options(namespace, environment or {})


class Run:
    """What a program and a keyring know, told by the same calls as in `app.Program`."""

    def __init__(self, start: GivenOptions) -> None:
        self.given = start
        self.ring: Credentials | None = None
        self.start()

    def start(self) -> None:
        keys = self.ring if self.given.needs_keyring else None
        self.configuration = self.given.to_config(keys)

    def step(self, what: str) -> None:
        if what.startswith("keys"):
            self.ring = A if what == "keys a" else B
            self.configuration = self.given.to_config(self.ring)
        elif what == "practice":
            self.configuration = self.given.to_config(practice=True)
        elif what == "removed":
            self.ring = None
            self.configuration = self.given.to_config()
        else:
            self.start()


@pytest.mark.parametrize("steps", list(itertools.product(STEPS, repeat=4)), ids=" > ".join)
def test_every_order_of_steps_ends_as_a_fresh_start(tmp_path: Path, steps: tuple[str, ...]) -> None:
    run = Run(given(tmp_path))
    assert run.configuration.practice
    for what in steps:
        run.step(what)
        fresh = Run(given(tmp_path, practice=what == "practice"))
        fresh.ring = run.ring
        fresh.start()
        assert run.configuration == fresh.configuration
    real = not run.configuration.practice
    assert run.configuration.network.key == ("MAINNET" if real else "TESTNET")
    assert run.configuration.data_dir == (tmp_path if real else tmp_path / "practice")
    assert run.configuration.journal_path.parent == run.configuration.data_dir
    assert run.configuration.ledger_urls == run.configuration.network.public_nodes


@pytest.mark.parametrize("practice", [False, True])
@pytest.mark.parametrize("keys", [None, A])
@pytest.mark.parametrize("network", [None, "DEVNET"])
@pytest.mark.parametrize("api", [None, "https://shop.example/api/v1/platform"])
def test_what_each_way_of_starting_means(
    tmp_path: Path, practice: bool, keys: Credentials | None, network: str | None, api: str | None
) -> None:
    made = given(tmp_path, practice=practice, network=network, api=api).to_config(keys)
    assert made.practice is (practice or (keys is None and api is None))
    assert made.credentials == (None if made.practice else keys)
    assert made.network.key == (network or ("TESTNET" if made.practice else "MAINNET"))
    assert made.data_dir == (tmp_path / "practice" if made.practice else tmp_path)


def test_keys_of_the_environment_need_no_keyring_and_cannot_be_removed(tmp_path: Path) -> None:
    pair = {"XUMM_APIKEY": "a", "XUMM_APISECRET": "a-secret"}
    start = given(tmp_path, pair)
    assert not start.needs_keyring
    assert start.to_config().credentials == A
    assert start.to_config(B).credentials == B
    assert start.to_config(practice=True).credentials is None


def test_a_command_that_reads_looks_into_the_folder_it_is_given(tmp_path: Path) -> None:
    assert given(tmp_path).for_reading().journal_path == tmp_path / "journal.sqlite3"
    practice = given(tmp_path, practice=True).for_reading()
    assert practice.journal_path == tmp_path / "practice" / "journal.sqlite3"


@pytest.mark.parametrize("key", ["a\u00e9", "a\u3042"])
def test_a_key_that_no_header_can_carry_is_said_by_its_variable(tmp_path: Path, key: str) -> None:
    with pytest.raises(ConfigError, match=r"^XUMM_APIKEY: character 2"):
        given(tmp_path, {"XUMM_APIKEY": key, "XUMM_APISECRET": "s"})


def test_a_key_with_characters_that_nobody_sees_is_read(tmp_path: Path) -> None:
    pair = {"XUMM_APIKEY": "\ufeffa\u200b ", "XUMM_APISECRET": "\u2066a-secret\u2069"}
    assert given(tmp_path, pair).to_config().credentials == A


@pytest.mark.parametrize("keys", [{}, {"XUMM_APIKEY": "a", "XUMM_APISECRET": "b"}])
def test_a_monitor_has_no_keys_and_is_no_practice_run(tmp_path: Path, keys: dict[str, str]) -> None:
    start = replace(given(tmp_path, keys, webhook_port="8080"), monitor=True)
    assert not start.needs_keyring
    for made in (start.to_config(), start.to_config(A), start.for_reading()):
        assert made.monitor
        assert not made.practice
        assert made.credentials is None
        assert made.webhook_address is None
        assert made.data_dir == tmp_path
    practice = start.to_config(practice=True)
    assert practice.practice
    assert not practice.monitor
