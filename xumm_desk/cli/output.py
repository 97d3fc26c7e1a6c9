"""Show requests in a terminal: the QR code, one line a change, or one JSON object a change."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from xumm_desk.core.bidi import escape_controls, isolate
from xumm_desk.core.money import amount
from xumm_desk.core.status import Status
from xumm_desk.core.verdict import wording
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.locale.translation import tr

from .streams import StandardOutput


def row_as_json(row: RequestRow) -> dict[str, Any]:
    """The command line's object of one request; its keys are a promise to programs."""
    return {
        "identifier": row.identifier,
        "uuid": row.request.uuid,
        "status": row.verdict.status.value,
        "final": row.verdict.final,
        "txid": row.request.shown_txid,
        "network": row.request.spec.network,
        "reasons": wording.reasons(row.request, row.verdict),
    }


class JsonOutput:
    """One JSON object for each change, and nothing else on the stream."""

    def __init__(self, out: StandardOutput) -> None:
        self._out = out
        self._last: dict[str, str] = {}

    def show(self, rows: Sequence[RequestRow]) -> None:
        """Write the rows whose object changed."""
        for row in rows:
            line = escape_controls(json.dumps(row_as_json(row), ensure_ascii=False))
            if self._last.get(row.identifier) != line:
                self._last[row.identifier] = line
                self._out.write(line + "\n")
        self._out.flush()


class HumanOutput:
    """For people: each QR code once, then a line for each change."""

    def __init__(self, out: StandardOutput) -> None:
        self._out = out
        self._last: dict[str, str] = {}
        self._drawn: set[str] = set()

    def show(self, rows: Sequence[RequestRow]) -> None:
        """Write what changed."""
        for row in rows:
            request, verdict = row.request, row.verdict
            if request.qr_link and row.identifier not in self._drawn and not verdict.final:
                self._drawn.add(row.identifier)
                money = tr(amount.format_amount(request.spec.amount)) or request.spec.tx_type
                self._out.write(f"\n{isolate(row.identifier)}  {money}\n{request.qr_link}\n")
                self._out.write(qr_text(request.qr_link, colour=self._out.isatty()))
            line = f"{isolate(row.identifier)}  {tr(wording.row_label(request, verdict))}"
            if verdict.status in (Status.PAID, Status.PAID_LATE, Status.SIGNED):
                line += f"  {request.shown_txid}"
            line += f"  {tr(wording.status_sentence(request, verdict))}"
            for reason in wording.reasons(request, verdict) if verdict.failed else []:
                line += f"\n    {tr(reason)}"
            if self._last.get(row.identifier) != line:
                self._last[row.identifier] = line
                self._out.write(line + "\n")
        self._out.flush()


def qr_text(link: str, *, colour: bool) -> str:
    """The QR code of `link` in half blocks with its quiet zone; black on white if the terminal
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
