"""The programs in README.md and the tutorial run as they stand, excerpts are the code's own, and no link of a page is dead."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.demo_shop import played, shop_file

__all__ = ["played", "shop_file"]

ROOT = Path(__file__).parents[1]


def programs(page: str) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def run(program: str, page: str) -> None:
    known: dict[str, object] = {}
    exec(compile(program, page, "exec"), known)
    known["office"].close()  # type: ignore[attr-defined]  # what open_office gave


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_the_readmes_program_places_an_order_in_the_demos_shop(
    page: str, shop_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(shop_file, tmp_path / "houtai-demo.db")
    (program,) = programs(page)
    run(program, page)
    assert re.fullmatch(r"SO-\d{8}-\d{6} 152\.00 CNY\n", capsys.readouterr().out)


def test_the_tutorials_programs_lead_from_nothing_to_the_carriers_van(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    story = "\n".join(programs("docs/tutorial.md"))
    run(story, "docs/tutorial.md")
    promised = re.findall(r"^ *print\(.*\)  # (.*)$", story, re.MULTILINE)
    told = re.sub(r"SO-\d{8}", "SO-20261122", capsys.readouterr().out).splitlines()
    assert told == promised


def test_the_excerpts_in_contributing_are_lines_of_the_code() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rooms = re.findall(r"^### \d\. (\S+): .*?^```py\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert len(rooms) == 6
    strange = []
    for place, excerpt in rooms:
        path = ROOT / place
        files = [path] if path.is_file() else sorted(path.glob("*.py"))
        lines = {line for file in files for line in file.read_text(encoding="utf-8").splitlines()}
        strange += [f"{place}: {line}" for line in excerpt.splitlines() if line not in lines | {""}]
    assert strange == []


def test_every_link_and_file_that_a_page_names_is_there() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    dead = []
    for page in pages:
        text = page.read_text(encoding="utf-8")
        links = [page.parent / target for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text) if "://" not in target]
        named = [ROOT / path for path in re.findall(r"`((?:tests|domain|application|adapters|entrypoints)/[\w/]+\.py)`", text)]
        dead += [f"{page.relative_to(ROOT)}: {target}" for target in (*links, *named) if not target.exists()]
    assert dead == []
