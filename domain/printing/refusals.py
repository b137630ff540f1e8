"""How printing says no."""

from __future__ import annotations

import attrs

from houtai.domain.refusal import Kind, Refusal


@attrs.define(eq=False, slots=False)
class PrintedBefore(Refusal):
    """A waybill of this number was printed with other content: a second label needs a reprint, which says why."""

    code = "printing.printed-before"
    kind = Kind.CONFLICT
    text = "{subject} was printed before as job {job} with other content; reprint that job and say why"

    subject: str
    job: str


@attrs.define(eq=False, slots=False)
class PrinterCannot(Refusal):
    """The printer's language, paper or duties do not go with the document."""

    code = "printing.printer-cannot"
    kind = Kind.CONFLICT
    text = "printer {printer} cannot print {kind_of_document}: {reason}"

    printer: str
    kind_of_document: str
    reason: str


@attrs.define(eq=False, slots=False)
class FontMissing(Refusal):
    """No TrueType font with Chinese glyphs is installed where this language needs one."""

    code = "printing.font-missing"
    kind = Kind.UNAVAILABLE
    text = "no TrueType font with Chinese glyphs: set HOUTAI_FONT, or install houtai[fonts] or fonts-wqy-microhei; {detail}"

    detail: str = "nothing was found"


@attrs.define(eq=False, slots=False)
class RendererMissing(Refusal):
    """The library that draws this language is not installed."""

    code = "printing.renderer-missing"
    kind = Kind.UNAVAILABLE
    text = "{language} needs the package {package}: install houtai[print]"

    language: str
    package: str


@attrs.define(eq=False, slots=False)
class PageNotThere(Refusal):
    """Printing was to go on from a page that the document does not have."""

    code = "printing.page-not-there"
    kind = Kind.INVALID
    text = "page {page} is asked for, the document has {pages}"

    page: int
    pages: int


@attrs.define(eq=False, slots=False)
class NotPrintedYet(Refusal):
    """A reprint was asked for of what was not printed: it waits, is on its way, or was cancelled."""

    code = "printing.not-printed-yet"
    kind = Kind.CONFLICT
    text = "job {job} is {state}: there is nothing to print again"

    job: str
    state: str


@attrs.define(eq=False, slots=False)
class TemplateOfAnotherKind(Refusal):
    """The template was made for another kind of document."""

    code = "printing.template-of-another-kind"
    kind = Kind.INVALID
    text = "template {template} is for a {made_for}, not for a {wanted}"

    template: str
    made_for: str
    wanted: str
