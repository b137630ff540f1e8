"""Which addresses a name that somebody typed may lead to: looked up once, held against networks, connected to as looked up.

Whoever may set up a printer could otherwise have this process knock on every door of the machine and of the net it stands in
(attack 58). The name is never looked up a second time, so it cannot point elsewhere by then.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from contextlib import ExitStack
from typing import Final, Self

import attrs

from houtai.domain.access.networks import parse_address

PRIVATE: Final = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
LOOPBACK: Final = ("127.0.0.0/8", "::1/128")


class OutOfReach(OSError):
    """Every address of the name lies outside of the networks."""


@attrs.frozen
class Reachable:
    """Networks that may be called."""

    networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]

    @classmethod
    def of(cls, networks: Iterable[str]) -> Self:
        """From CIDRs. Raises ValueError."""
        return cls(tuple(ipaddress.ip_network(one) for one in networks))

    def connect(self, host: str, port: int, timeout_s: float) -> socket.socket:
        """A connection to the first address of `host` that lies within. Raises OutOfReach, and OSError as connecting does."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        for family, kind, protocol, _, where in found:
            if self.holds(str(where[0])):
                with ExitStack() as closed_when_it_fails:
                    line = closed_when_it_fails.enter_context(socket.socket(family, kind, protocol))
                    line.settimeout(timeout_s)
                    line.connect(where)
                    closed_when_it_fails.pop_all()
                    return line
        message = "the address lies outside of the networks that may be called"
        raise OutOfReach(message)

    def holds(self, address: str) -> bool:
        """Whether the address lies in one of the networks; one of version 4 written as version 6 counts as what it is."""
        plain = parse_address(address)
        return plain is not None and any(plain.version == one.version and plain in one for one in self.networks)


AT_HOME: Final = Reachable.of((*PRIVATE, *LOOPBACK))
"""The private networks and this machine itself."""
