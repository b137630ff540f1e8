"""What the desk does with a scan: takes up tasks, answers scans in order, and keeps how far everybody has come."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import attrs

from houtai.application.aftersales.ports import AftersalesTx
from houtai.application.aftersales.station_sight import TxReturnsSight, read_claims
from houtai.application.group import settled
from houtai.application.inventory.scope import demand_at
from houtai.application.outbound.station_sight import read_documents
from houtai.application.permission import MERCHANT, WAREHOUSE, before, logged_as, needs
from houtai.application.plain import from_plain, to_plain
from houtai.application.ports import Performer
from houtai.application.stations.flows import FLOWS
from houtai.application.stations.print_commands import see_to_print
from houtai.application.stations.prints import prints_for
from houtai.application.warehouse.shifts import WORK, AtStation, at_station
from houtai.application.warehouse.station_sight import Scanned, read_scan
from houtai.application.warehouse.station_steps import Step, says
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.ids import derive
from houtai.domain.refusal import KeyReused, Kind, Refusal
from houtai.domain.warehouse.codes import PRINT_COMMANDS
from houtai.domain.warehouse.refusals import FlowNotAllowed, NoShift, StationLocked
from houtai.domain.warehouse.reply import MessageLevel, StationMessage, phrase, refused
from houtai.domain.warehouse.work import FLOW_OF, MAX_SEQ, ScanReused, StaleScan, StationScreen, StationWork, Task, work_id


@attrs.frozen
class OpenTask:
    """Take up a task in the session's own shift."""

    task: Task


@logged_as(None)
@needs(WORK, along=(WAREHOUSE, MERCHANT))
def open_task(tx: AftersalesTx, cmd: OpenTask, act: Act) -> StationScreen:
    """Where the task was left, at whichever station of the warehouse; in another warehouse it begins anew.

    Raises NoShift, StationLocked, FlowNotAllowed.
    """
    here = _here(tx, cmd, act)
    flow, warehouse_id = FLOWS[cmd.task], here.station.warehouse_id
    key = work_id(here.person.id, cmd.task)
    found = tx.station_work.lock([key]).get(key)
    fresh = flow.begin(warehouse_id)
    state = fresh
    if found is not None and found.warehouse_id == warehouse_id:
        state = from_plain(found.state, flow.state)
    message = None if state == fresh else says(MessageLevel.INFO, "resumed")
    screen = _screen(tx, here, cmd.task, state, 0 if found is None else found.seq, message, act)
    fields = {
        "station_id": here.station.id,
        "warehouse_id": warehouse_id,
        "state": to_plain(state),
        "answer": to_plain(screen),
        "at": act.at,
    }
    if found is None:
        tx.station_work.add(StationWork(id=key, staff_id=here.person.id, task=cmd.task, **fields))
    else:
        tx.station_work.save(attrs.evolve(found, version=found.version + 1, **fields))
    return screen


@attrs.frozen
class ScanAt:
    """One scan at a task, with its number: the station's own count, never given twice."""

    task: Task
    seq: int = attrs.field(validator=limits.between(1, MAX_SEQ))
    code: str


@settled
@needs(WORK, along=(WAREHOUSE, MERCHANT))
def scan_at_station(tx: AftersalesTx, cmd: ScanAt, act: Act) -> StationScreen:
    """Answer the scan, and do what it brings about, whole; the same scan again gets the same answer.

    Raises whatever the scan is refused with (nothing has moved then), StaleScan, ScanReused, and what `open_task` raises.
    """
    here, work = _own_work(tx, cmd, act)
    if cmd.seq == work.seq:
        return _repeated(work, cmd)
    flow = FLOWS[cmd.task]
    sight = TxReturnsSight(tx, work.warehouse_id, act)
    scanned = _read(sight, cmd.code, derive(work.id, "scan", cmd.seq), documents=flow.documents)
    if scanned.code.command in PRINT_COMMANDS:
        return _print_seen_to(tx, here, work, cmd, scanned, act)
    made = _done(tx, flow.step(from_plain(work.state, flow.state), scanned, sight), act.scanned_at(here.station.id))
    screen = _screen(tx, here, cmd.task, made.state, cmd.seq, made.message, act)
    _keep(tx, work, cmd, to_plain(made.state), screen, act)
    return screen


def _print_seen_to(
    tx: AftersalesTx, here: AtStation, work: StationWork, cmd: ScanAt, scanned: Scanned, act: Act
) -> StationScreen:
    """The screen as it was, with what has become of the print."""
    assert scanned.code.command is not None, "a command of prints"
    before_that: StationScreen = from_plain(work.answer, StationScreen)
    message = see_to_print(tx, here, scanned.code.command, before_that.message, scanned.document, act)
    state = from_plain(work.state, FLOWS[cmd.task].state)
    screen = _screen(tx, here, cmd.task, state, cmd.seq, message, act)
    _keep(tx, work, cmd, work.state, screen, act)
    return screen


