"""Short frames are read as the library's parser would read them, however the bytes arrive."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.uri import parse_uri
from websockets.utils import accept_key

from xumm_desk.net.platform import status_socket
from xumm_desk.net.platform.status_socket import StatusConnection

pytestmark = pytest.mark.anyio


class Wire(asyncio.Transport):
    """Where a connection writes to."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[int] = []
        self.closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written.append(len(data))

    def is_closing(self) -> bool:
        return self.closed

    def can_write_eof(self) -> bool:
        return False

    def close(self) -> None:
        self.closed = True


def frame(opcode: Opcode, data: bytes, *, fin: bool = True) -> bytes:
    """As a server sends it."""
    return Frame(opcode, data, fin).serialize(mask=False)


def text(words: str, *, fin: bool = True) -> bytes:
    """One frame of text."""
    return frame(Opcode.TEXT, words.encode(), fin=fin)


async def heard(
    pieces: Sequence[bytes], cuts: Sequence[int] = ()
) -> tuple[list[Any], list[int], bool]:
    """What a connection that is sent these hears, writes, and whether it closes. The first piece
    comes with the answer to the upgrade, both cut at these places, counted from between them."""
    protocol = ClientProtocol(parse_uri("ws://127.0.0.1/sign/x"))
    line, wire = StatusConnection(protocol), Wire()
    messages: list[str | bytes] = []
    line.on_message = messages.append
    line.connection_made(wire)
    shaking = asyncio.create_task(line.handshake(None, "test"))
    await asyncio.sleep(0)
    upgraded = (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + accept_key(protocol.key).encode() + b"\r\n\r\n"
    )
    first, *others = pieces or [b""]
    begin, whole = 0, upgraded + first
    opening = []
    for cut in sorted({len(upgraded) + cut for cut in cuts if -len(upgraded) < cut < len(first)}):
        opening.append(whole[begin:cut])
        begin = cut
    for piece in (*opening, whole[begin:], *others):
        for begin in range(0, len(piece), 8192):
            part = piece[begin : begin + 8192]
            line.get_buffer(-1)[: len(part)] = part
            line.buffer_updated(len(part))
    await shaking
    line.closed.cancel()
    return messages, wire.written, wire.closed


SHORT = st.sampled_from([text('{"opened":true}'), text("")])
FRAMES = st.one_of(
    SHORT,
    SHORT,
    st.text(max_size=40).map(text),
    st.sampled_from(
        [
            text("\r\n\r\n and more"),
            text("x" * 125),
            text("x" * 126),
            text("ü" * 300),
            text("x" * 70_000),
            text("one ", fin=False),
            frame(Opcode.CONT, b"two "),
            frame(Opcode.CONT, b"three", fin=False),
            frame(Opcode.TEXT, b"\xff\xfe"),
            frame(Opcode.BINARY, b"\x81\x01a"),
            frame(Opcode.PING, b"p"),
            frame(Opcode.PONG, b""),
            frame(Opcode.CLOSE, b"\x03\xe8"),
            b"\x83\x00",
            b"\xc1\x01a",
            b"\x81\x81mask!",
        ]
    ),
)


@st.composite
def floods(draw: st.DrawFn) -> list[bytes]:
    """Frames, cut wherever a network cuts: mostly between them."""
    pieces, held = [], b""
    for one in draw(st.lists(FRAMES, max_size=12)):
        match draw(st.sampled_from(["whole", "whole", "joined", "cut"])):
            case "whole":
                pieces.append(held + one)
                held = b""
            case "joined":
                held += one
            case _:
                at = draw(st.integers(0, len(one)))
                pieces.append(held + one[:at])
                held = one[at:]
    return [*pieces, held]


@settings(max_examples=300)
@given(floods(), st.lists(st.integers(-6, 12), max_size=3))
def test_all_is_received_as_the_parser_reports_it(pieces: list[bytes], cuts: list[int]) -> None:
    quick = asyncio.run(heard(pieces, cuts))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(status_socket, "is_short_text_frame", lambda *_: False)
        assert quick == asyncio.run(heard(pieces, cuts))


async def test_short_texts_do_not_reach_the_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    fed: list[int] = []
    receive = ClientProtocol.receive_data

    def noted(self: ClientProtocol, data: bytes) -> None:
        fed.append(len(data))
        receive(self, data)

    monkeypatch.setattr(ClientProtocol, "receive_data", noted)
    two = text("1") + text("2")
    told, _, _ = await heard([text("0"), two, text("3"), text("x" * 200), text("4"), text("5")])
    assert told == ["0", "1", "2", "3", "x" * 200, "4", "5"]
    assert len(fed) == 3, "the answer with its first text, two at once, and the long one"


async def test_after_half_a_frame_only_the_parser_knows() -> None:
    # What follows looks like a text of its own, and is the rest of the one before.
    told, _, _ = await heard([b"", b"\x81\x05he", b"\x81\x01o", text("next")])
    assert told == [b"he\x81\x01o", "next"]


async def test_the_end_of_the_headers_is_not_looked_for_in_a_text() -> None:
    # The answer is cut within its last four bytes, and the text behind it holds the same four.
    payload = b"\r\n\r\n\x81\x01b"
    sent = frame(Opcode.TEXT, payload)
    for cut in (-1, -2, -3):
        told, _, _ = await heard([sent[:6], sent[6:], text("next")], [cut])
        assert told == [payload, "next"]


@pytest.mark.parametrize(
    "last",
    [
        frame(Opcode.CLOSE, b"\x03\xe8"),
        b"\x83\x00",  # a kind of frame that does not exist
        text("half a message", fin=False),
    ],
)
async def test_nothing_is_reported_a_socket_after_its_last_word(last: bytes) -> None:
    told, _, _ = await heard([text("before"), last, text("after")])
    assert told == ["before"]


@pytest.mark.parametrize(
    ("data", "whole"),
    [
        (b"", True),
        (text("a") + text("b"), True),
        (text("a" * 126), True),
        (text("a" * 126)[:-1], False),
        (text("a" * 126)[:3], False),
        (text("a" * 65_536), False),
        (b"\x81", False),
        (b"\x81\x80mask", False),
    ],
)
def test_where_frames_end(data: bytes, whole: bool) -> None:
    assert status_socket.ends_at_frame(data) is whole


def test_a_length_that_stands_elsewhere_is_no_short_text() -> None:
    data = b"\x81\x7e" + b"x" * 126
    assert not status_socket.is_short_text_frame(data, len(data))
    assert status_socket.is_short_text_frame(b"\x81\x00", 2)
    assert status_socket.body_after_headers(b"HTTP/1.1 101\r\n\r\nrest") == b"rest"
    assert status_socket.body_after_headers(b"\r\n") is None
    assert status_socket.body_after_headers(b"\r\n\r\n") is None, "there may be a return before it"
