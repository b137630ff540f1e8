"""Which URLs may be endpoints: public ones over https, however an address is written (attack 58)."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given, strategies as st

from houtai.domain.refusal import InvalidValue
from houtai.domain.webhooks.address import LOOPBACK, UrlRules, check_url

STRICT = UrlRules()
AT_HOME = UrlRules(LOOPBACK, http_at_home=True)
IN_THE_OFFICE = UrlRules(("10.1.0.0/16",))


@pytest.mark.parametrize(
    "url",
    [
        "https://erp.example.com/hook",
        "https://erp.example.com:8443/hook?token=a%2Fb",
        "https://example.com",
        "https://8.8.8.8/hook",
        "https://[2606:4700::1111]/hook",
        "https://xn--fiqs8s.example/hook",
        "https://erp.example.com./hook",
    ],
)
def test_a_public_address_may_be_called(url: str) -> None:
    assert check_url(url, STRICT) == url


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:a9fe:a9fe]/",
        "https://[::7f00:1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://[2001:0:7f00:1::]/",
        "https://[fd00:ec2::254]/",
        "https://[fe80::1]/",
        "https://[fe80::1%25eth0]/",
        "https://[ff02::1]/",
        "https://0x7f000001/",
        "https://0X7F000001/",
        "https://2130706433/",
        "https://017700000001/",
        "https://127.1/",
        "https://127.0.0.0x1/",
        "https://1.2.3.4.5/",
        "https://localhost/",
        "https://LOCALHOST/",
        "https://api.localhost/",
        "https://localhost./",
        "https://0.0.0.0/",
        "https://10.0.0.1/",
        "https://100.100.100.200/",
        "https://168.63.129.16/",
        "https://172.16.0.1/",
        "https://192.168.1.1/",
        "https://224.0.0.1/",
        "https://255.255.255.255/",
        "https://intranet/",
        "http://erp.example.com/hook",
        "http://127.0.0.1/",
        "file:///etc/passwd",
        "ftp://example.com/",
        "gopher://example.com/",
        "//example.com/",
        "https:///hook",
        "https://",
        "https://user@example.com/",
        "https://user:password@example.com/",
        "https://example.com@127.0.0.1/",
        "https://example.com#@127.0.0.1/",
        "https://example.com\\@127.0.0.1/",
        "https://example.com:0/",
        "https://example.com:99999/",
        "https://example.com:x/",
        "https://exam ple.com/",
        "https://example.com/\r\nX: y",
        "https://example.com/\t",
        "https://１２７.0.0.1/",
        "https://例子.cn/",
        "https://[::1/",
        "https://-a.example.com/",
        "https://a..example.com/",
        "https://" + "a" * 64 + ".example.com/",
        "https://example.com/" + "a" * 500,
        "",
    ],
)
def test_58_what_is_not_public_or_not_https_may_not(url: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        check_url(url, STRICT)
    assert refused.value.field == "url"


@given(
    st.one_of(
        *(st.ip_addresses(network=net) for net in ("10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "100.64.0.0/10", "fc00::/7"))
    )
)
def test_no_address_of_such_a_network_is_open_in_any_writing(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    written = [str(address), address.exploded]
    if isinstance(address, ipaddress.IPv4Address):
        written = [str(address), f"::ffff:{address}", f"::{address}", f"64:ff9b::{address}"]
    assert all(STRICT.why_closed(one) for one in written)


@given(st.ip_addresses())
def test_nothing_is_open_that_python_does_not_call_global(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    if not address.is_global:
        assert STRICT.why_closed(str(address))


def test_an_operator_may_open_a_network_and_with_it_names_without_a_domain() -> None:
    for url in ("https://10.1.2.3/hook", "https://erp/hook"):
        assert check_url(url, IN_THE_OFFICE) == url
    for url in ("https://10.2.0.1/hook", "https://127.0.0.1/", "https://localhost/", "http://10.1.2.3/hook"):
        with pytest.raises(InvalidValue):
            check_url(url, IN_THE_OFFICE)


def test_in_development_the_machine_itself_may_be_called_without_tls_and_nothing_else() -> None:
    for url in ("http://127.0.0.1:8000/hook", "http://localhost:8000/hook", "http://[::1]:8000/", "https://localhost/"):
        assert check_url(url, AT_HOME) == url
    for url in ("http://example.com/", "http://10.0.0.1/", "https://10.0.0.1/"):
        with pytest.raises(InvalidValue):
            check_url(url, AT_HOME)


def test_what_is_no_address_is_closed() -> None:
    assert STRICT.why_closed("example.com")
