"""What counts as an answer of the platform."""

from __future__ import annotations

import httpx
import pytest

from xumm_desk.core.outcome import Answer, Failure, Fault
from xumm_desk.net.platform import Keys, XummPlatform


@pytest.mark.parametrize(
    ("status", "body", "fault"),
    [
        (200, b'{"uuid": "x"}', None),
        (201, b'{"uuid": "x"}', None),
        (200, b'{"uuid": "x", "error": null}', None),
        (200, b'{"error": {"reference": "r", "code": 603}}', Fault.BROKEN),
        (201, b"[1]", Fault.BROKEN),
        (204, b"", Fault.BROKEN),
    ],
)
def test_what_an_answer_is(status: int, body: bytes, fault: Fault | None) -> None:
    platform = XummPlatform("http://127.0.0.1:9/api", Keys("k", "s"))
    judged = platform._judge(httpx.Response(status), body)
    assert isinstance(judged, Answer) if fault is None else isinstance(judged, Failure)
    assert isinstance(judged, Answer) or judged.fault is fault
