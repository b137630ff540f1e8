"""Networks and addresses: which address a request really comes from, and whether a rule lets it in (SYS-5)."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from typing import Any, Final

import attrs

from houtai.domain.refusal import InvalidValue

UNKNOWN: Final = "unknown"
"""An address that could not be made out; no rule lets it in."""

UNIX_SOCKET: Final = "unix"
"""In a list of trusted proxies: whoever connects through the machine's own socket file."""

MAX_HOPS: Final = 32

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def parse_address(text: str) -> Address | None:
    """An address in its plain form, IPv4-mapped IPv6 as IPv4 and without a zone; None for anything else."""
    try:
        address = ipaddress.ip_address(text.split("%", 1)[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def parse_network(text: str, field: str = "networks") -> str:
    """A rule in its plain form (``10.0.0.0/8``); a single address is a network of one. Raises InvalidValue.

    Bits beyond the prefix are refused, because ``10.0.0.9/8`` lets in far more than it seems to say.
    """
    try:
        network: Network = ipaddress.ip_network(text.strip())
    except ValueError as error:
        raise InvalidValue(field=field, rule=f"{text[:64]!r} is not an address or a network such as 10.1.0.0/16") from error
    if isinstance(network, ipaddress.IPv6Network) and network.prefixlen >= 96:
        mapped = network.network_address.ipv4_mapped
        if mapped is not None:
            network = ipaddress.IPv4Network((mapped, network.prefixlen - 96))
    return str(network)


def networks(texts: Iterable[str]) -> tuple[str, ...]:
    """Rules in plain form, each once, in the order given."""
    return tuple(dict.fromkeys(parse_network(text, f"networks[{place}]") for place, text in enumerate(texts)))


def plain_networks(_: Any, attribute: attrs.Attribute[Any], value: tuple[str, ...]) -> None:
    """Attrs validator: at most 100 networks, each in plain form."""
    if len(value) > 100:
        raise InvalidValue(field=attribute.name, rule="must have at most 100 entries")
    for text in value:
        if parse_network(text, attribute.name) != text:
            raise InvalidValue(field=attribute.name, rule=f"{text} must be written {parse_network(text)}")


def lies_within(address: str, rules: Sequence[str]) -> bool:
    """Whether one of the rules holds the address. No rules let everybody in.

    An empty address means inside the house: it counts as the machine's own, 127.0.0.1 and ::1.
    """
    if not rules:
        return True
    if not address:
        return lies_within("127.0.0.1", rules) or lies_within("::1", rules)
    found = parse_address(address)
    return found is not None and any(found in ipaddress.ip_network(rule) for rule in rules)


def client_address(peer: str | None, forwarded_for: Sequence[str], trusted: Sequence[str]) -> str:
    """Who really asks: the peer itself, or, behind trusted proxies, the last hop that no trusted proxy vouches for.

    `peer` is the address of the connection, None for a socket file; `forwarded_for` the X-Forwarded-For headers in the
    order they came; `trusted` networks, or "unix". The walk goes from right to left, because each proxy appends what it saw
    and everything further left is hearsay. An entry that cannot be read makes the address unknown, never the one behind it.
    """
    if peer is None:
        current, believed = UNKNOWN, UNIX_SOCKET in trusted
    else:
        address = parse_address(peer)
        current, believed = ((str(address) if address else UNKNOWN), _is_trusted(peer, trusted))
    hops = [hop.strip() for header in forwarded_for for hop in header.split(",")]
    for hop in reversed(hops[-MAX_HOPS:]):
        if not believed:
            return current
        address = parse_address(_without_port(hop))
        if address is None:
            return UNKNOWN
        current, believed = str(address), _is_trusted(str(address), trusted)
    return UNKNOWN if believed and len(hops) > MAX_HOPS else current


def neighbourhood(address: str) -> str:
    """Under what an address is counted: IPv4 as it is, IPv6 as its /64, because one machine owns all of that."""
    found = parse_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.IPv6Network((found, 64), strict=False))
    return str(found) if found else (address and UNKNOWN) or "inside"


def _is_trusted(text: str, trusted: Sequence[str]) -> bool:
    rules = [rule for rule in trusted if rule != UNIX_SOCKET]
    return bool(rules) and lies_within(text, rules)


def _without_port(hop: str) -> str:
    if hop.startswith("["):
        return hop[1:].split("]", 1)[0]
    return hop.split(":", 1)[0] if hop.count(":") == 1 else hop
