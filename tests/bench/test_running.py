"""Running the benchmarks: found by their `main`, asked shortly or whole, skipped with a reason, and nothing left behind."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from houtai.adapters.opening import open_store
from tests.bench import http_edge, olist
from tests.bench.__main__ import PROJECT, main, run, scripts


def test_every_script_with_a_main_is_a_benchmark_and_nothing_else(tmp_path: Path) -> None:
    for name, text in {
        "edge.py": "def main(): ...",
        "shop.py": "x = 1",
        "test_edge.py": "def main(): ...",
        "_x.py": "def main(): ...",
    }.items():
        (tmp_path / name).write_text(text)
    assert scripts(tmp_path) == ["edge"]
    assert {"http_edge", "olist"} <= set(scripts())


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ('print(\'{"ratios": {}, "reach": {}, "ok": true}\')', "ok in"),
        ('print(\'{"ratios": {}, "reach": {}, "ok": false}\')', "NOT OK in"),
        ('print(\'{"ratios": {}, "reach": {}, "ok": true, "skipped": "no files"}\')', "skipped: no files"),
        ('print(\'{"ratios": {"a": 0.4, "b": 2}, "reach": {"a": 0.5}, "ok": false}\')', "0.400 of 0.5  SHORT"),
        ('print(\'{"ratios": {"a": 0.4}, "reach": {"a": 0.5}, "ok": false, "faults": ["lost"]}\')', "FAULT lost"),
        ("print('{\"ok\": true}')", 'FAULT answered no object with "ratios", "reach" and "ok"'),
        ("raise SystemExit(3)", "FAULT answered no JSON, exit code 3"),
        ('print(\'{"ratios": {}, "reach": {}, "ok": true}\'); raise SystemExit(1)', "FAULT says ok and ends with 1"),
    ],
)
def test_what_a_script_answers_is_told_in_a_line(script: str, told: str) -> None:
    outcome = run("one", quick=True, command=[sys.executable, "-c", script])
    assert told in outcome.told()
    assert outcome.ok == told.startswith(("ok", "skipped", "0.400"))


def test_a_benchmark_that_does_not_exist_is_named_with_those_that_do() -> None:
    result = CliRunner().invoke(main, ["nothing"])
    assert result.exit_code == 2
    assert "there is no benchmark nothing: name one of doctor, floor, growth, http_edge" in " ".join(result.output.split())


def test_the_edge_answers_ratios_to_a_bare_handler() -> None:
    result = CliRunner().invoke(http_edge.main, ["--quick", "--json"])
    answer = json.loads(result.output)
    assert answer["reach"] == {"rounds": http_edge.QUICK_ROUNDS}
    assert answer["ratios"]["GET of one record"] > 0
    assert result.exit_code == 0 if answer["ok"] else 1


def test_the_replay_is_skipped_with_the_reason_where_its_files_are_not(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(olist, "BESIDE", tmp_path / "none")
    result = CliRunner().invoke(olist.main, ["--json"])
    assert result.exit_code == 0
    assert json.loads(result.output)["skipped"] == f"the Olist files are not in {tmp_path / 'none'}"


def test_the_replay_refuses_a_database_that_holds_anything(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'kept.db'}"
    with closing(open_store(url)):
        pass
    result = CliRunner().invoke(olist.main, [str(tmp_path), "--db", url])
    assert result.exit_code == 2
    assert "is not empty: name an empty one, or leave --db out" in " ".join(result.output.split())


@pytest.mark.skipif(not olist.BESIDE.is_dir(), reason="the Olist files are not beside the project")
def test_the_replay_leaves_no_file_behind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = sorted(PROJECT.glob("*.db*"))
    result = CliRunner().invoke(olist.main, ["--orders", "20", "--json"])
    answer = json.loads(result.output)
    assert (result.exit_code, answer["ok"], answer["reach"]["orders"]) == (0, True, answer["counts"]["orders"])
    assert (list(tmp_path.iterdir()), sorted(PROJECT.glob("*.db*"))) == ([], before)
