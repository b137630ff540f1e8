"""Which flow answers which task at a station."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

from houtai.application.aftersales import station_inspect, station_send_back, station_unpack
from houtai.application.outbound import (
    station_check,
    station_hand_over,
    station_pick,
    station_put_back,
    station_sort,
    station_weigh,
)
from houtai.application.warehouse import station_book_in, station_count, station_look, station_move
from houtai.application.warehouse.station_sight import Scanned
from houtai.application.warehouse.station_steps import Step, View
from houtai.domain.ids import WarehouseId
from houtai.domain.warehouse.work import Task


@attrs.frozen
class TaskFlow:
    """A flow as the desk runs it: what its state is, how it begins, its step, and how a state looks.

    `documents` says that its scans name orders, parcels, waves, boxes and carriers; elsewhere those are looked for only where
    nothing else has the code, so that a wrong scan is told from an unknown one. Claims are looked for last of all.
    """

    state: type[Any]
    begin: Callable[[WarehouseId], Any]
    step: Callable[[Any, Scanned, Any], Step[Any]]
    show: Callable[[Any, Any], View]
    documents: bool = False


FLOWS: Final[Mapping[Task, TaskFlow]] = {
    Task.MOVE: TaskFlow(station_move.MoveState, station_move.begin, station_move.step, station_move.show),
    Task.RECEIVE: TaskFlow(station_move.MoveState, station_move.begin_putting_away, station_move.step, station_move.show),
    Task.BOOK_IN: TaskFlow(station_book_in.BookInState, station_book_in.begin, station_book_in.step, station_book_in.show),
    Task.LOOK_UP: TaskFlow(station_look.LookState, station_look.begin, station_look.step, station_look.show),
    Task.COUNT: TaskFlow(station_count.CountState, station_count.begin, station_count.step, station_count.show),
    Task.PICK: TaskFlow(station_pick.PickState, station_pick.begin, station_pick.step, station_pick.show),
    Task.SORT: TaskFlow(station_sort.SortState, station_sort.begin, station_sort.step, station_sort.show),
    Task.CHECK: TaskFlow(station_check.CheckState, station_check.begin, station_check.step, station_check.show, documents=True),
    Task.WEIGH: TaskFlow(station_weigh.WeighState, station_weigh.begin, station_weigh.step, station_weigh.show, documents=True),
    Task.HAND_OVER: TaskFlow(
        station_hand_over.HandOverState,
        station_hand_over.begin,
        station_hand_over.step,
        station_hand_over.show,
        documents=True,
    ),
    Task.PUT_BACK: TaskFlow(
        station_put_back.PutBackState, station_put_back.begin, station_put_back.step, station_put_back.show, documents=True
    ),
    Task.UNPACK: TaskFlow(station_unpack.UnpackState, station_unpack.begin, station_unpack.step, station_unpack.show),
    Task.INSPECT: TaskFlow(station_inspect.InspectState, station_inspect.begin, station_inspect.step, station_inspect.show),
    Task.SEND_BACK: TaskFlow(
        station_send_back.SendBackState, station_send_back.begin, station_send_back.step, station_send_back.show
    ),
}
