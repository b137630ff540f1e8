"""CUPS: the system's own queues through `lp`, which answers with the name of the request."""

from __future__ import annotations

import re
import shutil
import subprocess  # nosec B404  # `lp` is the one program it runs
from typing import Final

from houtai.application.printing.ports import Rendered
from houtai.domain.printing.job import Outcome, Result

_REQUEST: Final = re.compile(r"[A-Za-z0-9_.-]+-[0-9]+")


def send(queue: str, rendered: Rendered, name: str, copies: int, deadline_ms: int) -> Outcome:
    """Hand the file to the queue. ACCEPTED with the request's name; REFUSED with what `lp` says.

    No more is ever known, since CUPS lists cancelled jobs among the completed ones. NOT_REACHED where there is no `lp`,
    UNCERTAIN where it does not end in time.
    """
    program = shutil.which("lp")
    if program is None:
        return Outcome(Result.NOT_REACHED, "this machine has no lp: install the CUPS client")
    raw = [] if rendered.media_type == "application/pdf" else ["-o", "raw"]
    command = [program, "-d", queue, "-n", str(copies), "-t", name, *raw, "--", "-"]
    try:
        ran = subprocess.run(  # noqa: S603  # nosec B603  # no shell, each word checked
            command, input=rendered.content, capture_output=True, timeout=deadline_ms / 1_000, check=False
        )
    except subprocess.TimeoutExpired:
        return Outcome(Result.UNCERTAIN, "lp did not end in time")
    if ran.returncode:
        return Outcome(Result.REFUSED, ran.stderr.decode(errors="replace").strip()[:300] or "lp refused")
    found = _REQUEST.search(ran.stdout.decode(errors="replace"))
    return Outcome(Result.ACCEPTED, f"request {found[0]}" if found else "", pages_out=rendered.pages)
