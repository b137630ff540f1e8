"""`houtai export`."""

from __future__ import annotations

import codecs
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, TypeVar

import attrs
import rich_click as click

from houtai.entrypoints.cli.house import act_of_shell, open_house
from houtai.entrypoints.cli.kinds import ID, MOMENT
from houtai.entrypoints.cli.options import as_json, database, say
from houtai.entrypoints.cli.progress import counting

if TYPE_CHECKING:
    from houtai.application.office import Office
    from houtai.application.sheets import Column, SheetFormat
    from houtai.domain.act import Act

F = TypeVar("F", bound=Callable[..., Any])
Row = tuple[str, ...]

STDOUT: Final = "-"
TELL_EVERY: Final = 100
XLSX_ROWS: Final = 1_048_575  # what a sheet holds below its header


@click.group("export")
def command() -> None:
    """Write lists to files: CSV with the mark that Excel needs, or xlsx. Cells that look like formulas are written as text.

    The filters are those of the API, with dashes for underscores. `--json` prints the rows as one document. Every export is
    noted in the operation log; receivers are masked as in every list.
    """


def output(command: F) -> F:
    """`--format` and `-o`."""
    to_file = click.option("-o", "--output", default=STDOUT, show_default=True, metavar="FILE", help="Where to; - for stdout.")
    in_format = click.option(
        "--format", "format_", type=click.Choice(["csv", "xlsx"]), help="By default what the file's name says, else csv."
    )
    return to_file(in_format(database(as_json(command))))


@attrs.frozen
class Wish:
    """What to write where, with the filters as the operation log will show them."""

    what: str
    output: str
    format_: str | None
    db: str
    json_out: bool
    filters: dict[str, Any] = attrs.field(factory=dict)

    @property
    def as_document(self) -> bool:
        """Whether the rows themselves are the JSON document; with a file, the document tells of the file."""
        return self.json_out and self.output == STDOUT

    @property
    def file_format(self) -> SheetFormat:
        """As asked for, else by the file's name, else CSV. Raises UsageError for a format beside rows in JSON."""
        from houtai.application.sheets import SheetFormat

        if self.as_document and self.format_:
            message = "--json prints rows as JSON: give --format with -o FILE, or leave one of them out"
            raise click.UsageError(message)
        named = "xlsx" if self.output.lower().endswith(".xlsx") else "csv"
        return SheetFormat(self.format_ or named)


@command.command("products")
@output
def products(output: str, format_: str | None, db: str, json_out: bool) -> None:  # noqa: FBT001  # click passes flags by name
    """Products and SKUs, in the columns that `houtai import products` takes back."""
    from houtai.application.catalog.export import ProductLines, product_lines
    from houtai.application.catalog.product_columns import COLUMNS
    from houtai.application.export import all_pages

    def rows(office: Office, act: Act) -> Iterator[Row]:
        return all_pages(lambda page: office.ask(product_lines, ProductLines(page), act))

    _write(Wish("products", output, format_, db, json_out), COLUMNS, rows)


@command.command("stock")
@click.option("--warehouse-id", type=ID, help="Of one warehouse.")
@click.option("--sku-id", type=ID, help="Of one SKU.")
@click.option("--available-at-most", type=int, help="Only where no more than this is available.")
@output
def stock(output: str, format_: str | None, db: str, json_out: bool, **filters: Any) -> None:  # noqa: FBT001  # click passes flags by name
    """Stock: one row for each SKU in each warehouse."""
    from houtai.application.export import all_pages
    from houtai.application.inventory.export import COLUMNS, stock_row
    from houtai.application.inventory.queries import ListStock, list_stock

    def rows(office: Office, act: Act) -> Iterator[Row]:
        return map(stock_row, all_pages(lambda page: office.ask(list_stock, ListStock(page, **filters), act)))

    _write(Wish("stock", output, format_, db, json_out, filters), COLUMNS, rows)


