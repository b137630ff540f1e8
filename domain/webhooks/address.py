"""Which addresses the house may call because somebody typed them in: public ones over https, nothing that stands beside it.

Whoever may set up an endpoint could otherwise have this process knock on the doors of its own machine, of its network or of
the cloud that it runs in (attack 58).
"""

from __future__ import annotations

import ipaddress
import re
from typing import Final
from urllib.parse import SplitResult, urlsplit

import attrs

from houtai.domain.access.networks import Address, lies_within, parse_address
from houtai.domain.refusal import InvalidValue

MAX_URL: Final = 500

# IANA's registries of special-purpose addresses, as of 2025; and one public address that is a machine's own in a cloud.
_CLOSED_V4: Final = (
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",  # carriers' NAT, and Alibaba Cloud's 100.100.100.200
    "127.0.0.0/8",
    "168.63.129.16/32",  # Azure's own services, seen from each of its machines
    "169.254.0.0/16",  # link-local, and the metadata of most clouds
    "172.16.0.0/12",
    "192.0.0.0/24",  # Oracle Cloud's 192.0.0.192
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
)
# Of version 6 only 2000::/3 is handed out; within it, what is special or holds an address of version 4.
_OPEN_V6: Final = "2000::/3"
_CLOSED_V6: Final = ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
LOOPBACK: Final = ("127.0.0.0/8", "::1/128")
_LABEL: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
_SIGNS: Final = re.compile(r"[\x21-\x5b\x5d-\x7e]+")  # printable ASCII but the backslash, which parsers read in two ways


@attrs.frozen
class UrlRules:
    """What an operator allows beyond public addresses: `networks` in CIDR, and plain http to the machine itself."""

    networks: tuple[str, ...] = ()
    http_at_home: bool = False

    def why_closed(self, address: str) -> str:
        """Why an address may not be called; empty where it may. One of version 4 written as version 6 counts as what it is."""
        found = parse_address(address)
        if found is None:
            return "it is no address"
        if self.networks and lies_within(str(found), self.networks):
            return ""
        return "" if _is_public(found) else "it lies in a network that is not public"


def check_url(url: str, rules: UrlRules) -> str:
    """The URL as it is called. Raises InvalidValue for what is no URL, or names by itself what may not be called.

    A name is looked up when it is called, and then each of its addresses is held against the same rules.
    """
    parts = _parts(url)
    host = (parts.hostname or "").removesuffix(".")
    address = parse_address(host)
    if parts.scheme != "https" and not (parts.scheme == "http" and rules.http_at_home and is_home(host)):
        raise InvalidValue(field="url", rule="must begin with https://")
    if address is None:
        _check_name(host, rules)
    elif why := rules.why_closed(host):
        raise InvalidValue(field="url", rule=f"must name a public address: {why}")
    return url


def is_home(host: str) -> bool:
    """Whether a host is this machine by its name or number."""
    return host == "localhost" or (parse_address(host) is not None and lies_within(host, LOOPBACK))


def _parts(url: str) -> SplitResult:
    if len(url) > MAX_URL or not _SIGNS.fullmatch(url):
        raise InvalidValue(field="url", rule=f"must have 1 to {MAX_URL} characters of ASCII, without blanks and backslashes")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise InvalidValue(field="url", rule="must be a URL") from error
    if not parts.hostname or port == 0 or "%" in parts.hostname:
        raise InvalidValue(field="url", rule="must name a host, and a port between 1 and 65535")
    if parts.username is not None or parts.password is not None or "#" in url:
        raise InvalidValue(field="url", rule="must not hold a user, a password or a fragment")
    return parts


def _check_name(host: str, rules: UrlRules) -> None:
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise InvalidValue(field="url", rule="must name a host by letters, digits, hyphens and full stops")
    if _NUMBER.fullmatch(labels[-1]):  # browsers and C libraries read 127.1, 2130706433 and 0x7f000001 as addresses
        raise InvalidValue(field="url", rule="must write an address as four numbers")
    if len(labels) == 1 and not rules.networks:
        raise InvalidValue(field="url", rule="must name a host with its domain")
    if labels[-1] == "localhost" and not any(lies_within(one, rules.networks) for one in ("127.0.0.1", "::1") if rules.networks):
        raise InvalidValue(field="url", rule="must not name this machine")


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv4Address):
        return not lies_within(str(address), _CLOSED_V4)
    return lies_within(str(address), (_OPEN_V6,)) and not lies_within(str(address), _CLOSED_V6)
