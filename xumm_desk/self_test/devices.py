"""Check the receipt printer of the settings and the sounds. Nothing is printed or played."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.printing import printer_connection
from xumm_desk.printing.printer_connection import PrinterGone, Timeouts, parse_tcp

from .check import FailedError, NoteError

SYSTEM_PRINTER: Final = "qt:"
"""How the setting of a printer begins that only Qt can look for."""

_NOWHERE: Final = "Discard all samples"
"""The name of ALSA's device that is none."""

_WAVES: Final = ("paid.wav", "attention.wav", "failed.wav")


def check_printer(setting: str, folder: Path, timeouts: Timeouts | None = None) -> str:
    """The printer of the setting `receipt_printer` answers; not for `SYSTEM_PRINTER`."""
    kind, _, rest = setting.partition(":")
    match kind:
        case "":
            return Message("None is set up. File, Shop settings leads to it.")
        case "pdf":
            return _check_pdf_folder(folder)
        case "tcp":
            return _check_network(rest, timeouts or Timeouts())
        case "usb":
            return _check_usb(setting, rest)
        case _:
            raise FailedError(
                Message(
                    "“{setting}” in the settings names no printer. Choose one under Shop settings.",
                    setting=setting,
                )
            )


def _check_pdf_folder(folder: Path) -> str:
    place = folder
    while not place.is_dir() and place != place.parent:
        place = place.parent
    if not os.access(place, os.W_OK):
        raise FailedError(
            Message(
                "Receipts are saved as PDF, but this account may not write in {folder}. Give it the"
                " right, or choose another printer.",
                folder=place,
            )
        )
    return Message("Receipts are saved as PDF in {folder}.", folder=folder / "receipts")


def _check_network(rest: str, timeouts: Timeouts) -> str:
    try:
        host, port = parse_tcp(rest)
    except PrinterGone:
        raise FailedError(
            Message(
                "“{setting}” is no address of a printer. Correct it under Shop settings.",
                setting=rest,
            )
        ) from None
    try:
        printer_connection.TcpConnection(host, port, timeouts).close()
    except PrinterGone:
        raise FailedError(
            Message(
                "The receipt printer at {address} does not answer. Look whether it is switched on"
                " and on the same network, and whether its address is still that one.",
                address=f"{host}:{port}",
            )
        ) from None
    return Message("The receipt printer at {address} answers.", address=f"{host}:{port}")


def _check_usb(setting: str, rest: str) -> str:
    found = {one.value: one.label for one in printer_connection.usb_printers()}
    label = next((label for value, label in found.items() if value.startswith(setting)), "")
    if not label:
        raise FailedError(
            Message(
                "The USB receipt printer {name} is not connected. Look at its cable and switch.",
                name=rest,
            )
        )
    return Message("{name} is connected.", name=label)


def check_sounds(folder: Path) -> str:
    """The library loads, the files are sounds, and there is a device."""
    try:
        import miniaudio  # noqa: PLC0415 - for this check alone

        for name in _WAVES:
            if not miniaudio.wav_read_file_s16(str(folder / name)).num_frames:
                raise EOFError(name)
    except ImportError as error:
        raise FailedError(
            Message(
                "The library for sounds does not load ({reason}). Sales work in silence; install"
                " the program again.",
                reason=error,
            )
        ) from None
    except Exception as error:  # noqa: BLE001 - miniaudio's errors have no common class
        raise FailedError(
            Message(
                "The sounds cannot be read ({reason}). Sales work in silence; install the program"
                " again.",
                reason=error,
            )
        ) from None
    names = playback_devices()
    if not names:
        raise NoteError(
            Message(
                "This computer has no loudspeaker that works: sales are shown, and not heard."
                " Connect one if sounds are wanted."
            )
        )
    return Message("Played through {name}.", name=names[0])


def playback_devices() -> list[str]:
    """The loudspeakers, by name."""
    import miniaudio  # noqa: PLC0415 - for this check alone

    try:
        names = [str(one["name"]) for one in miniaudio.Devices().get_playbacks()]
    except miniaudio.MiniaudioError:
        return []
    return [name for name in names if not name.startswith(_NOWHERE)]
