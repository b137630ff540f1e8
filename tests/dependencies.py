"""docs/dependencies.md: everything that is installed with Houtai, what it is for and under which licence.

`python -m tests.dependencies` checks the licences and the page, `python -m tests.dependencies --write` writes the page anew.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageMetadata, distribution
from pathlib import Path
from typing import Final

import attrs
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = ROOT / "docs" / "dependencies.md"
NOT_SHIPPED: Final = frozenset({"test", "lint", "audit", "all"})  # `all` names the others once more

FREE: Final = frozenset(
    {"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSD", "ISC", "MIT", "MIT-0", "MIT-CMU", "PSF-2.0", "Unlicense", "Zlib"}
)
"""Licences that ask for a notice and no more; BSD is one whose clauses the package does not count."""

ALLOWED: Final = {
    "certifi": ("MPL-2.0", "a list of root certificates, used as it is; comes with httpx"),
    "psycopg": ("LGPL-3.0-only", "used as a library and unchanged; only with the extra `postgres`"),
    "psycopg-binary": ("LGPL-3.0-only", "as psycopg"),
    "psycopg-pool": ("LGPL-3.0-only", "as psycopg"),
}
"""Packages that may come under another licence, which one, and why that does not bind whoever uses or ships Houtai."""

WORDS: Final = {
    "MIT License": "MIT",
    "BSD License": "BSD",
    "Apache Software License": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}


@attrs.frozen
class Package:
    """One package: its licences, any of which may be chosen, and which packages of ours ask for it."""

    name: str
    licences: frozenset[str]
    extras: tuple[str, ...]
    direct: bool

    def fault(self) -> str:
        """Why it may not be shipped; empty where it may."""
        if any(set(licence.split(" AND ")) <= FREE for licence in self.licences):
            return ""
        allowed = ALLOWED.get(self.name)
        if allowed is not None and self.licences == {allowed[0]}:
            return ""
        return f"{self.name}: the licence {' or '.join(sorted(self.licences)) or 'is unknown'} is on no list"


def licences_of(metadata: PackageMetadata) -> frozenset[str]:
    """By the expression, else by the classifiers, else by the first line of the free text; empty where none is known."""
    if expression := "".join(metadata.get_all("License-Expression") or ()):
        return frozenset() if "(" in expression else frozenset(expression.split(" OR "))
    marks = [mark.rpartition(" :: ")[2] for mark in metadata.get_all("Classifier") or [] if mark.startswith("License :: ")]
    told = frozenset(WORDS[mark] for mark in marks if mark in WORDS)
    if marks and len(told) == len(set(marks)):
        return told
    first = next(iter("\n".join(metadata.get_all("License") or ()).splitlines()), "").strip()
    return frozenset({WORDS.get(first, first)}) & (FREE | {licence for licence, _ in ALLOWED.values()})


def asked_for() -> dict[str, list[str]]:
    """By extra ("" for the core): what pyproject.toml asks for and ships."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    return {"": project["dependencies"], **{name: needs for name, needs in extras.items() if name not in NOT_SHIPPED}}


def packages() -> list[Package]:
    """Everything that pip installs for the core and all extras, by name. Raises PackageNotFoundError."""
    wanted: dict[str, set[str]] = {}
    direct = set()
    for extra, texts in asked_for().items():
        for name in reached(map(Requirement, texts)):
            wanted.setdefault(name, set()).add(extra)
        direct |= {canonicalize_name(Requirement(text).name) for text in texts}
    found = []
    for name, extras in sorted(wanted.items()):
        names = () if "" in extras else tuple(sorted(extras))
        found.append(Package(name, licences_of(distribution(name).metadata), names, name in direct))
    return found


def reached(wanted: Iterable[Requirement]) -> Iterator[str]:
    """The names of these and of all that they need here, each once."""
    seen: set[tuple[str, str]] = set()
    waiting = [(canonicalize_name(one.name), extra) for one in wanted for extra in ("", *one.extras)]
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        yield name
        for one in map(Requirement, distribution(name).requires or []):
            if one.marker is None or one.marker.evaluate({"extra": extra}):
                waiting += [(canonicalize_name(one.name), further) for further in ("", *one.extras)]


def page(found: Iterable[Package]) -> str:
    """The page; without versions, because each installation takes the newest that pyproject.toml allows."""
    lines = [
        "# Dependencies",
        "",
        "What is installed with Houtai and all its extras on Linux and Python 3.11, and under which licence. `nox -s audit` fails on a licence that is on neither",
        "list of `tests/dependencies.py`, and on a package that is not here; `python -m tests.dependencies --write` writes this page.",
        "",
        "| package | comes with | licence |",
        "| --- | --- | --- |",
    ]
    for package in found:
        name = f"**{package.name}**" if package.direct else package.name
        comes = ", ".join(f"`{extra}`" for extra in package.extras) or "the core"
        lines.append(f"| {name} | {comes} | {' or '.join(sorted(package.licences))} |")
    lines += ["", "In bold: asked for by Houtai itself. Others come with those.", ""]
    lines += [f"- {name} is {licence}: {why}." for name, (licence, why) in ALLOWED.items()]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """0 where every licence is on a list and the page is right."""
    found = packages()
    faults = [fault for package in found if (fault := package.fault())]
    told = page(found)
    if "--write" in arguments:
        PAGE.write_text(told, encoding="utf-8")
    elif PAGE.read_text(encoding="utf-8") != told:
        known = set(re.findall(r"^\| \**([\w.-]+)\** \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
        here = {package.name for package in found}
        faults.append(
            f"docs/dependencies.md is another: new {sorted(here - known)}, gone {sorted(known - here - {'package', '---'})}"
        )
    sys.stdout.write("".join(f"{fault}\n" for fault in faults) or f"{len(found)} packages, every licence on a list\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
