"""QR codes as rows of dark and light modules, by reportlab's encoder."""

from __future__ import annotations

from houtai.domain.printing.refusals import RendererMissing

QUIET_MODULES = 2  # the pages leave more white around it


def qr_rows(data: str) -> tuple[tuple[bool, ...], ...]:
    """The code's modules, dark ones True. Raises RendererMissing."""
    try:
        from reportlab.graphics.barcode import qrencoder  # noqa: PLC0415  # an extra, needed only here
    except ImportError as error:
        raise RendererMissing(language="a QR code", package="reportlab") from error
    code = qrencoder.QRCode(None, qrencoder.QRErrorCorrectLevel.M)
    code.addData(data)
    code.make()
    side = range(code.getModuleCount())
    return tuple(tuple(bool(code.isDark(row, column)) for column in side) for row in side)
