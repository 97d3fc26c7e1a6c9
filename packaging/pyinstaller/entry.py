"""Where the frozen program starts; the same as `python -m xumm_desk`.

The desk starts its practice platform as `<this program> -m xumm_desk.simulator`. A frozen program
has no `-m` of its own, so it is understood here, for the desk's own packages and no others.
"""

import importlib
import multiprocessing
import os
import runpy
import sys

# Where other systems than the one it was frozen on keep the certificates of authorities.
CERTIFICATES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Arch, Gentoo
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora, Red Hat
    "/etc/ssl/ca-bundle.pem",  # openSUSE
    "/etc/ssl/cert.pem",  # Alpine, FreeBSD
)


def find_certificates() -> None:
    """The OpenSSL that is brought along looks where Debian has them; tell it of another place."""
    if sys.platform != "linux" or os.path.isdir("/usr/lib/ssl/certs"):
        return
    import ssl  # noqa: PLC0415 - the window is painted without it

    paths = ssl.get_default_verify_paths()
    if paths.cafile or paths.capath:
        return
    for file in CERTIFICATES:
        if os.path.isfile(file):
            os.environ["SSL_CERT_FILE"] = file
            return


def hold_modules() -> None:
    """Read modules from the file that was started, also when an upgrade has put another one in its
    place: at each import PyInstaller opens it by its name, and what it finds in a newer one are
    the bytes of something else."""
    if sys.platform != "linux":
        return  # Windows locks the file, and on macOS a bundle is replaced as a whole
    # PyInstaller's own module, which is there in a frozen program only.
    archive = importlib.import_module("pyimod02_importers").pyz_archive
    archive._filename = f"/proc/self/fd/{os.open(archive._filename, os.O_RDONLY)}"


def main() -> None:
    multiprocessing.freeze_support()
    hold_modules()
    find_certificates()
    module = "xumm_desk"
    if sys.argv[1:2] == ["-m"] and "".join(sys.argv[2:3]).partition(".")[0] == module:
        module = sys.argv[2]
        del sys.argv[1:3]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
