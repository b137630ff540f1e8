"""The command line's front: the list of subcommands, each imported only when it is called, and what every error answers."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from typing import Any, Final, NoReturn

import click

from houtai.domain.refusal import Kind, Refusal
from houtai.entrypoints.cli.closed_pipe import print_to_nobody
from houtai.entrypoints.cli.exits import INTERRUPTED, OK, REFUSED, UNAVAILABLE, WRONG_USE
from houtai.entrypoints.cli.options import to_json

COMMANDS: Final = {
    "demo": "A small shop, from its first product to its books, told step by step.",
    "serve": "The HTTP API with its relay and timers.",
    "relay": "The relay and the timers alone, beside APIs that serve without them.",
    "release": "Hand confirmed orders over to their warehouses.",
    "station": "A station in the warehouse: badge, PIN and a scanner, in a terminal.",
    "doctor": "Check every invariant in one snapshot, and the set-up.",
    "migrate": "Bring the database to this version's schema.",
    "backup": "A copy of an SQLite database while it is in use.",
    "user": "Accounts from the machine itself: first owner, new password, cleared rules.",
    "import": "Products from CSV or xlsx, with a dry run and a report per row.",
    "export": "Products, stock, orders or journals as CSV or xlsx.",
    "openapi": "The API's description as one OpenAPI 3.1 document.",
    "completion": "What makes bash, zsh or fish complete `houtai` with the Tab key.",
    "version": "This version.",
}

# The packages of an extra, by what an import of them that fails is called.
EXTRAS: Final = {
    "litestar": "api",
    "msgspec": "api",
    "uvicorn": "api",
    "psycopg": "postgres",
    "prometheus_client": "api",
    "textual": "terminal",
}


class LazyGroup(click.Group):
    """A group that knows its commands' names and imports a command's file when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the order of the list."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import entrypoints/cli/<name>_command.py and take its `command`."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"houtai.entrypoints.cli.{cmd_name}_command")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the subcommand; a reader who closed the pipe, such as `head`, is no error."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            print_to_nobody()
            return OK


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]}, no_args_is_help=True)
@click.version_option(package_name="houtai", prog_name="houtai")
def houtai() -> None:
    """Houtai (后台), the back office behind the shop.

    Exit codes: 0 done, 1 a broken invariant, 2 wrong use, 3 refused by a rule, 4 unavailable, 130 interrupted.
    """


def run(arguments: Sequence[str] | None = None) -> NoReturn:
    """The program `houtai`; exits with one of the codes of exits.py."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    json_out = "--json" in given
    try:
        code = houtai.main(given, prog_name="houtai", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as empty:
        empty.show()
        sys.exit(WRONG_USE)
    except click.exceptions.Abort:
        sys.exit(INTERRUPTED)
    except click.ClickException as wrong:
        _tell_wrong_use(wrong, json_out=json_out)
        sys.exit(WRONG_USE)
    except Refusal as refusal:
        _tell_refusal(refusal, json_out=json_out)
        sys.exit(UNAVAILABLE if refusal.kind is Kind.UNAVAILABLE else REFUSED)
    except ModuleNotFoundError as missing:
        extra = EXTRAS.get((missing.name or "").partition(".")[0])
        if extra is None:
            raise
        _tell("extra-missing", f"this needs `pip install houtai[{extra}]`", {"extra": extra}, json_out=json_out)
        sys.exit(UNAVAILABLE)
    sys.exit(code if isinstance(code, int) else OK)


def _tell_wrong_use(wrong: click.ClickException, *, json_out: bool) -> None:
    if not json_out:
        wrong.show()
        return
    context = getattr(wrong, "ctx", None)
    usage = {"usage": " ".join(context.get_usage().split())} if context is not None else {}
    _tell("wrong-use", wrong.format_message(), usage, json_out=True)


def _tell_refusal(refusal: Refusal, *, json_out: bool) -> None:
    from houtai.application.plain import to_plain

    _tell(refusal.code, str(refusal), to_plain(refusal.facts()) if json_out else {}, json_out=json_out)


def _tell(code: str, message: str, facts: dict[str, Any], *, json_out: bool) -> None:
    """One line on stderr, or the one object ``{"error": {"code", "message", …facts}}``."""
    text = to_json({"error": {**facts, "code": code, "message": message}}) if json_out else f"houtai: {code}: {message}"
    click.echo(text, err=True)
