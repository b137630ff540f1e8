"""The tables of printing: printers, templates with their editions, and print jobs."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ForeignKey, Index, Table

from houtai.adapters.sql.columns import (
    METADATA,
    append_only,
    id_column,
    long_text,
    moment,
    one_of,
    plain,
    version,
    whole_number,
    words,
)
from houtai.adapters.sql.mapping import Mapping, Row
from houtai.application.plain import from_plain, to_plain
from houtai.application.printing import ports
from houtai.domain.printing.documents import DocumentKind
from houtai.domain.printing.job import MAX_COPIES, MAX_PAGES, JobState, PrintJob
from houtai.domain.printing.layout import Edition, Language, Layout, Size, Template, TemplateState
from houtai.domain.printing.printer import Printer, PrinterConfiguration, PrinterState

_COUNT: Final = 2**31 - 1

printers: Final = Table(
    "printers",
    METADATA,
    id_column("id", primary_key=True),
    words("code", 64, unique=True),
    words("name"),
    id_column("warehouse_id", index=True),
    plain("configuration"),
    one_of("state", PrinterState),
    version(),
)

print_templates: Final = Table(
    "print_templates",
    METADATA,
    id_column("id", primary_key=True),
    words("code", 64, unique=True),
    one_of("kind", DocumentKind, index=True),
    words("name"),
    whole_number("edition", 1, _COUNT),
    one_of("state", TemplateState),
    version(),
    words("carrier", 40),
    id_column("channel_id", nullable=True),
)

print_editions: Final = append_only(
    Table(
        "print_editions",
        METADATA,
        id_column("template_id", ForeignKey("print_templates.id"), primary_key=True),
        whole_number("edition", 1, _COUNT, primary_key=True, autoincrement=False),
        plain("layout"),
    )
)

print_jobs: Final = Table(
    "print_jobs",
    METADATA,
    id_column("id", primary_key=True),
    one_of("kind", DocumentKind),
    words("subject", 64),
    one_of("language", Language),
    one_of("size", Size),
    id_column("template_id", ForeignKey("print_templates.id"), nullable=True),
    whole_number("edition", 0, _COUNT),
    id_column("printer_id", ForeignKey("printers.id")),
    id_column("warehouse_id"),
    plain("payload"),
    words("content_hash", 64),
    words("claim", 160, nullable=True, unique=True),
    whole_number("copies", 1, MAX_COPIES),
    id_column("reprint_of", ForeignKey("print_jobs.id"), nullable=True, index=True),
    whole_number("reprint_no", 0, _COUNT),
    whole_number("reprints", 0, _COUNT),
    words("reason", 500),
    whole_number("first_page", 1, MAX_PAGES),
    whole_number("attempt", 0, _COUNT),
    whole_number("rounds", 1, _COUNT),
    id_column("requested_by"),
    moment("created_at"),
    moment("expires_at"),
    moment("sent_at", nullable=True),
    long_text("last_error"),
    words("remote"),
    id_column("station_id", nullable=True),
    one_of("state", JobState),
    version(),
)
Index("ix_print_jobs_subject", print_jobs.c.subject, print_jobs.c.id)
Index("ix_print_jobs_warehouse_id", print_jobs.c.warehouse_id, print_jobs.c.id)
Index("ix_print_jobs_state", print_jobs.c.state, print_jobs.c.id)
Index(
    "ix_print_jobs_station_id",
    print_jobs.c.station_id,
    print_jobs.c.id,
    sqlite_where=print_jobs.c.station_id.is_not(None),
    postgresql_where=print_jobs.c.station_id.is_not(None),
)
Index("ix_print_jobs_printer_id", print_jobs.c.printer_id, print_jobs.c.id)


def _dump_printer(printer: Printer) -> Row:
    return {
        "id": printer.id,
        "code": printer.code,
        "name": printer.name,
        "warehouse_id": printer.warehouse_id,
        "configuration": to_plain(printer.configuration),
        "state": printer.state.value,
        "version": printer.version,
    }


def _load_printer(row: Row, _: object) -> Printer:
    configuration = from_plain(row["configuration"], PrinterConfiguration)
    return Printer(**{**row, "configuration": configuration, "state": PrinterState(row["state"])})


def _dump_template(template: Template) -> Row:
    return {
        "id": template.id,
        "code": template.code,
        "kind": template.kind.value,
        "name": template.name,
        "edition": template.edition,
        "state": template.state.value,
        "version": template.version,
        "carrier": template.carrier,
        "channel_id": template.channel_id,
    }


def _load_template(row: Row, _: object) -> Template:
    return Template(**{**row, "kind": DocumentKind(row["kind"]), "state": TemplateState(row["state"])})


def _dump_edition(edition: Edition) -> Row:
    return {"template_id": edition.template_id, "edition": edition.edition, "layout": to_plain(edition.layout)}


def _load_edition(row: Row, _: object) -> Edition:
    return Edition(**{**row, "layout": from_plain(row["layout"], Layout)})


_JOB_COLUMNS: Final = tuple(column.name for column in print_jobs.columns)


def _dump_job(job: PrintJob) -> Row:
    row = {name: getattr(job, name) for name in _JOB_COLUMNS}
    return {
        **row,
        "kind": job.kind.value,
        "language": job.language.value,
        "size": job.size.value,
        "state": job.state.value,
        "payload": dict(job.payload),
    }


def _load_job(row: Row, _: object) -> PrintJob:
    known = {
        "kind": DocumentKind(row["kind"]),
        "language": Language(row["language"]),
        "size": Size(row["size"]),
        "state": JobState(row["state"]),
    }
    return PrintJob(**{**row, **known})


MAPPINGS: Final[tuple[Mapping[Any], ...]] = (
    Mapping(
        ports.PRINTERS,
        printers,
        _dump_printer,
        _load_printer,
        {ports.PRINTER_BY_CODE: ("code",), ports.PRINTER_BY_WAREHOUSE: ("warehouse_id",)},
    ),
    Mapping(
        ports.TEMPLATES,
        print_templates,
        _dump_template,
        _load_template,
        {ports.TEMPLATE_BY_CODE: ("code",), ports.TEMPLATE_BY_KIND: ("kind",)},
    ),
    Mapping(ports.EDITIONS, print_editions, _dump_edition, _load_edition, {ports.EDITION_OF: ("template_id",)}),
    Mapping(
        ports.JOBS,
        print_jobs,
        _dump_job,
        _load_job,
        {
            ports.JOB_BY_CLAIM: ("claim",),
            ports.JOB_BY_SUBJECT: ("subject",),
            ports.JOB_BY_WAREHOUSE: ("warehouse_id",),
            ports.JOB_BY_STATE: ("state",),
            ports.JOB_BY_PRINTER: ("printer_id",),
            ports.REPRINTS_OF: ("reprint_of",),
            ports.JOBS_FOR_STATION: ("station_id",),
        },
    ),
)