def _read(sight: TxReturnsSight, raw: str, document: UUID, *, documents: bool) -> Scanned:
    """The scan with everything that it names in this warehouse, as far as it matters."""
    scanned = read_scan(sight, raw, document)
    if not documents and scanned.found:
        return scanned
    found = (*scanned.found, *read_documents(sight, scanned.code))
    if not documents and scanned.code.command is None:
        found = (*found, *read_claims(sight, scanned.code, found))
    return attrs.evolve(scanned, found=found)


def _done(tx: AftersalesTx, made: Step[Any], act: Act) -> Step[Any]:
    """Where the step leads once everything that it brings about is done."""
    while made.deed is not None:
        answer = made.deed.use_case(tx, made.deed.cmd, before(made.deed.use_case, act))
        made = Step(made.state, made.message) if made.then is None else made.then(answer)
    return made


@attrs.frozen
class NoteRefused:
    """What a scan was refused with, to be the answer to it from now on."""

    scan: ScanAt
    message: StationMessage


@logged_as(None)
@needs(WORK, along=(WAREHOUSE, MERCHANT))
def note_refused(tx: AftersalesTx, cmd: NoteRefused, act: Act) -> StationScreen:
    """The screen as it was, with the refusal on it. Raises what `scan_at_station` raises but for the scan's own refusals."""
    here, work = _own_work(tx, cmd.scan, act)
    if cmd.scan.seq == work.seq:
        return _repeated(work, cmd.scan)
    state = from_plain(work.state, FLOWS[cmd.scan.task].state)
    screen = _screen(tx, here, cmd.scan.task, state, cmd.scan.seq, cmd.message, act)
    _keep(tx, work, cmd.scan, work.state, screen, act)
    return screen


def _here(tx: AftersalesTx, cmd: OpenTask | ScanAt, act: Act) -> AtStation:
    """Who works where, if they may do this task there."""
    here = at_station(tx, act, FLOW_OF[cmd.task])
    demand_at(act, WORK, tx.warehouses.get(here.station.warehouse_id))
    return here


def _own_work(tx: AftersalesTx, cmd: ScanAt, act: Act) -> tuple[AtStation, StationWork]:
    """The actor's work at the task, locked, if this station may go on with it."""
    here = _here(tx, cmd, act)
    key = work_id(here.person.id, cmd.task)
    work = tx.station_work.lock([key]).get(key)
    if work is None or work.station_id != here.station.id or cmd.seq < work.seq:
        raise StaleScan(seq=cmd.seq, last_seq=0 if work is None else work.seq)
    return here, work


def _digest(code: str) -> str:
    """What is kept of a code: a scan may hold what no database takes as text."""
    return hashlib.sha256(code.encode(errors="surrogatepass")).hexdigest()


def _repeated(work: StationWork, cmd: ScanAt) -> StationScreen:
    if work.scanned != _digest(cmd.code):
        raise ScanReused(seq=cmd.seq)
    answer: StationScreen = from_plain(work.answer, StationScreen)
    return answer


def _screen(
    tx: AftersalesTx, here: AtStation, task: Task, state: Any, seq: int, message: StationMessage | None, act: Act
) -> StationScreen:
    view = FLOWS[task].show(state, TxReturnsSight(tx, here.station.warehouse_id, act))
    prints = prints_for(tx, here.station.id)
    return StationScreen(task, seq, view.prompt, view.digits, view.facts, view.columns, view.rows, message, prints)


def _keep(tx: AftersalesTx, work: StationWork, cmd: ScanAt, state: Mapping[str, Any], screen: StationScreen, act: Act) -> None:
    kept = {"seq": cmd.seq, "scanned": _digest(cmd.code), "answer": to_plain(screen), "at": act.at}
    tx.station_work.save(attrs.evolve(work, state=state, version=work.version + 1, **kept))


_ENDS: Final = (NoShift, StationLocked, FlowNotAllowed, KeyReused)
_END_KINDS: Final = frozenset({Kind.UNAUTHENTICATED, Kind.UNAVAILABLE, Kind.STALE, Kind.LIMITED})


def answers_a_scan(refusal: Refusal) -> bool:
    """Whether the refusal is about what was scanned, and not about the login, the store or the order of scans."""
    return not isinstance(refusal, _ENDS) and refusal.kind not in _END_KINDS


def answer_scan(office: Performer, cmd: ScanAt, act: Act) -> StationScreen:
    """Answer a scan: what it is refused with becomes its answer. Raises what `StationPort.scan` raises."""
    try:
        return office.perform(scan_at_station, cmd, act)
    except Refusal as refusal:
        if not answers_a_scan(refusal):
            raise
        said = refused(None, phrase("refused", what=""), refusal).message
        assert said is not None
        return office.perform(note_refused, NoteRefused(cmd, said), act)
