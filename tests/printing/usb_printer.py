"""A receipt printer on USB, below pyusb: a bus whose devices understand ESC/POS.

Takes the place of libusb, so that everything above it runs as with a cable.
"""

from __future__ import annotations

import importlib
from types import SimpleNamespace
from typing import Any

from .escpos_printer_server import EscposPrinter, PrinterSession

_backend: Any = importlib.import_module("usb.backend")
_core: Any = importlib.import_module("usb.core")
_libusb: Any = importlib.import_module("usb.backend.libusb1")

OUT, IN = 0x03, 0x81
"""Endpoints that are not those which libraries guess."""

_ENGLISH = 0x0409
_TEXTS = {1: "manufacturer", 2: "product", 3: "serial"}


class UsbPrinter(EscposPrinter):
    """A device with a printer interface, the second one of its two."""

    def __init__(self, vendor: int, product: int, serial: str, name: str = "Receipts") -> None:
        super().__init__()
        self.vendor, self.product = vendor, product
        self.texts = {"manufacturer": "ACME", "product": name, "serial": serial}
        self.busy = False
        self.hangs = False
        self.claimed: list[int] = []
        self.answers = bytearray()
        self.session = PrinterSession(self, self.answers.extend)


class UsbBus(_backend.IBackend):  # type: ignore[misc]
    """The computer's USB, with these printers on it."""

    def __init__(self, printers: list[UsbPrinter]) -> None:
        self.printers = printers

    def enumerate_devices(self) -> list[UsbPrinter]:
        return list(self.printers)

    def get_device_descriptor(self, dev: UsbPrinter) -> SimpleNamespace:
        return SimpleNamespace(
            bLength=18,
            bDescriptorType=1,
            bcdUSB=0x200,
            bDeviceClass=0,
            bDeviceSubClass=0,
            bDeviceProtocol=0,
            bMaxPacketSize0=64,
            idVendor=dev.vendor,
            idProduct=dev.product,
            bcdDevice=0x100,
            iManufacturer=1,
            iProduct=2,
            iSerialNumber=3,
            bNumConfigurations=1,
            address=self.printers.index(dev) + 1,
            bus=1,
            port_number=1,
            port_numbers=(1,),
            speed=3,
        )

    def get_configuration_descriptor(self, _dev: UsbPrinter, config: int) -> SimpleNamespace:
        if config > 0:
            raise IndexError
        return SimpleNamespace(
            bLength=9,
            bDescriptorType=2,
            wTotalLength=50,
            bNumInterfaces=2,
            bConfigurationValue=1,
            iConfiguration=0,
            bmAttributes=0xC0,
            bMaxPower=50,
            extra_descriptors=b"",
        )

    def get_interface_descriptor(
        self, _dev: UsbPrinter, intf: int, alt: int, _config: int
    ) -> SimpleNamespace:
        if intf > 1 or alt > 0:
            raise IndexError
        return SimpleNamespace(
            bLength=9,
            bDescriptorType=4,
            bInterfaceNumber=intf,
            bAlternateSetting=0,
            bNumEndpoints=2,
            bInterfaceClass=(3, 7)[intf],
            bInterfaceSubClass=1,
            bInterfaceProtocol=2,
            iInterface=0,
            extra_descriptors=b"",
        )

    def get_endpoint_descriptor(
        self, _dev: UsbPrinter, ep: int, intf: int, _alt: int, _config: int
    ) -> SimpleNamespace:
        address = ((0x02, 0x82), (OUT, IN))[intf][ep]
        return SimpleNamespace(
            bLength=7,
            bDescriptorType=5,
            bEndpointAddress=address,
            bmAttributes=2,
            wMaxPacketSize=64,
            bInterval=0,
            bRefresh=0,
            bSynchAddress=0,
            extra_descriptors=b"",
        )

    def open_device(self, dev: UsbPrinter) -> UsbPrinter:
        if dev.busy:
            raise _core.USBError("Access denied (insufficient permissions)", -3, 13)
        return dev

    def close_device(self, _handle: UsbPrinter) -> None:
        return None

    def set_configuration(self, _handle: UsbPrinter, _config: int) -> None:
        return None

    def get_configuration(self, _handle: UsbPrinter) -> int:
        return 1

    def claim_interface(self, handle: UsbPrinter, intf: int) -> None:
        handle.claimed.append(intf)

    def release_interface(self, handle: UsbPrinter, intf: int) -> None:
        handle.claimed.remove(intf)

    def is_kernel_driver_active(self, _handle: UsbPrinter, _intf: int) -> bool:
        return False

    def bulk_write(self, handle: UsbPrinter, ep: int, intf: int, data: Any, _timeout: int) -> int:
        assert (ep, intf in handle.claimed) == (OUT, True)
        if handle not in self.printers:
            raise _core.USBError("No such device", -4, 19)
        if handle.hangs:
            raise _core.USBTimeoutError("Operation timed out", -7, 110)
        handle.session.feed(bytes(data))
        return len(data)

    def bulk_read(self, handle: UsbPrinter, ep: int, _intf: int, buff: Any, _timeout: int) -> int:
        assert ep == IN
        if not handle.answers:
            raise _core.USBTimeoutError("Operation timed out", -7, 110)
        count = min(len(handle.answers), len(buff))
        buff[:count] = type(buff)("B", bytes(handle.answers[:count]))
        del handle.answers[:count]
        return count

    def ctrl_transfer(
        self,
        handle: UsbPrinter,
        _type: int,
        request: int,
        value: int,
        _index: int,
        data: Any,
        _timeout: int,
    ) -> int:
        assert request == 6  # GET_DESCRIPTOR, of texts
        number = value & 0xFF
        text = handle.texts[_TEXTS[number]].encode("utf-16-le") if number else b"\x09\x04"
        answer = bytes([len(text) + 2, 3]) + text
        count = min(len(answer), len(data))
        data[:count] = type(data)("B", answer[:count])
        return count


def install(monkeypatch: Any, printers: list[UsbPrinter]) -> UsbBus:
    """Let pyusb find these printers."""
    bus = UsbBus(printers)
    monkeypatch.setattr(_libusb, "get_backend", lambda *_args, **_more: bus)
    return bus
