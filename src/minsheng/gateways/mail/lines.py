"""How servers of mail are reached: encrypted and with their certificate checked, but for those on this machine."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass, field
from typing import Final

IMPLICIT, STARTTLS, NONE = WAYS = ("tls", "starttls", "none")
# Seconds that a server has for one answer.
WAIT: Final = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A server's host and port, who signs in, and how the line is kept secret: `tls`, `starttls`, `none` on loopback.

    `ca_file`: certificates of who signs the server's; empty for those that the machine trusts.
    """

    host: str
    port: int
    secrecy: str = IMPLICIT
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""

    def context(self) -> ssl.SSLContext:
        """Return what a TLS line is made with: the name and the certificate of the server are checked."""
        return ssl.create_default_context(cafile=self.ca_file or None)


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine, to which mail may go in clear."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
