"""The screens look as docs/pictures shows them, in both languages, and each picture is of a screen that there is.

`python -m tests.stations.pictures` draws them anew where a screen is meant to look otherwise.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from houtai.application.office import Office
from houtai.domain.warehouse.words import TEXTS, Language
from tests.stations.pictures import FOLDER, STORIES, file_of, pictures


@pytest.mark.parametrize("language", Language, ids=lambda language: language.value)
@pytest.mark.parametrize("story", STORIES)
def test_the_screens_look_as_the_pictures_show_them(memory_office: Office, clock: Any, story: str, language: Language) -> None:
    now = pictures(memory_office, clock, story, language)
    differ = [name for name, told in now.items() if file_of(name, language).read_text(encoding="utf-8") != told]
    assert differ == []
    assert list(now) == [step[1:] for step in STORIES[story] if step.startswith("=")]


def test_every_picture_belongs_to_a_story() -> None:
    names = [step[1:] for steps in STORIES.values() for step in steps if step.startswith("=")]
    assert len(names) == len(set(names))
    files = {file_of(name, language) for name in names for language in Language}
    assert set(FOLDER.glob("station-*.svg")) == files


def shown(path: Path) -> str:
    """The words of a picture in the order of its lines."""
    return " ".join(
        "".join(text.itertext()) for text in ET.fromstring(path.read_text(encoding="utf-8")) if text.tag.endswith("text")
    )


def test_everything_that_a_station_asks_for_is_in_a_picture() -> None:
    pictured = [shown(path) for path in sorted(FOLDER.glob("station-*.en.svg"))]
    prompts = {code: words[Language.ENGLISH] for code, words in TEXTS.items() if code.startswith("prompt.")}
    patterns = {code: re.sub(r"\\{\w+\\}", ".+", re.escape(words)) for code, words in prompts.items()}
    assert [code for code, pattern in patterns.items() if not any(re.search(pattern, words) for words in pictured)] == []


def test_a_picture_asks_no_other_machine_for_anything() -> None:
    for path in FOLDER.glob("*.svg"):
        text = path.read_text(encoding="utf-8")
        ET.fromstring(text)  # well formed
        assert re.findall(r"(?:https?:)?//(?!www\.w3\.org/2000/svg)[a-z]", text) == [], path.name


def test_the_page_shows_pictures_that_are_there() -> None:
    shown = re.findall(r"\]\((pictures/[^)]+)\)", (FOLDER.parent / "stations.md").read_text(encoding="utf-8"))
    assert len(shown) >= 10
    assert [name for name in shown if not (FOLDER.parent / name).is_file()] == []
