"""Heads of the operation log that were noted outside show a tail that was cut off together with its head row (A4)."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, text

from houtai.adapters.noted_heads import BadNote, NotedHeads
from houtai.adapters.sql.doctor.all_checks import CHECKS
from houtai.adapters.sql.doctor.check import Check, NotRun
from houtai.adapters.sql.doctor.examine import examine
from houtai.adapters.sql.doctor.heads import NO_DIRECTORY, against_heads
from houtai.adapters.sql.store import SqlStore
from houtai.adapters.sql.views import SqlViews
from houtai.application.access.noted_heads import CompareHeads, NotedHead, compare_heads
from houtai.domain.act import Act
from houtai.domain.refusal import Busy
from tests.doctor.test_every_check import BY_ID

CUT = (
    "DELETE FROM audit_log WHERE seq = (SELECT MAX(seq) FROM audit_log)",
    "UPDATE audit_head SET seq = (SELECT MAX(seq) FROM audit_log)",
    "UPDATE audit_head SET hash = (SELECT hash FROM audit_log WHERE audit_log.seq = audit_head.seq)",
)
NOON = dt.datetime(2026, 11, 22, 4, 0, tzinfo=dt.UTC)


def a4(directory: Path) -> Check:
    return next(check for check in against_heads(CHECKS, directory) if check.id == "A4")


def note(connection: Connection, directory: Path) -> NotedHead:
    """Note the head as it is, as of the log's last moment."""
    views = SqlViews(connection)
    at = views.audit_chain(after_seq=views.audit_head() - 1)[0].entry.at
    head = NotedHead(at, views.audit_head(), views.audit_head_hash())
    assert NotedHeads(directory).note(head)
    return head


def test_a_tail_that_was_cut_with_its_head_row_is_named(loose: Engine, tmp_path: Path) -> None:
    with loose.connect() as connection:
        head = note(connection, tmp_path)
        assert list(a4(tmp_path).search(connection)) == []
        for statement in CUT:
            connection.execute(text(statement))
        assert [list(BY_ID[blind].search(connection)) for blind in ("A1", "A2")] == [[], []]
        assert list(a4(tmp_path).search(connection)) == [f"row {head.seq} was noted outside and is missing: the tail was cut off"]
        broken = compare_heads(SqlViews(connection), CompareHeads((head,)), Act.of_system(NOON))
        assert broken is not None
        assert broken.seq == head.seq
        connection.rollback()


def test_a_row_that_was_written_anew_is_named(loose: Engine, tmp_path: Path) -> None:
    with loose.connect() as connection:
        head = note(connection, tmp_path)
        connection.execute(text(f"UPDATE audit_log SET hash = 'f' WHERE seq = {head.seq}"))
        assert list(a4(tmp_path).search(connection)) == [f"row {head.seq} is not the one whose hash was noted outside"]
        connection.rollback()


def test_the_first_lost_head_comes_first(loose: Engine, tmp_path: Path) -> None:
    with loose.connect() as connection:
        last = note(connection, tmp_path)
        later = (NotedHead(last.at, last.seq + place, "e" * 64) for place in (9, 4))
        file = next(tmp_path.iterdir())
        lines = [json.dumps({"at": head.at.isoformat(), "seq": head.seq, "hash": head.hash}) for head in later]
        file.write_text(file.read_text() + "\n".join(lines) + "\n")
        found = list(a4(tmp_path).search(connection))
        assert [line.split()[1] for line in found] == [str(last.seq + 4), str(last.seq + 9)]


def test_without_a_directory_the_check_says_that_it_was_not_run(guarded: SqlStore, tmp_path: Path) -> None:
    for checks, why in ((CHECKS, NO_DIRECTORY), (against_heads(CHECKS, tmp_path), f"no head was noted in {tmp_path} yet")):
        report = examine(guarded, [check for check in checks if check.id == "A4"])
        (said,) = report.as_plain()["checks"]
        assert (report.ok, said["ok"], said["not_run"]) == (True, None, why)


@pytest.mark.parametrize(
    "line", ["", "nonsense", "{}", '{"at": "2026-11-22T04:00:00", "seq": 1, "hash": "x"}', "[1]", '{"at": 1}']
)
def test_a_line_that_is_no_note_is_named(loose: Engine, tmp_path: Path, line: str) -> None:
    with loose.connect() as connection:
        note(connection, tmp_path)
        file = next(tmp_path.iterdir())
        file.write_text(f"{line}\n{file.read_text()}")
        assert list(a4(tmp_path).search(connection)) == [f"{file.name}, line 1 is no noted head"]


def test_notes_that_stopped_two_days_ago_are_named_and_none_at_all_too(loose: Engine, tmp_path: Path) -> None:
    with loose.connect() as connection:
        note(connection, tmp_path)
        (tmp_path / "none").mkdir()
        newest = "(SELECT MAX(seq) FROM audit_log)"
        connection.execute(text(f"UPDATE audit_log SET at = '2101-01-01 00:00:00+00:00' WHERE seq = {newest}"))
        for directory in (tmp_path, tmp_path / "none"):
            (found,) = a4(directory).search(connection)
            assert found.startswith("nothing was noted after")
        connection.rollback()


def test_a_head_is_noted_once_an_hour_in_its_days_file(tmp_path: Path) -> None:
    noted = NotedHeads(tmp_path)
    hours = [noted.note(NotedHead(NOON + dt.timedelta(minutes=minutes), 7, "a" * 64)) for minutes in (0, 59, 60, 24 * 60)]
    assert hours == [True, False, True, True]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["houtai-head-2026-11-22.jsonl", "houtai-head-2026-11-23.jsonl"]
    assert [head.at for head in noted.read() if not isinstance(head, BadNote)] == [
        NOON,
        NOON + dt.timedelta(hours=1),
        NOON + dt.timedelta(days=1),
    ]


def test_a_directory_that_is_gone_is_told_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(Busy, match="cannot be noted"):
        NotedHeads(tmp_path / "gone").note(NotedHead(NOON, 1, "a" * 64))
    assert list(tmp_path.iterdir()) == []


def test_a_search_that_lacks_its_directory_says_so_by_an_exception(loose: Engine) -> None:
    with loose.connect() as connection, pytest.raises(NotRun, match="--audit-heads"):
        list(BY_ID["A4"].search(connection))
