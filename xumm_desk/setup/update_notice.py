"""Bring the update notice together: settings, data folder, network and signature."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from xumm_desk.core.message import Message
from xumm_desk.core.settings import Settings
from xumm_desk.core.updates import notice, release_keys
from xumm_desk.core.updates.notice import UpdateNotice
from xumm_desk.core.updates.release_keys import UpdateSource
from xumm_desk.core.updates.statement import ReleaseStatement
from xumm_desk.engine.runtime.ports import Clock
from xumm_desk.engine.update_watch import UpdateWatch
from xumm_desk.store.update_memory import UpdateMemory
from xumm_desk.version import __version__

from .composition import SystemClock
from .config import Config

if TYPE_CHECKING:
    from xumm_desk.net.updates.statement_reader import StatementReader


class UpdateNotices:
    """The update notice of one program. In practice mode nothing is asked, since nothing leaves the
    computer there; without a release key nothing is ever asked."""

    def __init__(
        self,
        configuration: Callable[[], Config],
        settings: Callable[[], Settings],
        *,
        source: UpdateSource = release_keys.RELEASES,
        own_version: str = __version__,
        clock: Clock | None = None,
    ) -> None:
        self._configuration, self._settings, self._source = configuration, settings, source
        self._watch = UpdateWatch(
            _LateReader(source),
            own_version=own_version,
            clock=clock or SystemClock(),
            memory=lambda: UpdateMemory(configuration().data_dir),
            wanted=self._wanted,
        )

    @property
    def notice(self) -> UpdateNotice | None:
        """What to tell; None for nothing."""
        return self._watch.notice

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever `notice` changed."""
        self._watch.on_change(listener)

    def changed(self) -> None:
        """The settings or the data folder may have changed."""
        self._watch.changed()

    async def hide(self) -> None:
        """Tell nothing more of this version."""
        await self._watch.hide()

    async def run(self) -> None:
        """Ask once a day as long as this runs."""
        if self._source.available:
            await self._watch.run()

    def unavailable(self) -> str:
        """Why a person cannot choose to be told, "" if that is possible."""
        if not self._source.available:
            return Message("Not available in this build: it names no key that signs new versions.")
        if self._configuration().practice:
            return Message("Not in practice mode: nothing leaves this computer.")
        if self._settings().version_notice == notice.FORBIDDEN:
            return Message("Switched off for this till in its settings file.")
        return ""

    def _wanted(self) -> bool:
        return self._settings().version_notice == notice.ON and not self.unavailable()


class _LateReader:
    """Loads the reader with its first use: the window is painted without it."""

    def __init__(self, source: UpdateSource) -> None:
        self._source = source

    async def fetch(self) -> bytes | str:
        return await self._reader().fetch()

    async def verify(self, body: bytes) -> ReleaseStatement | str:
        return await self._reader().verify(body)

    def _reader(self) -> StatementReader:
        from xumm_desk.net.updates.statement_reader import StatementReader  # noqa: PLC0415

        return StatementReader(self._source)
