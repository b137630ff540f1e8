"""`houtai completion`."""

from __future__ import annotations

import rich_click as click
from click.shell_completion import get_completion_class

from houtai.entrypoints.cli.options import as_json, database, say


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@database
@as_json
@click.pass_context
def command(ctx: click.Context, shell: str, db: str, json_out: bool) -> None:  # noqa: FBT001  # click passes flags by name
    """Print what makes SHELL complete `houtai` with the Tab key.

    \b
    bash: eval "$(houtai completion bash)"      in ~/.bashrc
    zsh:  eval "$(houtai completion zsh)"       in ~/.zshrc
    fish: houtai completion fish > ~/.config/fish/completions/houtai.fish
    """  # noqa: D301  # a backspace: click keeps the lines below it as they are
    del db
    completion = get_completion_class(shell)
    assert completion is not None, "the choices are the shells that click knows"
    script = completion(ctx.find_root().command, {}, "houtai", "_HOUTAI_COMPLETE").source()
    say({"shell": shell, "script": script}, script, json_out=json_out)
