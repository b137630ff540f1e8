"""A real IPP printer, ippeveprinter, for tests: with a D-Bus of its own where the machine has none, and skipped where it will not run."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import attrs
import pytest

PATIENCE_S: Final = 10.0
SILENT: Final = f"it runs, and does not answer within {PATIENCE_S:.0f} s"
BUS: Final = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path={bus}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>
"""


@attrs.frozen
class IppEverywhere:
    """The printer's address, and the folder in which it keeps what it was sent."""

    address: str
    spool: Path

    def spooled(self) -> list[bytes]:
        """Every document that it took."""
        return [path.read_bytes() for path in self.spool.iterdir()]


class NotRunning(Exception):
    """A program that is there does not run here; its own words."""


@pytest.fixture
def ipp_everywhere(tmp_path: Path) -> Iterator[IppEverywhere]:
    """A printer that prints everything at once. It looks for a DNS-SD responder over D-Bus even when told to announce nothing."""
    if shutil.which("ippeveprinter") is None:
        pytest.skip("ippeveprinter is not installed (Debian: cups-ipp-utils)")
    with ExitStack() as stack:
        try:
            printer = stack.enter_context(_printer(tmp_path / "spool", os.environ))
        except NotRunning as alone:
            if shutil.which("dbus-daemon") is None:
                pytest.skip(f"ippeveprinter does not run without D-Bus (Debian: dbus-daemon): {alone}")
            try:
                bus = stack.enter_context(_bus(tmp_path))
                printer = stack.enter_context(_printer(tmp_path / "spool", os.environ | {"DBUS_SYSTEM_BUS_ADDRESS": bus}))
            except NotRunning as neither:
                pytest.skip(f"ippeveprinter does not run here: {neither}")
        yield printer


@contextmanager
def _bus(folder: Path) -> Iterator[str]:
    """The address of a message bus that nobody else uses."""
    path, configuration = folder / "bus", folder / "bus.conf"
    configuration.write_text(BUS.format(bus=path))
    with _running(["dbus-daemon", "--nofork", "--nopidfile", f"--config-file={configuration}"], os.environ) as bus:
        _wait(bus, path.exists)
        yield f"unix:path={path}"


@contextmanager
def _printer(spool: Path, environment: Mapping[str, str]) -> Iterator[IppEverywhere]:
    """The printer, once it answers; a job is given to a program that does nothing instead of being slept over for ten seconds."""
    spool.mkdir(exist_ok=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kept = ["-k", "-d", str(spool), "-c", shutil.which("true") or "/bin/true"]
    command = ["ippeveprinter", "-r", "off", "-n", "localhost", "-p", str(port), "-f", "application/pdf", *kept, "p"]
    with _running(command, environment) as printer:
        _wait(printer, lambda: _answers(port))
        yield IppEverywhere(f"ipp://localhost:{port}/ipp/print", spool)


@contextmanager
def _running(command: list[str], environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A program as long as this lasts."""
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as program:
        try:
            yield program
        finally:
            program.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                program.wait(5)
            program.kill()


def _wait(program: subprocess.Popen[bytes], ready: Callable[[], bool]) -> None:
    """Until it is ready."""
    end = time.monotonic() + PATIENCE_S
    while not ready():
        if program.poll() is not None:
            assert program.stderr is not None
            raise NotRunning(program.stderr.read().decode(errors="replace").strip()[:200])
        if time.monotonic() > end:
            raise NotRunning(SILENT)
        time.sleep(0.02)


def _answers(port: int) -> bool:
    """Whether somebody listens there."""
    try:
        socket.create_connection(("localhost", port), timeout=1).close()
    except OSError:
        return False
    return True
