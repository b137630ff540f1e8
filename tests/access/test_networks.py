"""Addresses and networks: what lets whom in, and whose word about an address counts."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given, strategies as st

from houtai.domain.access.networks import UNKNOWN, client_address, lies_within, neighbourhood, networks, parse_network
from houtai.domain.refusal import InvalidValue

v4 = st.ip_addresses(v=4).map(str)
anything = st.ip_addresses().map(str)


@given(v4, st.integers(0, 32))
def test_an_address_lies_within_its_own_network_of_any_width(address: str, width: int) -> None:
    rule = parse_network(str(ipaddress.ip_network(f"{address}/{width}", strict=False)))
    assert lies_within(address, [rule])


@given(v4, v4)
def test_a_single_address_lets_in_nobody_but_itself(rule: str, address: str) -> None:
    assert lies_within(address, [parse_network(rule)]) == (rule == address)


@given(v4, v4)
def test_a_mapped_ipv6_address_counts_as_its_ipv4_one_on_both_sides(rule: str, address: str) -> None:
    plain = lies_within(address, [parse_network(rule)])
    assert lies_within(f"::ffff:{address}", [parse_network(rule)]) == plain
    assert lies_within(address, [parse_network(f"::ffff:{rule}")]) == plain


def test_a_mapped_network_is_kept_in_its_ipv4_form() -> None:
    assert networks(["::ffff:10.0.0.0/104", "10.0.0.0/8", "2001:db8::/32"]) == ("10.0.0.0/8", "2001:db8::/32")


@pytest.mark.parametrize("text", ["", "10.0.0", "10.0.0.9/8", "10.0.0.0/33", "example.com", "10.0.0.0/8/8", "*"])
def test_what_is_no_network_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        networks(["10.0.0.0/8", text])
    assert refused.value.field == "networks[1]"


@pytest.mark.parametrize("address", ["", "127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_inside_the_house_counts_as_the_machine_itself(address: str) -> None:
    assert lies_within(address, ["127.0.0.0/8", "::1/128"])


@pytest.mark.parametrize("address", [UNKNOWN, "example.com", "10.0.0.1.2", "0x7f000001"])
def test_an_address_that_cannot_be_read_lies_in_no_network(address: str) -> None:
    assert not lies_within(address, ["0.0.0.0/0", "::/0"])


@given(anything, st.lists(anything))
def test_without_a_trusted_proxy_the_header_says_nothing(peer: str, forged: list[str]) -> None:
    assert client_address(peer, forged, ()) == client_address(peer, (), ())


@given(st.lists(anything, max_size=5), v4.filter(lambda text: not text.startswith("10.")))
def test_what_a_client_puts_before_the_proxys_own_entry_is_never_believed(forged: list[str], real: str) -> None:
    headers = [*forged, real]
    assert client_address("10.0.0.1", [", ".join(headers)], ["10.0.0.0/8"]) == real
    assert client_address("10.0.0.1", headers, ["10.0.0.0/8"]) == real


@pytest.mark.parametrize(
    ("peer", "headers", "expected"),
    [
        ("10.0.0.1", ["198.51.100.7, 10.0.0.2"], "198.51.100.7"),  # two trusted proxies in a row
        ("10.0.0.1", ["203.0.113.5, 198.51.100.7, 10.0.0.2"], "198.51.100.7"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["10.0.0.3"], "10.0.0.3"),
        ("::ffff:10.0.0.1", ["::ffff:198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", ["[2001:db8::7]:4711"], "2001:db8::7"),
        ("10.0.0.1", ["198.51.100.7:4711"], "198.51.100.7"),
        ("10.0.0.1", ["198.51.100.7, unknown"], UNKNOWN),
        ("10.0.0.1", ["198.51.100.7,"], UNKNOWN),
        ("not an address", ["198.51.100.7"], UNKNOWN),
        (None, ["198.51.100.7"], UNKNOWN),
    ],
)
def test_the_walk_goes_from_right_to_left(peer: str | None, headers: list[str], expected: str) -> None:
    assert client_address(peer, headers, ["10.0.0.0/8"]) == expected


def test_a_socket_file_is_a_trusted_proxy_only_where_that_was_said() -> None:
    assert client_address(None, ["198.51.100.7"], ["unix"]) == "198.51.100.7"


def test_an_endless_header_of_trusted_hops_ends_as_unknown() -> None:
    assert client_address("10.0.0.1", [", ".join(["10.0.0.2"] * 100)], ["10.0.0.0/8"]) == UNKNOWN


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", "inside"),
        ("nonsense", UNKNOWN),
    ],
)
def test_an_ipv6_neighbour_is_counted_by_the_network_it_owns(address: str, expected: str) -> None:
    assert neighbourhood(address) == expected
