"""What happened to customers, for the modules above them."""

from __future__ import annotations

import attrs

from houtai.domain.event import Event
from houtai.domain.ids import CustomerId


@attrs.frozen
class CustomerErased(Event):
    """The person is gone from the record; whoever holds more of them lets go of it, in the same transaction."""

    customer_id: CustomerId
