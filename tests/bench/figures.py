"""What every benchmark shares on the outside: its options, its table, its one JSON object, percentiles and medians."""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import attrs
import click

F = TypeVar("F", bound=Callable[..., Any])


def options(command: F) -> F:
    """`--db`, `--quick` and `--json`, as every script here takes them."""
    shown = click.option("--json", "json_out", is_flag=True, help="One JSON object on stdout.")(command)
    short = click.option("--quick", is_flag=True, help="Small enough for a minute; its figures mean nothing.")(shown)
    return click.option("--db", default=None, help="One empty database; without it SQLite and PostgreSQL in temporary places.")(
        short
    )


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that so many per cent do not exceed; 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] if ordered else 0.0


def median(values: Sequence[float]) -> float:
    """The middle one."""
    return percentile(values, 50)


@attrs.define
class Figures:
    """What one benchmark found: lines of a table, ratios, and what each ratio should reach."""

    name: str
    quick: bool
    rows: list[dict[str, Any]] = attrs.field(factory=list)
    ratios: dict[str, float] = attrs.field(factory=dict)
    reach: dict[str, float] = attrs.field(factory=dict)
    faults: list[str] = attrs.field(factory=list)

    def row(self, **fields: Any) -> None:
        """One line of the table, told at once on stderr because the whole takes minutes."""
        self.rows.append(fields)
        click.echo("  ".join(f"{name} {_short(value)}" for name, value in fields.items()), err=True)

    def ratio(self, name: str, value: float, reach: float | None = None) -> None:
        """One ratio, with what it should reach at least where that is promised."""
        self.ratios[name] = round(value, 3)
        if reach is not None:
            self.reach[name] = reach

    def fault(self, text: str) -> None:
        """Something that may not be, whatever the speed."""
        self.faults.append(text)
        click.echo(f"FAULT {text}", err=True)

    def short(self) -> dict[str, float]:
        """The ratios that fall short of what they should reach."""
        return {name: self.ratios.get(name, 0.0) for name, wanted in self.reach.items() if self.ratios.get(name, 0.0) < wanted}

    @property
    def ok(self) -> bool:
        """Every ratio reached and no fault; a quick run is too short for its ratios to count."""
        return not self.faults and (self.quick or not self.short())

    def end(self, *, json_out: bool) -> None:
        """Print and leave: 0 where all is well."""
        if json_out:
            told = attrs.asdict(self) | {"ok": self.ok, "short": self.short(), "python": platform.python_version()}
            click.echo(json.dumps(told, ensure_ascii=False))
        else:
            for name, value in self.ratios.items():
                wanted = f" (reach {self.reach[name]:g})" if name in self.reach else ""
                click.echo(f"{name:70} {value:8.3f}{wanted}{'  SHORT' if name in self.short() else ''}")
            click.echo("ok" if self.ok else f"not ok: {', '.join([*self.short(), *self.faults])}")
        sys.exit(0 if self.ok else 1)


def _short(value: Any) -> str:
    return f"{value:.1f}" if isinstance(value, float) else str(value)
