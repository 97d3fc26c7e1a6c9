"""TLS is tried with real handshakes, and each way in which it can fail is told."""

from __future__ import annotations

import ssl
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from xumm_desk.net import tls
from xumm_desk.self_test import connections
from xumm_desk.self_test.check import FailedError


@pytest.fixture(autouse=True)
def fresh_context() -> Iterator[None]:
    """The program keeps one context; no test may see that of another."""
    tls.client_context.cache_clear()
    yield
    tls.client_context.cache_clear()


def test_a_trusted_server_is_reached_and_a_stranger_is_refused() -> None:
    told = connections.check_tls()
    assert ssl.OPENSSL_VERSION in told
    assert "TLSv1.3" in told


def test_a_variable_that_leads_nowhere_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "gone.pem"))
    with pytest.raises(FailedError, match="SSL_CERT_FILE names certificates"):
        connections.check_tls()


def test_a_computer_without_authorities_is_told_which_package_has_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    empty = tmp_path / "none.pem"
    empty.touch()
    monkeypatch.setenv("SSL_CERT_FILE", str(empty))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    monkeypatch.setattr(tls, "client_context", lambda: ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    paths = ssl.get_default_verify_paths()._replace(capath="")
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: paths)
    with pytest.raises(FailedError, match="ca-certificates"):
        connections.check_tls()


def test_a_context_that_trusts_anybody_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    careless = ssl.create_default_context()
    careless.check_hostname = False
    careless.verify_mode = ssl.CERT_NONE
    monkeypatch.setattr(tls, "client_context", lambda: careless)
    with pytest.raises(FailedError, match="Do not sell"):
        connections.check_tls()


def test_a_handshake_that_breaks_off_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def break_off(*_: object) -> str:
        raise ConnectionResetError("reset by peer")

    monkeypatch.setattr(connections, "_shake_hands", break_off)
    with pytest.raises(FailedError, match="not even on this computer"):
        connections.check_tls()


def test_the_driver_of_the_database_says_its_versions() -> None:
    assert connections.check_database_driver().startswith("psycopg 3.")


def test_a_driver_that_does_not_load_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(FailedError, match="A single till sells without it"):
        connections.check_database_driver()
