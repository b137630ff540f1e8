"""An API that only answers, and a relay that only delivers: the parts of a house that is spread over processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.faults.program import ROOT, RUN, STARTED_S, Program

QUIET = {"HOUTAI_ENV": "development", "HOUTAI_SCHEMA": "off", "HOUTAI_RATES": "off", "HOUTAI_LOG": "json"}


class Api(Program):
    """`houtai serve --no-timers`, told its database by the environment, as operators do."""

    settings: Mapping[str, str] = {}

    def start(self) -> None:
        """Returns once it answers."""
        command = [sys.executable, "-c", RUN, "serve", "--port", str(self.port), "--no-timers"]
        with self.log.open("ab") as log:
            env = {**os.environ, **QUIET, **self.settings, "HOUTAI_DB": self.db}
            self.process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
        until = time.monotonic() + STARTED_S
        while time.monotonic() < until:
            try:
                if self.call("GET", "/health/live")[0] == 200:
                    return
            except OSError:
                assert self.process.poll() is None, self.log.read_text()
                time.sleep(0.05)
        raise TimeoutError(self.log.read_text())


@contextmanager
def api(db: str, log: Path, **settings: str) -> Iterator[Api]:
    """The API with these HOUTAI_* settings, started; killed at the end if it still runs."""
    running = Api(db, log)
    running.settings = settings
    running.start()
    try:
        yield running
    finally:
        if running.process is not None and running.process.poll() is None:
            running.end()


@contextmanager
def relay(db: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`houtai relay`; told to stop at the end, which it does in order."""
    with log.open("ab") as said:
        env = {**os.environ, **QUIET, "HOUTAI_DB": db}
        running = subprocess.Popen([sys.executable, "-c", RUN, "relay"], cwd=ROOT, env=env, stdout=said, stderr=said)
    try:
        yield running
        running.send_signal(signal.SIGTERM)
        assert running.wait(60) == 0, log.read_text()
    finally:
        if running.poll() is None:
            running.kill()
            running.wait()
