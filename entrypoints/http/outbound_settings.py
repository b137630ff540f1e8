"""How warehouses send, over HTTP: sender and carriers, wave templates, and the catalogue of boxes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from houtai.application.outbound.configure import set_box, set_dispatch, set_template
from houtai.application.outbound.queries import (
    list_boxes,
    show_box,
    show_dispatch,
    show_wave_template,
)
from houtai.domain.catalog.standing import Standing
from houtai.domain.ids import BoxId, WarehouseId, WaveTemplateId
from houtai.domain.refusal import AlreadyExists, IllegalMove, VersionConflict
from houtai.entrypoints.http import outbound_settings_wire as forms, wire
from houtai.entrypoints.http.desk import Desk
from houtai.entrypoints.http.routes import Routes

ROUTES = Routes("dispatch", "How a warehouse sends: sender, carriers, printers, wave templates, boxes.")


@ROUTES.get("/warehouses/{warehouse_id}/dispatch", show_dispatch)
def get_dispatch(desk: Desk, warehouse_id: wire.Id) -> forms.DispatchOut:
    """Look how a warehouse sends; version 0 where nobody has said so yet."""
    return forms.dispatch_out(warehouse_id, desk.ask(show_dispatch, WarehouseId(warehouse_id)).settings)


@ROUTES.put("/warehouses/{warehouse_id}/dispatch", set_dispatch)
def put_dispatch(desk: Desk, warehouse_id: wire.Id, body: forms.DispatchIn) -> forms.DispatchOut:
    """Say how a warehouse sends from now on; the first time on version 0."""
    cmd = body.command(WarehouseId(warehouse_id), desk.expected_version)
    return forms.dispatch_out(warehouse_id, desk.perform(set_dispatch, cmd))


@ROUTES.get("/warehouses/{warehouse_id}/wave-templates", show_dispatch)
def get_wave_templates(desk: Desk, warehouse_id: wire.Id) -> forms.WaveTemplatesOut:
    """List a warehouse's wave templates in the order in which they are tried."""
    found = desk.ask(show_dispatch, WarehouseId(warehouse_id))
    return forms.WaveTemplatesOut(tuple(map(forms.template_out, found.templates)))


@ROUTES.post("/wave-templates", set_template, status=201, location="/wave-templates/{id}")
def post_wave_template(desk: Desk, body: forms.NewWaveTemplate) -> forms.WaveTemplateOut:
    """Make a wave template for a warehouse."""
    template, warehouse = WaveTemplateId(desk.new_id(body.id)), WarehouseId(body.warehouse_id)
    with new("wave template", template):
        return forms.template_out(desk.perform(set_template, body.command(template, warehouse, 0, Standing.ACTIVE)))


@contextmanager
def new(what: str, key: UUID) -> Iterator[None]:
    """What is made under an id that is taken exists already: its maker has seen no version that could be stale."""
    try:
        yield
    except VersionConflict as taken:
        raise AlreadyExists(what=what, key=str(key)) from taken


@ROUTES.get("/wave-templates/{wave_template_id}", show_wave_template)
def get_wave_template(desk: Desk, wave_template_id: wire.Id) -> forms.WaveTemplateOut:
    """Look at one wave template; a warehouse's are listed with its dispatch."""
    return forms.template_out(desk.ask(show_wave_template, WaveTemplateId(wave_template_id)))


@ROUTES.put("/wave-templates/{wave_template_id}", set_template, refuses=(IllegalMove,))
def put_wave_template(desk: Desk, wave_template_id: wire.Id, body: forms.WaveTemplateEdit) -> forms.WaveTemplateOut:
    """Change a wave template, put it away or bring it back; waves that are released stay as they are."""
    known = desk.ask(show_wave_template, WaveTemplateId(wave_template_id))
    cmd = body.command(known.id, known.warehouse_id, desk.expected_version, body.state)
    return forms.template_out(desk.perform(set_template, cmd))


@ROUTES.post("/pack-boxes", set_box, status=201, location="/pack-boxes/{id}")
def post_pack_box(desk: Desk, body: forms.NewBox) -> forms.BoxOut:
    """Add a box to the catalogue."""
    box = BoxId(desk.new_id(body.id))
    with new("box", box):
        return forms.box_out(desk.perform(set_box, body.command(box, 0, Standing.ACTIVE)))


@ROUTES.get("/pack-boxes", list_boxes)
def get_pack_boxes(desk: Desk, query: wire.PageQuery) -> wire.Listed[forms.BoxOut]:
    """List the catalogue of boxes, newest first."""
    return wire.listed(desk.ask(list_boxes, query.page()), forms.box_out)


@ROUTES.get("/pack-boxes/{box_id}", show_box)
def get_pack_box(desk: Desk, box_id: wire.Id) -> forms.BoxOut:
    """Look at one box."""
    return forms.box_out(desk.ask(show_box, BoxId(box_id)))


@ROUTES.put("/pack-boxes/{box_id}", set_box, refuses=(IllegalMove,))
def put_pack_box(desk: Desk, box_id: wire.Id, body: forms.BoxEdit) -> forms.BoxOut:
    """Change a box, put it away or bring it back."""
    known = desk.ask(show_box, BoxId(box_id))
    return forms.box_out(desk.perform(set_box, body.command(known.id, desk.expected_version, body.state)))