@command.command("orders")
@click.option("--state", "states", multiple=True, help="In this state; may be given several times.")
@click.option("--channel-id", type=ID, help="Of one channel.")
@click.option("--merchant-id", type=ID, help="With goods of one merchant.")
@click.option("--customer-id", type=ID, help="Of one customer.")
@click.option("--since", type=MOMENT, help="Placed then or later.")
@click.option("--until", type=MOMENT, help="Placed before.")
@click.option("--external-id", default="", help="With this number of the channel.")
@click.option("--number-prefix", default="", help="Whose number begins so.")
@click.option("--phone-tail", default="", help="Whose receiver's number ends so.")
@click.option("--queue", default="", help="Waiting in this queue.")
@output
def orders(
    output: str,
    format_: str | None,
    db: str,
    json_out: bool,  # noqa: FBT001  # click passes flags by name
    states: tuple[str, ...],
    **filters: Any,
) -> None:
    """Orders: one row for each line, the oldest order first."""
    from houtai.application.export import all_pages
    from houtai.application.orders.export import COLUMNS, ExportOrders, order_lines
    from houtai.application.orders.ports import OrderFilter
    from houtai.domain.orders.state import OrderState

    where = OrderFilter(states=_members(OrderState, states, "--state"), **filters)

    def rows(office: Office, act: Act) -> Iterator[Row]:
        return all_pages(lambda page: office.ask(order_lines, ExportOrders(where, page), act))

    _write(Wish("orders", output, format_, db, json_out, {"state": ",".join(states), **filters}), COLUMNS, rows)


@command.command("claims")
@click.option("--state", "states", multiple=True, help="In this state; may be given several times.")
@click.option("--kind", help="Of this kind, such as return-refund.")
@click.option("--order-id", type=ID, help="On one order.")
@click.option("--customer-id", type=ID, help="Of one customer.")
@click.option("--queue", default="", help="Waiting in this queue.")
@click.option("--assignee", type=ID, help="That this person has.")
@click.option("--overdue-at", type=MOMENT, help="Due before then.")
@click.option("--waybill", default="", help="Of the parcel in which goods come back.")
@click.option("--external-id", default="", help="With this number of the channel.")
@output
def claims(
    output: str,
    format_: str | None,
    db: str,
    json_out: bool,  # noqa: FBT001  # click passes flags by name
    states: tuple[str, ...],
    kind: str | None,
    **filters: Any,
) -> None:
    """Claims: one row for each line, the oldest claim first."""
    from houtai.application.aftersales.export import COLUMNS, ExportClaims, claim_rows
    from houtai.application.aftersales.ports import ClaimFilter
    from houtai.application.export import all_pages
    from houtai.domain.aftersales.state import ClaimKind, ClaimState

    wanted = next(iter(_members(ClaimKind, () if kind is None else (kind,), "--kind")), None)
    where = ClaimFilter(states=_members(ClaimState, states, "--state"), kind=wanted, **filters)

    def rows(office: Office, act: Act) -> Iterator[Row]:
        return all_pages(lambda page: office.ask(claim_rows, ExportClaims(where, page), act))

    _write(Wish("claims", output, format_, db, json_out, {"state": ",".join(states), "kind": kind, **filters}), COLUMNS, rows)


@command.command("journals")
@click.option("--document", help="Of this kind of document, such as payment.")
@click.option("--document-id", type=ID, help="Of one document.")
@click.option("--code", help="That touch this account, such as inventory.")
@click.option("--party", help="That touch this party's account, such as channel:ID.")
@click.option("--period", help="Of this month, such as 2026-11.")
@click.option("--since", type=MOMENT, help="Posted then or later.")
@click.option("--until", type=MOMENT, help="Posted before.")
@output
def journals(output: str, format_: str | None, db: str, json_out: bool, code: str | None, **filters: Any) -> None:  # noqa: FBT001  # click passes flags by name
    """Journals: one row for each entry, debits and credits side by side."""
    from houtai.application.export import all_pages
    from houtai.application.ledger.export import COLUMNS, journal_rows
    from houtai.application.ledger.ports import JournalFilter
    from houtai.application.ledger.queries import ListJournals, list_journals
    from houtai.domain.ledger.account import AccountCode

    account = next(iter(_members(AccountCode, () if code is None else (code,), "--code")), None)
    where = JournalFilter(code=account, **filters)

    def rows(office: Office, act: Act) -> Iterator[Row]:
        for journal in all_pages(lambda page: office.ask(list_journals, ListJournals(page, where), act)):
            yield from journal_rows(journal)

    _write(Wish("journals", output, format_, db, json_out, {"code": code, **filters}), COLUMNS, rows)


