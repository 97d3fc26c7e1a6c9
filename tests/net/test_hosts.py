"""Which addresses are talked to."""

from __future__ import annotations

import pytest

from xumm_desk.net import hosts

UUID = "8d9d0e34-5c55-4a86-8d5a-1a2b3c4d5e6f"
LOCAL = "http://127.0.0.1:8080/api/v1/platform"
REAL = "https://xumm.app/api/v1/platform"


@pytest.mark.parametrize(
    ("typed", "base"),
    [
        ("https://xumm.app", REAL),
        ("https://xumm.app/", REAL),
        ("http://127.0.0.1:8080/my/base/", "http://127.0.0.1:8080/my/base"),
        ("http://localhost:8080", "http://localhost:8080/api/v1/platform"),
        ("http://xumm.app", None),
        ("https://key@xumm.app", None),
        ("ftp://127.0.0.1", None),
    ],
)
def test_the_base_of_the_platform(typed: str, base: str | None) -> None:
    assert hosts.api_base(typed) == base


@pytest.mark.parametrize(
    "given",
    [f"ws://127.0.0.1:9999/sign/{UUID}", f"ws://localhost:8080/status/{UUID}"],
    ids=["another port", "another path"],
)
def test_a_local_platform_names_its_own_sockets(given: str) -> None:
    assert hosts.socket_of(LOCAL, UUID, given) == given


@pytest.mark.parametrize(
    ("given", "used"),
    [
        (f"wss://xaman.app/sign/{UUID}", f"wss://xaman.app/sign/{UUID}"),
        (f"wss://elsewhere.example/sign/{UUID}", f"wss://xumm.app/sign/{UUID}"),
        (f"ws://xumm.app/sign/{UUID}", f"wss://xumm.app/sign/{UUID}"),
        ("wss://xumm.app:port/", f"wss://xumm.app/sign/{UUID}"),
        (None, f"wss://xumm.app/sign/{UUID}"),
    ],
)
def test_a_socket_leads_to_the_platform_that_answered(given: str | None, used: str) -> None:
    assert hosts.socket_of(REAL, UUID, given) == used


def test_a_platform_on_this_computer_cannot_send_the_sockets_away() -> None:
    given = f"ws://elsewhere.example:8080/sign/{UUID}"
    assert hosts.socket_of(LOCAL, UUID, given) == f"ws://127.0.0.1:8080/sign/{UUID}"
