"""Where the frozen program starts; the same as `python -m xumm_desk`.

The desk starts its practice platform as `<this program> -m xumm_desk.simulator`. A frozen program
has no `-m` of its own, so it is understood here, for the desk's own packages and no others.
"""

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


def main() -> None:
    multiprocessing.freeze_support()
    find_certificates()
    module = "xumm_desk"
    if sys.argv[1:2] == ["-m"] and "".join(sys.argv[2:3]).partition(".")[0] == module:
        module = sys.argv[2]
        del sys.argv[1:3]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
