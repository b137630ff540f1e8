"""The computer's clock behind the Clock port."""

from __future__ import annotations

import datetime as dt


class SystemClock:
    """See `Clock`."""

    def now(self) -> dt.datetime:
        """The present moment in UTC."""
        return dt.datetime.now(dt.UTC)
