"""What is shipped with the house is known, with its licence."""

from __future__ import annotations

from email.message import Message

import pytest

from tests.dependencies import ALLOWED, PAGE, Package, asked_for, licences_of, packages


def described(**fields: str | list[str]) -> Message:
    metadata = Message()
    for name, values in fields.items():
        for value in [values] if isinstance(values, str) else values:
            metadata[name.replace("_", "-")] = value
    return metadata


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"License_Expression": "MIT"}, {"MIT"}),
        ({"License_Expression": "MIT OR Apache-2.0"}, {"MIT", "Apache-2.0"}),
        ({"License_Expression": "MIT AND (Zlib OR GPL-3.0-only)"}, set()),
        ({"Classifier": ["License :: OSI Approved :: MIT License"]}, {"MIT"}),
        ({"Classifier": ["License :: OSI Approved :: GNU General Public License v3 (GPLv3)"], "License": "GPL"}, set()),
        ({"License": "MIT License\n\nCopyright"}, {"MIT"}),
        ({"License": "proprietary"}, set()),
        ({}, set()),
    ],
)
def test_a_licence_is_read_from_what_the_package_says(fields: dict[str, str | list[str]], expected: set[str]) -> None:
    assert licences_of(described(**fields)) == expected  # type: ignore[arg-type]  # a message has all that is read of it


@pytest.mark.parametrize("licences", [set(), {"GPL-3.0-only"}, {"MPL-2.0"}, {"MIT AND GPL-3.0-only"}])
def test_an_unknown_or_copyleft_licence_is_named(licences: set[str]) -> None:
    assert "left-pad" in Package("left-pad", frozenset(licences), (), direct=True).fault()


def test_a_package_that_changed_its_licence_is_off_its_list() -> None:
    assert Package("psycopg", frozenset({"AGPL-3.0-only"}), (), direct=True).fault()


def test_no_package_here_is_under_a_licence_that_is_on_no_list() -> None:
    assert [fault for package in packages() if (fault := package.fault())] == []


def test_the_page_names_all_that_the_house_asks_for() -> None:
    told = PAGE.read_text(encoding="utf-8")
    assert [package.name for package in packages() if package.direct and f"| **{package.name}** |" not in told] == []
    assert [name for name in ALLOWED if f"- {name} is " not in told] == []
    assert "" in asked_for() and "test" not in asked_for()
