"""Which addresses are talked to."""

from __future__ import annotations

import pytest

from xumm_desk.net.platform import url_policy

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
    assert url_policy.api_base(typed) == base


@pytest.mark.parametrize(
    "given",
    [f"ws://127.0.0.1:9999/sign/{UUID}", f"ws://127.0.0.1:8080/status/{UUID}?x=1"],
    ids=["another port", "another path"],
)
def test_a_local_platform_names_its_own_sockets(given: str) -> None:
    assert url_policy.status_socket_url(LOCAL, UUID, given) == given


@pytest.mark.parametrize(
    "given",
    [
        f"wss://xaman.app/sign/{UUID}",
        f"wss://elsewhere.example/sign/{UUID}",
        f"wss://xumm.app.elsewhere.example/sign/{UUID}",
        f"wss://elsewhere.example\\@xumm.app/sign/{UUID}",
        f"wss://user:password@xumm.app/sign/{UUID}",
        f"wss://xumm.app:8443/sign/{UUID}",
        f"ws://xumm.app/sign/{UUID}",
        f"wss://127.0.0.1/sign/{UUID}",
        "wss://xumm.app:port/",
        "wss://[::1/",
        "",
        None,
    ],
)
def test_a_socket_leads_to_the_host_of_the_api_and_no_other(given: str | None) -> None:
    assert url_policy.status_socket_url(REAL, UUID, given) == f"wss://xumm.app/sign/{UUID}"


@pytest.mark.parametrize(
    "given",
    [
        f"ws://127.0.0.2:8080/sign/{UUID}",
        f"ws://localhost:8080/sign/{UUID}",
        f"ws://[::1]:8080/sign/{UUID}",
        f"ws://elsewhere.example:8080/sign/{UUID}",
        f"wss://127.0.0.1:8080/sign/{UUID}",
        f"http://127.0.0.1:8080/sign/{UUID}",
    ],
)
def test_a_platform_on_this_computer_names_no_other_address_either(given: str) -> None:
    assert url_policy.status_socket_url(LOCAL, UUID, given) == f"ws://127.0.0.1:8080/sign/{UUID}"


@pytest.mark.parametrize(
    "given", [f"wss://xumm.app:443/sign/{UUID}", f"wss://XUMM.app/sign/{UUID}"]
)
def test_the_usual_port_and_the_letters_size_make_no_other_host(given: str) -> None:
    assert url_policy.status_socket_url(REAL, UUID, given) == f"wss://xumm.app/sign/{UUID}"


def test_a_platform_with_a_port_of_its_own_keeps_to_it() -> None:
    api = "https://platform.example:8443/api/v1/platform"
    kept = f"wss://platform.example:8443/sign/{UUID}"
    assert url_policy.status_socket_url(api, UUID, kept) == kept
    assert url_policy.status_socket_url(api, UUID, f"wss://platform.example/sign/{UUID}") == kept
    assert (
        url_policy.status_socket_url("https://[::1]:8443/x", UUID, "wss://[::1]:9/y")
        == "wss://[::1]:9/y"
    )
