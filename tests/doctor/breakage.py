"""One row broken by hand for each check: the statement that does it, past every guard that the database has."""

from __future__ import annotations

from collections.abc import Iterable

from houtai.adapters.sql.doctor.documents import DocumentTable
from houtai.adapters.sql.doctor.kinds import DOCUMENTS
from houtai.domain.authority import HOUSE


def one(table: str, where: str = "1 = 1", key: str = "id") -> str:
    """A condition that picks a single key."""
    return f"{key} = (SELECT {key} FROM {table} WHERE {where} ORDER BY {key} LIMIT 1)"


def edit(table: str, change: str, where: str = "1 = 1", key: str = "id") -> str:
    """Change the rows of the first key for which `where` holds."""
    return f"UPDATE {table} SET {change} WHERE ({where}) AND {one(table, where, key)}"


LIVE = "state = 'open'"
OF_CONFIRMED = "order_id IN (SELECT id FROM orders WHERE state = 'confirmed')"
SOME_ID = "0" * 31 + "7"
OF_THE_HOUSE = f"'{HOUSE.hex}'"
LONG_AGO = "'2001-01-01 00:00:00+00:00'"
GIVEN_AWAY = "code = 'marketing' AND journal_id IN (SELECT id FROM journals WHERE document NOT IN ('points', 'claim'))"
REOPENED = "UPDATE shifts SET ended_at = NULL, open_staff_id = staff_id, open_station_id = station_id"

ON_THE_FLOOR = (
    "outbound-order",
    "wave",
    "manifest",
    "transfer",
    "goods-issue",
    "wave-template",
    "pack-box",
    "dispatch-settings",
    "period",
    "audit-policy",
    "claim",
    "return-parcel",
    "aftersales-policy",
    "points-policy",
    "points-adjustment",
    "reward-rule",
    "grant",
    "ticket",
    "webhook-endpoint",
)


def edges(kinds: Iterable[DocumentTable]) -> dict[str, str]:
    """A last edge that leads elsewhere, and a version that nobody made, of each of these kinds."""
    found = {}
    for kind in kinds:
        found[f"D3-{kind.name}"] = edit("timeline", "after = 'elsewhere'", f"document = '{kind.name}'", "document_id")
        found[f"D5-{kind.name}"] = edit(kind.table.name, "version = version + 1", key=kind.key)
    return found


