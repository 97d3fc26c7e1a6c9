"""Ask the system not to blank the screens, in a thread of its own: a system bus may not answer."""

from __future__ import annotations

import logging
import threading
from contextlib import ExitStack
from queue import SimpleQueue
from typing import Final

log = logging.getLogger(__name__)


class KeepAwake:
    """Keeps the screens awake while `set_awake(True)` holds. Never blocks and never raises; what
    the system does not offer is logged once."""

    def __init__(self) -> None:
        self._wanted: Final[SimpleQueue[bool | threading.Event]] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._last = self._logged = False
        self.active = False
        """Whether the system has agreed; set by the thread."""

    def set_awake(self, awake: bool) -> None:
        """Keep them awake from now on, or no longer."""
        if awake == self._last:
            return
        self._last = awake
        if self._thread is None:
            # A daemon: what the system was asked for ends with the process anyway.
            self._thread = threading.Thread(target=self._run, name="keep awake", daemon=True)
            self._thread.start()
        self._wanted.put(awake)

    def idle(self) -> threading.Event:
        """An event that is set once everything asked for so far was tried."""
        tried = threading.Event()
        if self._thread is None:
            tried.set()
        else:
            self._wanted.put(tried)
        return tried

    def _run(self) -> None:
        # wakepy's modes must be left in the thread that entered them.
        with ExitStack() as entered:
            while True:
                awake = self._wanted.get()
                try:
                    if isinstance(awake, threading.Event):
                        awake.set()
                    elif awake:
                        self._enter(entered)
                    else:
                        entered.close()
                        self.active = False
                except Exception:
                    log.exception("The screen cannot be kept awake")

    def _enter(self, entered: ExitStack) -> None:
        # Here and not above: 60 ms and 6 MB that no start needs.
        from wakepy import keep  # noqa: PLC0415

        # It logs each way that it tries; one line of ours is enough.
        logging.getLogger("wakepy").setLevel(logging.WARNING)
        mode = entered.enter_context(keep.presenting(on_fail="pass"))
        self.active = mode.active
        if not mode.active and not self._logged:
            self._logged = True
            log.warning(
                "The system offers no way to keep the screen awake; its own settings decide."
            )
