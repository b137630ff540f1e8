"""The command line's front: the list of subcommands, each imported only when it is called."""

from __future__ import annotations

import importlib
import os
import sys
from typing import Final

import click

from houtai.domain.refusal import Kind, Refusal

COMMANDS: Final = {
    "demo": "A small shop, from its first product to its books, told step by step.",
    "serve": "The HTTP API with its relay and timers.",
    "doctor": "Check every invariant in one snapshot, and the set-up.",
    "migrate": "Bring the database to this version's schema.",
    "user": "Accounts from the machine itself: first owner, new password, cleared rules.",
    "import": "Products from CSV or xlsx, with a dry run and a report per row.",
    "export": "Products, stock, orders or journals as CSV or xlsx.",
    "openapi": "The API's description as one OpenAPI 3.1 document.",
    "version": "This version.",
}

OK: Final = 0
BROKEN: Final = 1  # the doctor found a broken invariant
WRONG_USE: Final = 2
REFUSED: Final = 3
UNAVAILABLE: Final = 4


class LazyGroup(click.Group):
    """A group that knows its commands' names and imports a command's file when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the order of the list."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import entrypoints/cli/<name>.py and take its `command`."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"houtai.entrypoints.cli.{cmd_name}_command")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]}, no_args_is_help=True)
def houtai() -> None:
    """Houtai (后台), the back office behind the shop.

    Exit codes: 0 done, 1 a broken invariant, 2 wrong use, 3 refused by a rule, 4 unavailable.
    """


def run() -> None:
    """The program `houtai`."""
    try:
        houtai.main(standalone_mode=False)
    except click.exceptions.Exit as leaving:
        sys.exit(leaving.exit_code)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(WRONG_USE)
    except Refusal as refusal:
        click.echo(f"houtai: {refusal.code}: {refusal}", err=True)
        sys.exit(UNAVAILABLE if refusal.kind is Kind.UNAVAILABLE else REFUSED)
    except BrokenPipeError:  # the reader of a pipe has gone, for example `head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
