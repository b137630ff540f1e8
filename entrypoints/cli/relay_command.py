"""`houtai relay`."""

from __future__ import annotations

import os
import threading

import rich_click as click

from houtai.entrypoints.cli.house import open_house, settings_for
from houtai.entrypoints.cli.options import as_json, database, say
from houtai.entrypoints.cli.running import logged, running, stopped_by_signals


@click.command("relay")
@database
@as_json
def command(db: str, json_out: bool) -> None:  # noqa: FBT001  # click passes flags by name
    """Deliver the outbox and do what time asks for, without serving anything, until Ctrl-C or SIGTERM.

    For APIs that run with `houtai serve --no-timers`. Several may run at once: each message is taken by one of them, and each
    deed looks again whether it is due.
    """
    with open_house(db) as container, stopped_by_signals(), logged(settings_for(db)), running(container, with_timers=True):
        say({"pid": os.getpid()}, "Houtai delivers and keeps time", json_out=json_out)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return
