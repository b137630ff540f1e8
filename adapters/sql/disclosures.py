"""The table of disclosures: who saw whom in full, and who took which list out of the house. Append-only."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Index, Table

from houtai.adapters.sql.columns import METADATA, append_only, id_column, moment, one_of, words
from houtai.adapters.sql.mapping import Mapping, Row
from houtai.application import house
from houtai.application.disclosures import Disclosed, Disclosure

disclosures: Final = append_only(
    Table(
        "disclosures",
        METADATA,
        id_column("id", primary_key=True),
        one_of("how", Disclosed),
        words("what", 64),
        id_column("record_id", nullable=True),
        words("reason", 500),
        moment("at"),
        id_column("actor"),
        words("actor_name"),
    )
)
Index("ix_disclosures_record_id", disclosures.c.record_id, disclosures.c.id)
Index("ix_disclosures_actor", disclosures.c.actor, disclosures.c.id)

_COLUMNS: Final = tuple(column.name for column in disclosures.columns)


def _dump(disclosure: Disclosure) -> Row:
    return {name: getattr(disclosure, name) for name in _COLUMNS} | {"how": disclosure.how.value}


MAPPINGS: Final[tuple[Mapping[Any], ...]] = (
    Mapping(
        house.DISCLOSURES,
        disclosures,
        dump=_dump,
        load=lambda row, _: Disclosure(**{**row, "how": Disclosed(row["how"])}),
        found_by={house.DISCLOSED_OF: ("record_id",), house.DISCLOSED_BY: ("actor",)},
    ),
)
