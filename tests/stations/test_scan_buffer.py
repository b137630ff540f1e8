"""What becomes of a scanner's characters: whole codes or nothing, whatever is mixed into them."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as some

from houtai.entrypoints.terminal.scan_buffer import Bad, ScanBuffer

CODES = some.text(some.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40)


def fed(signs: str) -> list[str | Bad]:
    buffer = ScanBuffer()
    return [ended for ended in map(buffer.feed, signs) if ended is not None]


@given(some.lists(CODES, max_size=20), some.sampled_from(["\r", "\n", "\t", "\r\n"]))
def test_codes_arrive_whole_and_in_order_behind_every_suffix(codes: list[str], suffix: str) -> None:
    assert fed("".join(code + suffix for code in codes)) == codes


@given(CODES, some.sampled_from([chr(sign) for sign in range(32) if chr(sign) not in "\r\n\t\x1d"] + ["\x7f"]), CODES)
def test_a_control_character_spoils_its_own_scan_and_no_other(before: str, control: str, after: str) -> None:
    assert fed(f"{before}{control}{after}\rNEXT\r") == [Bad("bad-scan"), "NEXT"]


def test_the_separator_of_gs1_stays() -> None:
    assert fed("]d20106901234567892\x1d10LOT\r") == ["]d20106901234567892\x1d10LOT"]


@pytest.mark.parametrize("length", [201, 10_000])
def test_a_scan_that_is_too_long_is_not_used_and_not_kept(length: int) -> None:
    buffer = ScanBuffer()
    for _ in range(length):
        buffer.feed("A")
    assert len(buffer.text) <= 200
    assert buffer.feed("\r") == Bad("scan-too-long")
    assert fed("B\r") == ["B"]


def test_nothing_at_all_is_no_scan() -> None:
    assert fed("\r\n\t\r") == []
