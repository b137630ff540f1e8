"""The server as a program: it starts, shows the first password once, answers, and stops in order when told."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import attrs
import pytest

from tests.cli.conftest import Program

ROOT = Path(__file__).parents[2]
SERVE = "from houtai.entrypoints.cli.main import run; run(['serve', '--port', '0', '--json', *__import__('sys').argv[1:]])"


@attrs.define
class Serving:
    """A running server."""

    process: subprocess.Popen[str]
    url: str
    said: list[str]
    listener: threading.Thread

    def call(self, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
        """Status and document of a GET, or of a POST where there is a body."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"content-type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, json.load(refused)

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """Tell it to stop: its exit code, and all that it said on stderr."""
        self.process.send_signal(number)
        code = self.process.wait(30)
        self.listener.join(30)
        return code, "".join(self.said)


@contextmanager
def serving(db: str, *arguments: str) -> Iterator[Serving]:
    """The program in a process of its own, once it listens."""
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, "--db", db, *arguments],
        cwd=ROOT,
        env={**os.environ, "HOUTAI_ENV": "development"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    said: list[str] = []
    listener = threading.Thread(target=said.extend, args=[process.stderr])
    with process, process.stdout, process.stderr:
        listener.start()
        try:
            announced = "".join(islice(process.stdout, 4))  # the document's lines
            assert announced.endswith("}\n"), "".join(said)
            yield Serving(process, json.loads(announced)["url"], said, listener)
        finally:
            process.kill()
            process.wait()
            listener.join()


def test_the_server_starts_shows_the_first_password_answers_and_stops(db: str, tmp_path: Path) -> None:
    with serving(db) as server:
        ready = server.call("/health/ready")
        missing = server.call("/v1/nothing")
        code, said = server.stop()
    assert (ready, missing[0], missing[1]["code"]) == ((200, {"status": "ready"}), 404, "no-route")
    assert code == 0
    password = next(line for line in said.splitlines() if "password  " in line).split()[-1]
    assert said.count(password) == 1
    assert all(password.encode() not in file.read_bytes() for file in tmp_path.iterdir())
    assert "Traceback" not in said


def test_several_workers_answer_a_house_with_accounts_shows_no_password_and_ctrl_c_is_no_error(houtai: Program, db: str) -> None:
    given = houtai("user", "first", "--db", db, "--json").json()["one_time_password"]
    with serving(db, "--workers", "2") as server:
        opened = server.call("/v1/login", {"name": "owner", "password": given})
        answers = [server.call("/health/live")[0] for _ in range(4)]
        code, said = server.stop(signal.SIGINT)
    assert (opened[0], opened[1]["must_change_password"]) == (200, True)
    assert answers == [200] * 4
    assert code == 0
    assert [word for word in ("password", given, "Traceback") if word in said] == []


def test_an_address_that_is_taken_is_4_and_costs_no_first_password(houtai: Program, db: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        ran = houtai("serve", "--port", str(other.getsockname()[1]), "--db", db, "--json")
    assert (ran.code, ran.error()["code"]) == (4, "address-taken")
    assert houtai("user", "list", "--db", db, "--json").json()["accounts"] == []


@pytest.mark.parametrize("wrong", [["--port", "70000"], ["--workers", "0"], ["--host"]])
def test_a_setting_that_makes_no_sense_is_wrong_use(houtai: Program, wrong: list[str]) -> None:
    assert houtai("serve", *wrong).code == 2