def _members(kind: Any, values: Iterable[str], option: str) -> frozenset[Any]:
    """The members of an enumeration by their values; wrong use for another value, with those that exist."""
    try:
        return frozenset(kind(value) for value in values)
    except ValueError as error:
        message = f"must be one of {', '.join(member.value for member in kind)}"
        raise click.BadParameter(message, param_hint=option) from error


def _write(wish: Wish, columns: Iterable[Column], rows: Callable[[Office, Act], Iterator[Row]]) -> None:
    """Note the export, then write it: into the file at once and whole, or to stdout."""
    from houtai.application.export import NoteExport, note_export
    from houtai.application.plain import MASK

    with open_house(wish.db) as container:
        office = container.office()
        act = act_of_shell(office, f"export of {wish.what}")
        shown = {name: str(value) for name, value in wish.filters.items() if value not in (None, "", ())}
        if "phone_tail" in shown:
            shown["phone_tail"] = MASK
        if wish.as_document:
            shown["as"] = "json"
        office.perform(note_export, NoteExport(wish.what, wish.file_format, shown), act)
        if wish.as_document:
            _print_rows([column.key for column in columns], rows(office, act))
            return
        header = [column.title for column in columns]
        with _opened(wish.output) as file, counting(wish.what.capitalize()) as tell:
            count = _write_rows(file, wish.file_format, header, _counted(rows(office, act), tell))
    if wish.output != STDOUT:
        say({"file": wish.output, "rows": count}, f"{wish.output}: {count} rows", json_out=wish.json_out)


def _print_rows(keys: list[str], rows: Iterable[Row]) -> None:
    """One JSON document, an object a row by the columns' keys, printed as it is read."""
    before = "["
    for row in rows:
        click.echo(f"{before}\n  {json.dumps(dict(zip(keys, row, strict=True)), ensure_ascii=False)}", nl=False)
        before = ","
    click.echo("[]" if before == "[" else "\n]")


def _write_rows(file: IO[bytes], file_format: SheetFormat, header: list[str], rows: Iterable[Row]) -> int:
    """Write the file; CSV row by row, so that a long list needs no more memory than a short one. How many rows."""
    from houtai.adapters.sheets.csv_files import write_csv
    from houtai.adapters.sheets.files import Files
    from houtai.application.sheets import SheetFormat, SheetTooLarge

    if file_format is SheetFormat.XLSX:
        held = list(islice(rows, XLSX_ROWS + 1))
        if len(held) > XLSX_ROWS:
            raise SheetTooLarge(what="rows of an xlsx file", limit=XLSX_ROWS)
        file.write(Files().write(file_format, header, held))
        return len(held)
    file.write(write_csv([header]))
    count = 0
    for row in rows:
        file.write(write_csv([row]).removeprefix(codecs.BOM_UTF8))
        count += 1
    return count


def _counted(rows: Iterable[Row], tell: Callable[[int], None]) -> Iterator[Row]:
    for count, row in enumerate(rows, start=1):
        yield row
        if not count % TELL_EVERY:
            tell(count)


@contextmanager
def _opened(output: str) -> Iterator[IO[bytes]]:
    """Where to write. A file appears under its name only when it is whole."""
    if output == STDOUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(output)
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(path)
    except OSError as error:
        raise click.FileError(output, error.strerror) from error
    finally:
        part.unlink(missing_ok=True)
