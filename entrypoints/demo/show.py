"""The demo on a terminal: one table a scene, then the doctor's verdict and where to go from here."""

from __future__ import annotations

from itertools import groupby

from rich.console import Console
from rich.table import Table
from rich.text import Text

from houtai.entrypoints.demo.play import Played
from houtai.entrypoints.demo.stage import Step


def show(played: Played, url: str, console: Console) -> None:
    """Print all of it."""
    for scene, steps in groupby(played.steps, key=lambda step: step.scene):
        console.print(_scene(scene, list(steps)))
    checks = [finding for finding in played.report.findings if finding.ok]
    if played.report.ok:
        console.print(
            f"[bold green]✓ The doctor finds all well:[/] {len(checks)} invariants hold in stock, money, documents and log."
        )
    for finding in played.report.broken():
        console.print(f"[bold red]✗ {finding.id}[/] {finding.promise}: {finding.count} × {finding.first}")
    if played.papers:
        console.print(f"\n{len(played.papers)} documents were printed; they lie in [bold]{played.folder}[/]:")
        for folder, names in groupby(played.papers, key=lambda name: name.partition("/")[0]):
            kinds = [name.rpartition("/")[2].rsplit("-", 1)[0] for name in names]
            console.print(f"  {folder:<12} {', '.join(kinds)}", highlight=False)
    else:
        console.print("\n[bold yellow]Nothing could be printed:[/] the extras of houtai\\[print,fonts] make the PDF files.")
    console.print(f"\nThe shop is yours to look at in [bold]{url}[/]:")
    console.print(f"  houtai serve --db {url}     the HTTP API, described at http://127.0.0.1:8000/schema", highlight=False)
    console.print(
        f"  houtai user --help          give the owner a password: houtai user reset-password owner --db {url}", highlight=False
    )
    console.print(f"  houtai doctor --db {url}    the same examination, any time", highlight=False)


def _scene(scene: str, steps: list[Step]) -> Table:
    table = Table(title=scene, title_justify="left", title_style="bold", show_lines=True, expand=True)
    table.add_column("#", justify="right", no_wrap=True)
    table.add_column("who", no_wrap=True)
    table.add_column("what", ratio=5)
    table.add_column("documents", ratio=4)
    table.add_column("stock", ratio=4)
    table.add_column("money in CNY", ratio=3)
    before = ""
    for step in steps:
        what = Text(step.what)
        if step.refused:
            what.append(f"\n✗ {step.refused}", style="red")
        money = step.money if step.money != before else "″" if step.money else ""
        before = step.money
        table.add_row(
            str(step.number),
            step.who,
            what,
            Text("\n".join(step.documents)),
            Text("\n".join(step.stock)),
            Text(money.replace(" · ", "\n")),
        )
    return table
