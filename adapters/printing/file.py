"""Files in a folder: for demonstrations, for tests, and for programs that watch a folder and print."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from houtai.application.printing.ports import Rendered
from houtai.domain.printing.job import Outcome, PrintJob, Result


def send(root: Path | None, folder: str, rendered: Rendered, job: PrintJob) -> Outcome:
    """Write the file, whole or not at all, under the document's number. NOT_REACHED where no folder is set up or it is full."""
    if root is None:
        return Outcome(Result.NOT_REACHED, "HOUTAI_PRINT_DIR names no folder for printed files")
    subject = re.sub(r"[^A-Za-z0-9-]", "_", job.subject)
    again = f"-reprint-{job.reprint_no}" if job.reprint_no else ""
    rest = f"-from-{job.first_page}" if job.first_page > 1 else ""
    path = root / folder / f"{job.kind.value}-{subject}{again}{rest}-{job.id.hex[-6:]}.{rendered.extension}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(rendered.content)
        os.replace(file.name, path)  # noqa: PTH105  # over one of the same name, in one step
    except OSError as error:
        return Outcome(Result.NOT_REACHED, f"the file cannot be written: {error.strerror}")
    return Outcome(Result.DONE, path.name, pages_out=rendered.pages)
