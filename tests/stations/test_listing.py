"""Columns stay in line: every sign takes the cells that a terminal gives it."""

from __future__ import annotations

from hypothesis import given, strategies as some
from rich.cells import cell_len

from houtai.entrypoints.terminal.listing import fit, listed

CELLS = some.text(some.sampled_from("连衣裙红色MabcＡＢ龘𠮷ｶﾅ😀 -01"), max_size=30)


def test_what_is_too_long_ends_in_an_ellipsis_and_fills_its_cells() -> None:
    assert fit("连衣裙红色M", 8) == "连衣裙… "
    assert fit("茶", 4) == "茶  "


def test_a_control_character_in_a_name_is_shown_as_a_question_mark() -> None:
    assert fit("a\x1b[2Jb", 8) == "a?[2Jb  "


@given(CELLS, some.integers(1, 40))
def test_a_cell_is_exactly_as_wide_as_its_column(text: str, width: int) -> None:
    assert cell_len(fit(text, width)) == width


@given(some.lists(some.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=8), some.integers(20, 100))
def test_no_line_is_wider_than_the_screen(rows: list[tuple[str, str, str]], room: int) -> None:
    assert all(cell_len(line) <= room for line in listed(rows, room))