BREAKAGE: dict[str, str] = {
    "A1": "UPDATE audit_log SET reason = 'never said' WHERE seq = 3",
    "A2": "DELETE FROM audit_log WHERE seq = (SELECT MAX(seq) FROM audit_log)",
    "A3": edit("timeline", "at = " + LONG_AGO, "version = 1", "document_id"),
    "A3-versions": edit("audit_log", "changes = '[]'", "deed = 'create_role'", "seq"),
    "A3-logins": edit("audit_log", "changes = '[]'", "deed = 'open_session'", "seq"),
    "A3-sessions": f"DELETE FROM sessions WHERE {one('sessions')}",
    "A3-logouts": edit("sessions", f"revoked_at = {LONG_AGO}", "revoked_at IS NULL"),
    "A3-shown": edit("audit_log", "category = 'operation'", "deed = 'reveal_customer'", "seq"),
    "A3-exported": "INSERT INTO disclosures (id, how, what, reason, at, actor, actor_name)"
    f" SELECT '{SOME_ID}', how, what, reason, at, actor, actor_name FROM disclosures WHERE how = 'exported'",
    "A3-disclosed": "DELETE FROM disclosures WHERE how = 'shown'",
    "P2-customers": edit("customers", "phone = '13900139000'", "state = 'erased'"),
    "P2-orders": edit("orders", "street = '龙井路 88 号'", "recipient = '已注销'"),
    "P2-timeline": edit("timeline", """details = '{"receiver": {"street": "x"}}'""", "version = 1", "document_id"),
    "P2-audit_log": """UPDATE audit_log SET command = '{"order": {"receiver": {"phone": "13900139000"}}}' WHERE seq = 3""",
    "Q1": edit("outbox", "state = 'pending', due_at = NULL"),
    "Q2": edit("requests", "answer = NULL", key="key"),
    "M1": edit("entries", "amount_minor = amount_minor + 1", "line = 0", "journal_id"),
    "M1b": f"DELETE FROM entries WHERE {one('entries', key='journal_id')}",
    "M2": "UPDATE balances SET balance_minor = balance_minor + 1 WHERE code = 'cash'",
    "M3-content": edit("journals", "memo = 'something else'"),
    "M4": edit("payments", "refund_minor = 0, refunded_minor = 0", "refund_minor > 0"),
    "M4b": edit("captures", "amount_minor = amount_minor + 1", key="payment_id"),
    "M4c": edit("payments", "refunded_minor = 0", "refunded_minor > 0"),
    "M4d": edit(
        "entries",
        "amount_minor = amount_minor - 1",
        "code = 'cash' AND journal_id IN (SELECT id FROM journals WHERE document = 'payment')",
        "journal_id",
    ),
    "M11-own": edit(
        "provider_events",
        "journal_id = (SELECT id FROM journals WHERE document = 'opening-receipt' ORDER BY id LIMIT 1)",
        "journal_id IS NOT NULL",
        "event_id",
    ),
    "M11": edit("provider_events", "journal_id = NULL", "journal_id IS NOT NULL", "event_id"),
    "M12": edit("entries", "currency = 'USD'", "line = 0", "journal_id"),
    "M15": f"INSERT INTO periods (name, state, closed_at, version) SELECT period, 'closed', {LONG_AGO}, 1 FROM journals LIMIT 1",
    "R20": edit("stocks", "value_minor = value_minor + 1", "value_minor > 0", "sku_id"),
    "D7": edit("cases", "next_action = ''", LIVE),
    "S1-sellable": edit("stocks", "sellable_qty = sellable_qty + 1", key="sku_id"),
    "S1-quarantine": edit("stocks", "quarantine_qty = 1", key="sku_id"),
    "S1-damaged": edit("stocks", "damaged_qty = 1", key="sku_id"),
    "S1-sample": edit("stocks", "sample_qty = 1", key="sku_id"),
    "S1-b-grade": edit("stocks", "b_grade_qty = 1", key="sku_id"),
    "S1-return-pending": edit("stocks", "return_pending_qty = 1", key="sku_id"),
    "S1-value": edit("stocks", "value_minor = value_minor + 1", "value_minor > 0", "sku_id"),
    "S2": edit("stocks", "reserved_qty = sellable_qty + 1", key="sku_id"),
    "S3": edit("reservations", "state = 'released'", LIVE),
    "S3-held": edit("stocks", "held_qty = held_qty + 1", key="sku_id"),
    "S3-fenced": edit("stocks", "dedicated_qty = dedicated_qty + 1", key="sku_id"),
    "S3-owed": edit("stocks", "owed_qty = owed_qty + 1", key="sku_id"),
    "S4": edit("bins", "qty = qty + 1"),
    "S4-zero": edit("bins", "qty = qty + 1"),
    "S4-bins": edit("bin_moves", "state = 'damaged', to_state = 'damaged'", "seq = 1", "document_id"),
    "S4-ledger": edit("bin_heads", "last_seq = last_seq + 1", key="sku_id"),
    "S4-serials": "INSERT INTO serials (sku_id, code, bin_id, since, state) SELECT (SELECT id FROM skus WHERE id <> bins.sku_id LIMIT 1),"
    " 'S', id, since, 'stored' FROM bins LIMIT 1",
    "S4-units": edit("bins", f"handling_unit_id = '{SOME_ID}'", "qty > 0 AND handling_unit_id IS NOT NULL"),
    "L1-person": REOPENED,
    "L1-station": REOPENED,
    "L1-open": edit("shifts", f"open_staff_id = '{SOME_ID}'", "open_staff_id IS NOT NULL", "session_id"),
    "L2-places": "UPDATE locations SET state = 'retired' WHERE id IN (SELECT location_id FROM bins WHERE qty > 0)",
    "L2-standing": "UPDATE locations SET state = 'retired' WHERE id IN (SELECT location_id FROM handling_units)",
    "L2-units": "UPDATE handling_units SET state = 'retired' WHERE id IN (SELECT handling_unit_id FROM bins WHERE qty > 0)",
    "L3-open": edit("wanted_counts", f"state = 'open', open_location_id = '{SOME_ID}'"),
    "L3-counted": edit("wanted_counts", f"count_id = '{SOME_ID}', done_at = '2999-01-01 00:00:00+00:00'", "state = 'done'"),
    "W1": "UPDATE waybills SET number = 'HT7', state = 'bound'",
    "W1-parcel": "UPDATE waybills SET state = 'bound', parcel_id = (SELECT parcel_id FROM waybills ORDER BY id LIMIT 1)",
    "W1-kept": edit("waybills", "live_parcel_id = NULL", "live_parcel_id IS NOT NULL"),
    "W2": edit("waybills", "state = 'voiding', ask_at = NULL"),
    "W3": f"DELETE FROM waybill_labels WHERE {one('waybill_labels', key='waybill_id')}",
    "W4": edit("waybill_events", "number = 'HT7'", key="key"),
    "W5": edit("waybill_pools", "added_qty = added_qty + 1"),
    "W6": edit("pool_numbers", "number = 'HT7'", "waybill_id IS NOT NULL", "number"),
    "S5": edit("movements", "balance_after_qty = balance_after_qty + 1", key="sku_id"),
    "S5-document": edit("opening_receipt_lines", "qty = qty + 1", "place = 1", "receipt_id"),
    "S5-moved": f"DELETE FROM movements WHERE {one('movements', key='document_id')}",
    "S9": edit("published", "qty = 100000", "sku_id NOT IN (SELECT bundle_id FROM bundle_parts)", "sku_id"),
    "S9-bundles": edit("published", "qty = 100000", "sku_id IN (SELECT bundle_id FROM bundle_parts)", "sku_id"),
    "S11": edit("oversells", "owner_queue = ''", LIVE),
    "M7": edit("order_discounts", "amount_minor = amount_minor + 1", key="order_id"),
    "M8": edit("orders", "goods_minor = goods_minor + 1"),
    "M8-tenders": edit("payments", "state = 'failed'", "state = 'captured' AND tender = 'gateway'"),
    "M13": edit("coupons", "state = 'issued', order_id = NULL", "state = 'redeemed'"),
    "M16": edit("order_lines", "commission_points = commission_points + 1", "commission_version IS NOT NULL", "order_id"),
    "M13-quota": edit("issue_counts", "issued_qty = issued_qty + 1", "customer_id IS NULL"),
    "M13-customer": edit("issue_counts", "issued_qty = issued_qty + 1", "customer_id IS NOT NULL"),
    "M13-budget": edit("budgets", "spent_minor = spent_minor + 1", key="campaign_id"),
    "S8": edit("reservations", "qty = qty + 1000", LIVE),
    "S8-covered": edit("reservations", "state = 'released'", f"{LIVE} AND {OF_CONFIRMED}"),
    "S8-ended": "UPDATE reservations SET state = 'open' WHERE order_id IN (SELECT id FROM orders WHERE state = 'cancelled')",
    "S11-line": edit("oversells", "got_qty = got_qty + 1", LIVE),
    "S12": edit("order_lines", "bundle_qty = NULL", "bundle_sku_id IS NOT NULL", "order_id"),
    "T2-skus": edit("skus", f"merchant_id = {OF_THE_HOUSE}", f"merchant_id <> {OF_THE_HOUSE}"),
    "T2-listings": edit("listings", f"merchant_id = {OF_THE_HOUSE}", f"merchant_id <> {OF_THE_HOUSE}"),
    "T2-lines": edit("order_lines", f"merchant_id = {OF_THE_HOUSE}", f"merchant_id <> {OF_THE_HOUSE}", "order_id"),
    "D7-orders": edit("orders", "state = 'hold', hold_due_at = NULL"),
    "D1": edit("timeline", "after = 'elsewhere'", "document = 'order' AND version = 1", "document_id"),
    "D1b": edit("timeline", "before = 'cancelled'", "document = 'order' AND version = 2", "document_id"),
    "D4-order": edit("orders", "number = 'SO-20010101-000007'"),
    "D4-opening-receipt": edit("opening_receipts", "number = 'RC-20010101-000007'"),
    "P1-orders": edit("orders", "remark = 'card 4111 1111 1111 1111'"),
    "P1-timeline": edit("timeline", """details = '{"text": "4111-1111-1111-1111"}'""", "version = 1", "document_id"),
    "P1-cases": edit("cases", """facts = '{"said": ["4111111111111111"]}'"""),
    "P1-audit_log": """UPDATE audit_log SET command = '{"memo": "4111111111111111"}' WHERE seq = 3""",
    "D8-reprints": edit("print_jobs", "reprints = reprints + 1"),
    "D4-adjustment": edit("adjustments", "number = 'XX-20010101-000007'"),
    **edges([kind for kind in DOCUMENTS if kind.name not in ON_THE_FLOOR]),
}
# In a warehouse that sends, see `sending`.
FLOOR_BREAKAGE: dict[str, str] = {
    "O1": edit("bins", "allocated_qty = allocated_qty + 1", "allocated_qty > 0"),
    "O2-promised": edit("outbound_lines", "allocated_qty = allocated_qty + 1", "allocated_qty > 0", "outbound_id"),
    "O2-picked": edit("picks", "qty = qty + 1", "state = 'picked'", "outbound_id"),
    "O2-shipped": edit("outbound_lines", "shipped_qty = shipped_qty - 1", "shipped_qty > 1", "outbound_id"),
    "O2-goods": "UPDATE picks SET sku_id = (SELECT id FROM skus WHERE skus.id <> picks.sku_id ORDER BY id LIMIT 1)"
    f" WHERE {one('picks', key='outbound_id')}",
    "O3": edit("picks", "state = 'issued'", "state = 'promised'", "outbound_id"),
    "O3-walks": edit("pick_runs", "state = 'done'", LIVE),
    "O3-number": edit("pick_runs", "wave_number = 'WV-20010101-000007'"),
    "O3-slots": edit("wave_slots", "slot = slot + 1", key="wave_id"),
    "O4": edit("parcel_contents", "qty = qty + 1", key="parcel_id"),
    "O4-state": edit("parcels", "state = 'sealed'", "state = 'handed-over'"),
    "O5": "INSERT INTO manifest_entries (manifest_id, place, parcel_id, outbound_id, waybill, weight_g) SELECT (SELECT id FROM"
    " manifests WHERE state = 'open'), 7, parcel_id, outbound_id, waybill, weight_g FROM manifest_entries WHERE place = 1 AND"
    " manifest_id IN (SELECT id FROM manifests WHERE state = 'closed' ORDER BY id LIMIT 1)",
    "O5-listed": edit("parcels", "manifest_number = 'MF-7'", "manifest_number IS NOT NULL"),
    "O5-found": f"DELETE FROM manifest_entries WHERE {one('manifest_entries', key='manifest_id')}",
    "O6": edit("reservations", "state = 'released'", "state = 'shipped'"),
    "O6-lines": edit("order_lines", "shipped_qty = 0", "shipped_qty > 0", "order_id"),
    "O6-reserved": "UPDATE reservations SET state = 'released' WHERE order_id IN (SELECT source_id FROM outbound_orders WHERE"
    " state = 'picked')",
    "O6-given": edit("outbound_orders", "state = 'shipped'", "state = 'picked'"),
    "O6-order": "UPDATE orders SET state = 'confirmed' WHERE id IN (SELECT source_id FROM outbound_orders WHERE state = 'picked')",
    "O6-shares": f"DELETE FROM joint_shares WHERE {one('joint_shares')}",
    "O6-one": edit("outbound_lines", "source_id = NULL", "source_id IS NOT NULL", "outbound_id"),
    "O6-together": "UPDATE orders SET customer_id = NULL WHERE id = (SELECT source_id FROM joint_shares ORDER BY id LIMIT 1)",
    "O6-parcels": "UPDATE parcel_contents SET qty = qty + 1 WHERE parcel_id IN (SELECT p.id FROM parcels p JOIN joint_shares j ON"
    " j.outbound_id = p.outbound_id WHERE p.state = 'handed-over')",
    "O7-cost": edit("entries", "amount_minor = amount_minor + 1", "code = 'cogs'", "journal_id"),
    "O7-sale": edit("entries", "amount_minor = amount_minor + 1", "code = 'revenue'", "journal_id"),
    "O7-freight": edit(
        "waybills",
        "charge_minor = charge_minor + 1",
        "state = 'bound' AND charge_minor IS NOT NULL AND parcel_id NOT IN (SELECT id FROM claims)",
    ),
    "O8": edit(
        "waybills", "state = 'voided'", "id IN (SELECT w.id FROM waybills w JOIN outbound_orders o ON o.id = w.parcel_id)"
    ),
    "O8-orders": "UPDATE outbound_orders SET waybill = 'HT7' WHERE waybill IS NOT NULL",
    "O8-parcels": "UPDATE parcels SET waybill = 'HT7'",
    "O9": edit("print_jobs", "subject = 'HT7'", "subject IN (SELECT waybill FROM outbound_orders WHERE state = 'picked')"),
    "O9-claims": edit("print_jobs", "claim = 'waybill HT7'", "claim LIKE 'waybill %'"),
    "O9-content": edit("print_jobs", "content_hash = 'other'", "reprint_of IS NOT NULL"),
    "O9-sent": edit("print_jobs", "sent_at = NULL", "state = 'done'"),
    "S6": edit("transfers", "state = 'received'", "state = 'partially-received'"),
    "S6-places": edit("transfer_lines", "received_qty = received_qty + 1", "shipped_qty > 0", "transfer_id"),
    "S6-sent": edit("transfer_lines", "shipped_qty = shipped_qty - 1", "shipped_qty > 0", "transfer_id"),
    "S6-reserved": edit("transfers", "state = 'draft'", "state = 'ready'"),
    "S6-books": edit("entries", "amount_minor = amount_minor + 1", "code = 'in-transit'", "journal_id"),
    "C1": edit("claim_lines", "returned_qty = 0, received_qty = received_qty + 90", "received_qty > 0", "claim_id"),
    "M5": edit("given_back", "qty = qty + 90", "part = 'goods'", "case_id"),
    "M5-freight": edit("given_back", "amount_minor = 90000", "part = 'freight'", "case_id"),
    "M5-refunds": edit("given_back", "amount_minor = amount_minor + 1", "part = 'goods'", "case_id"),
    "C3": edit("claims", "decided_minor = decided_minor + 1", "decided_minor > 0"),
    "C3-refunds": edit("refunds", "amount_minor = amount_minor + 1", "reason LIKE 'AS-%'"),
    "C4": edit("claim_inspections", "qty = qty + 1", key="claim_id"),
    "C5": edit("stocks", "return_pending_qty = return_pending_qty + 1", key="sku_id"),
    "C7": edit("tickets", "subject = 'order'", "subject = 'claim'"),
    "C8": edit("waybills", "charge_minor = charge_minor + 1", "parcel_id IN (SELECT id FROM claims)"),
    "C6": edit("claim_lines", "sent_qty = sent_qty + 1", "sent_qty > 0", "claim_id"),
    "B1": edit("points_accounts", "moves = moves + 1"),
    "B2": edit("points_lots", "left_points = left_points - 1", "left_points > 1"),
    "B2-sums": edit("points_accounts", "left_points = left_points + 1"),
    "B3": edit("points_taken", "points = points + 1", key="payment_id"),
    "B3-back": edit("points_taken", "back_points = back_points + 1", "back_points > 0", "payment_id"),
    "B3-payments": edit("points_payments", "amount_minor = amount_minor + 1", key="payment_id"),
    "B4": edit("points_accounts", "owed_points = owed_points + 1"),
    "B5": edit("grants", f"customer_id = '{SOME_ID}'"),
    "B6": edit("grants", "points = points - 1", "points > 0"),
    "B6-coupons": "UPDATE coupons SET state = 'issued' WHERE id IN (SELECT coupon_id FROM grants WHERE state = 'withdrawn')",
    "B7": edit("grants", "charged_minor = charged_minor - 1", "charged_minor > 0"),
    "D7-claims": edit("claims", "next_action = ''", "due_at IS NOT NULL"),
    "D7-parcels": edit("return_parcels", "queue = ''", "state = 'unknown'"),
    "D4-claim": edit("claims", "number = 'AS-20010101-000007'"),
    "D4-return-parcel": edit("return_parcels", "number = 'RP-20010101-000007'"),
    "O10": edit("goods_issue_lines", "shipped_qty = 0", "shipped_qty > 0", "issue_id"),
    "O10-reserved": edit("goods_issues", "state = 'rejected'", "state = 'ready'"),
    "O10-value": edit("goods_issue_lines", "value_minor = value_minor + 1", "shipped_qty > 0", "issue_id"),
    "O10-scrap": edit("goods_issues", "reason = 'internal-use'", "reason = 'scrap' AND state = 'shipped'"),
    "O10-books": edit("entries", "amount_minor = amount_minor + 1", GIVEN_AWAY, "journal_id"),
    "K1": edit("tickets", "merged_messages = merged_messages - 1", "state = 'merged'"),
    "K1-survivors": "UPDATE tickets SET merged_into = id WHERE state = 'merged'",
    "K1-parties": edit("tickets", "customer_id = NULL", "state = 'merged'"),
    "K2": f"DELETE FROM ticket_messages WHERE {one('ticket_messages')}",
    "K2-words": f"DELETE FROM ticket_words WHERE {one('ticket_words')}",
    "K2-carried": edit("tickets", "channel_id = id", "split_from IS NOT NULL"),
    "K3": "UPDATE tickets SET state = 'new' WHERE id IN (SELECT follows FROM tickets)",
    "D7-tickets": edit("tickets", "next_action = ''", "state = 'new'"),
    "P2-claims": """UPDATE claims SET text = '13900139000', customer_id = (SELECT id FROM customers WHERE state = 'erased' LIMIT 1)
        WHERE due_at IS NULL""",
    "P2-tickets": "UPDATE ticket_words SET text = '13900139000', erased = FALSE WHERE erased",
    "D4-ticket": edit("tickets", "number = 'TK-20010101-000007'"),
    "D4-goods-issue": edit("goods_issues", "number = 'GI-20010101-000007'"),
    "D4-transfer": edit("transfers", "number = 'TR-20010101-000007'"),
    "D4-outbound-order": edit("outbound_orders", "number = 'FO-20010101-000007'"),
    "D4-wave": edit("waves", "number = 'WV-20010101-000007'"),
    "D4-manifest": edit("manifests", "number = 'MF-20010101-000007'"),
    "N1": edit("webhook_deliveries", "due_at = NULL", "state = 'pending'"),
    "N1-taken": edit("webhook_deliveries", "state = 'delivered', due_at = NULL", "state = 'pending'"),
    "N2": edit("webhook_endpoints", "secrets = '[]'"),
    "N2-health": f"DELETE FROM webhook_health WHERE {one('webhook_health', key='endpoint_id')}",
    "N3": "DELETE FROM cases WHERE kind = 'webhook-disabled'",
    **edges([kind for kind in DOCUMENTS if kind.name in ON_THE_FLOOR]),
}
