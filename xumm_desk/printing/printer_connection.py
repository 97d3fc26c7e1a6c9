"""Connections to a receipt printer: a TCP port or a USB device, every call with a time-out."""

from __future__ import annotations

import contextlib
import importlib
import socket
from dataclasses import dataclass
from typing import Any, Final, Protocol

from xumm_desk.core.message import Message

from .print_result import PrinterChoice, tell_apart

DEFAULT_PORT: Final = 9100
_MAX_PORT: Final = 65535
_CHUNK: Final = 4096
_PRINTER_CLASS: Final = 7
"""bInterfaceClass of printers (USB class definition for printing devices)."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: to connect, for the printer to take some more bytes, to answer a question, and to
    finish a receipt that it has taken."""

    connect: float = 3.0
    write: float = 5.0
    answer: float = 1.0
    finish: float = 15.0


class PrinterGone(Exception):  # noqa: N818 - an ordinary event
    """There is no connection to the printer; the text is a sentence for a person."""


class Connection(Protocol):
    """Bytes to a printer and back."""

    def write(self, data: bytes) -> None:
        """Send all of it. Raises TimeoutError where nothing is taken in time, or OSError."""
        ...

    def read(self, timeout: float) -> bytes:
        """What has come, b"" at the end of the connection. Raises TimeoutError or OSError."""
        ...

    def close(self) -> None:
        """Let go of the printer."""
        ...


