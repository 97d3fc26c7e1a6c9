"""A receipt printer on a TCP port that understands ESC/POS and keeps what it has printed.

It can lack paper, have its cover open, stop reading, or vanish in the middle of a receipt. Shares
no code with the program; the commands are those of Epson's reference.
"""

from __future__ import annotations

import functools
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType

import qrcode
from PIL import Image, ImageDraw, ImageFont, ImageOps

CODE_PAGES = {0: "cp437", 2: "cp850", 16: "cp1252", 17: "cp866", 18: "cp852", 19: "cp858"}
UNKNOWN_MODEL = "ACME-3000"
"""A printer that answers, and that no list of models has."""

DOTS_PER_CHARACTER, DOTS_PER_LINE = 12, 30


@dataclass
class Line:
    """One line of text as it was printed."""

    text: str
    bold: bool = False
    wide: int = 1
    high: int = 1
    inverse: bool = False
    alignment: int = 0


@dataclass
class Paper:
    """What came out of the printer up to a cut."""

    dots: int
    strips: list[Line | Image.Image] = field(default_factory=list)
    qr_data: list[str] = field(default_factory=list)
    is_cut: bool = False

    @property
    def text(self) -> str:
        """All text lines."""
        return "\n".join(line.text for line in self.lines)

    @property
    def lines(self) -> list[Line]:
        """The text lines."""
        return [one for one in self.strips if isinstance(one, Line)]

    @property
    def pictures(self) -> list[Image.Image]:
        """The pictures, codes of the printer among them."""
        return [one for one in self.strips if isinstance(one, Image.Image)]

    def picture(self) -> Image.Image:
        """The whole paper as dots."""
        parts = [
            _line_picture(one, self.dots) if isinstance(one, Line) else one for one in self.strips
        ]
        page = Image.new("L", (self.dots, sum(part.height for part in parts) + 40), 255)
        y = 20
        for part in parts:
            page.paste(part.convert("L"), ((self.dots - part.width) // 2, y))
            y += part.height
        return page


class EscposPrinter:
    """The printer itself. Switches may be changed at any time.

    `model` is answered to GS I, "" is silence; `reports` says whether it answers anything at all.
    After `paper_left` lines the paper is at its end.
    """

    def __init__(self, *, dots: int = 512, model: str = "", reports: bool = True) -> None:
        self.model = model
        self.reports = reports
        self.dots = dots
        self.paper_left: int | None = None
        self.paper_low = False
        self.cover_open = False
        self.papers: list[Paper] = []
        self.unknown: list[bytes] = []
        self.printed = threading.Condition()

    def wait_for_papers(self, count: int) -> list[Paper]:
        """The receipts that were cut, once there are so many."""
        with self.printed:
            assert self.printed.wait_for(lambda: len(self.papers) >= count, 60)
            return list(self.papers)


class EscposPrinterServer(EscposPrinter):
    """The printer on a port; a context manager.

    After `vanish_after` bytes of a connection it is reset; while `reading` is not set, nothing is
    read.
    """

    def __init__(self, *, dots: int = 512, model: str = "", reports: bool = True) -> None:
        super().__init__(dots=dots, model=model, reports=reports)
        self.vanish_after: int | None = None
        self.reading = threading.Event()
        self.reading.set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.1)
        self._open = True
        self._thread = threading.Thread(target=self._accept, daemon=True)

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self._listener.getsockname()[1]
        return port

    @property
    def setting(self) -> str:
        """The value of `receipt_printer`."""
        return f"tcp:127.0.0.1:{self.port}"

    def __enter__(self) -> EscposPrinterServer:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open = False
        self.reading.set()
        self._thread.join(30)
        self._listener.close()

    def _accept(self) -> None:
        while self._open:
            try:
                connection, _address = self._listener.accept()
            except TimeoutError:
                continue
            with connection:
                connection.settimeout(0.05)
                self._serve(connection)

    def _serve(self, connection: socket.socket) -> None:
        session = PrinterSession(self, connection.sendall)
        received = 0
        while self._open:
            if not self.reading.wait(0.05):
                continue
            try:
                data = connection.recv(1024)
                received += len(data)
                if not data or (self.vanish_after is not None and received >= self.vanish_after):
                    # The other side learns it as a reset, as if the cable were out.
                    linger = struct.pack("ii", 1, 0)
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                    return
                session.feed(data)
            except TimeoutError:
                continue
            except OSError:
                return


class PrinterSession:
    """What one computer sends: answers at once what is asked in real time, prints the rest.

    `answer` sends bytes back.
    """

    def __init__(self, printer: EscposPrinter, answer: Callable[[bytes], object]) -> None:
        self._printer = printer
        self._send = answer
        self._buffer = bytearray()
        self._paper = Paper(printer.dots)
        self._line = Line("")
        self._style = Line("")
        self._code_page = "cp437"
        self._qr_text, self._qr_size = "", 3

    def feed(self, data: bytes) -> None:
        """Take what was sent."""
        self._buffer += data
        while self._has_paper() and self._step():
            pass
        if not self._has_paper():
            self._answer_in_real_time()

    def _has_paper(self) -> bool:
        return self._printer.paper_left is None or self._printer.paper_left > 0

    def _answer_in_real_time(self) -> None:
        while (at := self._buffer.find(b"\x10\x04")) >= 0 and len(self._buffer) > at + 2:
            self._real_time(self._buffer[at + 2])
            del self._buffer[at : at + 3]

    def _take(self, count: int) -> bytes:
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken

    def _answer(self, data: bytes) -> None:
        if self._printer.reports:
            self._send(data)

    def _step(self) -> bool:
        """Do one command or letter; False where more of it has to come."""
        if not self._buffer:
            return False
        first = self._buffer[0]
        if first not in (0x10, 0x1B, 0x1C, 0x1D):
            self._letter(self._take(1))
            return True
        length = self._command_length()
        if length is None or len(self._buffer) < length:
            return False
        self._command(self._take(length))
        return True

    def _command_length(self) -> int | None:
        """How long the command at the beginning is; None while that is not known."""
        have = bytes(self._buffer[:8])
        name = have[:2]
        if len(name) < 2:
            return None
        if name in (b"\x1b@", b"\x1b2", b"\x1c.", b"\x1c&"):
            return 2
        if name in (b"\x10\x04", b"\x1bt", b"\x1ba", b"\x1b!", b"\x1bE", b"\x1b-", b"\x1bd"):
            return 3
        if name in (b"\x1bM", b"\x1b3", b"\x1d!", b"\x1dB", b"\x1dI", b"\x1dr"):
            return 3
        if name == b"\x1dV":
            return None if len(have) < 3 else 3 if have[2] in (0, 1, 48, 49) else 4
        if name == b"\x1d(":
            return None if len(have) < 5 else 5 + have[3] + 256 * have[4]
        if name == b"\x1dv":
            if len(have) < 8:
                return None
            return 8 + (have[4] + 256 * have[5]) * (have[6] + 256 * have[7])
        return 2

    def _command(self, command: bytes) -> None:
        name, rest = command[:2], command[2:]
        style = self._style
        match name:
            case b"\x1b@":
                self._style, self._code_page = Line(""), "cp437"
            case b"\x1bt":
                self._code_page = CODE_PAGES[rest[0]]
            case b"\x1ba":
                style.alignment = rest[0] % 48
            case b"\x1b!":
                style.bold = bool(rest[0] & 0x08)
                style.high, style.wide = 1 + bool(rest[0] & 0x10), 1 + bool(rest[0] & 0x20)
            case b"\x1bE":
                style.bold = bool(rest[0] & 1)
            case b"\x1d!":
                style.wide, style.high = 1 + (rest[0] >> 4), 1 + (rest[0] & 7)
            case b"\x1dB":
                style.inverse = bool(rest[0] & 1)
            case b"\x1bd":
                self._end_line()
            case b"\x1dv":
                self._raster(rest)
            case b"\x1d(":
                self._code(command)
            case b"\x1dV":
                self._cut()
            case b"\x1dI":
                if rest[0] == 67 and self._printer.model:
                    self._answer(b"_" + self._printer.model.encode() + b"\0")
            case b"\x1dr":
                self._answer(b"\0")
            case b"\x10\x04":
                self._real_time(rest[0])
            case b"\x1b2" | b"\x1b3" | b"\x1b-" | b"\x1bM" | b"\x1c.":
                pass
            case _:
                self._printer.unknown.append(command)

    def _real_time(self, question: int) -> None:
        no_paper, cover = not self._has_paper(), self._printer.cover_open
        answer = 0x12
        if question == 1 and (no_paper or cover):
            answer |= 0x08
        if question == 2:
            answer |= (0x20 if no_paper else 0) | (0x04 if cover else 0)
        if question == 4:
            answer |= (0x60 if no_paper else 0) | (0x0C if self._printer.paper_low else 0)
        self._answer(bytes([answer]))

    def _letter(self, byte: bytes) -> None:
        if byte == b"\n":
            self._end_line(even_if_empty=True)
            return
        if not self._line.text:
            style = self._style
            self._line = Line(
                "", style.bold, style.wide, style.high, style.inverse, style.alignment
            )
        self._line.text += byte.decode(self._code_page)

    def _end_line(self, *, even_if_empty: bool = False) -> None:
        if self._line.text or even_if_empty:
            self._feed(self._line)
        self._line = Line("")

    def _feed(self, strip: Line | Image.Image) -> None:
        self._paper.strips.append(strip)
        if self._printer.paper_left is not None:
            self._printer.paper_left -= 1

    def _raster(self, rest: bytes) -> None:
        bytes_wide, high = rest[2] + 256 * rest[3], rest[4] + 256 * rest[5]
        dots = Image.frombytes("1", (bytes_wide * 8, high), rest[6:])
        self._feed(ImageOps.invert(dots.convert("L")))

    def _code(self, command: bytes) -> None:
        if command[2:3] != b"k" or command[5] != 49:
            self._printer.unknown.append(command)
            return
        kind, data = command[6], command[7:]
        if kind == 67:
            self._qr_size = data[0]
        elif kind == 80:
            self._qr_text = data[1:].decode()
        elif kind == 81:
            code = qrcode.QRCode(box_size=self._qr_size, border=4)
            code.add_data(self._qr_text)
            self._paper.qr_data.append(self._qr_text)
            self._feed(code.make_image().get_image().convert("L"))

    def _cut(self) -> None:
        self._end_line()
        self._paper.is_cut = True
        with self._printer.printed:
            self._printer.papers.append(self._paper)
            self._printer.printed.notify_all()
        self._paper = Paper(self._printer.dots)


def _line_picture(line: Line, dots: int) -> Image.Image:
    """The line in letters that are all of one width."""
    count = max(1, len(line.text))
    plain = Image.new("L", (DOTS_PER_CHARACTER * count, DOTS_PER_LINE), 0 if line.inverse else 255)
    draw = ImageDraw.Draw(plain)
    for place, letter in enumerate(line.text):
        draw.text(
            (place * DOTS_PER_CHARACTER, 2),
            letter,
            fill=255 if line.inverse else 0,
            font=_font(),
            stroke_width=int(line.bold),
        )
    large = plain.resize((plain.width * line.wide, plain.height * line.high))
    left = (0, (dots - large.width) // 2, dots - large.width)[line.alignment]
    page = Image.new("L", (dots, large.height), 255)
    page.paste(large, (left, 0))
    return page


@functools.cache
def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    try:
        return ImageFont.truetype("DejaVuSansMono.ttf", 20)
    except OSError:  # a computer without it: the pictures are for people only
        return ImageFont.load_default(18)
