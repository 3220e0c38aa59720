"""Files behind addresses: off unless allowed, and then by a few schemes only.

https and http are fetched by the standard library: no redirects, since they may lead
anywhere, and no link-local hosts, where clouds keep their secrets. s3, gs and the like
go through fsspec.
"""

import ipaddress
import os
import socket
import urllib.error
import urllib.request
from urllib.parse import urlsplit

from homodal.errors import TableError, one_of
from homodal.optional import require

ALLOW_REMOTE = "HOMODAL_ALLOW_REMOTE"  # environment variable; off unless it is 1
SCHEMES = ("http", "https", "s3", "gs", "gcs", "az", "abfs", "hf", "memory")
MAX_BYTES = 2**30
_SECONDS = 60.0  # without a byte


class Address(str):
    """An address that may be opened: `s3://…`, `https://…`."""

    __slots__ = ()


def is_address(source):
    """True for `s3://…`, `https://…` and the like."""
    return isinstance(source, str) and "://" in source


def allowed(address):
    """`address` as an `Address`. Raises `TableError` unless it may be opened."""
    if os.environ.get(ALLOW_REMOTE) != "1":
        raise TableError(
            f"'{address[:200]}' is an address, not a file",
            do=f"Allow it: --allow-remote, or {ALLOW_REMOTE}=1",
        )
    scheme = address.partition("://")[0].lower()
    # "::" is how fsspec chains file systems, local ones among them
    if scheme not in SCHEMES or (not _is_http(address) and "::" in address):
        raise TableError(
            f"'{address[:200]}' is not an address of a known kind",
            expected=one_of(f"{scheme}://" for scheme in SCHEMES),
        )
    return Address(address)


def open_address(address):
    """The bytes behind an address. Raises `TableError`."""
    address = allowed(address)
    read = _over_http if _is_http(address) else _by_fsspec
    try:
        content = read(address)
    except (OSError, ValueError, ImportError) as error:
        raise TableError(f"'{address[:200]}' cannot be read: {error}") from None
    if len(content) > MAX_BYTES:
        raise TableError(f"'{address[:200]}' holds more than {MAX_BYTES:,} bytes")
    return content


def _is_http(address):
    return address.lower().startswith(("http://", "https://"))


def _over_http(address):
    _check_host(urlsplit(address).hostname)
    opener = urllib.request.build_opener(_NoRedirects)
    request = urllib.request.Request(address, headers={"User-Agent": "homodal"})
    with opener.open(request, timeout=_SECONDS) as answer:
        return answer.read(MAX_BYTES + 1)


def _check_host(host):
    for *_, where in socket.getaddrinfo(host or "", None):
        if ipaddress.ip_address(str(where[0]).partition("%")[0]).is_link_local:
            raise OSError(f"{host} is a link-local host")


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect is an error that names where it leads."""

    def redirect_request(self, req, fp, code, msg, headers, newurl):
        raise urllib.error.URLError(f"it leads elsewhere, to {newurl[:200]}")


def _by_fsspec(address):
    fsspec = require("fsspec", "reading from an address")
    with fsspec.open(str(address), "rb") as file:
        return file.read(MAX_BYTES + 1)
