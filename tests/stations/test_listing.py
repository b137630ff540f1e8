"""Columns stay in line: every sign takes the cells that a terminal gives it."""

from __future__ import annotations

from hypothesis import given, strategies as some
from rich.cells import cell_len

from houtai.entrypoints.terminal.listing import fit, folded, listed

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


def test_a_long_menu_stands_in_two_halves_and_loses_nothing() -> None:
    head, tasks = ("键", "作业"), [(str(number), f"T{number}") for number in range(1, 15)]
    assert folded([head, *tasks[:3]], 9) == [head, *tasks[:3]]
    for count in (13, 14):
        both = folded([head, *tasks[:count]], 9)
        assert (len(both), both[0]) == (8, (*head, *head))
        halves = [row[:2] for row in both[1:]] + [row[2:] for row in both[1:]]
        assert [row for row in halves if any(row)] == tasks[:count]
