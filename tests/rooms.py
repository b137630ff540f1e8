"""The rules of the house as checks over a source tree: each returns the places that break it, with what to do instead."""

from __future__ import annotations

import ast
import functools
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOMS = ("domain", "application", "adapters", "entrypoints")
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 50
CLOCKS = {"dt.datetime.now", "datetime.now", "dt.date.today", "time.time"}
CROWD_NAMES = {"utils", "util", "helpers", "helper", "services", "models", "handlers", "base", "common", "misc", "manager"}


def sources(root: Path, *rooms: str) -> Iterator[tuple[Path, ast.Module, list[str]]]:
    for room in rooms or ROOMS:
        for path in sorted((root / room).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            yield path.relative_to(root), parsed(text), text.splitlines()


@functools.cache
def parsed(text: str) -> ast.Module:
    return ast.parse(text)


def long_files(root: Path) -> list[str]:
    return [
        f"{path}: {len(lines)} lines; split it by the trade"
        for path, _, lines in sources(root)
        if len(lines) > MAX_FILE_LINES and "migrations" not in path.parts
    ]


def long_functions(root: Path) -> list[str]:
    return [
        f"{path}:{node.lineno} {node.name} has {(node.end_lineno or 0) - node.lineno + 1} lines; it is two things"
        for path, tree, _ in sources(root)
        if "migrations" not in path.parts
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno >= MAX_FUNCTION_LINES
    ]


def crowd_names(root: Path) -> list[str]:
    return [
        f"{path}: name it after what it is for" for path, _, _ in sources(root) if CROWD_NAMES & {path.stem, *path.parent.parts}
    ]


def nameless_files(root: Path) -> list[str]:
    return [
        f"{path}: begin with one sentence that says what the file is for"
        for path, tree, _ in sources(root)
        if not ast.get_docstring(tree)
    ]


def foreign_imports_in_domain(root: Path) -> list[str]:
    allowed = set(sys.stdlib_module_names) | {"attrs", "attr"}
    found = []
    for path, tree, _ in sources(root, "domain"):
        for node in ast.walk(tree):
            if not isinstance(node, ast.Import | ast.ImportFrom):
                continue
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
            for name in names:
                if name.split(".")[0] not in allowed and not name.startswith("houtai.domain"):
                    found.append(f"{path}:{node.lineno} imports {name}; the domain stands on the standard library and attrs")
    return found


def floats(root: Path) -> list[str]:
    found = []
    for path, tree, _ in sources(root, "domain", "application"):
        for node in ast.walk(tree):
            literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
            named = isinstance(node, ast.Name) and node.id == "float"
            waits = path in {Path("application/office.py"), Path("application/group.py")}  # for fractions of a second
            if isinstance(node, ast.expr) and (literal or named) and not waits:
                found.append(f"{path}:{node.lineno} uses a float; money and quantities are integers")
    return found


def clocks(root: Path) -> list[str]:
    found = []
    for path, tree, _ in sources(root, "domain", "application"):
        if path == Path("domain/ids.py"):  # new_id, which callers use and rules do not
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in CLOCKS:
                found.append(f"{path}:{node.lineno} reads a clock; take the moment from the act")
    return found


def unmarked_use_cases(root: Path) -> list[str]:
    found = []
    for path, tree, _ in sources(root, "application"):
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                names = tuple(argument.arg for argument in node.args.args)
                deed = names == ("tx", "cmd", "act") or (len(names) == 3 and names[0] == "views" and names[2] == "act")
                marked = any(re.match(r"needs\(|open_to_anyone", ast.unparse(mark)) for mark in node.decorator_list)
                if deed and not marked:
                    found.append(f"{path}:{node.lineno} {node.name} has no permission; mark it with @needs(verb)")
    return found


def stray_commits(root: Path) -> list[str]:
    allowed = {Path("application/office.py"), Path("adapters/sql/tx.py")}
    return [
        f"{path}:{node.lineno} commits; only the office ends a transaction"
        for path, tree, _ in sources(root)
        if path not in allowed
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "commit"
        and path.parts[:2] != ("adapters", "payments")  # the development gateway keeps a book of its own
    ]


def broad_excepts(root: Path) -> list[str]:
    found = []
    for path, tree, _ in sources(root):
        for node in ast.walk(tree):
            if isinstance(node, ast.ExceptHandler):
                names = ast.unparse(node.type) if node.type else "everything"
                if node.type is None or re.search(r"\b(Exception|BaseException)\b", names):
                    found.append(f"{path}:{node.lineno} catches {names}; name what can happen")
    return found


RULES = (
    long_files,
    long_functions,
    crowd_names,
    nameless_files,
    foreign_imports_in_domain,
    floats,
    clocks,
    unmarked_use_cases,
    stray_commits,
    broad_excepts,
)
