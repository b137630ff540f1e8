"""`houtai openapi`."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from houtai.entrypoints.cli.options import as_json, database, say, to_json


@click.command("openapi")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file instead.")
@database
@as_json
def command(output: Path | None, db: str, json_out: bool) -> None:  # noqa: FBT001  # click passes flags by name
    """Print the API's description as one OpenAPI 3.1 document, the same that a running house serves at /schema."""
    from houtai.entrypoints.http.app import MODULES
    from houtai.entrypoints.http.openapi import build_document

    del db  # the description is the program's, not a database's
    document = build_document(MODULES)
    if output is None:
        click.echo(to_json(document))
        return
    try:
        output.write_text(to_json(document) + "\n", encoding="utf-8")
    except OSError as error:
        raise click.FileError(str(output), error.strerror) from error
    say({"file": str(output), "paths": len(document["paths"])}, f"{output}: {len(document['paths'])} paths", json_out=json_out)
