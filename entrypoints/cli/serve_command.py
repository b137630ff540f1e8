"""`houtai serve`."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import attrs
import rich_click as click

from houtai.domain.refusal import Kind, Refusal
from houtai.entrypoints.cli.house import open_or_make_house, settings_for
from houtai.entrypoints.cli.options import MEMORY, as_json, database, to_json
from houtai.entrypoints.cli.running import figures_of, logged, running, stopped_by_signals

if TYPE_CHECKING:
    from houtai.entrypoints.container import Container

GRACE_S: Final = 30  # how long requests under way may take once the server was told to stop
APPLICATION: Final = "houtai.entrypoints.http.app:app_of_a_process"


@attrs.define(eq=False, slots=False)
class AddressTaken(Refusal):
    """Somebody else listens there, or it is no address of this machine."""

    code = "address-taken"
    kind = Kind.UNAVAILABLE
    text = "cannot listen on {host} port {port}: {why}"

    host: str
    port: int
    why: str


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on; 0.0.0.0 for all.")
@click.option("--port", type=click.IntRange(0, 65_535), default=8000, show_default=True, help="0 takes a free one.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes that answer requests.")
@click.option("--timers/--no-timers", default=True, show_default=True, help="Whether it delivers and does what time asks for.")
@database
@as_json
def command(host: str, port: int, workers: int, timers: bool, db: str, json_out: bool) -> None:  # noqa: FBT001  # click passes flags by name
    """Serve the HTTP API, deliver the outbox, and do what time asks for, until Ctrl-C or SIGTERM.

    With --no-timers it only answers, and keeps nothing between two requests: `houtai relay` does the rest, once or more often.
    An empty database gets the schema; one at another version is refused. The first start of a house opens the owner's
    account and shows its one-time password here, once. Further settings are the HOUTAI_* variables.
    """
    import uvicorn  # noqa: F401  # tells at once which extra is missing

    settings = settings_for(db)
    if db == MEMORY and workers > 1:
        message = "memory:// lives in one process; take --workers 1 or a database"
        raise click.UsageError(message)
    with (
        figures_of(settings, workers),
        open_or_make_house(settings) as container,
        _listening(host, port) as listener,
        stopped_by_signals(),
        logged(settings),
    ):
        _first_start(container)
        _announce(listener, json_out=json_out)
        with running(container, with_timers=timers):
            _serve(container, listener, workers)


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket on that address. Raises AddressTaken."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listener = socket.create_server(address[:2], family=family, backlog=2_048)
    except OSError as error:
        raise AddressTaken(host=host, port=port, why=error.strerror or str(error)) from error
    listener.set_inheritable(True)
    with listener:
        yield listener


def _first_start(container: Container) -> None:
    """Open the owner's account in a house without any, and show its password on stderr; no log ever holds it."""
    handed_out = container.credentials().first_start()
    if handed_out is not None:
        lines = (
            "This house is new. Its first account, shown only this once:",
            f"    name      {handed_out.account.name}",
            f"    password  {handed_out.password}",
            "Log in with it and choose another within the hour. `houtai user reset-password owner` makes a new one.",
        )
        click.echo("\n".join(("", *lines, "")), err=True)


def _announce(listener: socket.socket, *, json_out: bool) -> None:
    host, port = listener.getsockname()[:2]
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    click.echo(to_json({"url": url, "pid": os.getpid()}) if json_out else f"Houtai serves on {url}")


def _serve(container: Container, listener: socket.socket, workers: int) -> None:
    import uvicorn
    from uvicorn.supervisors import Multiprocess

    from houtai.entrypoints.garbage import collect_seldom
    from houtai.entrypoints.http.app import app_of
    from houtai.entrypoints.logs import configuration

    options: dict[str, Any] = {
        "log_config": configuration(container.settings().log),
        "access_log": False,  # the application writes its own, without what callers could forge
        "server_header": False,
        "proxy_headers": False,  # whom to believe about addresses is HOUTAI_TRUSTED_PROXIES, decided by the application
        "timeout_graceful_shutdown": GRACE_S,
    }
    if workers == 1:
        server = uvicorn.Server(uvicorn.Config(app_of(container), **options))
        collect_seldom()
        _until_stopped(server, listener)
        return
    os.environ["HOUTAI_DB"] = container.settings().db  # the workers are processes that read their settings themselves
    supervisor = Multiprocess(uvicorn.Config(APPLICATION, factory=True, workers=workers, **options), sockets=[listener])
    supervisor.run()


def _until_stopped(server: Any, listener: socket.socket) -> None:
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        return  # raised once everything under way has been answered
