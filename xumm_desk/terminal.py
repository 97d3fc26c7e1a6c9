"""Show requests in a terminal: the QR code, one line a change, or one JSON object a change."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from xumm_desk.core import amount, wording
from xumm_desk.core.bidi import escaped, isolated
from xumm_desk.core.lifecycle import Status
from xumm_desk.engine.book import Row
from xumm_desk.output import StandardOutput


def as_object(row: Row) -> dict[str, Any]:
    """The command line's object of one request; its keys are a promise to programs."""
    return {
        "identifier": row.identifier,
        "uuid": row.request.uuid,
        "status": row.verdict.status.value,
        "final": row.verdict.final,
        "txid": row.request.transaction,
        "network": row.request.order.network,
        "reasons": wording.reasons(row.request, row.verdict),
    }


class JsonLines:
    """One JSON object for each change, and nothing else on the stream."""

    def __init__(self, out: StandardOutput) -> None:
        self._out = out
        self._last: dict[str, str] = {}

    def show(self, rows: Sequence[Row]) -> None:
        """Write the rows whose object changed."""
        for row in rows:
            line = escaped(json.dumps(as_object(row), ensure_ascii=False))
            if self._last.get(row.identifier) != line:
                self._last[row.identifier] = line
                self._out.write(line + "\n")
        self._out.flush()


class Lines:
    """For people: each QR code once, then a line for each change."""

    def __init__(self, out: StandardOutput) -> None:
        self._out = out
        self._last: dict[str, str] = {}
        self._drawn: set[str] = set()

    def show(self, rows: Sequence[Row]) -> None:
        """Write what changed."""
        for row in rows:
            request, verdict = row.request, row.verdict
            if request.link and row.identifier not in self._drawn and not verdict.final:
                self._drawn.add(row.identifier)
                money = amount.display(request.order.amount) or request.order.tx_type
                self._out.write(f"\n{isolated(row.identifier)}  {money}\n{request.link}\n")
                self._out.write(code(request.link, colour=self._out.isatty()))
            line = f"{isolated(row.identifier)}  {wording.row_word(request, verdict)}"
            if verdict.status in (Status.PAID, Status.PAID_LATE, Status.SIGNED):
                line += f"  {request.transaction}"
            line += f"  {wording.meaning(request, verdict)}"
            for reason in wording.reasons(request, verdict) if verdict.failed else []:
                line += f"\n    {reason}"
            if self._last.get(row.identifier) != line:
                self._last[row.identifier] = line
                self._out.write(line + "\n")
        self._out.flush()


def code(link: str, *, colour: bool) -> str:
    """The QR code of `link` in half blocks with its quiet zone; black on white where the terminal
    takes colours, else dark modules as blocks."""
    import qrcode  # noqa: PLC0415 - loads Pillow, and many runs draw nothing

    maker = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_L, border=4)
    maker.add_data(link)
    maker.make(fit=True)
    matrix = maker.get_matrix()
    if len(matrix) % 2:
        matrix.append([False] * len(matrix[0]))
    blocks = {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): " "}
    start, end = ("\x1b[30;107m", "\x1b[0m") if colour else ("", "")
    lines = []
    for upper, lower in zip(matrix[::2], matrix[1::2], strict=True):
        lines.append(start + "".join(blocks[pair] for pair in zip(upper, lower, strict=True)) + end)
    return "\n".join(lines) + "\n"
