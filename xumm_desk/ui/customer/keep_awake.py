"""Ask the system not to blank the screens, in a thread of its own: a system bus may not answer."""

from __future__ import annotations

import logging
import threading

log = logging.getLogger(__name__)


class KeepAwake:
    """Keeps the screens awake while `set_awake(True)` holds. Never blocks and never raises; what
    the system does not offer is logged once."""

    def __init__(self) -> None:
        self._release: threading.Event | None = None
        self._logged = False
        self.active = False
        """Whether the system has agreed; set by the thread."""
        self.tried = threading.Event()
        """Set once the system was asked for the last time that it was wanted."""

    def set_awake(self, awake: bool) -> None:
        """Keep them awake from now on, or no longer."""
        if awake is (self._release is not None):
            return
        if self._release is not None:
            self._release.set()
            self._release = None
            return
        self._release, self.tried = threading.Event(), threading.Event()
        # A daemon: what the system was asked for ends with the process anyway.
        threading.Thread(
            target=self._hold, args=(self._release, self.tried), name="keep awake", daemon=True
        ).start()

    def _hold(self, release: threading.Event, tried: threading.Event) -> None:
        try:
            # Here and not above: 60 ms and 6 MB that no start needs.
            from wakepy import keep  # noqa: PLC0415

            # It logs each way that it tries; one line of ours is enough.
            logging.getLogger("wakepy").setLevel(logging.WARNING)
            # The mode must be left in the thread that entered it.
            with keep.presenting(on_fail="pass") as mode:
                self.active = mode.active
                if not mode.active and not self._logged:
                    self._logged = True
                    log.warning(
                        "The system offers no way to keep the screen awake;"
                        " its own settings decide."
                    )
                tried.set()
                release.wait()
        except Exception:
            log.exception("The screen cannot be kept awake")
        finally:
            if self.tried is tried:  # else it was wanted again, and another thread holds it
                self.active = False
            tried.set()
