"""Scenario: from the platform's answer to a POST to the painted code on the screen, of a platform
that answers at once and of one at the distance of a real one.

The form's own signal creates request after request in the real program; runs itself as the child.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from collections.abc import Collection, Sequence
from typing import Any, Final

from . import fill, plan
from .bench import Bench, scene
from .control import python
from .meter import quantile

_DISTANCE: Final = 0.3
"""Seconds that the platform takes over the internet, more than the desk waits before it shows a
request without its code."""

_SETTLED: Final = 4.0
"""Seconds after which a start has loaded and warmed up what it needs later."""


def run(bench: Bench) -> dict[str, Any]:
    """One round."""
    number = 8 if bench.options.quick else 60
    figures: dict[str, Any] = {"codes": number, "wrong": []}
    with scene(bench, "code", number) as stage:
        for name, seconds in (("", 0.0), ("distant_", _DISTANCE)):
            stage.server.ask("distance", seconds=seconds)
            data = stage.folder / f"{name}data"
            command = python("code", "--port", str(stage.port), "--folder", str(data))
            with stage.start(f"{name}code", [*command, "--number", str(number)]) as child:
                late = sorted(child.hear()["late_ms"])
            figures[f"{name}p50_ms"] = quantile(late, 0.5)
            figures[f"{name}p99_ms"] = quantile(late, 0.99)
            if len(late) < number:
                figures["wrong"].append(f"only {len(late)} of {number} codes were painted")
    return figures


def main() -> int:
    """The window's own process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", required=True)
    parser.add_argument("--number", type=int, required=True)
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

    from xumm_desk.qt import pyside_import

    pyside_import.import_pyside()
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QApplication

    from xumm_desk import app
    from xumm_desk.core.request.request_spec import RequestSpec
    from xumm_desk.core.wire.api_answers import ApiAnswer, Failure
    from xumm_desk.engine.desk import Desk
    from xumm_desk.engine.runtime.ports import PlatformApi
    from xumm_desk.engine.runtime.registry import RequestRow
    from xumm_desk.net.platform.xumm_api import XummApi
    from xumm_desk.ui.form.request_form import RequestForm
    from xumm_desk.ui.main_window import MainWindow
    from xumm_desk.ui.qr.qr_view import QrView

    from .contender_desk import prepare

    answered: dict[str, int] = {}
    painted: dict[str, int] = {}
    create, paint, start = XummApi.create, QrView.paintEvent, Desk.start

    async def noted_create(self: XummApi, spec: RequestSpec) -> ApiAnswer | Failure:
        answer = await create(self, spec)
        if isinstance(answer, ApiAnswer):
            link = self.payload_url(plan.uuid_of(spec.tag or 0))
            answered[link] = time.monotonic_ns()
        return answer

    def noted_paint(self: QrView, event: QPaintEvent) -> None:
        paint(self, event)
        if self.content:
            painted.setdefault(self.content, time.monotonic_ns())

    async def one_by_one(platform: PlatformApi) -> None:
        window = next(w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow))
        form = window.findChild(RequestForm)
        assert isinstance(form, RequestForm)
        await asyncio.sleep(_SETTLED)
        for index in range(options.number):
            link = platform.payload_url(plan.uuid_of(index))
            form.submitted.emit(fill.spec(index))
            until = time.monotonic() + 15
            while link not in painted and time.monotonic() < until:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
            await asyncio.sleep(0.05)
        late = [(painted[link] - at) / 1e6 for link, at in answered.items() if link in painted]
        sys.stdout.write(json.dumps({"late_ms": late}) + "\n")
        sys.stdout.flush()
        window.close()

    async def started(self: Desk, only: Collection[str] | None = None) -> Sequence[RequestRow]:
        before = await start(self, only)
        kept.append(asyncio.create_task(one_by_one(self.engine.platform)))
        return before

    kept: list[asyncio.Task[None]] = []
    XummApi.create = noted_create  # type: ignore[method-assign]
    QrView.paintEvent = noted_paint  # type: ignore[method-assign]
    Desk.start = started  # type: ignore[method-assign]
    return app.main(prepare(options.port, options.folder, secure=False))


if __name__ == "__main__":
    sys.exit(main())