class TcpConnection:
    """A printer on the network."""

    def __init__(self, host: str, port: int, timeouts: Timeouts) -> None:
        self._timeouts = timeouts
        try:
            self._socket = socket.create_connection((host, port), timeouts.connect)
        except (OSError, UnicodeError):
            raise PrinterGone(
                Message(
                    "The receipt printer at {address} does not answer, so the receipt was not"
                    " printed. The sale is safe. Look whether the printer is switched on and"
                    " connected to the network, then print again.",
                    address=f"{host}:{port}",
                )
            ) from None

    def write(self, data: bytes) -> None:
        """See `Connection`; the time-out is for each part of the data."""
        self._socket.settimeout(self._timeouts.write)
        for start in range(0, len(data), _CHUNK):
            self._socket.sendall(data[start : start + _CHUNK])

    def read(self, timeout: float) -> bytes:
        """See `Connection`."""
        self._socket.settimeout(timeout)
        return self._socket.recv(256)

    def close(self) -> None:
        """See `Connection`."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


class UsbConnection:
    """A printer on USB, by its vendor and product, and by its serial number where there are two."""

    def __init__(self, vendor: int, product: int, serial: str, timeouts: Timeouts) -> None:
        self._timeouts = timeouts
        name = f"{vendor:04x}:{product:04x}"
        found = [
            device
            for device in _usb_devices(idVendor=vendor, idProduct=product)
            if not serial or _usb_text(device, "serial_number") == serial
        ]
        if not found:
            raise PrinterGone(
                Message(
                    "The USB receipt printer {name} is not connected, so the receipt was not"
                    " printed. The sale is safe. Look at its cable and switch, then print again.",
                    name=name,
                )
            )
        if len(found) > 1:
            raise PrinterGone(
                Message(
                    "{count} USB receipt printers {name} are connected, and the settings do not say"
                    " which one prints. Choose it under Shop settings, then print again.",
                    count=len(found),
                    name=name,
                )
            )
        self._device = found[0]
        try:
            self._open()
        except _usb_error():
            raise PrinterGone(
                Message(
                    "The USB receipt printer {name} cannot be opened, so the receipt was not"
                    " printed. Another program may use it, or this account may not; then print"
                    " again.",
                    name=name,
                )
            ) from None

    def _open(self) -> None:
        util = _usb("util")
        interface = next(
            (
                one
                for one in self._device.get_active_configuration()
                if one.bInterfaceClass == _PRINTER_CLASS
            ),
            None,
        )
        if interface is None:
            interface = self._device.get_active_configuration()[(0, 0)]
        number = interface.bInterfaceNumber
        with contextlib.suppress(NotImplementedError, _usb_error()):
            if self._device.is_kernel_driver_active(number):
                self._device.detach_kernel_driver(number)
        ends = {util.endpoint_direction(one.bEndpointAddress): one for one in interface}
        self._out, self._in = ends[util.ENDPOINT_OUT], ends.get(util.ENDPOINT_IN)
        util.claim_interface(self._device, number)

    def write(self, data: bytes) -> None:
        """See `Connection`."""
        try:
            for start in range(0, len(data), _CHUNK):
                self._out.write(data[start : start + _CHUNK], int(self._timeouts.write * 1000))
        except _usb_timeout():
            raise TimeoutError from None

    def read(self, timeout: float) -> bytes:
        """See `Connection`."""
        if self._in is None:
            raise TimeoutError
        try:
            found = bytes(self._in.read(64, int(timeout * 1000)))
        except _usb_timeout():
            raise TimeoutError from None
        if not found:  # an empty packet; there is no end of a connection
            raise TimeoutError
        return found

    def close(self) -> None:
        """See `Connection`."""
        _usb("util").dispose_resources(self._device)


def open_connection(setting: str, timeouts: Timeouts) -> Connection:
    """Connect to the printer of a setting "tcp:…" or "usb:…". Raises `PrinterGone`."""
    kind, _, rest = setting.partition(":")
    if kind == "tcp":
        host, port = parse_tcp(rest)
        return TcpConnection(host, port, timeouts)
    return UsbConnection(*parse_usb(rest), timeouts)


def parse_tcp(text: str) -> tuple[str, int]:
    """Host and port of "HOST", "HOST:PORT" or "[IPV6]:PORT". Raises `PrinterGone`."""
    host, port = text.strip(), str(DEFAULT_PORT)
    if host.startswith("["):
        host, _, rest = host[1:].partition("]")
        port = rest.removeprefix(":") or port
    elif host.count(":") == 1:
        host, _, port = host.partition(":")
    if not host or not (port.isascii() and port.isdigit() and 0 < int(port) <= _MAX_PORT):
        raise PrinterGone(
            Message(
                "“{text}” is no address of a receipt printer. Type its name or number and, after a"
                " colon, its port: 192.168.1.50:9100.",
                text=text,
            )
        )
    return host, int(port)


def parse_usb(text: str) -> tuple[int, int, str]:
    """Vendor, product and serial number ("" for any) of "VENDOR:PRODUCT[:SERIAL]", the first two in
    hex digits. Raises `PrinterGone`."""
    vendor, _, rest = text.partition(":")
    product, _, serial = rest.partition(":")
    try:
        numbers = int(vendor, 16), int(product, 16)
    except ValueError:
        numbers = -1, -1
    if not all(0 <= number <= 0xFFFF for number in numbers):
        raise PrinterGone(
            Message(
                "“{text}” names no USB printer. Choose it from the list under Shop settings.",
                text=text,
            )
        )
    return *numbers, serial


def usb_printers() -> list[PrinterChoice]:
    """The printers on USB, those of one name told apart; none where python-escpos or libusb is
    missing."""
    try:
        found = [one for one in _usb_devices() if _is_printer(one)]
    except PrinterGone:
        return []
    details = [[_usb_text(one, "serial_number"), f"{one.bus}-{one.address}"] for one in found]
    names = [
        _usb_text(one, "product") or f"{one.idVendor:04x}:{one.idProduct:04x}" for one in found
    ]
    labels = tell_apart(list(zip(names, details, strict=True)))
    return [
        PrinterChoice(
            f"usb:{one.idVendor:04x}:{one.idProduct:04x}" + (f":{own[0]}" if own[0] else ""),
            label,
        )
        for one, own, label in zip(found, details, labels, strict=True)
    ]


def _is_printer(device: Any) -> bool:
    try:
        return any(one.bInterfaceClass == _PRINTER_CLASS for setup in device for one in setup)
    except _usb_error():
        return False


def _usb_devices(**match: int) -> list[Any]:
    try:
        core = _usb("core")
    except ImportError:
        raise PrinterGone(ESCPOS_MISSING) from None
    try:
        return list(core.find(find_all=True, **match))
    except (core.NoBackendError, core.USBError):
        raise PrinterGone(
            Message(
                "This computer lacks libusb, which USB receipt printers need. Install it, or choose"
                " the printer by its name in the system."
            )
        ) from None


def _usb_text(device: Any, name: str) -> str:
    """A text that the device tells of itself; "" where it does not, or this account may not ask."""
    try:
        return str(getattr(device, name) or "")
    except (ValueError, NotImplementedError, _usb_error()):
        return ""


def _usb(module: str) -> Any:
    """A module of pyusb, which is optional. Raises ImportError."""
    return importlib.import_module(f"usb.{module}")


def _usb_error() -> type[OSError]:
    error: type[OSError] = _usb("core").USBError
    return error


def _usb_timeout() -> type[OSError]:
    error: type[OSError] = _usb("core").USBTimeoutError
    return error


ESCPOS_MISSING: Final = Message(
    "Receipt printers need an addition that is not installed: xumm-desk[receipt-printer]. Install"
    " it, or choose a printer of the system."
)
