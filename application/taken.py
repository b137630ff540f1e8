"""What a unique value that stays taken is called by people, whichever store found it."""

from __future__ import annotations

import re
from typing import Final

from houtai.application.tx import RECORDS
from houtai.domain.refusal import AlreadyExists

_WHAT: Final = {records.name: records.what for records in RECORDS}
# As stores name it: pk_channels, uq_channels_code, channels.code, "stocks.sku_id, stocks.warehouse_id", channels.
_CONSTRAINT: Final = re.compile(
    rf"(?:pk_|uq_)?(?P<name>{'|'.join(sorted(_WHAT, key=len, reverse=True))})(?:[._](?P<columns>.+))?", flags=re.DOTALL
)


def already_exists(constraint: str) -> AlreadyExists:
    """The refusal for a constraint: ``channel code exists already``; no table is named."""
    found = _CONSTRAINT.fullmatch(constraint)
    if found is None:
        return AlreadyExists(what="record", key="with this key")
    name, columns = found["name"], found["columns"] or "key"
    return AlreadyExists(what=_WHAT[name], key=columns.replace(f"{name}.", ""))
