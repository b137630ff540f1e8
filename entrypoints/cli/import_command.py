"""`houtai import`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import rich_click as click

from houtai.entrypoints.cli.exits import REFUSED
from houtai.entrypoints.cli.house import act_of_shell, open_house
from houtai.entrypoints.cli.options import as_json, database, say
from houtai.entrypoints.cli.progress import counting

if TYPE_CHECKING:
    from houtai.application.aftersales.claims_file import ClaimsTaken
    from houtai.application.catalog.import_file import ImportReport, ProductFile, Taken
    from houtai.application.office import Office
    from houtai.application.sheets import SheetFormat

SHOWN: Final = 20
ZIP_BEGIN: Final = b"PK"  # what every xlsx file begins with


@click.group("import")
def command() -> None:
    """Take in files: CSV (UTF-8, with or without a mark, or GBK) and xlsx."""


@command.command("products")
@click.argument("file", type=click.File("rb"))
@click.option("--dry-run", is_flag=True, help="Check everything and change nothing.")
@click.option("--row-wise", is_flag=True, help="Take in what is right; without it one wrong row refuses the whole file.")
@click.option(
    "--report", type=click.Path(dir_okay=False, path_type=Path), help="Write the same rows here, with a column 错误原因."
)
@database
@as_json
@click.pass_context
def products(
    ctx: click.Context,
    file: IO[bytes],
    dry_run: bool,  # noqa: FBT001  # click passes flags by name
    row_wise: bool,  # noqa: FBT001  # click passes flags by name
    report: Path | None,
    db: str,
    json_out: bool,  # noqa: FBT001  # click passes flags by name
) -> None:
    """Take in products and SKUs from FILE; - reads the standard input.

    Exits with 3 where a row was refused. The same file twice is refused too.
    """
    content, name = _read(file)
    with open_house(db) as container:
        taken = _take_in(container.office(), _wish(content, name, dry_run=dry_run, row_wise=row_wise))
    if report is not None:
        _write_report(taken, report, content)
    say(_counts(taken.report, name), _told(taken.report, report), json_out=json_out)
    if taken.report.errors:
        ctx.exit(REFUSED)


@command.command("claims")
@click.argument("file", type=click.File("rb"))
@click.option("--dry-run", is_flag=True, help="Check each claim by itself and change nothing.")
@click.option(
    "--report", type=click.Path(dir_okay=False, path_type=Path), help="Write the same rows here, with a column 错误原因."
)
@database
@as_json
@click.pass_context
def claims(
    ctx: click.Context,
    file: IO[bytes],
    dry_run: bool,  # noqa: FBT001  # click passes flags by name
    report: Path | None,
    db: str,
    json_out: bool,  # noqa: FBT001  # click passes flags by name
) -> None:
    """Take in applications that buyers made on a channel from FILE; - reads the standard input.

    Rows with the same channel and the same number there are one claim. What is right is taken in, and the same file again takes
    in what was wrong before. Exits with 3 where a row was refused.
    """
    from houtai.adapters.sheets.files import Files
    from houtai.application.aftersales.claims_file import ClaimsFile, take_in_claims
    from houtai.domain.ids import new_id

    content, name = _read(file)
    with open_house(db) as container, counting("Claims") as progress:
        office = container.office()
        wish = ClaimsFile(new_id(), content, _format_of(content), name, dry_run=dry_run)
        act = act_of_shell(office, f"import of {name[:200]}")
        taken = take_in_claims(office, Files(), wish, act, progress=progress)
    if report is not None:
        _write_report(taken, report, content)
    say(_counts(taken.report, name), _told(taken.report, report), json_out=json_out)
    if taken.report.errors:
        ctx.exit(REFUSED)


def _read(file: IO[bytes]) -> tuple[bytes, str]:
    """What the file holds, a byte more than may be so that too much is refused, and what it is called."""
    from houtai.application.sheets import MAX_FILE_BYTES

    return file.read(MAX_FILE_BYTES + 1), Path(file.name).name if file.name not in ("<stdin>", "-") else "stdin"


def _wish(content: bytes, name: str, *, dry_run: bool, row_wise: bool) -> ProductFile:
    from houtai.application.catalog.import_file import ProductFile
    from houtai.application.catalog.import_products import Mode
    from houtai.domain.ids import new_id

    mode = Mode.ROW_BY_ROW if row_wise else Mode.ALL_OR_NOTHING
    return ProductFile(new_id(), content, _format_of(content), name, mode=mode, dry_run=dry_run)


def _format_of(content: bytes) -> SheetFormat:
    """What the file is, by its own first bytes: names lie."""
    from houtai.application.sheets import SheetFormat

    return SheetFormat.XLSX if content.startswith(ZIP_BEGIN) else SheetFormat.CSV


def _take_in(office: Office, file: ProductFile) -> Taken:
    from houtai.adapters.sheets.files import Files
    from houtai.application.catalog.import_file import take_in
    from houtai.application.merchants.queries import MerchantsByCode, merchants_by_code

    act = act_of_shell(office, f"import of {file.file_name[:200]}")
    with counting("Products") as progress:
        return take_in(
            office,
            Files(),
            file,
            lambda codes: office.ask(merchants_by_code, MerchantsByCode(codes), act),
            act,
            progress=progress,
        )


def _write_report(taken: Taken | ClaimsTaken, report: Path, content: bytes) -> None:
    from houtai.adapters.sheets.files import Files
    from houtai.application.sheets import SheetFormat

    named = {".csv": SheetFormat.CSV, ".xlsx": SheetFormat.XLSX}.get(report.suffix.lower())
    with _writing(report):
        report.write_bytes(taken.marked(Files(), named or _format_of(content)))


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise click.FileError(str(path), error.strerror) from error


def _counts(report: ImportReport, name: str) -> dict[str, Any]:
    from houtai.application.catalog.import_products import Result
    from houtai.application.plain import to_plain

    return {
        "file": name,
        "import": str(report.id),
        "mode": report.mode.value,
        "dry_run": report.dry_run,
        "applied": report.applied,
        "rows": len(report.results),
        "counts": {result.value: report.count(result) for result in Result},
        "errors": [to_plain(error) for error in report.errors],
    }


def _told(report: ImportReport, written: Path | None) -> str:
    from houtai.application.catalog.import_products import Result

    counts = ", ".join(f"{report.count(result)} {result.value}" for result in Result)
    fate = (
        "taken in" if report.applied else ("checked, nothing was changed" if report.dry_run else "refused, nothing was changed")
    )
    lines = [f"{len(report.results)} rows {fate}: {counts}"]
    lines += [f"  row {error.row}, {error.column or 'the whole row'}: {error.rule}" for error in report.errors[:SHOWN]]
    if len(report.errors) > SHOWN:
        lines.append(f"  … and {len(report.errors) - SHOWN} more; --report FILE shows each in its row")
    if written is not None:
        lines.append(f"The rows with their errors are in {written}.")
    return "\n".join(lines)
