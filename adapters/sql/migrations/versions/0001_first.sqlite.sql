CREATE TABLE timeline (
	document_id CHAR(32) NOT NULL, 
	version BIGINT NOT NULL, 
	document VARCHAR(40) NOT NULL, 
	event VARCHAR(60) NOT NULL, 
	"before" VARCHAR(40) NOT NULL, 
	"after" VARCHAR(40) NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	actor CHAR(32) NOT NULL, 
	actor_name VARCHAR(200) NOT NULL, 
	reason VARCHAR(500) NOT NULL, 
	details JSON NOT NULL, 
	CONSTRAINT pk_timeline PRIMARY KEY (document_id, version)
)
;;
CREATE TRIGGER timeline_no_update BEFORE UPDATE ON timeline BEGIN SELECT RAISE(ABORT, 'timeline is append-only'); END
;;
CREATE TRIGGER timeline_no_delete BEFORE DELETE ON timeline BEGIN SELECT RAISE(ABORT, 'timeline is append-only'); END
;;
CREATE TABLE counters (
	name VARCHAR(60) NOT NULL, 
	last BIGINT NOT NULL CONSTRAINT ck_counters_last_range CHECK (last BETWEEN 1 AND 4611686018427387904), 
	CONSTRAINT pk_counters PRIMARY KEY (name)
)
;;
CREATE TABLE outbox (
	id CHAR(32) NOT NULL, 
	topic VARCHAR(60) NOT NULL, 
	payload JSON NOT NULL, 
	created_at VARCHAR(32) NOT NULL, 
	due_at VARCHAR(32), 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_outbox_state_known CHECK (state IN ('pending', 'queued', 'delivered', 'given-up')), 
	attempts BIGINT NOT NULL CONSTRAINT ck_outbox_attempts_range CHECK (attempts BETWEEN 0 AND 10000), 
	last_error VARCHAR(500) NOT NULL, 
	CONSTRAINT pk_outbox PRIMARY KEY (id)
)
;;
CREATE INDEX ix_outbox_delivered ON outbox (created_at) WHERE state = 'delivered'
;;
CREATE INDEX ix_outbox_due_at ON outbox (due_at) WHERE due_at IS NOT NULL
;;
CREATE INDEX ix_outbox_state ON outbox (state, id)
;;
CREATE TABLE requests (
	owner VARCHAR(60) NOT NULL, 
	"key" VARCHAR(255) NOT NULL, 
	fingerprint VARCHAR(64) NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	answer TEXT, 
	CONSTRAINT pk_requests PRIMARY KEY (owner, "key")
)
;;
CREATE INDEX ix_requests_at ON requests (at)
;;
CREATE TABLE audit_log (
	seq BIGINT NOT NULL, 
	category VARCHAR(40) NOT NULL CONSTRAINT ck_audit_log_category_known CHECK (category IN ('operation', 'refusal', 'login', 'disclosure')), 
	at VARCHAR(32) NOT NULL, 
	actor CHAR(32) NOT NULL, 
	actor_name VARCHAR(200) NOT NULL, 
	on_behalf_of CHAR(32), 
	entry VARCHAR(40) NOT NULL, 
	address VARCHAR(64) NOT NULL, 
	agent VARCHAR(500) NOT NULL, 
	deed VARCHAR(80) NOT NULL, 
	outcome VARCHAR(80) NOT NULL, 
	reason VARCHAR(500) NOT NULL, 
	correlation CHAR(32), 
	command TEXT NOT NULL, 
	changes TEXT NOT NULL, 
	previous_hash VARCHAR(64) NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_audit_log PRIMARY KEY (seq), 
	CONSTRAINT uq_audit_log_hash UNIQUE (hash)
)
;;
CREATE INDEX ix_audit_log_actor ON audit_log (actor, seq)
;;
CREATE INDEX ix_audit_log_at ON audit_log (at)
;;
CREATE INDEX ix_audit_log_category ON audit_log (category, seq)
;;
CREATE INDEX ix_audit_log_deed ON audit_log (deed, seq)
;;
CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END
;;
CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END
;;
CREATE TABLE audit_head (
	id BIGINT NOT NULL CONSTRAINT ck_audit_head_id_range CHECK (id BETWEEN 1 AND 1), 
	seq BIGINT NOT NULL CONSTRAINT ck_audit_head_seq_range CHECK (seq BETWEEN 0 AND 4611686018427387904), 
	hash VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_audit_head PRIMARY KEY (id)
)
;;
CREATE TABLE roles (
	id CHAR(32) NOT NULL, 
	name VARCHAR(100) NOT NULL, 
	grants JSON NOT NULL, 
	networks JSON NOT NULL, 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_roles_state_known CHECK (state IN ('active', 'retired')), 
	version BIGINT NOT NULL CONSTRAINT ck_roles_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_roles PRIMARY KEY (id), 
	CONSTRAINT uq_roles_name UNIQUE (name)
)
;;
CREATE INDEX ix_roles_state ON roles (state)
;;
CREATE TABLE accounts (
	id CHAR(32) NOT NULL, 
	name VARCHAR(64) NOT NULL, 
	display_name VARCHAR(100) NOT NULL, 
	password_hash VARCHAR(255) NOT NULL, 
	created_at VARCHAR(32) NOT NULL, 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_accounts_state_known CHECK (state IN ('active', 'disabled')), 
	networks JSON NOT NULL, 
	totp_secret VARCHAR(255), 
	totp_confirmed_at VARCHAR(32), 
	totp_last_step BIGINT, 
	totp_recovery JSON, 
	must_change_password BOOLEAN NOT NULL, 
	one_time_until VARCHAR(32), 
	merchant_id CHAR(32) NOT NULL, 
	version BIGINT NOT NULL CONSTRAINT ck_accounts_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_accounts PRIMARY KEY (id), 
	CONSTRAINT uq_accounts_name UNIQUE (name)
)
;;
CREATE INDEX ix_accounts_merchant_id ON accounts (merchant_id)
;;
CREATE INDEX ix_accounts_state ON accounts (state)
;;
CREATE TABLE tallies (
	subject VARCHAR(120) NOT NULL, 
	failures BIGINT NOT NULL CONSTRAINT ck_tallies_failures_range CHECK (failures BETWEEN 0 AND 2147483648), 
	last_at VARCHAR(32), 
	blocked_until VARCHAR(32), 
	CONSTRAINT pk_tallies PRIMARY KEY (subject)
)
;;
CREATE INDEX ix_tallies_last_at ON tallies (last_at)
;;
CREATE TABLE channels (
	id CHAR(32) NOT NULL, 
	code VARCHAR(64) NOT NULL, 
	name VARCHAR(100) NOT NULL, 
	currency VARCHAR(3) NOT NULL, 
	kind VARCHAR(40) NOT NULL CONSTRAINT ck_channels_kind_known CHECK (kind IN ('marketplace', 'own-shop', 'counter')), 
	rules JSON NOT NULL, 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_channels_state_known CHECK (state IN ('active', 'retired')), 
	version BIGINT NOT NULL CONSTRAINT ck_channels_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_channels PRIMARY KEY (id), 
	CONSTRAINT uq_channels_code UNIQUE (code)
)
;;
CREATE TABLE categories (
	id CHAR(32) NOT NULL, 
	code VARCHAR(64) NOT NULL, 
	name VARCHAR(100) NOT NULL, 
	parent_id CHAR(32), 
	attributes JSON NOT NULL, 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_categories_state_known CHECK (state IN ('active', 'retired')), 
	version BIGINT NOT NULL CONSTRAINT ck_categories_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_categories PRIMARY KEY (id), 
	CONSTRAINT uq_categories_code UNIQUE (code), 
	CONSTRAINT fk_categories_parent_id_categories FOREIGN KEY(parent_id) REFERENCES categories (id)
)
;;
CREATE INDEX ix_categories_parent_id ON categories (parent_id)
;;
CREATE TABLE brands (
	id CHAR(32) NOT NULL, 
	code VARCHAR(64) NOT NULL, 
	name VARCHAR(100) NOT NULL, 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_brands_state_known CHECK (state IN ('active', 'retired')), 
	version BIGINT NOT NULL CONSTRAINT ck_brands_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_brands PRIMARY KEY (id), 
	CONSTRAINT uq_brands_code UNIQUE (code)
)
;;
CREATE TABLE customers (
	id CHAR(32) NOT NULL, 
	name VARCHAR(100) NOT NULL, 
	phone VARCHAR(26) NOT NULL, 
	member_level VARCHAR(30) NOT NULL, 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_customers_state_known CHECK (state IN ('active', 'erased')), 
	version BIGINT NOT NULL CONSTRAINT ck_customers_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_customers PRIMARY KEY (id)
)
;;
CREATE INDEX ix_customers_member_level ON customers (member_level)
;;
CREATE INDEX ix_customers_phone ON customers (phone)
;;
CREATE TABLE disclosures (
	id CHAR(32) NOT NULL, 
	how VARCHAR(40) NOT NULL CONSTRAINT ck_disclosures_how_known CHECK (how IN ('shown', 'exported')), 
	what VARCHAR(64) NOT NULL, 
	record_id CHAR(32), 
	reason VARCHAR(500) NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	actor CHAR(32) NOT NULL, 
	actor_name VARCHAR(200) NOT NULL, 
	CONSTRAINT pk_disclosures PRIMARY KEY (id)
)
;;
CREATE INDEX ix_disclosures_actor ON disclosures (actor, id)
;;
CREATE INDEX ix_disclosures_record_id ON disclosures (record_id, id)
;;
CREATE TRIGGER disclosures_no_update BEFORE UPDATE ON disclosures BEGIN SELECT RAISE(ABORT, 'disclosures is append-only'); END
;;
CREATE TRIGGER disclosures_no_delete BEFORE DELETE ON disclosures BEGIN SELECT RAISE(ABORT, 'disclosures is append-only'); END
;;
CREATE TABLE holders (
	buyer_id CHAR(32) NOT NULL, 
	holds BIGINT NOT NULL CONSTRAINT ck_holders_holds_range CHECK (holds BETWEEN 0 AND 2147483647), 
	CONSTRAINT pk_holders PRIMARY KEY (buyer_id)
)
;;
CREATE TABLE journals (
	id CHAR(32) NOT NULL, 
	number VARCHAR(40) NOT NULL, 
	document VARCHAR(64) NOT NULL, 
	document_id CHAR(32) NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	period VARCHAR(7) NOT NULL, 
	memo VARCHAR(500) NOT NULL, 
	reverses CHAR(32), 
	CONSTRAINT pk_journals PRIMARY KEY (id), 
	CONSTRAINT ck_journals_reverses_another CHECK (reverses IS NULL OR reverses <> id), 
	CONSTRAINT uq_journals_number UNIQUE (number), 
	CONSTRAINT uq_journals_reverses UNIQUE (reverses), 
	CONSTRAINT fk_journals_reverses_journals FOREIGN KEY(reverses) REFERENCES journals (id)
)
;;
CREATE INDEX ix_journals_at ON journals (at, id)
;;
CREATE INDEX ix_journals_document_id ON journals (document_id)
;;
CREATE INDEX ix_journals_period ON journals (period, at)
;;
CREATE TRIGGER journals_no_update BEFORE UPDATE ON journals BEGIN SELECT RAISE(ABORT, 'journals is append-only'); END
;;
CREATE TRIGGER journals_no_delete BEFORE DELETE ON journals BEGIN SELECT RAISE(ABORT, 'journals is append-only'); END
;;
CREATE TABLE balances (
	code VARCHAR(40) NOT NULL CONSTRAINT ck_balances_code_known CHECK (code IN ('cash', 'bank', 'channel-clearing', 'subsidy-receivable', 'accounts-receivable', 'merchant-receivable', 'supplier-receivable', 'carrier-receivable', 'prepaid', 'inventory', 'in-transit', 'input-tax', 'exchange', 'suspense', 'customer-deposits', 'refund-payable', 'grni', 'accounts-payable', 'merchant-payable', 'merchant-deposits', 'stored-value', 'points-liability', 'output-tax', 'freight-accrued', 'opening', 'revenue', 'sales-returns', 'freight-income', 'commission-income', 'penalty-income', 'points-expired', 'count-gain', 'exchange-gain', 'cogs', 'promotion-platform', 'promotion-merchant', 'promotion-supplier', 'promotion-channel', 'marketing', 'freight-cost', 'channel-fees', 'price-variance', 'shrinkage', 'write-down', 'internal-use', 'donations', 'exchange-loss')), 
	party VARCHAR(64) NOT NULL, 
	currency VARCHAR(3) NOT NULL, 
	balance_minor BIGINT NOT NULL CONSTRAINT ck_balances_balance_minor_range CHECK (balance_minor BETWEEN -4611686018427387904 AND 4611686018427387904), 
	CONSTRAINT pk_balances PRIMARY KEY (code, party, currency)
)
;;
CREATE TABLE merchants (
	id CHAR(32) NOT NULL, 
	code VARCHAR(64) NOT NULL, 
	name VARCHAR(100) NOT NULL, 
	city VARCHAR(60) NOT NULL, 
	region VARCHAR(60) NOT NULL, 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_merchants_state_known CHECK (state IN ('pending', 'active', 'suspended')), 
	commission_version BIGINT NOT NULL CONSTRAINT ck_merchants_commission_version_range CHECK (commission_version BETWEEN 0 AND 2147483647), 
	version BIGINT NOT NULL CONSTRAINT ck_merchants_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_merchants PRIMARY KEY (id), 
	CONSTRAINT uq_merchants_code UNIQUE (code)
)
;;
CREATE INDEX ix_merchants_state ON merchants (state)
;;
CREATE TABLE pack_boxes (
	id CHAR(32) NOT NULL, 
	code VARCHAR(64) NOT NULL, 
	box JSON NOT NULL, 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_pack_boxes_state_known CHECK (state IN ('active', 'retired')), 
	version BIGINT NOT NULL CONSTRAINT ck_pack_boxes_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_pack_boxes PRIMARY KEY (id), 
	CONSTRAINT uq_pack_boxes_code UNIQUE (code)
)
;;
CREATE INDEX ix_pack_boxes_state ON pack_boxes (state)
;;
CREATE TABLE payments (
	id CHAR(32) NOT NULL, 
	order_id CHAR(32) NOT NULL, 
	channel_id CHAR(32), 
	customer_id CHAR(32), 
	tender VARCHAR(40) NOT NULL CONSTRAINT ck_payments_tender_known CHECK (tender IN ('gateway', 'channel', 'subsidy', 'points')), 
	provider VARCHAR(64) NOT NULL, 
	amount_minor BIGINT NOT NULL CONSTRAINT ck_payments_amount_minor_range CHECK (amount_minor BETWEEN 1 AND 1000000000000000), 
	currency VARCHAR(3) NOT NULL, 
	created_at VARCHAR(32) NOT NULL, 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_payments_state_known CHECK (state IN ('pending', 'unknown', 'captured', 'failed', 'expired')), 
	provider_ref VARCHAR(200) NOT NULL, 
	pay_url VARCHAR(2000) NOT NULL, 
	captured_minor BIGINT NOT NULL CONSTRAINT ck_payments_captured_minor_range CHECK (captured_minor BETWEEN 0 AND 1000000000000000), 
	refund_minor BIGINT NOT NULL CONSTRAINT ck_payments_refund_minor_range CHECK (refund_minor BETWEEN 0 AND 1000000000000000), 
	refunded_minor BIGINT NOT NULL CONSTRAINT ck_payments_refunded_minor_range CHECK (refunded_minor BETWEEN 0 AND 1000000000000000), 
	ask_at VARCHAR(32), 
	asks BIGINT NOT NULL CONSTRAINT ck_payments_asks_range CHECK (asks BETWEEN 0 AND 10000), 
	error VARCHAR(500) NOT NULL, 
	version BIGINT NOT NULL CONSTRAINT ck_payments_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_payments PRIMARY KEY (id), 
	CONSTRAINT ck_payments_refund_minor_captured CHECK (refund_minor <= captured_minor), 
	CONSTRAINT ck_payments_refunded_minor_requested CHECK (refunded_minor <= refund_minor), 
	CONSTRAINT ck_payments_captured_minor_when_captured CHECK ((state = 'captured') = (captured_minor > 0))
)
;;
CREATE INDEX ix_payments_ask_at ON payments (ask_at)
;;
CREATE INDEX ix_payments_channel_id ON payments (channel_id, id)
;;
CREATE INDEX ix_payments_order_id ON payments (order_id)
;;
CREATE INDEX ix_payments_state ON payments (state, id)
;;
CREATE TABLE cases (
	id CHAR(32) NOT NULL, 
	kind VARCHAR(40) NOT NULL CONSTRAINT ck_cases_kind_known CHECK (kind IN ('wrong-amount', 'wrong-currency', 'wrong-recipient', 'unknown-payment', 'changed-notice', 'refund-failed', 'refund-differs', 'refund-twice', 'refund-by-hand', 'owed-by-hand', 'no-answer', 'not-delivered', 'channel-amount', 'unmatched-goods', 'gift-owed', 'reservation-lapsed', 'outbound-short', 'waybill-overdue', 'numbers-refused', 'print-stuck', 'webhook-disabled')), 
	subject VARCHAR(64) NOT NULL, 
	subject_id CHAR(32) NOT NULL, 
	queue VARCHAR(64) NOT NULL, 
	next_action VARCHAR(500) NOT NULL, 
	due_at VARCHAR(32) NOT NULL, 
	opened_at VARCHAR(32) NOT NULL, 
	facts JSON NOT NULL, 
	channel_id CHAR(32), 
	assignee CHAR(32), 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_cases_state_known CHECK (state IN ('open', 'resolved')), 
	resolution TEXT NOT NULL, 
	version BIGINT NOT NULL CONSTRAINT ck_cases_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_cases PRIMARY KEY (id), 
	CONSTRAINT ck_cases_queue_owned CHECK (queue <> '' AND next_action <> ''), 
	CONSTRAINT ck_cases_resolution_given CHECK (state = 'open' OR resolution <> '')
)
;;
CREATE INDEX ix_cases_due_at ON cases (due_at, id)
;;
CREATE INDEX ix_cases_subject_id ON cases (subject_id)
;;
CREATE INDEX ix_cases_worklist ON cases (state, due_at, id)
;;
CREATE TABLE points_policies (
	id CHAR(32) NOT NULL, 
	currency VARCHAR(3) NOT NULL, 
	points_per_minor BIGINT NOT NULL CONSTRAINT ck_points_policies_points_per_minor_range CHECK (points_per_minor BETWEEN 1 AND 10000), 
	valid_days BIGINT NOT NULL CONSTRAINT ck_points_policies_valid_days_range CHECK (valid_days BETWEEN 1 AND 3650), 
	most_permille BIGINT NOT NULL CONSTRAINT ck_points_policies_most_permille_range CHECK (most_permille BETWEEN 0 AND 1000), 
	grace_days BIGINT NOT NULL CONSTRAINT ck_points_policies_grace_days_range CHECK (grace_days BETWEEN 0 AND 3650), 
	on_short VARCHAR(40) NOT NULL CONSTRAINT ck_points_policies_on_short_known CHECK (on_short IN ('cash', 'negative')), 
	adjust_alone_points BIGINT NOT NULL CONSTRAINT ck_points_policies_adjust_alone_points_range CHECK (adjust_alone_points BETWEEN 0 AND 1000000000000), 
	version BIGINT NOT NULL CONSTRAINT ck_points_policies_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_points_policies PRIMARY KEY (id), 
	CONSTRAINT uq_points_policies_currency UNIQUE (currency)
)
;;
CREATE TABLE campaigns (
	id CHAR(32) NOT NULL, 
	code VARCHAR(64) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	currency VARCHAR(3) NOT NULL, 
	budget_minor BIGINT CONSTRAINT ck_campaigns_budget_minor_range CHECK (budget_minor BETWEEN 0 AND 1000000000000000), 
	budget_uses BIGINT CONSTRAINT ck_campaigns_budget_uses_range CHECK (budget_uses BETWEEN 0 AND 1000000000000000), 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_campaigns_state_known CHECK (state IN ('draft', 'active', 'paused', 'ended')), 
	version BIGINT NOT NULL CONSTRAINT ck_campaigns_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_campaigns PRIMARY KEY (id), 
	CONSTRAINT uq_campaigns_code UNIQUE (code)
)
;;
CREATE INDEX ix_campaigns_state ON campaigns (state)
;;
CREATE TABLE printers (
	id CHAR(32) NOT NULL, 
	code VARCHAR(64) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	warehouse_id CHAR(32) NOT NULL, 
	configuration JSON NOT NULL, 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_printers_state_known CHECK (state IN ('active', 'retired')), 
	version BIGINT NOT NULL CONSTRAINT ck_printers_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_printers PRIMARY KEY (id), 
	CONSTRAINT uq_printers_code UNIQUE (code)
)
;;
CREATE INDEX ix_printers_warehouse_id ON printers (warehouse_id)
;;
CREATE TABLE print_templates (
	id CHAR(32) NOT NULL, 
	code VARCHAR(64) NOT NULL, 
	kind VARCHAR(40) NOT NULL CONSTRAINT ck_print_templates_kind_known CHECK (kind IN ('express-waybill', 'pick-list', 'outbound-sheet', 'invoice', 'handover-manifest', 'summary-sheet', 'transfer-sheet', 'count-sheet', 'location-label', 'product-label', 'handling-unit-label', 'cloud')), 
	name VARCHAR(200) NOT NULL, 
	edition BIGINT NOT NULL CONSTRAINT ck_print_templates_edition_range CHECK (edition BETWEEN 1 AND 2147483647), 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_print_templates_state_known CHECK (state IN ('active', 'retired')), 
	version BIGINT NOT NULL CONSTRAINT ck_print_templates_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	carrier VARCHAR(40) NOT NULL, 
	channel_id CHAR(32), 
	CONSTRAINT pk_print_templates PRIMARY KEY (id), 
	CONSTRAINT uq_print_templates_code UNIQUE (code)
)
;;
CREATE INDEX ix_print_templates_kind ON print_templates (kind)
;;
CREATE TABLE waybills (
	id CHAR(32) NOT NULL, 
	parcel_id CHAR(32) NOT NULL, 
	live_parcel_id CHAR(32), 
	carrier VARCHAR(64) NOT NULL, 
	warehouse_id CHAR(32) NOT NULL, 
	channel_id CHAR(32), 
	shipment JSON NOT NULL, 
	created_at VARCHAR(32) NOT NULL, 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_waybills_state_known CHECK (state IN ('requested', 'unknown', 'bound', 'refused', 'voiding', 'voided', 'picked-up', 'in-transit', 'out-for-delivery', 'delivered', 'exception', 'returning', 'returned')), 
	number VARCHAR(64), 
	live_number VARCHAR(64), 
	pooled BOOLEAN NOT NULL, 
	format VARCHAR(40) CONSTRAINT ck_waybills_format_known CHECK (format IN ('pdf', 'zpl', 'png', 'opaque')), 
	charge_minor BIGINT CONSTRAINT ck_waybills_charge_minor_range CHECK (charge_minor BETWEEN -1000000000000000 AND 1000000000000000), 
	currency VARCHAR(3), 
	void_wanted BOOLEAN NOT NULL, 
	ask_at VARCHAR(32), 
	asks BIGINT NOT NULL CONSTRAINT ck_waybills_asks_range CHECK (asks BETWEEN 0 AND 10000), 
	news_at VARCHAR(32), 
	error VARCHAR(500) NOT NULL, 
	version BIGINT NOT NULL CONSTRAINT ck_waybills_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_waybills PRIMARY KEY (id), 
	CONSTRAINT uq_waybills_carrier_live_number UNIQUE (carrier, live_number), 
	CONSTRAINT ck_waybills_ask_at_due CHECK (state NOT IN ('unknown', 'voiding') OR ask_at IS NOT NULL), 
	CONSTRAINT ck_waybills_number_bound CHECK (state IN ('requested', 'unknown', 'refused', 'voided') OR number IS NOT NULL), 
	CONSTRAINT uq_waybills_live_parcel_id UNIQUE (live_parcel_id)
)
;;
CREATE INDEX ix_waybills_ask_at ON waybills (ask_at)
;;
CREATE INDEX ix_waybills_number ON waybills (carrier, number)
;;
CREATE INDEX ix_waybills_parcel_id ON waybills (parcel_id)
;;
CREATE INDEX ix_waybills_state ON waybills (state, id)
;;
CREATE INDEX ix_waybills_warehouse_id ON waybills (warehouse_id)
;;
CREATE TABLE carrier_pushes (
	carrier VARCHAR(64) NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	received_at VARCHAR(32) NOT NULL, 
	raw TEXT NOT NULL, 
	CONSTRAINT pk_carrier_pushes PRIMARY KEY (carrier, digest)
)
;;
CREATE TRIGGER carrier_pushes_no_update BEFORE UPDATE ON carrier_pushes BEGIN SELECT RAISE(ABORT, 'carrier_pushes is append-only'); END
;;
CREATE TRIGGER carrier_pushes_no_delete BEFORE DELETE ON carrier_pushes BEGIN SELECT RAISE(ABORT, 'carrier_pushes is append-only'); END
;;
CREATE TABLE waybill_pools (
	id CHAR(32) NOT NULL, 
	carrier VARCHAR(64) NOT NULL, 
	terms JSON NOT NULL, 
	added_qty BIGINT NOT NULL CONSTRAINT ck_waybill_pools_added_qty_range CHECK (added_qty BETWEEN 0 AND 2147483647), 
	given_qty BIGINT NOT NULL CONSTRAINT ck_waybill_pools_given_qty_range CHECK (given_qty BETWEEN 0 AND 2147483647), 
	blocks BIGINT NOT NULL CONSTRAINT ck_waybill_pools_blocks_range CHECK (blocks BETWEEN 0 AND 2147483647), 
	asked_at VARCHAR(32), 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_waybill_pools_state_known CHECK (state IN ('active', 'retired')), 
	version BIGINT NOT NULL CONSTRAINT ck_waybill_pools_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_waybill_pools PRIMARY KEY (id), 
	CONSTRAINT ck_waybill_pools_given_qty_added CHECK (given_qty <= added_qty), 
	CONSTRAINT uq_waybill_pools_carrier UNIQUE (carrier)
)
;;
CREATE TABLE pool_numbers (
	carrier VARCHAR(64) NOT NULL, 
	place BIGINT NOT NULL CONSTRAINT ck_pool_numbers_place_range CHECK (place BETWEEN 0 AND 2147483647), 
	number VARCHAR(64) NOT NULL, 
	added_at VARCHAR(32) NOT NULL, 
	waybill_id CHAR(32), 
	CONSTRAINT pk_pool_numbers PRIMARY KEY (carrier, place)
)
;;
CREATE INDEX ix_pool_numbers_waybill_id ON pool_numbers (waybill_id)
;;
CREATE TABLE reference_heads (
	kind VARCHAR(40) NOT NULL, 
	seq BIGINT NOT NULL CONSTRAINT ck_reference_heads_seq_range CHECK (seq BETWEEN 1 AND 4611686018427387904), 
	CONSTRAINT pk_reference_heads PRIMARY KEY (kind)
)
;;
CREATE TABLE reference_changes (
	kind VARCHAR(40) NOT NULL, 
	seq BIGINT NOT NULL, 
	edited JSON, 
	CONSTRAINT pk_reference_changes PRIMARY KEY (kind, seq)
)
;;
CREATE TABLE account_roles (
	account_id CHAR(32) NOT NULL, 
	role_id CHAR(32) NOT NULL, 
	place BIGINT NOT NULL CONSTRAINT ck_account_roles_place_range CHECK (place BETWEEN 0 AND 50), 
	valid_from VARCHAR(32), 
	valid_until VARCHAR(32), 
	CONSTRAINT pk_account_roles PRIMARY KEY (account_id, role_id), 
	CONSTRAINT fk_account_roles_account_id_accounts FOREIGN KEY(account_id) REFERENCES accounts (id), 
	CONSTRAINT fk_account_roles_role_id_roles FOREIGN KEY(role_id) REFERENCES roles (id)
)
;;
CREATE INDEX ix_account_roles_role_id ON account_roles (role_id)
;;
CREATE TABLE sessions (
	id CHAR(32) NOT NULL, 
	account_id CHAR(32) NOT NULL, 
	open_account_id CHAR(32), 
	token_hash VARCHAR(64) NOT NULL, 
	created_at VARCHAR(32) NOT NULL, 
	expires_at VARCHAR(32) NOT NULL, 
	idle_s BIGINT NOT NULL CONSTRAINT ck_sessions_idle_s_range CHECK (idle_s BETWEEN 1 AND 2147483648), 
	last_seen_at VARCHAR(32) NOT NULL, 
	address VARCHAR(64) NOT NULL, 
	agent VARCHAR(500) NOT NULL, 
	entry VARCHAR(40) NOT NULL, 
	revoked_at VARCHAR(32), 
	end_reason VARCHAR(100) NOT NULL, 
	CONSTRAINT pk_sessions PRIMARY KEY (id), 
	CONSTRAINT fk_sessions_account_id_accounts FOREIGN KEY(account_id) REFERENCES accounts (id), 
	CONSTRAINT uq_sessions_token_hash UNIQUE (token_hash)
)
;;
CREATE INDEX ix_sessions_expires_at ON sessions (expires_at)
;;
CREATE INDEX ix_sessions_open_account_id ON sessions (open_account_id) WHERE open_account_id IS NOT NULL
;;
CREATE TABLE api_keys (
	id CHAR(32) NOT NULL, 
	account_id CHAR(32) NOT NULL, 
	name VARCHAR(100) NOT NULL, 
	prefix VARCHAR(32) NOT NULL, 
	secret_hash VARCHAR(64) NOT NULL, 
	grants JSON NOT NULL, 
	created_at VARCHAR(32) NOT NULL, 
	expires_at VARCHAR(32) NOT NULL, 
	networks JSON NOT NULL, 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_api_keys_state_known CHECK (state IN ('active', 'revoked')), 
	version BIGINT NOT NULL CONSTRAINT ck_api_keys_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_api_keys PRIMARY KEY (id), 
	CONSTRAINT fk_api_keys_account_id_accounts FOREIGN KEY(account_id) REFERENCES accounts (id), 
	CONSTRAINT uq_api_keys_prefix UNIQUE (prefix)
)
;;
CREATE INDEX ix_api_keys_account_id ON api_keys (account_id)
;;
CREATE TABLE known_addresses (
	account_id CHAR(32) NOT NULL, 
	neighbourhood VARCHAR(64) NOT NULL, 
	last_at VARCHAR(32) NOT NULL, 
	CONSTRAINT pk_known_addresses PRIMARY KEY (account_id, neighbourhood), 
	CONSTRAINT fk_known_addresses_account_id_accounts FOREIGN KEY(account_id) REFERENCES accounts (id)
)
;;
CREATE INDEX ix_known_addresses_last_at ON known_addresses (last_at)
;;
CREATE TABLE orders (
	id CHAR(32) NOT NULL, 
	number VARCHAR(40) NOT NULL, 
	channel_id CHAR(32) NOT NULL, 
	external_id VARCHAR(128), 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_orders_state_known CHECK (state IN ('draft', 'pending-payment', 'paid', 'confirmed', 'released', 'completed', 'hold', 'exception', 'cancelled', 'expired', 'closed-refunded')), 
	currency VARCHAR(3) NOT NULL, 
	placed_at VARCHAR(32) NOT NULL, 
	customer_id CHAR(32), 
	member_level VARCHAR(64) NOT NULL, 
	recipient VARCHAR(100) NOT NULL, 
	phone VARCHAR(24) NOT NULL, 
	country VARCHAR(2) NOT NULL, 
	region VARCHAR(60) NOT NULL, 
	city VARCHAR(60) NOT NULL, 
	district VARCHAR(60) NOT NULL, 
	street VARCHAR(200) NOT NULL, 
	postcode VARCHAR(16) NOT NULL, 
	phone_reversed VARCHAR(24) NOT NULL, 
	remark VARCHAR(500) NOT NULL, 
	quote_digest VARCHAR(64) NOT NULL, 
	goods_minor BIGINT NOT NULL CONSTRAINT ck_orders_goods_minor_range CHECK (goods_minor BETWEEN 0 AND 1000000000000000), 
	discount_minor BIGINT NOT NULL CONSTRAINT ck_orders_discount_minor_range CHECK (discount_minor BETWEEN 0 AND 1000000000000000), 
	freight_minor BIGINT NOT NULL CONSTRAINT ck_orders_freight_minor_range CHECK (freight_minor BETWEEN 0 AND 1000000000000000), 
	payable_minor BIGINT NOT NULL CONSTRAINT ck_orders_payable_minor_range CHECK (payable_minor BETWEEN 0 AND 1000000000000000), 
	paid_minor BIGINT NOT NULL CONSTRAINT ck_orders_paid_minor_range CHECK (paid_minor BETWEEN 0 AND 1000000000000000), 
	audit_version BIGINT NOT NULL CONSTRAINT ck_orders_audit_version_range CHECK (audit_version BETWEEN 0 AND 2147483647), 
	expires_at VARCHAR(32), 
	paid_at VARCHAR(32), 
	confirm_at VARCHAR(32), 
	complete_at VARCHAR(32), 
	findings JSON, 
	hold_queue VARCHAR(64), 
	hold_since VARCHAR(32), 
	hold_due_at VARCHAR(32), 
	reserved_until VARCHAR(32), 
	hold_resume VARCHAR(40), 
	version BIGINT NOT NULL CONSTRAINT ck_orders_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_orders PRIMARY KEY (id), 
	CONSTRAINT ck_orders_payable_minor_sum CHECK (payable_minor = goods_minor - discount_minor + freight_minor), 
	CONSTRAINT ck_orders_discount_minor_covered CHECK (discount_minor <= goods_minor), 
	CONSTRAINT ck_orders_expires_at_awaited CHECK ((state = 'pending-payment') = (expires_at IS NOT NULL)), 
	CONSTRAINT ck_orders_confirm_at_audited CHECK (confirm_at IS NULL OR state = 'paid'), 
	CONSTRAINT ck_orders_complete_at_arrived CHECK (complete_at IS NULL OR state IN ('released', 'completed')), 
	CONSTRAINT ck_orders_hold_owned CHECK ((state IN ('hold', 'exception')) = (hold_queue IS NOT NULL)), 
	CONSTRAINT ck_orders_hold_due CHECK ((hold_queue IS NULL) = (hold_due_at IS NULL)), 
	CONSTRAINT fk_orders_channel_id_channels FOREIGN KEY(channel_id) REFERENCES channels (id), 
	CONSTRAINT fk_orders_customer_id_customers FOREIGN KEY(customer_id) REFERENCES customers (id)
)
;;
CREATE INDEX ix_orders_complete_at ON orders (complete_at) WHERE complete_at IS NOT NULL
;;
CREATE INDEX ix_orders_confirm_at ON orders (confirm_at) WHERE confirm_at IS NOT NULL
;;
CREATE INDEX ix_orders_customer_id ON orders (customer_id, id)
;;
CREATE INDEX ix_orders_expires_at ON orders (expires_at) WHERE expires_at IS NOT NULL
;;
CREATE INDEX ix_orders_external_id ON orders (external_id) WHERE external_id IS NOT NULL
;;
CREATE INDEX ix_orders_hold_queue ON orders (hold_queue, hold_due_at)
;;
CREATE INDEX ix_orders_phone_reversed ON orders (phone_reversed)
;;
CREATE INDEX ix_orders_placed_at ON orders (placed_at)
;;
CREATE INDEX ix_orders_reserved_until ON orders (reserved_until) WHERE reserved_until IS NOT NULL
;;
CREATE INDEX ix_orders_state ON orders (state, id)
;;
CREATE UNIQUE INDEX uq_orders_channel_id_external_id ON orders (channel_id, external_id)
;;
CREATE UNIQUE INDEX uq_orders_number ON orders (number)
;;
CREATE TABLE audit_policies (
	id CHAR(32) NOT NULL, 
	channel_id CHAR(32), 
	rules JSON NOT NULL, 
	amount_over_minor BIGINT CONSTRAINT ck_audit_policies_amount_over_minor_range CHECK (amount_over_minor BETWEEN 0 AND 1000000000000000), 
	currency VARCHAR(3), 
	blocked_phones JSON NOT NULL, 
	anomaly_percent BIGINT NOT NULL CONSTRAINT ck_audit_policies_anomaly_percent_range CHECK (anomaly_percent BETWEEN 1 AND 100), 
	payment_minutes BIGINT NOT NULL CONSTRAINT ck_audit_policies_payment_minutes_range CHECK (payment_minutes BETWEEN 1 AND 1000000), 
	merge_minutes BIGINT NOT NULL CONSTRAINT ck_audit_policies_merge_minutes_range CHECK (merge_minutes BETWEEN 0 AND 1000000), 
	hold_hours BIGINT NOT NULL CONSTRAINT ck_audit_policies_hold_hours_range CHECK (hold_hours BETWEEN 1 AND 1000000), 
	reserve_hours BIGINT NOT NULL CONSTRAINT ck_audit_policies_reserve_hours_range CHECK (reserve_hours BETWEEN 1 AND 1000000), 
	version BIGINT NOT NULL CONSTRAINT ck_audit_policies_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_audit_policies PRIMARY KEY (id), 
	CONSTRAINT uq_audit_policies_channel_id UNIQUE (channel_id), 
	CONSTRAINT fk_audit_policies_channel_id_channels FOREIGN KEY(channel_id) REFERENCES channels (id)
)
;;
CREATE TABLE customer_addresses (
	customer_id CHAR(32) NOT NULL, 
	line BIGINT NOT NULL CONSTRAINT ck_customer_addresses_line_range CHECK (line BETWEEN 1 AND 50), 
	recipient VARCHAR(100) NOT NULL, 
	phone VARCHAR(26) NOT NULL, 
	country VARCHAR(2) NOT NULL, 
	region VARCHAR(60) NOT NULL, 
	city VARCHAR(60) NOT NULL, 
	district VARCHAR(60) NOT NULL, 
	street VARCHAR(200) NOT NULL, 
	postcode VARCHAR(16) NOT NULL, 
	CONSTRAINT pk_customer_addresses PRIMARY KEY (customer_id, line), 
	CONSTRAINT fk_customer_addresses_customer_id_customers FOREIGN KEY(customer_id) REFERENCES customers (id)
)
;;
CREATE TABLE channel_warehouses (
	channel_id CHAR(32) NOT NULL, 
	ttl_s BIGINT NOT NULL CONSTRAINT ck_channel_warehouses_ttl_s_range CHECK (ttl_s BETWEEN 1 AND 3600), 
	scarce_ttl_s BIGINT NOT NULL CONSTRAINT ck_channel_warehouses_scarce_ttl_s_range CHECK (scarce_ttl_s BETWEEN 1 AND 3600), 
	scarce_below_qty BIGINT NOT NULL CONSTRAINT ck_channel_warehouses_scarce_below_qty_range CHECK (scarce_below_qty BETWEEN 0 AND 2147483647), 
	buyer_cap_qty BIGINT NOT NULL CONSTRAINT ck_channel_warehouses_buyer_cap_qty_range CHECK (buyer_cap_qty BETWEEN 0 AND 2147483647), 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_channel_warehouses_state_known CHECK (state IN ('open', 'suspended')), 
	version BIGINT NOT NULL CONSTRAINT ck_channel_warehouses_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_channel_warehouses PRIMARY KEY (channel_id), 
	CONSTRAINT fk_channel_warehouses_channel_id_channels FOREIGN KEY(channel_id) REFERENCES channels (id)
)
;;
CREATE INDEX ix_channel_warehouses_state ON channel_warehouses (state)
;;
CREATE TABLE holds (
	id CHAR(32) NOT NULL, 
	buyer_id CHAR(32) NOT NULL, 
	channel_id CHAR(32) NOT NULL, 
	lines JSON NOT NULL, 
	made_at VARCHAR(32) NOT NULL, 
	expires_at VARCHAR(32) NOT NULL, 
	due_at VARCHAR(32), 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_holds_state_known CHECK (state IN ('live', 'converted', 'released', 'expired')), 
	CONSTRAINT pk_holds PRIMARY KEY (id), 
	CONSTRAINT ck_holds_live_is_due CHECK ((state = 'live') = (due_at IS NOT NULL)), 
	CONSTRAINT fk_holds_channel_id_channels FOREIGN KEY(channel_id) REFERENCES channels (id)
)
;;
CREATE INDEX ix_holds_due_at ON holds (due_at)
;;
CREATE TABLE entries (
	journal_id CHAR(32) NOT NULL, 
	line BIGINT NOT NULL CONSTRAINT ck_entries_line_range CHECK (line BETWEEN 0 AND 1000), 
	code VARCHAR(40) NOT NULL CONSTRAINT ck_entries_code_known CHECK (code IN ('cash', 'bank', 'channel-clearing', 'subsidy-receivable', 'accounts-receivable', 'merchant-receivable', 'supplier-receivable', 'carrier-receivable', 'prepaid', 'inventory', 'in-transit', 'input-tax', 'exchange', 'suspense', 'customer-deposits', 'refund-payable', 'grni', 'accounts-payable', 'merchant-payable', 'merchant-deposits', 'stored-value', 'points-liability', 'output-tax', 'freight-accrued', 'opening', 'revenue', 'sales-returns', 'freight-income', 'commission-income', 'penalty-income', 'points-expired', 'count-gain', 'exchange-gain', 'cogs', 'promotion-platform', 'promotion-merchant', 'promotion-supplier', 'promotion-channel', 'marketing', 'freight-cost', 'channel-fees', 'price-variance', 'shrinkage', 'write-down', 'internal-use', 'donations', 'exchange-loss')), 
	party VARCHAR(64) NOT NULL, 
	currency VARCHAR(3) NOT NULL, 
	amount_minor BIGINT NOT NULL CONSTRAINT ck_entries_amount_minor_range CHECK (amount_minor BETWEEN -1000000000000000 AND 1000000000000000), 
	at VARCHAR(32) NOT NULL, 
	CONSTRAINT pk_entries PRIMARY KEY (journal_id, line), 
	CONSTRAINT ck_entries_amount_minor_moves CHECK (amount_minor <> 0), 
	CONSTRAINT fk_entries_journal_id_journals FOREIGN KEY(journal_id) REFERENCES journals (id)
)
;;
CREATE INDEX ix_entries_account ON entries (code, party, currency, at, journal_id, line)
;;
CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'entries is append-only'); END
;;
CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'entries is append-only'); END
;;
CREATE TABLE periods (
	name VARCHAR(7) NOT NULL, 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_periods_state_known CHECK (state IN ('open', 'closed', 'locked')), 
	closed_at VARCHAR(32), 
	version BIGINT NOT NULL CONSTRAINT ck_periods_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_periods PRIMARY KEY (name), 
	CONSTRAINT ck_periods_closed_at_when_closed CHECK ((state = 'open') = (closed_at IS NULL))
)
;;
CREATE INDEX ix_periods_state ON periods (state)
;;
CREATE TRIGGER journals_open_period BEFORE INSERT ON journals
        WHEN EXISTS (SELECT 1 FROM periods WHERE name = NEW.period AND state <> 'open')
        BEGIN SELECT RAISE(ABORT, 'the period is not open'); END
;;
CREATE TABLE owners (
	id CHAR(32) NOT NULL, 
	merchant_id CHAR(32), 
	CONSTRAINT pk_owners PRIMARY KEY (id), 
	CONSTRAINT ck_owners_house_is_no_merchant CHECK ((id = '00000000000000000000000000000002') = (merchant_id IS NULL)), 
	CONSTRAINT ck_owners_id_is_the_merchant CHECK (merchant_id IS NULL OR merchant_id = id), 
	CONSTRAINT uq_owners_merchant_id UNIQUE (merchant_id), 
	CONSTRAINT fk_owners_merchant_id_merchants FOREIGN KEY(merchant_id) REFERENCES merchants (id)
)
;;
INSERT INTO owners (id) VALUES ('00000000000000000000000000000002')
;;
CREATE TABLE captures (
	payment_id CHAR(32) NOT NULL, 
	ref VARCHAR(200) NOT NULL, 
	place BIGINT NOT NULL CONSTRAINT ck_captures_place_range CHECK (place BETWEEN 0 AND 1000), 
	amount_minor BIGINT NOT NULL CONSTRAINT ck_captures_amount_minor_range CHECK (amount_minor BETWEEN 1 AND 1000000000000000), 
	at VARCHAR(32) NOT NULL, 
	excess BOOLEAN NOT NULL, 
	CONSTRAINT pk_captures PRIMARY KEY (payment_id, ref), 
	CONSTRAINT fk_captures_payment_id_payments FOREIGN KEY(payment_id) REFERENCES payments (id)
)
;;
CREATE TABLE provider_events (
	provider VARCHAR(64) NOT NULL, 
	event_id VARCHAR(200) NOT NULL, 
	kind VARCHAR(40) NOT NULL CONSTRAINT ck_provider_events_kind_known CHECK (kind IN ('captured', 'failed', 'refunded', 'refund-failed', 'other')), 
	ours CHAR(32), 
	amount_minor BIGINT CONSTRAINT ck_provider_events_amount_minor_range CHECK (amount_minor BETWEEN -1000000000000000 AND 1000000000000000), 
	currency VARCHAR(3), 
	money_ref VARCHAR(200) NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	received_at VARCHAR(32) NOT NULL, 
	outcome VARCHAR(40) NOT NULL CONSTRAINT ck_provider_events_outcome_known CHECK (outcome IN ('applied', 'repeated', 'excess', 'case', 'parked', 'outdated', 'ignored')), 
	journal_id CHAR(32), 
	raw TEXT NOT NULL, 
	CONSTRAINT pk_provider_events PRIMARY KEY (provider, event_id), 
	CONSTRAINT uq_provider_events_journal_id UNIQUE (journal_id), 
	CONSTRAINT fk_provider_events_journal_id_journals FOREIGN KEY(journal_id) REFERENCES journals (id)
)
;;
CREATE INDEX ix_provider_events_ours ON provider_events (ours)
;;
CREATE TRIGGER provider_events_no_update BEFORE UPDATE ON provider_events BEGIN SELECT RAISE(ABORT, 'provider_events is append-only'); END
;;
CREATE TRIGGER provider_events_no_delete BEFORE DELETE ON provider_events BEGIN SELECT RAISE(ABORT, 'provider_events is append-only'); END
;;
CREATE TABLE refunds (
	id CHAR(32) NOT NULL, 
	payment_id CHAR(32) NOT NULL, 
	order_id CHAR(32) NOT NULL, 
	amount_minor BIGINT NOT NULL CONSTRAINT ck_refunds_amount_minor_range CHECK (amount_minor BETWEEN 1 AND 1000000000000000), 
	currency VARCHAR(3) NOT NULL, 
	reason VARCHAR(500) NOT NULL, 
	maker CHAR(32) NOT NULL, 
	created_at VARCHAR(32) NOT NULL, 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_refunds_state_known CHECK (state IN ('created', 'submitted', 'succeeded', 'failed', 'manual', 'cancelled')), 
	attempt BIGINT NOT NULL CONSTRAINT ck_refunds_attempt_range CHECK (attempt BETWEEN 1 AND 1000), 
	provider_ref VARCHAR(200) NOT NULL, 
	ask_at VARCHAR(32), 
	asks BIGINT NOT NULL CONSTRAINT ck_refunds_asks_range CHECK (asks BETWEEN 0 AND 10000), 
	told_at VARCHAR(32), 
	journal_id CHAR(32), 
	error VARCHAR(500) NOT NULL, 
	version BIGINT NOT NULL CONSTRAINT ck_refunds_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_refunds PRIMARY KEY (id), 
	CONSTRAINT fk_refunds_payment_id_payments FOREIGN KEY(payment_id) REFERENCES payments (id)
)
;;
CREATE INDEX ix_refunds_ask_at ON refunds (ask_at)
;;
CREATE INDEX ix_refunds_order_id ON refunds (order_id)
;;
CREATE INDEX ix_refunds_payment_id ON refunds (payment_id)
;;
CREATE INDEX ix_refunds_state ON refunds (state, id)
;;
CREATE TABLE points_accounts (
	id CHAR(32) NOT NULL, 
	customer_id CHAR(32) NOT NULL, 
	currency VARCHAR(3) NOT NULL, 
	left_points BIGINT NOT NULL CONSTRAINT ck_points_accounts_left_points_range CHECK (left_points BETWEEN 0 AND 1000000000000), 
	owed_points BIGINT NOT NULL CONSTRAINT ck_points_accounts_owed_points_range CHECK (owed_points BETWEEN 0 AND 1000000000000), 
	moves BIGINT NOT NULL CONSTRAINT ck_points_accounts_moves_range CHECK (moves BETWEEN 0 AND 2147483647), 
	closed BOOLEAN NOT NULL, 
	CONSTRAINT pk_points_accounts PRIMARY KEY (id), 
	CONSTRAINT uq_points_accounts_customer_id_currency UNIQUE (customer_id, currency), 
	CONSTRAINT ck_points_accounts_owed_points_only_without_any CHECK (left_points = 0 OR owed_points = 0), 
	CONSTRAINT fk_points_accounts_customer_id_customers FOREIGN KEY(customer_id) REFERENCES customers (id)
)
;;
CREATE TABLE points_adjustments (
	id CHAR(32) NOT NULL, 
	customer_id CHAR(32) NOT NULL, 
	currency VARCHAR(3) NOT NULL, 
	points BIGINT NOT NULL CONSTRAINT ck_points_adjustments_points_range CHECK (points BETWEEN -1000000000000 AND 1000000000000), 
	reason VARCHAR(500) NOT NULL, 
	maker CHAR(32) NOT NULL, 
	asked_at VARCHAR(32) NOT NULL, 
	decided_by CHAR(32), 
	decided_at VARCHAR(32), 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_points_adjustments_state_known CHECK (state IN ('requested', 'posted', 'rejected')), 
	version BIGINT NOT NULL CONSTRAINT ck_points_adjustments_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_points_adjustments PRIMARY KEY (id), 
	CONSTRAINT ck_points_adjustments_points_move CHECK (points <> 0), 
	CONSTRAINT ck_points_adjustments_decided_by_somebody CHECK ((decided_by IS NULL) = (state = 'requested')), 
	CONSTRAINT fk_points_adjustments_customer_id_customers FOREIGN KEY(customer_id) REFERENCES customers (id)
)
;;
CREATE INDEX ix_points_adjustments_customer_id ON points_adjustments (customer_id)
;;
CREATE INDEX ix_points_adjustments_state ON points_adjustments (state)
;;
CREATE TABLE budgets (
	campaign_id CHAR(32) NOT NULL, 
	code VARCHAR(64) NOT NULL, 
	limit_minor BIGINT CONSTRAINT ck_budgets_limit_minor_range CHECK (limit_minor BETWEEN 0 AND 1000000000000000), 
	limit_uses BIGINT CONSTRAINT ck_budgets_limit_uses_range CHECK (limit_uses BETWEEN 0 AND 1000000000000000), 
	spent_minor BIGINT NOT NULL CONSTRAINT ck_budgets_spent_minor_range CHECK (spent_minor BETWEEN 0 AND 1000000000000000), 
	spent_uses BIGINT NOT NULL CONSTRAINT ck_budgets_spent_uses_range CHECK (spent_uses BETWEEN 0 AND 1000000000000000), 
	CONSTRAINT pk_budgets PRIMARY KEY (campaign_id), 
	CONSTRAINT fk_budgets_campaign_id_campaigns FOREIGN KEY(campaign_id) REFERENCES campaigns (id)
)
;;
CREATE TABLE budget_entries (
	id CHAR(32) NOT NULL, 
	campaign_id CHAR(32) NOT NULL, 
	order_id CHAR(32) NOT NULL, 
	move VARCHAR(40) NOT NULL CONSTRAINT ck_budget_entries_move_known CHECK (move IN ('reserved', 'returned')), 
	amount_minor BIGINT NOT NULL CONSTRAINT ck_budget_entries_amount_minor_range CHECK (amount_minor BETWEEN -1000000000000000 AND 1000000000000000), 
	uses BIGINT NOT NULL CONSTRAINT ck_budget_entries_uses_range CHECK (uses BETWEEN -1 AND 1), 
	at VARCHAR(32) NOT NULL, 
	CONSTRAINT pk_budget_entries PRIMARY KEY (id), 
	CONSTRAINT ck_budget_entries_move_signs_uses CHECK ((move = 'reserved') = (uses = 1)), 
	CONSTRAINT fk_budget_entries_campaign_id_campaigns FOREIGN KEY(campaign_id) REFERENCES campaigns (id)
)
;;
CREATE INDEX ix_budget_entries_campaign_id ON budget_entries (campaign_id)
;;
CREATE INDEX ix_budget_entries_order_id ON budget_entries (order_id)
;;
CREATE TRIGGER budget_entries_no_update BEFORE UPDATE ON budget_entries BEGIN SELECT RAISE(ABORT, 'budget_entries is append-only'); END
;;
CREATE TRIGGER budget_entries_no_delete BEFORE DELETE ON budget_entries BEGIN SELECT RAISE(ABORT, 'budget_entries is append-only'); END
;;
CREATE TABLE print_editions (
	template_id CHAR(32) NOT NULL, 
	edition BIGINT NOT NULL CONSTRAINT ck_print_editions_edition_range CHECK (edition BETWEEN 1 AND 2147483647), 
	layout JSON NOT NULL, 
	CONSTRAINT pk_print_editions PRIMARY KEY (template_id, edition), 
	CONSTRAINT fk_print_editions_template_id_print_templates FOREIGN KEY(template_id) REFERENCES print_templates (id)
)
;;
CREATE TRIGGER print_editions_no_update BEFORE UPDATE ON print_editions BEGIN SELECT RAISE(ABORT, 'print_editions is append-only'); END
;;
CREATE TRIGGER print_editions_no_delete BEFORE DELETE ON print_editions BEGIN SELECT RAISE(ABORT, 'print_editions is append-only'); END
;;
CREATE TABLE print_jobs (
	id CHAR(32) NOT NULL, 
	kind VARCHAR(40) NOT NULL CONSTRAINT ck_print_jobs_kind_known CHECK (kind IN ('express-waybill', 'pick-list', 'outbound-sheet', 'invoice', 'handover-manifest', 'summary-sheet', 'transfer-sheet', 'count-sheet', 'location-label', 'product-label', 'handling-unit-label', 'cloud')), 
	subject VARCHAR(64) NOT NULL, 
	language VARCHAR(40) NOT NULL CONSTRAINT ck_print_jobs_language_known CHECK (language IN ('zh', 'en')), 
	size VARCHAR(40) NOT NULL CONSTRAINT ck_print_jobs_size_known CHECK (size IN ('a4', 'a5', '100x180', '100x150', '76x130', '100x100', '60x40', '40x30', 'roll-80')), 
	template_id CHAR(32), 
	edition BIGINT NOT NULL CONSTRAINT ck_print_jobs_edition_range CHECK (edition BETWEEN 0 AND 2147483647), 
	printer_id CHAR(32) NOT NULL, 
	warehouse_id CHAR(32) NOT NULL, 
	payload JSON NOT NULL, 
	content_hash VARCHAR(64) NOT NULL, 
	claim VARCHAR(160), 
	copies BIGINT NOT NULL CONSTRAINT ck_print_jobs_copies_range CHECK (copies BETWEEN 1 AND 20), 
	reprint_of CHAR(32), 
	reprint_no BIGINT NOT NULL CONSTRAINT ck_print_jobs_reprint_no_range CHECK (reprint_no BETWEEN 0 AND 2147483647), 
	reprints BIGINT NOT NULL CONSTRAINT ck_print_jobs_reprints_range CHECK (reprints BETWEEN 0 AND 2147483647), 
	reason VARCHAR(500) NOT NULL, 
	first_page BIGINT NOT NULL CONSTRAINT ck_print_jobs_first_page_range CHECK (first_page BETWEEN 1 AND 10000), 
	attempt BIGINT NOT NULL CONSTRAINT ck_print_jobs_attempt_range CHECK (attempt BETWEEN 0 AND 2147483647), 
	rounds BIGINT NOT NULL CONSTRAINT ck_print_jobs_rounds_range CHECK (rounds BETWEEN 1 AND 2147483647), 
	requested_by CHAR(32) NOT NULL, 
	created_at VARCHAR(32) NOT NULL, 
	expires_at VARCHAR(32) NOT NULL, 
	sent_at VARCHAR(32), 
	last_error TEXT NOT NULL, 
	remote VARCHAR(200) NOT NULL, 
	station_id CHAR(32), 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_print_jobs_state_known CHECK (state IN ('queued', 'sent', 'accepted', 'done', 'failed', 'uncertain', 'cancelled')), 
	version BIGINT NOT NULL CONSTRAINT ck_print_jobs_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_print_jobs PRIMARY KEY (id), 
	CONSTRAINT fk_print_jobs_template_id_print_templates FOREIGN KEY(template_id) REFERENCES print_templates (id), 
	CONSTRAINT fk_print_jobs_printer_id_printers FOREIGN KEY(printer_id) REFERENCES printers (id), 
	CONSTRAINT uq_print_jobs_claim UNIQUE (claim), 
	CONSTRAINT fk_print_jobs_reprint_of_print_jobs FOREIGN KEY(reprint_of) REFERENCES print_jobs (id)
)
;;
CREATE INDEX ix_print_jobs_printer_id ON print_jobs (printer_id, id)
;;
CREATE INDEX ix_print_jobs_reprint_of ON print_jobs (reprint_of)
;;
CREATE INDEX ix_print_jobs_state ON print_jobs (state, id)
;;
CREATE INDEX ix_print_jobs_station_id ON print_jobs (station_id, id) WHERE station_id IS NOT NULL
;;
CREATE INDEX ix_print_jobs_subject ON print_jobs (subject, id)
;;
CREATE INDEX ix_print_jobs_warehouse_id ON print_jobs (warehouse_id, id)
;;
CREATE TABLE freight_rules (
	id CHAR(32) NOT NULL, 
	channel_id CHAR(32) NOT NULL, 
	currency VARCHAR(3) NOT NULL, 
	terms JSON NOT NULL, 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_freight_rules_state_known CHECK (state IN ('active', 'retired')), 
	version BIGINT NOT NULL CONSTRAINT ck_freight_rules_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_freight_rules PRIMARY KEY (id), 
	CONSTRAINT fk_freight_rules_channel_id_channels FOREIGN KEY(channel_id) REFERENCES channels (id)
)
;;
CREATE INDEX ix_freight_rules_channel_id ON freight_rules (channel_id)
;;
CREATE TABLE waybill_labels (
	waybill_id CHAR(32) NOT NULL, 
	format VARCHAR(40) NOT NULL CONSTRAINT ck_waybill_labels_format_known CHECK (format IN ('pdf', 'zpl', 'png', 'opaque')), 
	content TEXT NOT NULL, 
	children JSON NOT NULL, 
	CONSTRAINT pk_waybill_labels PRIMARY KEY (waybill_id), 
	CONSTRAINT fk_waybill_labels_waybill_id_waybills FOREIGN KEY(waybill_id) REFERENCES waybills (id)
)
;;
CREATE TRIGGER waybill_labels_no_update BEFORE UPDATE ON waybill_labels BEGIN SELECT RAISE(ABORT, 'waybill_labels is append-only'); END
;;
CREATE TRIGGER waybill_labels_no_delete BEFORE DELETE ON waybill_labels BEGIN SELECT RAISE(ABORT, 'waybill_labels is append-only'); END
;;
CREATE TABLE waybill_events (
	carrier VARCHAR(64) NOT NULL, 
	"key" VARCHAR(64) NOT NULL, 
	waybill_id CHAR(32), 
	number VARCHAR(64) NOT NULL, 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_waybill_events_state_known CHECK (state IN ('accepted', 'picked-up', 'in-transit', 'out-for-delivery', 'delivered', 'exception', 'returning', 'returned')), 
	at VARCHAR(32) NOT NULL, 
	text VARCHAR(500) NOT NULL, 
	place VARCHAR(200) NOT NULL, 
	code VARCHAR(64) NOT NULL, 
	known_as VARCHAR(100) NOT NULL, 
	received_at VARCHAR(32) NOT NULL, 
	outcome VARCHAR(40) NOT NULL CONSTRAINT ck_waybill_events_outcome_known CHECK (outcome IN ('moved', 'noted', 'outdated', 'contradicts', 'parked')), 
	CONSTRAINT pk_waybill_events PRIMARY KEY (carrier, "key"), 
	CONSTRAINT fk_waybill_events_waybill_id_waybills FOREIGN KEY(waybill_id) REFERENCES waybills (id)
)
;;
CREATE INDEX ix_waybill_events_carrier_number ON waybill_events (carrier, number)
;;
CREATE INDEX ix_waybill_events_waybill_id ON waybill_events (waybill_id)
;;
CREATE TRIGGER waybill_events_no_update BEFORE UPDATE ON waybill_events BEGIN SELECT RAISE(ABORT, 'waybill_events is append-only'); END
;;
CREATE TRIGGER waybill_events_no_delete BEFORE DELETE ON waybill_events BEGIN SELECT RAISE(ABORT, 'waybill_events is append-only'); END
;;
CREATE TABLE staff (
	id CHAR(32) NOT NULL, 
	account_id CHAR(32) NOT NULL, 
	badge VARCHAR(48) NOT NULL, 
	flows JSON NOT NULL, 
	skills JSON NOT NULL, 
	valid_from VARCHAR(32), 
	valid_until VARCHAR(32), 
	pin_hash VARCHAR(200) NOT NULL, 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_staff_state_known CHECK (state IN ('active', 'retired')), 
	version BIGINT NOT NULL CONSTRAINT ck_staff_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_staff PRIMARY KEY (id), 
	CONSTRAINT ck_staff_badge_prefix CHECK (badge LIKE 'S-%'), 
	CONSTRAINT ck_staff_begins_before_it_ends CHECK (valid_from IS NULL OR valid_until IS NULL OR valid_from < valid_until), 
	CONSTRAINT uq_staff_account_id UNIQUE (account_id), 
	CONSTRAINT fk_staff_account_id_accounts FOREIGN KEY(account_id) REFERENCES accounts (id), 
	CONSTRAINT uq_staff_badge UNIQUE (badge)
)
;;
CREATE TABLE order_promotions (
	order_id CHAR(32) NOT NULL, 
	place BIGINT NOT NULL CONSTRAINT ck_order_promotions_place_range CHECK (place BETWEEN 0 AND 1000000), 
	source_type VARCHAR(40) NOT NULL CONSTRAINT ck_order_promotions_source_type_known CHECK (source_type IN ('channel-price', 'member-price', 'line-promotion', 'bundle-price', 'order-promotion', 'coupon', 'adjustment', 'channel-promotion')), 
	source_id CHAR(32) NOT NULL, 
	code VARCHAR(200) NOT NULL, 
	amount_minor BIGINT NOT NULL CONSTRAINT ck_order_promotions_amount_minor_range CHECK (amount_minor BETWEEN 1 AND 1000000000000000), 
	lines JSON NOT NULL, 
	campaign_id CHAR(32), 
	on_return VARCHAR(40) NOT NULL CONSTRAINT ck_order_promotions_on_return_known CHECK (on_return IN ('keep', 'reprice')), 
	rule JSON, 
	CONSTRAINT pk_order_promotions PRIMARY KEY (order_id, place), 
	CONSTRAINT fk_order_promotions_order_id_orders FOREIGN KEY(order_id) REFERENCES orders (id)
)
;;
CREATE TABLE order_tenders (
	order_id CHAR(32) NOT NULL, 
	payment_id CHAR(32) NOT NULL, 
	place BIGINT NOT NULL CONSTRAINT ck_order_tenders_place_range CHECK (place BETWEEN 0 AND 1000), 
	provider VARCHAR(64) NOT NULL, 
	amount_minor BIGINT NOT NULL CONSTRAINT ck_order_tenders_amount_minor_range CHECK (amount_minor BETWEEN 1 AND 1000000000000000), 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_order_tenders_state_known CHECK (state IN ('open', 'captured', 'failed', 'given-back')), 
	CONSTRAINT pk_order_tenders PRIMARY KEY (order_id, payment_id), 
	CONSTRAINT fk_order_tenders_order_id_orders FOREIGN KEY(order_id) REFERENCES orders (id), 
	CONSTRAINT fk_order_tenders_payment_id_payments FOREIGN KEY(payment_id) REFERENCES payments (id)
)
;;
CREATE TABLE given_back (
	case_id CHAR(32) NOT NULL, 
	seq BIGINT NOT NULL CONSTRAINT ck_given_back_seq_range CHECK (seq BETWEEN 1 AND 240000), 
	order_id CHAR(32) NOT NULL, 
	line BIGINT NOT NULL CONSTRAINT ck_given_back_line_range CHECK (line BETWEEN 0 AND 60000), 
	part VARCHAR(40) NOT NULL CONSTRAINT ck_given_back_part_known CHECK (part IN ('goods', 'allowance', 'repriced', 'gift', 'freight', 'return-freight', 'granted-coupon', 'clawed-back', 'by-hand', 'carried')), 
	amount_minor BIGINT NOT NULL CONSTRAINT ck_given_back_amount_minor_range CHECK (amount_minor BETWEEN -1000000000000000 AND 1000000000000000), 
	qty BIGINT NOT NULL CONSTRAINT ck_given_back_qty_range CHECK (qty BETWEEN 0 AND 2147483647), 
	source VARCHAR(128) NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	CONSTRAINT pk_given_back PRIMARY KEY (case_id, seq), 
	CONSTRAINT fk_given_back_order_id_orders FOREIGN KEY(order_id) REFERENCES orders (id)
)
;;
CREATE INDEX ix_given_back_order_id ON given_back (order_id)
;;
CREATE TRIGGER given_back_no_update BEFORE UPDATE ON given_back BEGIN SELECT RAISE(ABORT, 'given_back is append-only'); END
;;
CREATE TRIGGER given_back_no_delete BEFORE DELETE ON given_back BEGIN SELECT RAISE(ABORT, 'given_back is append-only'); END
;;
CREATE TABLE products (
	id CHAR(32) NOT NULL, 
	code VARCHAR(64) NOT NULL, 
	title VARCHAR(200) NOT NULL, 
	category_id CHAR(32) NOT NULL, 
	brand_id CHAR(32), 
	source VARCHAR(40) NOT NULL CONSTRAINT ck_products_source_known CHECK (source IN ('own', 'merchant', 'consignment')), 
	merchant_id CHAR(32) NOT NULL, 
	options JSON NOT NULL, 
	attributes JSON NOT NULL, 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_products_state_known CHECK (state IN ('active', 'retired')), 
	version BIGINT NOT NULL CONSTRAINT ck_products_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	search_text TEXT NOT NULL, 
	CONSTRAINT pk_products PRIMARY KEY (id), 
	CONSTRAINT uq_products_merchant_id_id UNIQUE (merchant_id, id), 
	CONSTRAINT uq_products_code UNIQUE (code), 
	CONSTRAINT fk_products_category_id_categories FOREIGN KEY(category_id) REFERENCES categories (id), 
	CONSTRAINT fk_products_brand_id_brands FOREIGN KEY(brand_id) REFERENCES brands (id), 
	CONSTRAINT fk_products_merchant_id_owners FOREIGN KEY(merchant_id) REFERENCES owners (id)
)
;;
CREATE INDEX ix_products_category_id ON products (category_id)
;;
CREATE INDEX ix_products_state ON products (state)
;;
CREATE TABLE products_words_of (row INTEGER PRIMARY KEY, id CHAR(32) NOT NULL UNIQUE)
;;
CREATE VIRTUAL TABLE products_words USING fts5(search_text, tokenize = 'unicode61 remove_diacritics 0')
;;
CREATE TRIGGER products_words_added AFTER INSERT ON products BEGIN INSERT INTO products_words_of (id) VALUES (new.id); INSERT INTO products_words (rowid, search_text) VALUES ((SELECT row FROM products_words_of WHERE id = new.id), new.search_text); END
;;
CREATE TRIGGER products_words_changed AFTER UPDATE OF search_text ON products WHEN old.search_text <> new.search_text BEGIN UPDATE products_words SET search_text = new.search_text WHERE rowid = (SELECT row FROM products_words_of WHERE id = new.id); END
;;
CREATE TABLE imports (
	"key" VARCHAR(200) NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	content_hash VARCHAR(64) NOT NULL, 
	owner CHAR(32) NOT NULL, 
	id CHAR(32) NOT NULL, 
	file_name VARCHAR(200) NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	actor CHAR(32) NOT NULL, 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_imports_state_known CHECK (state IN ('running', 'done')), 
	imported BIGINT NOT NULL CONSTRAINT ck_imports_imported_range CHECK (imported BETWEEN 0 AND 2147483647), 
	updated BIGINT NOT NULL CONSTRAINT ck_imports_updated_range CHECK (updated BETWEEN 0 AND 2147483647), 
	skipped BIGINT NOT NULL CONSTRAINT ck_imports_skipped_range CHECK (skipped BETWEEN 0 AND 2147483647), 
	failed BIGINT NOT NULL CONSTRAINT ck_imports_failed_range CHECK (failed BETWEEN 0 AND 2147483647), 
	CONSTRAINT pk_imports PRIMARY KEY ("key"), 
	CONSTRAINT fk_imports_owner_owners FOREIGN KEY(owner) REFERENCES owners (id), 
	CONSTRAINT uq_imports_id UNIQUE (id)
)
;;
CREATE INDEX ix_imports_owner ON imports (owner)
;;
CREATE TABLE warehouses (
	id CHAR(32) NOT NULL, 
	code VARCHAR(64) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	currency VARCHAR(3) NOT NULL, 
	merchant_id CHAR(32) NOT NULL, 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_warehouses_state_known CHECK (state IN ('active', 'closed')), 
	version BIGINT NOT NULL CONSTRAINT ck_warehouses_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_warehouses PRIMARY KEY (id), 
	CONSTRAINT uq_warehouses_merchant_id_id UNIQUE (merchant_id, id), 
	CONSTRAINT uq_warehouses_code UNIQUE (code), 
	CONSTRAINT fk_warehouses_merchant_id_owners FOREIGN KEY(merchant_id) REFERENCES owners (id)
)
;;
CREATE TABLE commission_rates (
	merchant_id CHAR(32) NOT NULL, 
	version BIGINT NOT NULL CONSTRAINT ck_commission_rates_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	basis_points BIGINT NOT NULL CONSTRAINT ck_commission_rates_basis_points_range CHECK (basis_points BETWEEN 0 AND 10000), 
	valid_from VARCHAR(32) NOT NULL, 
	set_at VARCHAR(32) NOT NULL, 
	category_id CHAR(32), 
	CONSTRAINT pk_commission_rates PRIMARY KEY (merchant_id, version), 
	CONSTRAINT ck_commission_rates_valid_from_later CHECK (valid_from >= set_at), 
	CONSTRAINT fk_commission_rates_merchant_id_owners FOREIGN KEY(merchant_id) REFERENCES owners (id), 
	CONSTRAINT fk_commission_rates_category_id_categories FOREIGN KEY(category_id) REFERENCES categories (id)
)
;;
CREATE TRIGGER commission_rates_no_update BEFORE UPDATE ON commission_rates BEGIN SELECT RAISE(ABORT, 'commission_rates is append-only'); END
;;
CREATE TRIGGER commission_rates_no_delete BEFORE DELETE ON commission_rates BEGIN SELECT RAISE(ABORT, 'commission_rates is append-only'); END
;;
CREATE TABLE points_lots (
	id CHAR(32) NOT NULL, 
	account_id CHAR(32) NOT NULL, 
	open_of CHAR(32), 
	earned_at VARCHAR(32) NOT NULL, 
	expires_at VARCHAR(32) NOT NULL, 
	document VARCHAR(64) NOT NULL, 
	document_id CHAR(32) NOT NULL, 
	earned_points BIGINT NOT NULL CONSTRAINT ck_points_lots_earned_points_range CHECK (earned_points BETWEEN 0 AND 1000000000000), 
	left_points BIGINT NOT NULL CONSTRAINT ck_points_lots_left_points_range CHECK (left_points BETWEEN 0 AND 1000000000000), 
	expired_points BIGINT NOT NULL CONSTRAINT ck_points_lots_expired_points_range CHECK (expired_points BETWEEN 0 AND 1000000000000), 
	origin_id CHAR(32), 
	CONSTRAINT pk_points_lots PRIMARY KEY (id), 
	CONSTRAINT ck_points_lots_left_points_were_earned CHECK (left_points + expired_points <= earned_points), 
	CONSTRAINT ck_points_lots_open_of_while_left CHECK ((open_of IS NULL) = (left_points = 0)), 
	CONSTRAINT ck_points_lots_open_of_its_account CHECK (open_of IS NULL OR open_of = account_id), 
	CONSTRAINT fk_points_lots_account_id_points_accounts FOREIGN KEY(account_id) REFERENCES points_accounts (id), 
	CONSTRAINT fk_points_lots_origin_id_points_lots FOREIGN KEY(origin_id) REFERENCES points_lots (id)
)
;;
CREATE INDEX ix_points_lots_ends ON points_lots (expires_at, open_of)
;;
CREATE INDEX ix_points_lots_open_of ON points_lots (open_of)
;;
CREATE TABLE points_payments (
	payment_id CHAR(32) NOT NULL, 
	account_id CHAR(32) NOT NULL, 
	amount_minor BIGINT NOT NULL CONSTRAINT ck_points_payments_amount_minor_range CHECK (amount_minor BETWEEN 1 AND 1000000000000000), 
	back_minor BIGINT NOT NULL CONSTRAINT ck_points_payments_back_minor_range CHECK (back_minor BETWEEN 0 AND 1000000000000000), 
	currency VARCHAR(3) NOT NULL, 
	CONSTRAINT pk_points_payments PRIMARY KEY (payment_id), 
	CONSTRAINT ck_points_payments_back_minor_was_paid CHECK (back_minor <= amount_minor), 
	CONSTRAINT fk_points_payments_payment_id_payments FOREIGN KEY(payment_id) REFERENCES payments (id), 
	CONSTRAINT fk_points_payments_account_id_points_accounts FOREIGN KEY(account_id) REFERENCES points_accounts (id)
)
;;
CREATE INDEX ix_points_payments_account_id ON points_payments (account_id)
;;
CREATE TABLE promotions (
	id CHAR(32) NOT NULL, 
	code VARCHAR(64) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	rule JSON NOT NULL, 
	currency VARCHAR(3) NOT NULL, 
	valid_from VARCHAR(32) NOT NULL, 
	valid_until VARCHAR(32) NOT NULL, 
	scope JSON NOT NULL, 
	owner CHAR(32) NOT NULL, 
	channels JSON NOT NULL, 
	levels JSON NOT NULL, 
	priority BIGINT NOT NULL CONSTRAINT ck_promotions_priority_range CHECK (priority BETWEEN -1000 AND 1000), 
	stackable BOOLEAN NOT NULL, 
	bearers JSON NOT NULL, 
	on_return VARCHAR(40) NOT NULL CONSTRAINT ck_promotions_on_return_known CHECK (on_return IN ('keep', 'reprice')), 
	campaign_id CHAR(32), 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_promotions_state_known CHECK (state IN ('draft', 'active', 'paused', 'ended')), 
	version BIGINT NOT NULL CONSTRAINT ck_promotions_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_promotions PRIMARY KEY (id), 
	CONSTRAINT uq_promotions_code UNIQUE (code), 
	CONSTRAINT fk_promotions_owner_owners FOREIGN KEY(owner) REFERENCES owners (id), 
	CONSTRAINT fk_promotions_campaign_id_campaigns FOREIGN KEY(campaign_id) REFERENCES campaigns (id)
)
;;
CREATE INDEX ix_promotions_owner ON promotions (owner)
;;
CREATE INDEX ix_promotions_state ON promotions (state)
;;
CREATE TABLE coupon_templates (
	id CHAR(32) NOT NULL, 
	code VARCHAR(64) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	currency VARCHAR(3) NOT NULL, 
	value JSON NOT NULL, 
	valid_from VARCHAR(32) NOT NULL, 
	valid_until VARCHAR(32) NOT NULL, 
	quota_qty BIGINT NOT NULL CONSTRAINT ck_coupon_templates_quota_qty_range CHECK (quota_qty BETWEEN 1 AND 2147483647), 
	per_customer BIGINT NOT NULL CONSTRAINT ck_coupon_templates_per_customer_range CHECK (per_customer BETWEEN 1 AND 2147483647), 
	per_order BIGINT NOT NULL CONSTRAINT ck_coupon_templates_per_order_range CHECK (per_order BETWEEN 1 AND 20), 
	valid_days BIGINT CONSTRAINT ck_coupon_templates_valid_days_range CHECK (valid_days BETWEEN 1 AND 3650), 
	grace_days BIGINT NOT NULL CONSTRAINT ck_coupon_templates_grace_days_range CHECK (grace_days BETWEEN 0 AND 365), 
	threshold_minor BIGINT NOT NULL CONSTRAINT ck_coupon_templates_threshold_minor_range CHECK (threshold_minor BETWEEN 0 AND 1000000000000000), 
	scope JSON NOT NULL, 
	owner CHAR(32) NOT NULL, 
	channels JSON NOT NULL, 
	claim_code VARCHAR(64), 
	stackable BOOLEAN NOT NULL, 
	bearers JSON NOT NULL, 
	campaign_id CHAR(32), 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_coupon_templates_state_known CHECK (state IN ('draft', 'active', 'paused', 'ended')), 
	version BIGINT NOT NULL CONSTRAINT ck_coupon_templates_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_coupon_templates PRIMARY KEY (id), 
	CONSTRAINT uq_coupon_templates_code UNIQUE (code), 
	CONSTRAINT fk_coupon_templates_owner_owners FOREIGN KEY(owner) REFERENCES owners (id), 
	CONSTRAINT uq_coupon_templates_claim_code UNIQUE (claim_code), 
	CONSTRAINT fk_coupon_templates_campaign_id_campaigns FOREIGN KEY(campaign_id) REFERENCES campaigns (id)
)
;;
CREATE INDEX ix_coupon_templates_owner ON coupon_templates (owner)
;;
CREATE INDEX ix_coupon_templates_state ON coupon_templates (state)
;;
CREATE TABLE tickets (
	id CHAR(32) NOT NULL, 
	number VARCHAR(64) NOT NULL, 
	channel_id CHAR(32) NOT NULL, 
	title VARCHAR(200) NOT NULL, 
	subject VARCHAR(64) NOT NULL, 
	subject_id CHAR(32) NOT NULL, 
	queue VARCHAR(64) NOT NULL, 
	next_action VARCHAR(500) NOT NULL, 
	opened_at VARCHAR(32) NOT NULL, 
	respond_by VARCHAR(32) NOT NULL, 
	due_at VARCHAR(32), 
	responded_at VARCHAR(32), 
	customer_id CHAR(32), 
	order_id CHAR(32), 
	merchant_id CHAR(32) NOT NULL, 
	assignee CHAR(32), 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_tickets_state_known CHECK (state IN ('new', 'assigned', 'in-progress', 'waiting-customer', 'waiting-internal', 'resolved', 'closed', 'merged')), 
	level BIGINT NOT NULL CONSTRAINT ck_tickets_level_range CHECK (level BETWEEN 0 AND 1000), 
	messages BIGINT NOT NULL CONSTRAINT ck_tickets_messages_range CHECK (messages BETWEEN 0 AND 5000), 
	merged_into CHAR(32), 
	merged_messages BIGINT CONSTRAINT ck_tickets_merged_messages_range CHECK (merged_messages BETWEEN 0 AND 5000), 
	follows CHAR(32), 
	split_from CHAR(32), 
	version BIGINT NOT NULL CONSTRAINT ck_tickets_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_tickets PRIMARY KEY (id), 
	CONSTRAINT ck_tickets_queue_owned CHECK (state NOT IN ('new', 'assigned', 'in-progress', 'waiting-customer', 'waiting-internal') OR (queue <> '' AND next_action <> '')), 
	CONSTRAINT ck_tickets_due_at_until_over CHECK ((due_at IS NULL) = (state IN ('closed', 'merged'))), 
	CONSTRAINT ck_tickets_merged_into_something CHECK ((merged_into IS NOT NULL) = (state = 'merged')), 
	CONSTRAINT ck_tickets_merged_messages_counted CHECK ((merged_into IS NULL) = (merged_messages IS NULL)), 
	CONSTRAINT ck_tickets_id_is_another CHECK (merged_into <> id AND follows <> id AND split_from <> id), 
	CONSTRAINT uq_tickets_number UNIQUE (number), 
	CONSTRAINT fk_tickets_channel_id_channels FOREIGN KEY(channel_id) REFERENCES channels (id), 
	CONSTRAINT fk_tickets_customer_id_customers FOREIGN KEY(customer_id) REFERENCES customers (id), 
	CONSTRAINT fk_tickets_order_id_orders FOREIGN KEY(order_id) REFERENCES orders (id), 
	CONSTRAINT fk_tickets_merchant_id_owners FOREIGN KEY(merchant_id) REFERENCES owners (id), 
	CONSTRAINT fk_tickets_merged_into_tickets FOREIGN KEY(merged_into) REFERENCES tickets (id), 
	CONSTRAINT uq_tickets_follows UNIQUE (follows), 
	CONSTRAINT fk_tickets_follows_tickets FOREIGN KEY(follows) REFERENCES tickets (id), 
	CONSTRAINT fk_tickets_split_from_tickets FOREIGN KEY(split_from) REFERENCES tickets (id)
)
;;
CREATE INDEX ix_tickets_customer_id ON tickets (customer_id)
;;
CREATE INDEX ix_tickets_due_at ON tickets (due_at, id)
;;
CREATE INDEX ix_tickets_merchant_id ON tickets (merchant_id)
;;
CREATE INDEX ix_tickets_merged_into ON tickets (merged_into)
;;
CREATE INDEX ix_tickets_order_id ON tickets (order_id)
;;
CREATE INDEX ix_tickets_subject_id ON tickets (subject_id)
;;
CREATE INDEX ix_tickets_worklist ON tickets (state, due_at, id)
;;
CREATE TABLE webhook_endpoints (
	id CHAR(32) NOT NULL, 
	url VARCHAR(500) NOT NULL, 
	types JSON NOT NULL, 
	created_at VARCHAR(32) NOT NULL, 
	secrets JSON NOT NULL, 
	description VARCHAR(500) NOT NULL, 
	channel_id CHAR(32), 
	merchant_id CHAR(32) NOT NULL, 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_webhook_endpoints_state_known CHECK (state IN ('active', 'paused', 'disabled')), 
	reason VARCHAR(500) NOT NULL, 
	version BIGINT NOT NULL CONSTRAINT ck_webhook_endpoints_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_webhook_endpoints PRIMARY KEY (id), 
	CONSTRAINT fk_webhook_endpoints_channel_id_channels FOREIGN KEY(channel_id) REFERENCES channels (id), 
	CONSTRAINT fk_webhook_endpoints_merchant_id_owners FOREIGN KEY(merchant_id) REFERENCES owners (id)
)
;;
CREATE INDEX ix_webhook_endpoints_channel_id ON webhook_endpoints (channel_id)
;;
CREATE INDEX ix_webhook_endpoints_merchant_id ON webhook_endpoints (merchant_id)
;;
CREATE INDEX ix_webhook_endpoints_state ON webhook_endpoints (state)
;;
CREATE TABLE claims (
	id CHAR(32) NOT NULL, 
	number VARCHAR(64) NOT NULL, 
	order_id CHAR(32) NOT NULL, 
	order_number VARCHAR(64) NOT NULL, 
	channel_id CHAR(32) NOT NULL, 
	customer_id CHAR(32), 
	kind VARCHAR(40) NOT NULL CONSTRAINT ck_claims_kind_known CHECK (kind IN ('refund-only', 'return-refund', 'exchange', 'repair', 'resend', 'price-protect')), 
	reason VARCHAR(40) NOT NULL CONSTRAINT ck_claims_reason_known CHECK (reason IN ('not-wanted', 'ordered-wrong', 'too-late', 'defective', 'damaged-on-the-way', 'not-as-described', 'wrong-goods', 'missing-goods', 'not-delivered', 'out-of-stock', 'price-fell', 'goodwill')), 
	maker CHAR(32) NOT NULL, 
	opened_at VARCHAR(32) NOT NULL, 
	queue VARCHAR(64) NOT NULL, 
	next_action VARCHAR(500) NOT NULL, 
	due_at VARCHAR(32), 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_claims_state_known CHECK (state IN ('applied', 'reviewing', 'approved', 'awaiting-return', 'in-transit', 'received', 'inspected', 'decided', 'refunding', 'reshipping', 'completed', 'rejected', 'escalated', 'cancelled', 'expired')), 
	text VARCHAR(2000) NOT NULL, 
	evidence JSON NOT NULL, 
	assignee CHAR(32), 
	freight BOOLEAN, 
	proved_minor BIGINT NOT NULL CONSTRAINT ck_claims_proved_minor_range CHECK (proved_minor BETWEEN 0 AND 1000000000000000), 
	label_minor BIGINT NOT NULL CONSTRAINT ck_claims_label_minor_range CHECK (label_minor BETWEEN 0 AND 1000000000000000), 
	offered_minor BIGINT NOT NULL CONSTRAINT ck_claims_offered_minor_range CHECK (offered_minor BETWEEN 0 AND 1000000000000000), 
	approved_by CHAR(32), 
	approved_minor BIGINT NOT NULL CONSTRAINT ck_claims_approved_minor_range CHECK (approved_minor BETWEEN 0 AND 1000000000000000), 
	decided_minor BIGINT CONSTRAINT ck_claims_decided_minor_range CHECK (decided_minor BETWEEN 0 AND 1000000000000000), 
	warehouse_id CHAR(32), 
	carrier VARCHAR(64) NOT NULL, 
	waybill VARCHAR(64) NOT NULL, 
	outcome VARCHAR(40) CONSTRAINT ck_claims_outcome_known CHECK (outcome IN ('applied', 'reviewing', 'approved', 'awaiting-return', 'in-transit', 'received', 'inspected', 'decided', 'refunding', 'reshipping', 'completed', 'rejected', 'escalated', 'cancelled', 'expired')), 
	resumes VARCHAR(40) CONSTRAINT ck_claims_resumes_known CHECK (resumes IN ('applied', 'reviewing', 'approved', 'awaiting-return', 'in-transit', 'received', 'inspected', 'decided', 'refunding', 'reshipping', 'completed', 'rejected', 'escalated', 'cancelled', 'expired')), 
	external_id VARCHAR(128), 
	label BOOLEAN NOT NULL, 
	version BIGINT NOT NULL CONSTRAINT ck_claims_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_claims PRIMARY KEY (id), 
	CONSTRAINT ck_claims_open_ones_are_due CHECK ((due_at IS NULL) = (state IN ('cancelled', 'completed', 'expired', 'rejected'))), 
	CONSTRAINT ck_claims_open_ones_are_owned CHECK (state IN ('cancelled', 'completed', 'expired', 'rejected') OR (queue <> '' AND next_action <> '')), 
	CONSTRAINT ck_claims_resumes_when_settled CHECK ((resumes IS NULL) = (state <> 'escalated')), 
	CONSTRAINT uq_claims_number UNIQUE (number), 
	CONSTRAINT fk_claims_order_id_orders FOREIGN KEY(order_id) REFERENCES orders (id), 
	CONSTRAINT fk_claims_channel_id_channels FOREIGN KEY(channel_id) REFERENCES channels (id), 
	CONSTRAINT fk_claims_customer_id_customers FOREIGN KEY(customer_id) REFERENCES customers (id), 
	CONSTRAINT fk_claims_warehouse_id_warehouses FOREIGN KEY(warehouse_id) REFERENCES warehouses (id)
)
;;
CREATE INDEX ix_claims_assignee ON claims (assignee, id) WHERE assignee IS NOT NULL
;;
CREATE INDEX ix_claims_customer_id ON claims (customer_id, id) WHERE customer_id IS NOT NULL
;;
CREATE INDEX ix_claims_due_at ON claims (due_at) WHERE due_at IS NOT NULL
;;
CREATE INDEX ix_claims_external_id ON claims (external_id) WHERE external_id IS NOT NULL
;;
CREATE INDEX ix_claims_order_id ON claims (order_id)
;;
CREATE INDEX ix_claims_queue ON claims (queue, id)
;;
CREATE INDEX ix_claims_state ON claims (state, id)
;;
CREATE INDEX ix_claims_warehouse_id_state ON claims (warehouse_id, state)
;;
CREATE INDEX ix_claims_waybill ON claims (waybill)
;;
CREATE UNIQUE INDEX uq_claims_channel_id_external_id ON claims (channel_id, external_id)
;;
CREATE TABLE aftersales_policies (
	id CHAR(32) NOT NULL, 
	channel_id CHAR(32), 
	return_days BIGINT NOT NULL CONSTRAINT ck_aftersales_policies_return_days_range CHECK (return_days BETWEEN 0 AND 3650), 
	quality_days BIGINT NOT NULL CONSTRAINT ck_aftersales_policies_quality_days_range CHECK (quality_days BETWEEN 0 AND 3650), 
	price_days BIGINT NOT NULL CONSTRAINT ck_aftersales_policies_price_days_range CHECK (price_days BETWEEN 0 AND 3650), 
	review_hours BIGINT NOT NULL CONSTRAINT ck_aftersales_policies_review_hours_range CHECK (review_hours BETWEEN 1 AND 1440), 
	send_back_hours BIGINT NOT NULL CONSTRAINT ck_aftersales_policies_send_back_hours_range CHECK (send_back_hours BETWEEN 1 AND 1440), 
	inspect_hours BIGINT NOT NULL CONSTRAINT ck_aftersales_policies_inspect_hours_range CHECK (inspect_hours BETWEEN 1 AND 1440), 
	auto_approve_minor BIGINT NOT NULL CONSTRAINT ck_aftersales_policies_auto_approve_minor_range CHECK (auto_approve_minor BETWEEN 0 AND 1000000000000000), 
	freight_cap_minor BIGINT NOT NULL CONSTRAINT ck_aftersales_policies_freight_cap_minor_range CHECK (freight_cap_minor BETWEEN 0 AND 1000000000000000), 
	b_grade_percent BIGINT NOT NULL CONSTRAINT ck_aftersales_policies_b_grade_percent_range CHECK (b_grade_percent BETWEEN 0 AND 100), 
	warehouse_id CHAR(32), 
	return_label BOOLEAN NOT NULL, 
	version BIGINT NOT NULL CONSTRAINT ck_aftersales_policies_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_aftersales_policies PRIMARY KEY (id), 
	CONSTRAINT uq_aftersales_policies_channel_id UNIQUE (channel_id), 
	CONSTRAINT fk_aftersales_policies_channel_id_channels FOREIGN KEY(channel_id) REFERENCES channels (id), 
	CONSTRAINT fk_aftersales_policies_warehouse_id_warehouses FOREIGN KEY(warehouse_id) REFERENCES warehouses (id)
)
;;
CREATE TABLE skus (
	id CHAR(32) NOT NULL, 
	product_id CHAR(32) NOT NULL, 
	code VARCHAR(64) NOT NULL, 
	title VARCHAR(400) NOT NULL, 
	option_values JSON NOT NULL, 
	variant VARCHAR(300), 
	barcodes JSON NOT NULL, 
	weight_g BIGINT NOT NULL CONSTRAINT ck_skus_weight_g_range CHECK (weight_g BETWEEN 0 AND 100000000), 
	length_mm BIGINT NOT NULL CONSTRAINT ck_skus_length_mm_range CHECK (length_mm BETWEEN 0 AND 100000), 
	width_mm BIGINT NOT NULL CONSTRAINT ck_skus_width_mm_range CHECK (width_mm BETWEEN 0 AND 100000), 
	height_mm BIGINT NOT NULL CONSTRAINT ck_skus_height_mm_range CHECK (height_mm BETWEEN 0 AND 100000), 
	return_policy VARCHAR(40) NOT NULL CONSTRAINT ck_skus_return_policy_known CHECK (return_policy IN ('whole-only', 'component')), 
	gift_only BOOLEAN NOT NULL, 
	merchant_id CHAR(32) NOT NULL, 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_skus_state_known CHECK (state IN ('active', 'retired')), 
	version BIGINT NOT NULL CONSTRAINT ck_skus_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	search_text TEXT NOT NULL, 
	CONSTRAINT pk_skus PRIMARY KEY (id), 
	CONSTRAINT uq_skus_merchant_id_id UNIQUE (merchant_id, id), 
	CONSTRAINT fk_skus_merchant_id_product_id_products FOREIGN KEY(merchant_id, product_id) REFERENCES products (merchant_id, id), 
	CONSTRAINT uq_skus_code UNIQUE (code), 
	CONSTRAINT uq_skus_variant UNIQUE (variant)
)
;;
CREATE INDEX ix_skus_product_id ON skus (product_id)
;;
CREATE TABLE skus_words_of (row INTEGER PRIMARY KEY, id CHAR(32) NOT NULL UNIQUE)
;;
CREATE VIRTUAL TABLE skus_words USING fts5(search_text, tokenize = 'unicode61 remove_diacritics 0')
;;
CREATE TRIGGER skus_words_added AFTER INSERT ON skus BEGIN INSERT INTO skus_words_of (id) VALUES (new.id); INSERT INTO skus_words (rowid, search_text) VALUES ((SELECT row FROM skus_words_of WHERE id = new.id), new.search_text); END
;;
CREATE TRIGGER skus_words_changed AFTER UPDATE OF search_text ON skus WHEN old.search_text <> new.search_text BEGIN UPDATE skus_words SET search_text = new.search_text WHERE rowid = (SELECT row FROM skus_words_of WHERE id = new.id); END
;;
CREATE TABLE listings (
	id CHAR(32) NOT NULL, 
	product_id CHAR(32) NOT NULL, 
	channel_id CHAR(32) NOT NULL, 
	merchant_id CHAR(32) NOT NULL, 
	author CHAR(32) NOT NULL, 
	title VARCHAR(200) NOT NULL, 
	sku_ids JSON NOT NULL, 
	place VARCHAR(80), 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_listings_state_known CHECK (state IN ('draft', 'in-review', 'changes-requested', 'rejected', 'approved', 'publishing', 'live', 'partial', 'failed', 'paused', 'archived')), 
	revision BIGINT NOT NULL CONSTRAINT ck_listings_revision_range CHECK (revision BETWEEN 1 AND 2147483647), 
	change JSON, 
	reason VARCHAR(500) NOT NULL, 
	paused_for JSON NOT NULL, 
	version BIGINT NOT NULL CONSTRAINT ck_listings_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_listings PRIMARY KEY (id), 
	CONSTRAINT uq_listings_merchant_id_id UNIQUE (merchant_id, id), 
	CONSTRAINT fk_listings_merchant_id_product_id_products FOREIGN KEY(merchant_id, product_id) REFERENCES products (merchant_id, id), 
	CONSTRAINT fk_listings_channel_id_channels FOREIGN KEY(channel_id) REFERENCES channels (id), 
	CONSTRAINT uq_listings_place UNIQUE (place)
)
;;
CREATE INDEX ix_listings_channel_id ON listings (channel_id)
;;
CREATE INDEX ix_listings_product_id ON listings (product_id)
;;
CREATE INDEX ix_listings_state ON listings (state)
;;
CREATE TABLE goods_issues (
	id CHAR(32) NOT NULL, 
	number VARCHAR(64) NOT NULL, 
	warehouse_id CHAR(32) NOT NULL, 
	reason VARCHAR(40) NOT NULL CONSTRAINT ck_goods_issues_reason_known CHECK (reason IN ('sample', 'internal-use', 'donation', 'scrap', 'supplier-return')), 
	recipient VARCHAR(100) NOT NULL, 
	phone VARCHAR(24) NOT NULL, 
	country VARCHAR(2) NOT NULL, 
	region VARCHAR(60) NOT NULL, 
	city VARCHAR(60) NOT NULL, 
	district VARCHAR(60) NOT NULL, 
	street VARCHAR(200) NOT NULL, 
	postcode VARCHAR(16) NOT NULL, 
	requested_by CHAR(32) NOT NULL, 
	requested_at VARCHAR(32) NOT NULL, 
	supplier VARCHAR(64) NOT NULL, 
	note VARCHAR(500) NOT NULL, 
	currency VARCHAR(3) NOT NULL, 
	decided_by CHAR(32), 
	decided_at VARCHAR(32), 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_goods_issues_state_known CHECK (state IN ('requested', 'ready', 'shipped', 'rejected', 'withdrawn', 'cancelled')), 
	version BIGINT NOT NULL CONSTRAINT ck_goods_issues_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_goods_issues PRIMARY KEY (id), 
	CONSTRAINT ck_goods_issues_goes_back_to_somebody CHECK ((supplier <> '') = (reason = 'supplier-return')), 
	CONSTRAINT ck_goods_issues_decided_by_somebody CHECK ((decided_by IS NULL) = (state = 'requested')), 
	CONSTRAINT uq_goods_issues_number UNIQUE (number), 
	CONSTRAINT fk_goods_issues_warehouse_id_warehouses FOREIGN KEY(warehouse_id) REFERENCES warehouses (id)
)
;;
CREATE INDEX ix_goods_issues_warehouse_id ON goods_issues (warehouse_id, id)
;;
CREATE TABLE pool_warehouses (
	channel_id CHAR(32) NOT NULL, 
	place BIGINT NOT NULL, 
	warehouse_id CHAR(32) NOT NULL, 
	CONSTRAINT pk_pool_warehouses PRIMARY KEY (channel_id, place), 
	CONSTRAINT fk_pool_warehouses_channel_id_channel_warehouses FOREIGN KEY(channel_id) REFERENCES channel_warehouses (channel_id), 
	CONSTRAINT fk_pool_warehouses_warehouse_id_warehouses FOREIGN KEY(warehouse_id) REFERENCES warehouses (id)
)
;;
CREATE TABLE adjustments (
	id CHAR(32) NOT NULL, 
	number VARCHAR(40) NOT NULL, 
	warehouse_id CHAR(32) NOT NULL, 
	reason VARCHAR(40) NOT NULL CONSTRAINT ck_adjustments_reason_known CHECK (reason IN ('opening', 'count-difference', 'damage', 'loss', 'found', 'expiry', 'quality', 'sample', 'regrade', 'correction', 'sale', 'transfer', 'goods-issue', 'supplier-return', 'customer-return', 'inspection', 'replacement')), 
	note VARCHAR(500) NOT NULL, 
	requested_by CHAR(32) NOT NULL, 
	requested_at VARCHAR(32) NOT NULL, 
	decided_by CHAR(32), 
	decided_at VARCHAR(32), 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_adjustments_state_known CHECK (state IN ('requested', 'posted', 'rejected', 'withdrawn')), 
	version BIGINT NOT NULL CONSTRAINT ck_adjustments_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_adjustments PRIMARY KEY (id), 
	CONSTRAINT ck_adjustments_decided_by_somebody CHECK ((state = 'requested') = (decided_by IS NULL)), 
	CONSTRAINT ck_adjustments_maker_is_not_checker CHECK (state <> 'posted' OR decided_by <> requested_by), 
	CONSTRAINT uq_adjustments_number UNIQUE (number), 
	CONSTRAINT fk_adjustments_warehouse_id_warehouses FOREIGN KEY(warehouse_id) REFERENCES warehouses (id)
)
;;
CREATE INDEX ix_adjustments_state ON adjustments (state)
;;
CREATE INDEX ix_adjustments_warehouse_id ON adjustments (warehouse_id)
;;
CREATE TABLE opening_receipts (
	id CHAR(32) NOT NULL, 
	number VARCHAR(40) NOT NULL, 
	warehouse_id CHAR(32) NOT NULL, 
	currency VARCHAR(3) NOT NULL, 
	value_minor BIGINT NOT NULL CONSTRAINT ck_opening_receipts_value_minor_range CHECK (value_minor BETWEEN 0 AND 1000000000000000), 
	note VARCHAR(500) NOT NULL, 
	received_by CHAR(32) NOT NULL, 
	received_at VARCHAR(32) NOT NULL, 
	CONSTRAINT pk_opening_receipts PRIMARY KEY (id), 
	CONSTRAINT uq_opening_receipts_number UNIQUE (number), 
	CONSTRAINT fk_opening_receipts_warehouse_id_warehouses FOREIGN KEY(warehouse_id) REFERENCES warehouses (id)
)
;;
CREATE INDEX ix_opening_receipts_warehouse_id ON opening_receipts (warehouse_id)
;;
CREATE TRIGGER opening_receipts_no_update BEFORE UPDATE ON opening_receipts BEGIN SELECT RAISE(ABORT, 'opening_receipts is append-only'); END
;;
CREATE TRIGGER opening_receipts_no_delete BEFORE DELETE ON opening_receipts BEGIN SELECT RAISE(ABORT, 'opening_receipts is append-only'); END
;;
CREATE TABLE waves (
	id CHAR(32) NOT NULL, 
	number VARCHAR(64) NOT NULL, 
	warehouse_id CHAR(32) NOT NULL, 
	shape VARCHAR(40) NOT NULL CONSTRAINT ck_waves_shape_known CHECK (shape IN ('hot', 'single', 'single-many', 'same', 'mixed')), 
	method VARCHAR(40) NOT NULL CONSTRAINT ck_waves_method_known CHECK (method IN ('single', 'cluster', 'zone', 'then-sort')), 
	made_at VARCHAR(32) NOT NULL, 
	template VARCHAR(64) NOT NULL, 
	carrier VARCHAR(64) NOT NULL, 
	ship_by VARCHAR(32), 
	skill VARCHAR(40) NOT NULL, 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_waves_state_known CHECK (state IN ('planned', 'released', 'picking', 'picked', 'closed', 'cancelled')), 
	version BIGINT NOT NULL CONSTRAINT ck_waves_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_waves PRIMARY KEY (id), 
	CONSTRAINT uq_waves_number UNIQUE (number), 
	CONSTRAINT fk_waves_warehouse_id_warehouses FOREIGN KEY(warehouse_id) REFERENCES warehouses (id)
)
;;
CREATE INDEX ix_waves_warehouse_id_state ON waves (warehouse_id, state, id)
;;
CREATE TABLE manifests (
	id CHAR(32) NOT NULL, 
	number VARCHAR(64) NOT NULL, 
	warehouse_id CHAR(32) NOT NULL, 
	carrier VARCHAR(64) NOT NULL, 
	closed_at VARCHAR(32), 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_manifests_state_known CHECK (state IN ('open', 'closed', 'cancelled')), 
	version BIGINT NOT NULL CONSTRAINT ck_manifests_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_manifests PRIMARY KEY (id), 
	CONSTRAINT ck_manifests_closed_at_known CHECK ((state = 'closed') = (closed_at IS NOT NULL)), 
	CONSTRAINT uq_manifests_number UNIQUE (number), 
	CONSTRAINT fk_manifests_warehouse_id_warehouses FOREIGN KEY(warehouse_id) REFERENCES warehouses (id)
)
;;
CREATE INDEX ix_manifests_warehouse_id_state ON manifests (warehouse_id, state, id)
;;
CREATE TABLE transfers (
	id CHAR(32) NOT NULL, 
	number VARCHAR(64) NOT NULL, 
	source_id CHAR(32) NOT NULL, 
	destination_id CHAR(32) NOT NULL, 
	made_at VARCHAR(32) NOT NULL, 
	currency VARCHAR(3) NOT NULL, 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_transfers_state_known CHECK (state IN ('draft', 'ready', 'in-transit', 'partially-received', 'received', 'cancelled')), 
	version BIGINT NOT NULL CONSTRAINT ck_transfers_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_transfers PRIMARY KEY (id), 
	CONSTRAINT ck_transfers_goes_somewhere CHECK (source_id <> destination_id), 
	CONSTRAINT uq_transfers_number UNIQUE (number), 
	CONSTRAINT fk_transfers_source_id_warehouses FOREIGN KEY(source_id) REFERENCES warehouses (id), 
	CONSTRAINT fk_transfers_destination_id_warehouses FOREIGN KEY(destination_id) REFERENCES warehouses (id)
)
;;
CREATE INDEX ix_transfers_destination_id ON transfers (destination_id)
;;
CREATE INDEX ix_transfers_source_id ON transfers (source_id)
;;
CREATE TABLE wave_templates (
	id CHAR(32) NOT NULL, 
	warehouse_id CHAR(32) NOT NULL, 
	template JSON NOT NULL, 
	method VARCHAR(40) NOT NULL CONSTRAINT ck_wave_templates_method_known CHECK (method IN ('single', 'cluster', 'zone', 'then-sort')), 
	place BIGINT NOT NULL CONSTRAINT ck_wave_templates_place_range CHECK (place BETWEEN 1 AND 10000), 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_wave_templates_state_known CHECK (state IN ('active', 'retired')), 
	version BIGINT NOT NULL CONSTRAINT ck_wave_templates_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_wave_templates PRIMARY KEY (id), 
	CONSTRAINT fk_wave_templates_warehouse_id_warehouses FOREIGN KEY(warehouse_id) REFERENCES warehouses (id)
)
;;
CREATE INDEX ix_wave_templates_warehouse_id ON wave_templates (warehouse_id)
;;
CREATE TABLE dispatch_settings (
	warehouse_id CHAR(32) NOT NULL, 
	id CHAR(32) NOT NULL, 
	sender JSON NOT NULL, 
	carriers JSON NOT NULL, 
	label_printer_id CHAR(32), 
	list_printer_id CHAR(32), 
	tolerance JSON NOT NULL, 
	category_tolerances JSON NOT NULL, 
	zero_check BOOLEAN NOT NULL, 
	walk VARCHAR(40) NOT NULL CONSTRAINT ck_dispatch_settings_walk_known CHECK (walk IN ('s-shape', 'combined', 'shortest')), 
	cut_offs JSON NOT NULL, 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_dispatch_settings_state_known CHECK (state IN ('active', 'retired')), 
	version BIGINT NOT NULL CONSTRAINT ck_dispatch_settings_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_dispatch_settings PRIMARY KEY (warehouse_id), 
	CONSTRAINT fk_dispatch_settings_warehouse_id_warehouses FOREIGN KEY(warehouse_id) REFERENCES warehouses (id), 
	CONSTRAINT uq_dispatch_settings_id UNIQUE (id), 
	CONSTRAINT fk_dispatch_settings_label_printer_id_printers FOREIGN KEY(label_printer_id) REFERENCES printers (id), 
	CONSTRAINT fk_dispatch_settings_list_printer_id_printers FOREIGN KEY(list_printer_id) REFERENCES printers (id)
)
;;
CREATE TABLE points_entries (
	account_id CHAR(32) NOT NULL, 
	seq BIGINT NOT NULL CONSTRAINT ck_points_entries_seq_range CHECK (seq BETWEEN 1 AND 2147483647), 
	move VARCHAR(40) NOT NULL CONSTRAINT ck_points_entries_move_known CHECK (move IN ('earn', 'redeem', 'give-back', 'expire', 'claw-back', 'adjust', 'settle')), 
	lot_id CHAR(32), 
	points BIGINT NOT NULL CONSTRAINT ck_points_entries_points_range CHECK (points BETWEEN -1000000000000 AND 1000000000000), 
	at VARCHAR(32) NOT NULL, 
	document VARCHAR(64) NOT NULL, 
	document_id CHAR(32) NOT NULL, 
	actor CHAR(32) NOT NULL, 
	reason VARCHAR(500) NOT NULL, 
	CONSTRAINT pk_points_entries PRIMARY KEY (account_id, seq), 
	CONSTRAINT ck_points_entries_points_move CHECK (points <> 0), 
	CONSTRAINT fk_points_entries_account_id_points_accounts FOREIGN KEY(account_id) REFERENCES points_accounts (id), 
	CONSTRAINT fk_points_entries_lot_id_points_lots FOREIGN KEY(lot_id) REFERENCES points_lots (id)
)
;;
CREATE INDEX ix_points_entries_lot_id ON points_entries (lot_id)
;;
CREATE TRIGGER points_entries_no_update BEFORE UPDATE ON points_entries BEGIN SELECT RAISE(ABORT, 'points_entries is append-only'); END
;;
CREATE TRIGGER points_entries_no_delete BEFORE DELETE ON points_entries BEGIN SELECT RAISE(ABORT, 'points_entries is append-only'); END
;;
CREATE TABLE points_taken (
	payment_id CHAR(32) NOT NULL, 
	place BIGINT NOT NULL CONSTRAINT ck_points_taken_place_range CHECK (place BETWEEN 0 AND 1000), 
	lot_id CHAR(32) NOT NULL, 
	points BIGINT NOT NULL CONSTRAINT ck_points_taken_points_range CHECK (points BETWEEN 1 AND 1000000000000), 
	back_points BIGINT NOT NULL CONSTRAINT ck_points_taken_back_points_range CHECK (back_points BETWEEN 0 AND 1000000000000), 
	CONSTRAINT pk_points_taken PRIMARY KEY (payment_id, place), 
	CONSTRAINT ck_points_taken_back_points_were_taken CHECK (back_points <= points), 
	CONSTRAINT fk_points_taken_payment_id_points_payments FOREIGN KEY(payment_id) REFERENCES points_payments (payment_id), 
	CONSTRAINT fk_points_taken_lot_id_points_lots FOREIGN KEY(lot_id) REFERENCES points_lots (id)
)
;;
CREATE TABLE coupons (
	id CHAR(32) NOT NULL, 
	template_id CHAR(32) NOT NULL, 
	code VARCHAR(64) NOT NULL, 
	customer_id CHAR(32), 
	issued_at VARCHAR(32) NOT NULL, 
	valid_from VARCHAR(32) NOT NULL, 
	valid_until VARCHAR(32) NOT NULL, 
	expires_at VARCHAR(32), 
	order_id CHAR(32), 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_coupons_state_known CHECK (state IN ('issued', 'locked', 'redeemed', 'expired', 'void')), 
	version BIGINT NOT NULL CONSTRAINT ck_coupons_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_coupons PRIMARY KEY (id), 
	CONSTRAINT ck_coupons_held_by_an_order CHECK ((state IN ('locked', 'redeemed')) = (order_id IS NOT NULL)), 
	CONSTRAINT fk_coupons_template_id_coupon_templates FOREIGN KEY(template_id) REFERENCES coupon_templates (id), 
	CONSTRAINT uq_coupons_code UNIQUE (code), 
	CONSTRAINT fk_coupons_customer_id_customers FOREIGN KEY(customer_id) REFERENCES customers (id)
)
;;
CREATE INDEX ix_coupons_customer_id ON coupons (customer_id)
;;
CREATE INDEX ix_coupons_expires_at ON coupons (expires_at) WHERE expires_at IS NOT NULL
;;
CREATE INDEX ix_coupons_order_id ON coupons (order_id)
;;
CREATE INDEX ix_coupons_state ON coupons (state)
;;
CREATE INDEX ix_coupons_template_id ON coupons (template_id)
;;
CREATE TABLE issue_counts (
	id CHAR(32) NOT NULL, 
	template_id CHAR(32) NOT NULL, 
	customer_id CHAR(32), 
	issued_qty BIGINT NOT NULL CONSTRAINT ck_issue_counts_issued_qty_range CHECK (issued_qty BETWEEN 0 AND 2147483647), 
	CONSTRAINT pk_issue_counts PRIMARY KEY (id), 
	CONSTRAINT fk_issue_counts_template_id_coupon_templates FOREIGN KEY(template_id) REFERENCES coupon_templates (id), 
	CONSTRAINT fk_issue_counts_customer_id_customers FOREIGN KEY(customer_id) REFERENCES customers (id)
)
;;
CREATE INDEX ix_issue_counts_template_id ON issue_counts (template_id)
;;
CREATE TABLE reward_rules (
	id CHAR(32) NOT NULL, 
	code VARCHAR(64) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	currency VARCHAR(3) NOT NULL, 
	starts_at VARCHAR(32) NOT NULL, 
	ends_at VARCHAR(32) NOT NULL, 
	channel_id CHAR(32), 
	threshold_minor BIGINT NOT NULL CONSTRAINT ck_reward_rules_threshold_minor_range CHECK (threshold_minor BETWEEN 0 AND 1000000000000000), 
	points_per_100_minor BIGINT NOT NULL CONSTRAINT ck_reward_rules_points_per_100_minor_range CHECK (points_per_100_minor BETWEEN 0 AND 1000000), 
	template_id CHAR(32), 
	usable VARCHAR(40) NOT NULL CONSTRAINT ck_reward_rules_usable_known CHECK (usable IN ('at-payment', 'at-close')), 
	when_used VARCHAR(40) NOT NULL CONSTRAINT ck_reward_rules_when_used_known CHECK (when_used IN ('deduct', 'let-go')), 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_reward_rules_state_known CHECK (state IN ('active', 'paused', 'ended')), 
	version BIGINT NOT NULL CONSTRAINT ck_reward_rules_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_reward_rules PRIMARY KEY (id), 
	CONSTRAINT ck_reward_rules_ends_at_later CHECK (ends_at > starts_at), 
	CONSTRAINT ck_reward_rules_template_id_or_points CHECK ((points_per_100_minor > 0) = (template_id IS NULL)), 
	CONSTRAINT uq_reward_rules_code UNIQUE (code), 
	CONSTRAINT fk_reward_rules_channel_id_channels FOREIGN KEY(channel_id) REFERENCES channels (id), 
	CONSTRAINT fk_reward_rules_template_id_coupon_templates FOREIGN KEY(template_id) REFERENCES coupon_templates (id)
)
;;
CREATE INDEX ix_reward_rules_channel_id ON reward_rules (channel_id)
;;
CREATE INDEX ix_reward_rules_state ON reward_rules (state)
;;
CREATE TABLE ticket_messages (
	id CHAR(32) NOT NULL, 
	ticket_id CHAR(32) NOT NULL, 
	seq BIGINT NOT NULL CONSTRAINT ck_ticket_messages_seq_range CHECK (seq BETWEEN 1 AND 5000), 
	author VARCHAR(40) NOT NULL CONSTRAINT ck_ticket_messages_author_known CHECK (author IN ('buyer', 'agent', 'internal', 'system')), 
	at VARCHAR(32) NOT NULL, 
	actor CHAR(32) NOT NULL, 
	actor_name VARCHAR(200) NOT NULL, 
	CONSTRAINT pk_ticket_messages PRIMARY KEY (id), 
	CONSTRAINT uq_ticket_messages_ticket_id_seq UNIQUE (ticket_id, seq), 
	CONSTRAINT fk_ticket_messages_ticket_id_tickets FOREIGN KEY(ticket_id) REFERENCES tickets (id)
)
;;
CREATE TRIGGER ticket_messages_no_update BEFORE UPDATE ON ticket_messages BEGIN SELECT RAISE(ABORT, 'ticket_messages is append-only'); END
;;
CREATE TRIGGER ticket_messages_no_delete BEFORE DELETE ON ticket_messages BEGIN SELECT RAISE(ABORT, 'ticket_messages is append-only'); END
;;
CREATE TABLE locations (
	id CHAR(32) NOT NULL, 
	warehouse_id CHAR(32) NOT NULL, 
	path VARCHAR(60) NOT NULL, 
	zone VARCHAR(60) NOT NULL, 
	aisle VARCHAR(60) NOT NULL, 
	bay VARCHAR(60) NOT NULL, 
	level VARCHAR(60) NOT NULL, 
	bin VARCHAR(60) NOT NULL, 
	barcode VARCHAR(48) NOT NULL, 
	kind VARCHAR(40) NOT NULL CONSTRAINT ck_locations_kind_known CHECK (kind IN ('receiving', 'qc', 'storage', 'pick-face', 'returns', 'packing', 'staging', 'quarantine', 'damaged', 'lost-found', 'transit', 'virtual')), 
	sellable BOOLEAN NOT NULL, 
	activities JSON NOT NULL, 
	mix VARCHAR(40) NOT NULL CONSTRAINT ck_locations_mix_known CHECK (mix IN ('empty-only', 'same-product', 'same-product-lot', 'mixed')), 
	max_weight_g BIGINT CONSTRAINT ck_locations_max_weight_g_range CHECK (max_weight_g BETWEEN 1 AND 100000000), 
	max_volume_cm3 BIGINT CONSTRAINT ck_locations_max_volume_cm3_range CHECK (max_volume_cm3 BETWEEN 1 AND 1000000000), 
	max_units_qty BIGINT CONSTRAINT ck_locations_max_units_qty_range CHECK (max_units_qty BETWEEN 1 AND 2147483647), 
	height_mm BIGINT CONSTRAINT ck_locations_height_mm_range CHECK (height_mm BETWEEN 1 AND 100000), 
	x_mm BIGINT NOT NULL CONSTRAINT ck_locations_x_mm_range CHECK (x_mm BETWEEN -10000000 AND 10000000), 
	y_mm BIGINT NOT NULL CONSTRAINT ck_locations_y_mm_range CHECK (y_mm BETWEEN -10000000 AND 10000000), 
	aisle_number BIGINT NOT NULL CONSTRAINT ck_locations_aisle_number_range CHECK (aisle_number BETWEEN 0 AND 100000), 
	side VARCHAR(40) NOT NULL CONSTRAINT ck_locations_side_known CHECK (side IN ('left', 'right')), 
	pick_sequence BIGINT NOT NULL CONSTRAINT ck_locations_pick_sequence_range CHECK (pick_sequence BETWEEN 0 AND 2147483647), 
	abc VARCHAR(40) CONSTRAINT ck_locations_abc_known CHECK (abc IN ('a', 'b', 'c')), 
	blocked_in BOOLEAN NOT NULL, 
	blocked_out BOOLEAN NOT NULL, 
	block_reason VARCHAR(200) NOT NULL, 
	counted_at VARCHAR(32), 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_locations_state_known CHECK (state IN ('active', 'retired')), 
	version BIGINT NOT NULL CONSTRAINT ck_locations_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_locations PRIMARY KEY (id), 
	CONSTRAINT ck_locations_barcode_prefix CHECK (barcode LIKE 'L-%'), 
	CONSTRAINT uq_locations_warehouse_id_path UNIQUE (warehouse_id, path), 
	CONSTRAINT uq_locations_id_warehouse_id UNIQUE (id, warehouse_id), 
	CONSTRAINT ck_locations_blocked_has_a_reason CHECK ((blocked_in OR blocked_out) = (block_reason <> '')), 
	CONSTRAINT ck_locations_sellable_follows_kind CHECK (sellable = (kind IN ('storage', 'pick-face'))), 
	CONSTRAINT fk_locations_warehouse_id_warehouses FOREIGN KEY(warehouse_id) REFERENCES warehouses (id), 
	CONSTRAINT uq_locations_barcode UNIQUE (barcode)
)
;;
CREATE INDEX ix_locations_warehouse_id_kind ON locations (warehouse_id, kind)
;;
CREATE TABLE stations (
	id CHAR(32) NOT NULL, 
	warehouse_id CHAR(32) NOT NULL, 
	code VARCHAR(64) NOT NULL, 
	name VARCHAR(100) NOT NULL, 
	flows JSON NOT NULL, 
	printers JSON NOT NULL, 
	scale VARCHAR(200) NOT NULL, 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_stations_state_known CHECK (state IN ('active', 'retired')), 
	version BIGINT NOT NULL CONSTRAINT ck_stations_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_stations PRIMARY KEY (id), 
	CONSTRAINT uq_stations_warehouse_id_code UNIQUE (warehouse_id, code), 
	CONSTRAINT fk_stations_warehouse_id_warehouses FOREIGN KEY(warehouse_id) REFERENCES warehouses (id)
)
;;
CREATE TABLE staff_warehouses (
	staff_id CHAR(32) NOT NULL, 
	place BIGINT NOT NULL CONSTRAINT ck_staff_warehouses_place_range CHECK (place BETWEEN 1 AND 100), 
	warehouse_id CHAR(32) NOT NULL, 
	CONSTRAINT pk_staff_warehouses PRIMARY KEY (staff_id, place), 
	CONSTRAINT uq_staff_warehouses_staff_id_warehouse_id UNIQUE (staff_id, warehouse_id), 
	CONSTRAINT fk_staff_warehouses_staff_id_staff FOREIGN KEY(staff_id) REFERENCES staff (id), 
	CONSTRAINT fk_staff_warehouses_warehouse_id_warehouses FOREIGN KEY(warehouse_id) REFERENCES warehouses (id)
)
;;
CREATE TABLE webhook_health (
	endpoint_id CHAR(32) NOT NULL, 
	failing_since VARCHAR(32), 
	failures BIGINT NOT NULL CONSTRAINT ck_webhook_health_failures_range CHECK (failures BETWEEN 0 AND 2147483647), 
	not_before VARCHAR(32), 
	last_success_at VARCHAR(32), 
	last_failure_at VARCHAR(32), 
	last_problem VARCHAR(500) NOT NULL, 
	CONSTRAINT pk_webhook_health PRIMARY KEY (endpoint_id), 
	CONSTRAINT ck_webhook_health_failing CHECK ((failures = 0) = (failing_since IS NULL)), 
	CONSTRAINT fk_webhook_health_endpoint_id_webhook_endpoints FOREIGN KEY(endpoint_id) REFERENCES webhook_endpoints (id)
)
;;
CREATE TABLE webhook_deliveries (
	id CHAR(32) NOT NULL, 
	endpoint_id CHAR(32) NOT NULL, 
	message_id VARCHAR(64) NOT NULL, 
	type VARCHAR(64) NOT NULL, 
	body TEXT NOT NULL, 
	created_at VARCHAR(32) NOT NULL, 
	due_at VARCHAR(32), 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_webhook_deliveries_state_known CHECK (state IN ('pending', 'held', 'delivered', 'failed')), 
	tries BIGINT NOT NULL CONSTRAINT ck_webhook_deliveries_tries_range CHECK (tries BETWEEN 0 AND 2147483647), 
	attempted BIGINT NOT NULL CONSTRAINT ck_webhook_deliveries_attempted_range CHECK (attempted BETWEEN 0 AND 2147483647), 
	attempts JSON NOT NULL, 
	CONSTRAINT pk_webhook_deliveries PRIMARY KEY (id), 
	CONSTRAINT ck_webhook_deliveries_due CHECK ((state = 'pending') = (due_at IS NOT NULL)), 
	CONSTRAINT fk_webhook_deliveries_endpoint_id_webhook_endpoints FOREIGN KEY(endpoint_id) REFERENCES webhook_endpoints (id)
)
;;
CREATE INDEX ix_webhook_deliveries_created_at ON webhook_deliveries (created_at)
;;
CREATE INDEX ix_webhook_deliveries_due_at ON webhook_deliveries (due_at) WHERE due_at IS NOT NULL
;;
CREATE INDEX ix_webhook_deliveries_endpoint_id ON webhook_deliveries (endpoint_id, id)
;;
CREATE INDEX ix_webhook_deliveries_state ON webhook_deliveries (state, id)
;;
CREATE TABLE order_lines (
	order_id CHAR(32) NOT NULL, 
	seq BIGINT NOT NULL CONSTRAINT ck_order_lines_seq_range CHECK (seq BETWEEN 1 AND 60000), 
	sku_id CHAR(32), 
	sku_code VARCHAR(128) NOT NULL, 
	title VARCHAR(400) NOT NULL, 
	qty BIGINT NOT NULL CONSTRAINT ck_order_lines_qty_range CHECK (qty BETWEEN 1 AND 2147483647), 
	unit_minor BIGINT NOT NULL CONSTRAINT ck_order_lines_unit_minor_range CHECK (unit_minor BETWEEN 0 AND 1000000000000000), 
	gross_minor BIGINT NOT NULL CONSTRAINT ck_order_lines_gross_minor_range CHECK (gross_minor BETWEEN 0 AND 1000000000000000), 
	list_minor BIGINT CONSTRAINT ck_order_lines_list_minor_range CHECK (list_minor BETWEEN 0 AND 1000000000000000), 
	discount_minor BIGINT NOT NULL CONSTRAINT ck_order_lines_discount_minor_range CHECK (discount_minor BETWEEN 0 AND 1000000000000000), 
	paid_minor BIGINT NOT NULL CONSTRAINT ck_order_lines_paid_minor_range CHECK (paid_minor BETWEEN 0 AND 1000000000000000), 
	freight_minor BIGINT NOT NULL CONSTRAINT ck_order_lines_freight_minor_range CHECK (freight_minor BETWEEN 0 AND 1000000000000000), 
	weight_g BIGINT NOT NULL CONSTRAINT ck_order_lines_weight_g_range CHECK (weight_g BETWEEN 0 AND 4611686018427387904), 
	merchant_id CHAR(32) NOT NULL, 
	external_id VARCHAR(128) NOT NULL, 
	bundle_sku_id CHAR(32), 
	bundle_code VARCHAR(128), 
	bundle_qty BIGINT CONSTRAINT ck_order_lines_bundle_qty_range CHECK (bundle_qty BETWEEN 1 AND 2147483647), 
	bundle_line BIGINT CONSTRAINT ck_order_lines_bundle_line_range CHECK (bundle_line BETWEEN 1 AND 60000), 
	bundle_return VARCHAR(40) CONSTRAINT ck_order_lines_bundle_return_known CHECK (bundle_return IN ('whole-only', 'component')), 
	commission_version BIGINT CONSTRAINT ck_order_lines_commission_version_range CHECK (commission_version BETWEEN 1 AND 2147483647), 
	commission_points BIGINT CONSTRAINT ck_order_lines_commission_points_range CHECK (commission_points BETWEEN 0 AND 10000), 
	shipped_qty BIGINT NOT NULL CONSTRAINT ck_order_lines_shipped_qty_range CHECK (shipped_qty BETWEEN 0 AND 2147483647), 
	cancelled_qty BIGINT NOT NULL CONSTRAINT ck_order_lines_cancelled_qty_range CHECK (cancelled_qty BETWEEN 0 AND 2147483647), 
	shortage_qty BIGINT NOT NULL CONSTRAINT ck_order_lines_shortage_qty_range CHECK (shortage_qty BETWEEN 0 AND 2147483647), 
	settled_qty BIGINT NOT NULL CONSTRAINT ck_order_lines_settled_qty_range CHECK (settled_qty BETWEEN 0 AND 2147483647), 
	CONSTRAINT pk_order_lines PRIMARY KEY (order_id, seq), 
	CONSTRAINT fk_order_lines_merchant_id_commission_version_commission_rates FOREIGN KEY(merchant_id, commission_version) REFERENCES commission_rates (merchant_id, version), 
	CONSTRAINT ck_order_lines_commission_cited_whole CHECK ((commission_version IS NULL) = (commission_points IS NULL)), 
	CONSTRAINT fk_order_lines_merchant_id_sku_id_skus FOREIGN KEY(merchant_id, sku_id) REFERENCES skus (merchant_id, id), 
	CONSTRAINT fk_order_lines_merchant_id_bundle_sku_id_skus FOREIGN KEY(merchant_id, bundle_sku_id) REFERENCES skus (merchant_id, id), 
	CONSTRAINT ck_order_lines_merchant_id_of_goods CHECK (sku_id IS NOT NULL OR merchant_id = '00000000000000000000000000000002'), 
	CONSTRAINT ck_order_lines_paid_minor_sum CHECK (paid_minor = gross_minor - discount_minor), 
	CONSTRAINT ck_order_lines_shipped_qty_within CHECK (shipped_qty + cancelled_qty <= qty), 
	CONSTRAINT ck_order_lines_shortage_qty_open CHECK (shortage_qty <= qty - shipped_qty - cancelled_qty), 
	CONSTRAINT ck_order_lines_settled_qty_short CHECK (settled_qty <= shortage_qty), 
	CONSTRAINT fk_order_lines_order_id_orders FOREIGN KEY(order_id) REFERENCES orders (id)
)
;;
CREATE INDEX ix_order_lines_merchant_id ON order_lines (merchant_id, order_id)
;;
CREATE INDEX ix_order_lines_open_bundle_sku_id ON order_lines (bundle_sku_id, order_id) WHERE qty > shipped_qty + cancelled_qty AND bundle_sku_id IS NOT NULL
;;
CREATE INDEX ix_order_lines_open_sku_id ON order_lines (sku_id, order_id) WHERE qty > shipped_qty + cancelled_qty AND bundle_sku_id IS NULL
;;
CREATE INDEX ix_order_lines_sku_id ON order_lines (sku_id)
;;
CREATE TABLE claim_lines (
	claim_id CHAR(32) NOT NULL, 
	line BIGINT NOT NULL CONSTRAINT ck_claim_lines_line_range CHECK (line BETWEEN 1 AND 60000), 
	place BIGINT NOT NULL CONSTRAINT ck_claim_lines_place_range CHECK (place BETWEEN 0 AND 60000), 
	qty BIGINT NOT NULL CONSTRAINT ck_claim_lines_qty_range CHECK (qty BETWEEN 0 AND 2147483647), 
	unshipped_qty BIGINT NOT NULL CONSTRAINT ck_claim_lines_unshipped_qty_range CHECK (unshipped_qty BETWEEN 0 AND 2147483647), 
	allowance_minor BIGINT NOT NULL CONSTRAINT ck_claim_lines_allowance_minor_range CHECK (allowance_minor BETWEEN 0 AND 1000000000000000), 
	sku_id CHAR(32), 
	replacement_id CHAR(32), 
	difference_minor BIGINT NOT NULL CONSTRAINT ck_claim_lines_difference_minor_range CHECK (difference_minor BETWEEN -1000000000000000 AND 1000000000000000), 
	received_qty BIGINT NOT NULL CONSTRAINT ck_claim_lines_received_qty_range CHECK (received_qty BETWEEN 0 AND 2147483647), 
	received_minor BIGINT NOT NULL CONSTRAINT ck_claim_lines_received_minor_range CHECK (received_minor BETWEEN 0 AND 1000000000000000), 
	kept_qty BIGINT NOT NULL CONSTRAINT ck_claim_lines_kept_qty_range CHECK (kept_qty BETWEEN 0 AND 2147483647), 
	back_qty BIGINT NOT NULL CONSTRAINT ck_claim_lines_back_qty_range CHECK (back_qty BETWEEN 0 AND 2147483647), 
	returned_qty BIGINT NOT NULL CONSTRAINT ck_claim_lines_returned_qty_range CHECK (returned_qty BETWEEN 0 AND 2147483647), 
	sent_qty BIGINT NOT NULL CONSTRAINT ck_claim_lines_sent_qty_range CHECK (sent_qty BETWEEN 0 AND 2147483647), 
	sent_minor BIGINT NOT NULL CONSTRAINT ck_claim_lines_sent_minor_range CHECK (sent_minor BETWEEN 0 AND 1000000000000000), 
	CONSTRAINT pk_claim_lines PRIMARY KEY (claim_id, line), 
	CONSTRAINT ck_claim_lines_unshipped_of_those_claimed CHECK (unshipped_qty <= qty), 
	CONSTRAINT ck_claim_lines_differs_where_replaced CHECK (difference_minor = 0 OR (replacement_id IS NOT NULL AND replacement_id <> sku_id AND qty > 0)), 
	CONSTRAINT ck_claim_lines_looked_at_of_those_received CHECK (kept_qty + back_qty <= received_qty), 
	CONSTRAINT ck_claim_lines_returned_of_those_refused CHECK (returned_qty <= back_qty), 
	CONSTRAINT fk_claim_lines_claim_id_claims FOREIGN KEY(claim_id) REFERENCES claims (id), 
	CONSTRAINT fk_claim_lines_sku_id_skus FOREIGN KEY(sku_id) REFERENCES skus (id), 
	CONSTRAINT fk_claim_lines_replacement_id_skus FOREIGN KEY(replacement_id) REFERENCES skus (id)
)
;;
CREATE TABLE claim_inspections (
	claim_id CHAR(32) NOT NULL, 
	seq BIGINT NOT NULL CONSTRAINT ck_claim_inspections_seq_range CHECK (seq BETWEEN 1 AND 240000), 
	line BIGINT NOT NULL CONSTRAINT ck_claim_inspections_line_range CHECK (line BETWEEN 1 AND 60000), 
	qty BIGINT NOT NULL CONSTRAINT ck_claim_inspections_qty_range CHECK (qty BETWEEN 1 AND 2147483647), 
	grade VARCHAR(40) NOT NULL CONSTRAINT ck_claim_inspections_grade_known CHECK (grade IN ('as-new', 'opened', 'damaged', 'not-ours')), 
	disposition VARCHAR(40) NOT NULL CONSTRAINT ck_claim_inspections_disposition_known CHECK (disposition IN ('restock', 'b-grade', 'to-supplier', 'scrap', 'repair', 'to-customer')), 
	at VARCHAR(32) NOT NULL, 
	actor CHAR(32) NOT NULL, 
	note VARCHAR(500) NOT NULL, 
	photos JSON NOT NULL, 
	loss_minor BIGINT NOT NULL CONSTRAINT ck_claim_inspections_loss_minor_range CHECK (loss_minor BETWEEN 0 AND 1000000000000000), 
	CONSTRAINT pk_claim_inspections PRIMARY KEY (claim_id, seq), 
	CONSTRAINT fk_claim_inspections_claim_id_claims FOREIGN KEY(claim_id) REFERENCES claims (id)
)
;;
CREATE TRIGGER claim_inspections_no_update BEFORE UPDATE ON claim_inspections BEGIN SELECT RAISE(ABORT, 'claim_inspections is append-only'); END
;;
CREATE TRIGGER claim_inspections_no_delete BEFORE DELETE ON claim_inspections BEGIN SELECT RAISE(ABORT, 'claim_inspections is append-only'); END
;;
CREATE TABLE return_parcels (
	id CHAR(32) NOT NULL, 
	number VARCHAR(64) NOT NULL, 
	warehouse_id CHAR(32) NOT NULL, 
	waybill VARCHAR(64) NOT NULL, 
	came_at VARCHAR(32) NOT NULL, 
	actor CHAR(32) NOT NULL, 
	goods JSON NOT NULL, 
	note VARCHAR(500) NOT NULL, 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_return_parcels_state_known CHECK (state IN ('unknown', 'assigned', 'sent-back')), 
	queue VARCHAR(64) NOT NULL, 
	next_action VARCHAR(500) NOT NULL, 
	due_at VARCHAR(32), 
	claim_id CHAR(32), 
	version BIGINT NOT NULL CONSTRAINT ck_return_parcels_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_return_parcels PRIMARY KEY (id), 
	CONSTRAINT ck_return_parcels_unknown_ones_are_due CHECK ((due_at IS NULL) = (state <> 'unknown')), 
	CONSTRAINT ck_return_parcels_assigned_ones_have_a_claim CHECK ((claim_id IS NULL) = (state <> 'assigned')), 
	CONSTRAINT uq_return_parcels_number UNIQUE (number), 
	CONSTRAINT fk_return_parcels_warehouse_id_warehouses FOREIGN KEY(warehouse_id) REFERENCES warehouses (id), 
	CONSTRAINT fk_return_parcels_claim_id_claims FOREIGN KEY(claim_id) REFERENCES claims (id)
)
;;
CREATE INDEX ix_return_parcels_claim_id ON return_parcels (claim_id)
;;
CREATE INDEX ix_return_parcels_state ON return_parcels (state, id)
;;
CREATE INDEX ix_return_parcels_warehouse_id ON return_parcels (warehouse_id, id)
;;
CREATE INDEX ix_return_parcels_waybill ON return_parcels (waybill)
;;
CREATE TABLE sku_components (
	bundle_id CHAR(32) NOT NULL, 
	line BIGINT NOT NULL CONSTRAINT ck_sku_components_line_range CHECK (line BETWEEN 1 AND 50), 
	sku_id CHAR(32) NOT NULL, 
	qty BIGINT NOT NULL CONSTRAINT ck_sku_components_qty_range CHECK (qty BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_sku_components PRIMARY KEY (bundle_id, line), 
	CONSTRAINT fk_sku_components_bundle_id_skus FOREIGN KEY(bundle_id) REFERENCES skus (id), 
	CONSTRAINT fk_sku_components_sku_id_skus FOREIGN KEY(sku_id) REFERENCES skus (id)
)
;;
CREATE INDEX ix_sku_components_sku_id ON sku_components (sku_id)
;;
CREATE TABLE barcodes (
	code VARCHAR(48) NOT NULL, 
	sku_id CHAR(32), 
	pack_qty BIGINT NOT NULL CONSTRAINT ck_barcodes_pack_qty_range CHECK (pack_qty BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_barcodes PRIMARY KEY (code), 
	CONSTRAINT fk_barcodes_sku_id_skus FOREIGN KEY(sku_id) REFERENCES skus (id)
)
;;
CREATE INDEX ix_barcodes_sku_id ON barcodes (sku_id)
;;
CREATE TABLE listing_skus (
	listing_id CHAR(32) NOT NULL, 
	line BIGINT NOT NULL CONSTRAINT ck_listing_skus_line_range CHECK (line BETWEEN 1 AND 500), 
	sku_id CHAR(32) NOT NULL, 
	external_id VARCHAR(128) NOT NULL, 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_listing_skus_state_known CHECK (state IN ('waiting', 'live', 'refused', 'unbound')), 
	error VARCHAR(500) NOT NULL, 
	CONSTRAINT pk_listing_skus PRIMARY KEY (listing_id, line), 
	CONSTRAINT fk_listing_skus_listing_id_listings FOREIGN KEY(listing_id) REFERENCES listings (id), 
	CONSTRAINT fk_listing_skus_sku_id_skus FOREIGN KEY(sku_id) REFERENCES skus (id)
)
;;
CREATE INDEX ix_listing_skus_sku_id ON listing_skus (sku_id)
;;
CREATE TABLE bindings (
	channel_id CHAR(32) NOT NULL, 
	external_id VARCHAR(128) NOT NULL, 
	sku_id CHAR(32), 
	listing_id CHAR(32) NOT NULL, 
	CONSTRAINT pk_bindings PRIMARY KEY (channel_id, external_id), 
	CONSTRAINT fk_bindings_channel_id_channels FOREIGN KEY(channel_id) REFERENCES channels (id), 
	CONSTRAINT fk_bindings_sku_id_skus FOREIGN KEY(sku_id) REFERENCES skus (id), 
	CONSTRAINT fk_bindings_listing_id_listings FOREIGN KEY(listing_id) REFERENCES listings (id)
)
;;
CREATE INDEX ix_bindings_sku_id ON bindings (sku_id)
;;
CREATE TABLE goods_issue_lines (
	issue_id CHAR(32) NOT NULL, 
	seq BIGINT NOT NULL CONSTRAINT ck_goods_issue_lines_seq_range CHECK (seq BETWEEN 1 AND 1000), 
	sku_id CHAR(32) NOT NULL, 
	qty BIGINT NOT NULL CONSTRAINT ck_goods_issue_lines_qty_range CHECK (qty BETWEEN 1 AND 2147483647), 
	shipped_qty BIGINT NOT NULL CONSTRAINT ck_goods_issue_lines_shipped_qty_range CHECK (shipped_qty BETWEEN 0 AND 2147483647), 
	value_minor BIGINT NOT NULL CONSTRAINT ck_goods_issue_lines_value_minor_range CHECK (value_minor BETWEEN 0 AND 1000000000000000), 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_goods_issue_lines_state_known CHECK (state IN ('sellable', 'quarantine', 'damaged', 'sample', 'b-grade', 'return-pending')), 
	CONSTRAINT pk_goods_issue_lines PRIMARY KEY (issue_id, seq), 
	CONSTRAINT ck_goods_issue_lines_no_more_than_wanted CHECK (shipped_qty <= qty), 
	CONSTRAINT fk_goods_issue_lines_issue_id_goods_issues FOREIGN KEY(issue_id) REFERENCES goods_issues (id), 
	CONSTRAINT fk_goods_issue_lines_sku_id_skus FOREIGN KEY(sku_id) REFERENCES skus (id)
)
;;
CREATE TABLE stocks (
	sku_id CHAR(32) NOT NULL, 
	warehouse_id CHAR(32) NOT NULL, 
	currency VARCHAR(3) NOT NULL, 
	sellable_qty BIGINT NOT NULL CONSTRAINT ck_stocks_sellable_qty_range CHECK (sellable_qty BETWEEN 0 AND 2147483647), 
	quarantine_qty BIGINT NOT NULL CONSTRAINT ck_stocks_quarantine_qty_range CHECK (quarantine_qty BETWEEN 0 AND 2147483647), 
	damaged_qty BIGINT NOT NULL CONSTRAINT ck_stocks_damaged_qty_range CHECK (damaged_qty BETWEEN 0 AND 2147483647), 
	sample_qty BIGINT NOT NULL CONSTRAINT ck_stocks_sample_qty_range CHECK (sample_qty BETWEEN 0 AND 2147483647), 
	b_grade_qty BIGINT NOT NULL CONSTRAINT ck_stocks_b_grade_qty_range CHECK (b_grade_qty BETWEEN 0 AND 2147483647), 
	return_pending_qty BIGINT NOT NULL CONSTRAINT ck_stocks_return_pending_qty_range CHECK (return_pending_qty BETWEEN 0 AND 2147483647), 
	reserved_qty BIGINT NOT NULL CONSTRAINT ck_stocks_reserved_qty_range CHECK (reserved_qty BETWEEN 0 AND 2147483647), 
	held_qty BIGINT NOT NULL CONSTRAINT ck_stocks_held_qty_range CHECK (held_qty BETWEEN 0 AND 2147483647), 
	dedicated_qty BIGINT NOT NULL CONSTRAINT ck_stocks_dedicated_qty_range CHECK (dedicated_qty BETWEEN 0 AND 2147483647), 
	owed_qty BIGINT NOT NULL CONSTRAINT ck_stocks_owed_qty_range CHECK (owed_qty BETWEEN 0 AND 2147483647), 
	frozen_qty BIGINT NOT NULL CONSTRAINT ck_stocks_frozen_qty_range CHECK (frozen_qty BETWEEN 0 AND 2147483647), 
	safety_qty BIGINT NOT NULL CONSTRAINT ck_stocks_safety_qty_range CHECK (safety_qty BETWEEN 0 AND 2147483647), 
	holds_due_at VARCHAR(32), 
	value_minor BIGINT NOT NULL CONSTRAINT ck_stocks_value_minor_range CHECK (value_minor BETWEEN 0 AND 1000000000000000), 
	last_unit_minor BIGINT CONSTRAINT ck_stocks_last_unit_minor_range CHECK (last_unit_minor BETWEEN 0 AND 1000000000000000), 
	last_seq BIGINT NOT NULL CONSTRAINT ck_stocks_last_seq_range CHECK (last_seq BETWEEN 0 AND 2147483647), 
	CONSTRAINT pk_stocks PRIMARY KEY (sku_id, warehouse_id), 
	CONSTRAINT ck_stocks_promised_is_there CHECK (reserved_qty + held_qty <= sellable_qty), 
	CONSTRAINT ck_stocks_no_value_without_units CHECK (value_minor = 0 OR sellable_qty + quarantine_qty + damaged_qty + b_grade_qty + return_pending_qty > 0), 
	CONSTRAINT ck_stocks_holds_have_an_end CHECK (held_qty = 0 OR holds_due_at IS NOT NULL), 
	CONSTRAINT fk_stocks_sku_id_skus FOREIGN KEY(sku_id) REFERENCES skus (id), 
	CONSTRAINT fk_stocks_warehouse_id_warehouses FOREIGN KEY(warehouse_id) REFERENCES warehouses (id)
)
;;
CREATE INDEX ix_stocks_warehouse_id ON stocks (warehouse_id, sku_id)
;;
CREATE TABLE movements (
	sku_id CHAR(32) NOT NULL, 
	warehouse_id CHAR(32) NOT NULL, 
	seq BIGINT NOT NULL, 
	document VARCHAR(40) NOT NULL, 
	document_id CHAR(32) NOT NULL, 
	line BIGINT NOT NULL CONSTRAINT ck_movements_line_range CHECK (line BETWEEN 1 AND 1000), 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_movements_state_known CHECK (state IN ('sellable', 'quarantine', 'damaged', 'sample', 'b-grade', 'return-pending')), 
	delta_qty BIGINT NOT NULL CONSTRAINT ck_movements_delta_qty_range CHECK (delta_qty BETWEEN -2147483647 AND 2147483647), 
	balance_after_qty BIGINT NOT NULL CONSTRAINT ck_movements_balance_after_qty_range CHECK (balance_after_qty BETWEEN 0 AND 2147483647), 
	value_minor BIGINT NOT NULL CONSTRAINT ck_movements_value_minor_range CHECK (value_minor BETWEEN -1000000000000000 AND 1000000000000000), 
	unit_minor BIGINT CONSTRAINT ck_movements_unit_minor_range CHECK (unit_minor BETWEEN 0 AND 1000000000000000), 
	currency VARCHAR(3) NOT NULL, 
	reason VARCHAR(40) NOT NULL CONSTRAINT ck_movements_reason_known CHECK (reason IN ('opening', 'count-difference', 'damage', 'loss', 'found', 'expiry', 'quality', 'sample', 'regrade', 'correction', 'sale', 'transfer', 'goods-issue', 'supplier-return', 'customer-return', 'inspection', 'replacement')), 
	at VARCHAR(32) NOT NULL, 
	actor CHAR(32) NOT NULL, 
	CONSTRAINT pk_movements PRIMARY KEY (sku_id, warehouse_id, seq), 
	CONSTRAINT ck_movements_moves_something CHECK (delta_qty <> 0), 
	CONSTRAINT ck_movements_seq_counts CHECK (seq >= 1), 
	CONSTRAINT ck_movements_sign_fits_document CHECK (document <> 'opening-receipt' OR delta_qty > 0), 
	CONSTRAINT ck_movements_value_goes_along CHECK ((delta_qty > 0 AND value_minor >= 0) OR (delta_qty < 0 AND value_minor <= 0)), 
	CONSTRAINT fk_movements_sku_id_skus FOREIGN KEY(sku_id) REFERENCES skus (id), 
	CONSTRAINT fk_movements_warehouse_id_warehouses FOREIGN KEY(warehouse_id) REFERENCES warehouses (id)
)
;;
CREATE INDEX ix_movements_document_id ON movements (document_id)
;;
CREATE INDEX ix_movements_warehouse_id ON movements (warehouse_id, sku_id)
;;
CREATE TRIGGER movements_no_update BEFORE UPDATE ON movements BEGIN SELECT RAISE(ABORT, 'movements is append-only'); END
;;
CREATE TRIGGER movements_no_delete BEFORE DELETE ON movements BEGIN SELECT RAISE(ABORT, 'movements is append-only'); END
;;
CREATE TABLE fences (
	channel_id CHAR(32) NOT NULL, 
	sku_id CHAR(32) NOT NULL, 
	warehouse_id CHAR(32) NOT NULL, 
	total_qty BIGINT NOT NULL CONSTRAINT ck_fences_total_qty_range CHECK (total_qty BETWEEN 0 AND 2147483647), 
	left_qty BIGINT NOT NULL CONSTRAINT ck_fences_left_qty_range CHECK (left_qty BETWEEN 0 AND 2147483647), 
	CONSTRAINT pk_fences PRIMARY KEY (channel_id, sku_id, warehouse_id), 
	CONSTRAINT ck_fences_left_is_part CHECK (left_qty <= total_qty), 
	CONSTRAINT fk_fences_channel_id_channels FOREIGN KEY(channel_id) REFERENCES channels (id), 
	CONSTRAINT fk_fences_sku_id_skus FOREIGN KEY(sku_id) REFERENCES skus (id), 
	CONSTRAINT fk_fences_warehouse_id_warehouses FOREIGN KEY(warehouse_id) REFERENCES warehouses (id)
)
;;
CREATE INDEX ix_fences_stock ON fences (sku_id, warehouse_id)
;;
CREATE TABLE adjustment_lines (
	adjustment_id CHAR(32) NOT NULL, 
	place BIGINT NOT NULL CONSTRAINT ck_adjustment_lines_place_range CHECK (place BETWEEN 1 AND 1000), 
	line BIGINT NOT NULL CONSTRAINT ck_adjustment_lines_line_range CHECK (line BETWEEN 1 AND 1000), 
	sku_id CHAR(32) NOT NULL, 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_adjustment_lines_state_known CHECK (state IN ('sellable', 'quarantine', 'damaged', 'sample', 'b-grade', 'return-pending')), 
	delta_qty BIGINT NOT NULL CONSTRAINT ck_adjustment_lines_delta_qty_range CHECK (delta_qty BETWEEN -2147483647 AND 2147483647), 
	to_state VARCHAR(40) CONSTRAINT ck_adjustment_lines_to_state_known CHECK (to_state IN ('sellable', 'quarantine', 'damaged', 'sample', 'b-grade', 'return-pending')), 
	unit_minor BIGINT CONSTRAINT ck_adjustment_lines_unit_minor_range CHECK (unit_minor BETWEEN 0 AND 1000000000000000), 
	location_id CHAR(32), 
	CONSTRAINT pk_adjustment_lines PRIMARY KEY (adjustment_id, place), 
	CONSTRAINT ck_adjustment_lines_moves_something CHECK (delta_qty <> 0), 
	CONSTRAINT ck_adjustment_lines_place_of_what_is_found CHECK (location_id IS NULL OR (delta_qty > 0 AND to_state IS NULL)), 
	CONSTRAINT fk_adjustment_lines_adjustment_id_adjustments FOREIGN KEY(adjustment_id) REFERENCES adjustments (id), 
	CONSTRAINT fk_adjustment_lines_sku_id_skus FOREIGN KEY(sku_id) REFERENCES skus (id), 
	CONSTRAINT fk_adjustment_lines_location_id_locations FOREIGN KEY(location_id) REFERENCES locations (id)
)
;;
CREATE TABLE opening_receipt_lines (
	receipt_id CHAR(32) NOT NULL, 
	place BIGINT NOT NULL CONSTRAINT ck_opening_receipt_lines_place_range CHECK (place BETWEEN 1 AND 1000), 
	line BIGINT NOT NULL CONSTRAINT ck_opening_receipt_lines_line_range CHECK (line BETWEEN 1 AND 1000), 
	sku_id CHAR(32) NOT NULL, 
	qty BIGINT NOT NULL CONSTRAINT ck_opening_receipt_lines_qty_range CHECK (qty BETWEEN 1 AND 2147483647), 
	unit_minor BIGINT NOT NULL CONSTRAINT ck_opening_receipt_lines_unit_minor_range CHECK (unit_minor BETWEEN 0 AND 1000000000000000), 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_opening_receipt_lines_state_known CHECK (state IN ('sellable', 'quarantine', 'damaged', 'sample', 'b-grade', 'return-pending')), 
	CONSTRAINT pk_opening_receipt_lines PRIMARY KEY (receipt_id, place), 
	CONSTRAINT fk_opening_receipt_lines_receipt_id_opening_receipts FOREIGN KEY(receipt_id) REFERENCES opening_receipts (id), 
	CONSTRAINT fk_opening_receipt_lines_sku_id_skus FOREIGN KEY(sku_id) REFERENCES skus (id)
)
;;
CREATE TRIGGER opening_receipt_lines_no_update BEFORE UPDATE ON opening_receipt_lines BEGIN SELECT RAISE(ABORT, 'opening_receipt_lines is append-only'); END
;;
CREATE TRIGGER opening_receipt_lines_no_delete BEFORE DELETE ON opening_receipt_lines BEGIN SELECT RAISE(ABORT, 'opening_receipt_lines is append-only'); END
;;
CREATE TABLE publish_policies (
	id CHAR(32) NOT NULL, 
	channel_id CHAR(32) NOT NULL, 
	sku_id CHAR(32), 
	ratio_percent BIGINT NOT NULL CONSTRAINT ck_publish_policies_ratio_percent_range CHECK (ratio_percent BETWEEN 0 AND 1000), 
	buffer_qty BIGINT NOT NULL CONSTRAINT ck_publish_policies_buffer_qty_range CHECK (buffer_qty BETWEEN 0 AND 2147483647), 
	cap_qty BIGINT CONSTRAINT ck_publish_policies_cap_qty_range CHECK (cap_qty BETWEEN 0 AND 2147483647), 
	min_publish_qty BIGINT NOT NULL CONSTRAINT ck_publish_policies_min_publish_qty_range CHECK (min_publish_qty BETWEEN 0 AND 2147483647), 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_publish_policies_state_known CHECK (state IN ('on', 'paused')), 
	at_zero VARCHAR(40) NOT NULL CONSTRAINT ck_publish_policies_at_zero_known CHECK (at_zero IN ('stay', 'pause')), 
	version BIGINT NOT NULL CONSTRAINT ck_publish_policies_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_publish_policies PRIMARY KEY (id), 
	CONSTRAINT fk_publish_policies_channel_id_channels FOREIGN KEY(channel_id) REFERENCES channels (id), 
	CONSTRAINT fk_publish_policies_sku_id_skus FOREIGN KEY(sku_id) REFERENCES skus (id)
)
;;
CREATE INDEX ix_publish_policies_channel_id ON publish_policies (channel_id)
;;
CREATE TABLE published (
	channel_id CHAR(32) NOT NULL, 
	sku_id CHAR(32) NOT NULL, 
	seq BIGINT NOT NULL CONSTRAINT ck_published_seq_range CHECK (seq BETWEEN 1 AND 2147483647), 
	qty BIGINT NOT NULL CONSTRAINT ck_published_qty_range CHECK (qty BETWEEN 0 AND 2147483647), 
	at VARCHAR(32) NOT NULL, 
	CONSTRAINT pk_published PRIMARY KEY (channel_id, sku_id), 
	CONSTRAINT fk_published_channel_id_channels FOREIGN KEY(channel_id) REFERENCES channels (id), 
	CONSTRAINT fk_published_sku_id_skus FOREIGN KEY(sku_id) REFERENCES skus (id)
)
;;
CREATE INDEX ix_published_sku_id ON published (sku_id)
;;
CREATE TABLE publications (
	channel_id CHAR(32) NOT NULL, 
	sku_id CHAR(32) NOT NULL, 
	seq BIGINT NOT NULL CONSTRAINT ck_publications_seq_range CHECK (seq BETWEEN 1 AND 2147483647), 
	qty BIGINT NOT NULL CONSTRAINT ck_publications_qty_range CHECK (qty BETWEEN 0 AND 2147483647), 
	shared_qty BIGINT NOT NULL CONSTRAINT ck_publications_shared_qty_range CHECK (shared_qty BETWEEN -2147483647 AND 2147483647), 
	ratio_percent BIGINT NOT NULL CONSTRAINT ck_publications_ratio_percent_range CHECK (ratio_percent BETWEEN 0 AND 1000), 
	buffer_qty BIGINT NOT NULL CONSTRAINT ck_publications_buffer_qty_range CHECK (buffer_qty BETWEEN 0 AND 2147483647), 
	dedicated_qty BIGINT NOT NULL CONSTRAINT ck_publications_dedicated_qty_range CHECK (dedicated_qty BETWEEN 0 AND 2147483647), 
	unimported_qty BIGINT NOT NULL CONSTRAINT ck_publications_unimported_qty_range CHECK (unimported_qty BETWEEN 0 AND 2147483647), 
	cap_qty BIGINT CONSTRAINT ck_publications_cap_qty_range CHECK (cap_qty BETWEEN 0 AND 2147483647), 
	min_publish_qty BIGINT NOT NULL CONSTRAINT ck_publications_min_publish_qty_range CHECK (min_publish_qty BETWEEN 0 AND 2147483647), 
	paused_by VARCHAR(40) CONSTRAINT ck_publications_paused_by_known CHECK (paused_by IN ('channel', 'policy', 'merchant', 'listing')), 
	at VARCHAR(32) NOT NULL, 
	message_id CHAR(32) NOT NULL, 
	CONSTRAINT pk_publications PRIMARY KEY (channel_id, sku_id, seq), 
	CONSTRAINT fk_publications_channel_id_channels FOREIGN KEY(channel_id) REFERENCES channels (id), 
	CONSTRAINT fk_publications_sku_id_skus FOREIGN KEY(sku_id) REFERENCES skus (id)
)
;;
CREATE TRIGGER publications_no_update BEFORE UPDATE ON publications BEGIN SELECT RAISE(ABORT, 'publications is append-only'); END
;;
CREATE TRIGGER publications_no_delete BEFORE DELETE ON publications BEGIN SELECT RAISE(ABORT, 'publications is append-only'); END
;;
CREATE TABLE unimported (
	channel_id CHAR(32) NOT NULL, 
	sku_id CHAR(32) NOT NULL, 
	qty BIGINT NOT NULL CONSTRAINT ck_unimported_qty_range CHECK (qty BETWEEN 0 AND 2147483647), 
	CONSTRAINT pk_unimported PRIMARY KEY (channel_id, sku_id), 
	CONSTRAINT fk_unimported_channel_id_channels FOREIGN KEY(channel_id) REFERENCES channels (id), 
	CONSTRAINT fk_unimported_sku_id_skus FOREIGN KEY(sku_id) REFERENCES skus (id)
)
;;
CREATE TABLE bundle_parts (
	component_id CHAR(32) NOT NULL, 
	bundle_id CHAR(32) NOT NULL, 
	CONSTRAINT pk_bundle_parts PRIMARY KEY (component_id, bundle_id), 
	CONSTRAINT fk_bundle_parts_component_id_skus FOREIGN KEY(component_id) REFERENCES skus (id), 
	CONSTRAINT fk_bundle_parts_bundle_id_skus FOREIGN KEY(bundle_id) REFERENCES skus (id)
)
;;
CREATE TABLE oversells (
	id CHAR(32) NOT NULL, 
	channel_id CHAR(32) NOT NULL, 
	order_id CHAR(32) NOT NULL, 
	line BIGINT NOT NULL CONSTRAINT ck_oversells_line_range CHECK (line BETWEEN 1 AND 1000), 
	sku_id CHAR(32) NOT NULL, 
	warehouse_id CHAR(32), 
	wanted_qty BIGINT NOT NULL CONSTRAINT ck_oversells_wanted_qty_range CHECK (wanted_qty BETWEEN 1 AND 2147483647), 
	got_qty BIGINT NOT NULL CONSTRAINT ck_oversells_got_qty_range CHECK (got_qty BETWEEN 0 AND 2147483647), 
	cause VARCHAR(40) NOT NULL CONSTRAINT ck_oversells_cause_known CHECK (cause IN ('never-published', 'not-delivered', 'consumed-since', 'sold-above-figure')), 
	figure_seq BIGINT CONSTRAINT ck_oversells_figure_seq_range CHECK (figure_seq BETWEEN 1 AND 2147483647), 
	figure_qty BIGINT CONSTRAINT ck_oversells_figure_qty_range CHECK (figure_qty BETWEEN 0 AND 2147483647), 
	figure_at VARCHAR(32), 
	last_published_at VARCHAR(32), 
	consumed JSON NOT NULL, 
	found_at VARCHAR(32) NOT NULL, 
	owner_queue VARCHAR(60) NOT NULL, 
	due_at VARCHAR(32) NOT NULL, 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_oversells_state_known CHECK (state IN ('open', 'filled', 'closed')), 
	resolution VARCHAR(500) NOT NULL, 
	version BIGINT NOT NULL CONSTRAINT ck_oversells_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_oversells PRIMARY KEY (id), 
	CONSTRAINT ck_oversells_something_is_missing CHECK (got_qty < wanted_qty), 
	CONSTRAINT ck_oversells_has_an_owner CHECK (owner_queue <> ''), 
	CONSTRAINT fk_oversells_channel_id_channels FOREIGN KEY(channel_id) REFERENCES channels (id), 
	CONSTRAINT fk_oversells_sku_id_skus FOREIGN KEY(sku_id) REFERENCES skus (id), 
	CONSTRAINT fk_oversells_warehouse_id_warehouses FOREIGN KEY(warehouse_id) REFERENCES warehouses (id)
)
;;
CREATE INDEX ix_oversells_channel_id ON oversells (channel_id)
;;
CREATE INDEX ix_oversells_order_id ON oversells (order_id)
;;
CREATE INDEX ix_oversells_sku_id_state ON oversells (sku_id, state)
;;
CREATE INDEX ix_oversells_state ON oversells (state)
;;
CREATE TABLE outbound_orders (
	id CHAR(32) NOT NULL, 
	number VARCHAR(64) NOT NULL, 
	kind VARCHAR(40) NOT NULL CONSTRAINT ck_outbound_orders_kind_known CHECK (kind IN ('sales', 'transfer', 'supplier-return', 'other', 'replacement')), 
	warehouse_id CHAR(32) NOT NULL, 
	recipient VARCHAR(100) NOT NULL, 
	phone VARCHAR(24) NOT NULL, 
	country VARCHAR(2) NOT NULL, 
	region VARCHAR(60) NOT NULL, 
	city VARCHAR(60) NOT NULL, 
	district VARCHAR(60) NOT NULL, 
	street VARCHAR(200) NOT NULL, 
	postcode VARCHAR(16) NOT NULL, 
	made_at VARCHAR(32) NOT NULL, 
	source_id CHAR(32), 
	source_number VARCHAR(64) NOT NULL, 
	channel_id CHAR(32), 
	merchant_id CHAR(32) NOT NULL, 
	carrier VARCHAR(64) NOT NULL, 
	waybill VARCHAR(64), 
	priority BIGINT NOT NULL CONSTRAINT ck_outbound_orders_priority_range CHECK (priority BETWEEN 0 AND 9), 
	ship_by VARCHAR(32), 
	partial BOOLEAN NOT NULL, 
	label_after_scan BOOLEAN NOT NULL, 
	wave_id CHAR(32), 
	slot BIGINT NOT NULL CONSTRAINT ck_outbound_orders_slot_range CHECK (slot BETWEEN 0 AND 2000), 
	station_id CHAR(32), 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_outbound_orders_state_known CHECK (state IN ('new', 'waved', 'printed', 'picking', 'short', 'picked', 'checked', 'packed', 'weighed', 'shipped', 'delivered', 'rejected-by-buyer', 'returning', 'intercepted', 'cancelled')), 
	stop_reason VARCHAR(200) NOT NULL, 
	version BIGINT NOT NULL CONSTRAINT ck_outbound_orders_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_outbound_orders PRIMARY KEY (id), 
	CONSTRAINT ck_outbound_orders_waved_in_a_wave CHECK (state <> 'waved' OR wave_id IS NOT NULL), 
	CONSTRAINT ck_outbound_orders_packed_has_a_waybill CHECK (state NOT IN ('packed', 'weighed', 'shipped') OR waybill IS NOT NULL), 
	CONSTRAINT uq_outbound_orders_number UNIQUE (number), 
	CONSTRAINT fk_outbound_orders_warehouse_id_warehouses FOREIGN KEY(warehouse_id) REFERENCES warehouses (id), 
	CONSTRAINT fk_outbound_orders_channel_id_channels FOREIGN KEY(channel_id) REFERENCES channels (id), 
	CONSTRAINT fk_outbound_orders_merchant_id_owners FOREIGN KEY(merchant_id) REFERENCES owners (id), 
	CONSTRAINT fk_outbound_orders_wave_id_waves FOREIGN KEY(wave_id) REFERENCES waves (id), 
	CONSTRAINT fk_outbound_orders_station_id_stations FOREIGN KEY(station_id) REFERENCES stations (id)
)
;;
CREATE INDEX ix_outbound_orders_merchant_id ON outbound_orders (merchant_id, id)
;;
CREATE INDEX ix_outbound_orders_source_id ON outbound_orders (source_id)
;;
CREATE INDEX ix_outbound_orders_warehouse_id_state ON outbound_orders (warehouse_id, state, id)
;;
CREATE INDEX ix_outbound_orders_wave_id ON outbound_orders (wave_id)
;;
CREATE INDEX ix_outbound_orders_waybill ON outbound_orders (waybill)
;;
CREATE TABLE wave_lanes (
	wave_id CHAR(32) NOT NULL, 
	lane JSON NOT NULL, 
	version BIGINT NOT NULL CONSTRAINT ck_wave_lanes_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_wave_lanes PRIMARY KEY (wave_id), 
	CONSTRAINT fk_wave_lanes_wave_id_waves FOREIGN KEY(wave_id) REFERENCES waves (id)
)
;;
CREATE TABLE transfer_lines (
	transfer_id CHAR(32) NOT NULL, 
	seq BIGINT NOT NULL CONSTRAINT ck_transfer_lines_seq_range CHECK (seq BETWEEN 1 AND 1000), 
	sku_id CHAR(32) NOT NULL, 
	qty BIGINT NOT NULL CONSTRAINT ck_transfer_lines_qty_range CHECK (qty BETWEEN 1 AND 2147483647), 
	shipped_qty BIGINT NOT NULL CONSTRAINT ck_transfer_lines_shipped_qty_range CHECK (shipped_qty BETWEEN 0 AND 2147483647), 
	received_qty BIGINT NOT NULL CONSTRAINT ck_transfer_lines_received_qty_range CHECK (received_qty BETWEEN 0 AND 2147483647), 
	lost_qty BIGINT NOT NULL CONSTRAINT ck_transfer_lines_lost_qty_range CHECK (lost_qty BETWEEN 0 AND 2147483647), 
	damaged_qty BIGINT NOT NULL CONSTRAINT ck_transfer_lines_damaged_qty_range CHECK (damaged_qty BETWEEN 0 AND 2147483647), 
	miscount_qty BIGINT NOT NULL CONSTRAINT ck_transfer_lines_miscount_qty_range CHECK (miscount_qty BETWEEN 0 AND 2147483647), 
	returned_qty BIGINT NOT NULL CONSTRAINT ck_transfer_lines_returned_qty_range CHECK (returned_qty BETWEEN 0 AND 2147483647), 
	value_minor BIGINT NOT NULL CONSTRAINT ck_transfer_lines_value_minor_range CHECK (value_minor BETWEEN 0 AND 1000000000000000), 
	CONSTRAINT pk_transfer_lines PRIMARY KEY (transfer_id, seq), 
	CONSTRAINT ck_transfer_lines_no_more_than_wanted CHECK (shipped_qty <= qty), 
	CONSTRAINT ck_transfer_lines_every_unit_once CHECK (received_qty + lost_qty + damaged_qty + miscount_qty + returned_qty <= shipped_qty), 
	CONSTRAINT fk_transfer_lines_transfer_id_transfers FOREIGN KEY(transfer_id) REFERENCES transfers (id), 
	CONSTRAINT fk_transfer_lines_sku_id_skus FOREIGN KEY(sku_id) REFERENCES skus (id)
)
;;
CREATE TABLE sku_weights (
	sku_id CHAR(32) NOT NULL, 
	samples JSON NOT NULL, 
	CONSTRAINT pk_sku_weights PRIMARY KEY (sku_id), 
	CONSTRAINT fk_sku_weights_sku_id_skus FOREIGN KEY(sku_id) REFERENCES skus (id)
)
;;
CREATE TABLE price_sheets (
	id CHAR(32) NOT NULL, 
	sku_id CHAR(32) NOT NULL, 
	prices JSON NOT NULL, 
	floors JSON NOT NULL, 
	version BIGINT NOT NULL CONSTRAINT ck_price_sheets_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_price_sheets PRIMARY KEY (id), 
	CONSTRAINT uq_price_sheets_sku_id UNIQUE (sku_id), 
	CONSTRAINT fk_price_sheets_sku_id_skus FOREIGN KEY(sku_id) REFERENCES skus (id)
)
;;
CREATE TABLE price_changes (
	id CHAR(32) NOT NULL, 
	sku_id CHAR(32) NOT NULL, 
	version BIGINT NOT NULL CONSTRAINT ck_price_changes_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	what VARCHAR(40) NOT NULL CONSTRAINT ck_price_changes_what_known CHECK (what IN ('price', 'withdrawn', 'floor')), 
	currency VARCHAR(3) NOT NULL, 
	channel_id CHAR(32), 
	level VARCHAR(64) NOT NULL, 
	before_minor BIGINT CONSTRAINT ck_price_changes_before_minor_range CHECK (before_minor BETWEEN 0 AND 1000000000000000), 
	after_minor BIGINT CONSTRAINT ck_price_changes_after_minor_range CHECK (after_minor BETWEEN 0 AND 1000000000000000), 
	valid_from VARCHAR(32), 
	valid_until VARCHAR(32), 
	at VARCHAR(32) NOT NULL, 
	actor CHAR(32) NOT NULL, 
	reason VARCHAR(500) NOT NULL, 
	CONSTRAINT pk_price_changes PRIMARY KEY (id), 
	CONSTRAINT fk_price_changes_sku_id_skus FOREIGN KEY(sku_id) REFERENCES skus (id), 
	CONSTRAINT fk_price_changes_channel_id_channels FOREIGN KEY(channel_id) REFERENCES channels (id)
)
;;
CREATE INDEX ix_price_changes_sku_id ON price_changes (sku_id)
;;
CREATE TRIGGER price_changes_no_update BEFORE UPDATE ON price_changes BEGIN SELECT RAISE(ABORT, 'price_changes is append-only'); END
;;
CREATE TRIGGER price_changes_no_delete BEFORE DELETE ON price_changes BEGIN SELECT RAISE(ABORT, 'price_changes is append-only'); END
;;
CREATE TABLE redemptions (
	id CHAR(32) NOT NULL, 
	coupon_id CHAR(32) NOT NULL, 
	template_id CHAR(32) NOT NULL, 
	customer_id CHAR(32), 
	order_id CHAR(32) NOT NULL, 
	coupon_version BIGINT NOT NULL CONSTRAINT ck_redemptions_coupon_version_range CHECK (coupon_version BETWEEN 1 AND 2147483647), 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_redemptions_state_known CHECK (state IN ('locked', 'redeemed', 'restored', 'forfeited')), 
	amount_minor BIGINT NOT NULL CONSTRAINT ck_redemptions_amount_minor_range CHECK (amount_minor BETWEEN 0 AND 1000000000000000), 
	at VARCHAR(32) NOT NULL, 
	CONSTRAINT pk_redemptions PRIMARY KEY (id), 
	CONSTRAINT fk_redemptions_coupon_id_coupons FOREIGN KEY(coupon_id) REFERENCES coupons (id), 
	CONSTRAINT fk_redemptions_template_id_coupon_templates FOREIGN KEY(template_id) REFERENCES coupon_templates (id), 
	CONSTRAINT fk_redemptions_customer_id_customers FOREIGN KEY(customer_id) REFERENCES customers (id)
)
;;
CREATE INDEX ix_redemptions_coupon_id ON redemptions (coupon_id)
;;
CREATE INDEX ix_redemptions_order_id ON redemptions (order_id)
;;
CREATE INDEX ix_redemptions_template_id ON redemptions (template_id)
;;
CREATE TRIGGER redemptions_no_update BEFORE UPDATE ON redemptions BEGIN SELECT RAISE(ABORT, 'redemptions is append-only'); END
;;
CREATE TRIGGER redemptions_no_delete BEFORE DELETE ON redemptions BEGIN SELECT RAISE(ABORT, 'redemptions is append-only'); END
;;
CREATE TABLE grants (
	id CHAR(32) NOT NULL, 
	order_id CHAR(32) NOT NULL, 
	rule_id CHAR(32) NOT NULL, 
	customer_id CHAR(32) NOT NULL, 
	currency VARCHAR(3) NOT NULL, 
	basis_minor BIGINT NOT NULL CONSTRAINT ck_grants_basis_minor_range CHECK (basis_minor BETWEEN 0 AND 1000000000000000), 
	threshold_minor BIGINT NOT NULL CONSTRAINT ck_grants_threshold_minor_range CHECK (threshold_minor BETWEEN 0 AND 1000000000000000), 
	granted_at VARCHAR(32) NOT NULL, 
	usable VARCHAR(40) NOT NULL CONSTRAINT ck_grants_usable_known CHECK (usable IN ('at-payment', 'at-close')), 
	when_used VARCHAR(40) NOT NULL CONSTRAINT ck_grants_when_used_known CHECK (when_used IN ('deduct', 'let-go')), 
	points BIGINT NOT NULL CONSTRAINT ck_grants_points_range CHECK (points BETWEEN 0 AND 1000000000000), 
	template_id CHAR(32), 
	coupon_id CHAR(32), 
	taken_points BIGINT NOT NULL CONSTRAINT ck_grants_taken_points_range CHECK (taken_points BETWEEN 0 AND 1000000000000), 
	lapsed_points BIGINT NOT NULL CONSTRAINT ck_grants_lapsed_points_range CHECK (lapsed_points BETWEEN 0 AND 1000000000000), 
	short_points BIGINT NOT NULL CONSTRAINT ck_grants_short_points_range CHECK (short_points BETWEEN 0 AND 1000000000000), 
	charged_minor BIGINT NOT NULL CONSTRAINT ck_grants_charged_minor_range CHECK (charged_minor BETWEEN 0 AND 1000000000000000), 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_grants_state_known CHECK (state IN ('pending', 'confirmed', 'withdrawn', 'charged', 'let-go', 'refused')), 
	version BIGINT NOT NULL CONSTRAINT ck_grants_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_grants PRIMARY KEY (id), 
	CONSTRAINT ck_grants_template_id_or_points CHECK ((points > 0) = (template_id IS NULL)), 
	CONSTRAINT ck_grants_taken_points_were_granted CHECK (taken_points + lapsed_points + short_points <= points), 
	CONSTRAINT fk_grants_order_id_orders FOREIGN KEY(order_id) REFERENCES orders (id), 
	CONSTRAINT fk_grants_rule_id_reward_rules FOREIGN KEY(rule_id) REFERENCES reward_rules (id), 
	CONSTRAINT fk_grants_customer_id_customers FOREIGN KEY(customer_id) REFERENCES customers (id), 
	CONSTRAINT fk_grants_template_id_coupon_templates FOREIGN KEY(template_id) REFERENCES coupon_templates (id), 
	CONSTRAINT uq_grants_coupon_id UNIQUE (coupon_id), 
	CONSTRAINT fk_grants_coupon_id_coupons FOREIGN KEY(coupon_id) REFERENCES coupons (id)
)
;;
CREATE INDEX ix_grants_customer_id ON grants (customer_id)
;;
CREATE INDEX ix_grants_order_id ON grants (order_id)
;;
CREATE TABLE ticket_carried (
	ticket_id CHAR(32) NOT NULL, 
	place BIGINT NOT NULL CONSTRAINT ck_ticket_carried_place_range CHECK (place BETWEEN 0 AND 200), 
	message_id CHAR(32) NOT NULL, 
	CONSTRAINT pk_ticket_carried PRIMARY KEY (ticket_id, place), 
	CONSTRAINT fk_ticket_carried_ticket_id_tickets FOREIGN KEY(ticket_id) REFERENCES tickets (id), 
	CONSTRAINT fk_ticket_carried_message_id_ticket_messages FOREIGN KEY(message_id) REFERENCES ticket_messages (id)
)
;;
CREATE TABLE ticket_words (
	id CHAR(32) NOT NULL, 
	text TEXT NOT NULL, 
	attachments JSON NOT NULL, 
	erased BOOLEAN NOT NULL, 
	CONSTRAINT pk_ticket_words PRIMARY KEY (id), 
	CONSTRAINT ck_ticket_words_erased_says_nothing CHECK (NOT erased OR text = ''), 
	CONSTRAINT fk_ticket_words_id_ticket_messages FOREIGN KEY(id) REFERENCES ticket_messages (id)
)
;;
CREATE TABLE told_prices (
	channel_id CHAR(32) NOT NULL, 
	sku_id CHAR(32) NOT NULL, 
	seq BIGINT NOT NULL CONSTRAINT ck_told_prices_seq_range CHECK (seq BETWEEN 1 AND 4611686018427387904), 
	currency VARCHAR(3) NOT NULL, 
	amount_minor BIGINT NOT NULL CONSTRAINT ck_told_prices_amount_minor_range CHECK (amount_minor BETWEEN 0 AND 1000000000000000), 
	list_minor BIGINT CONSTRAINT ck_told_prices_list_minor_range CHECK (list_minor BETWEEN 0 AND 1000000000000000), 
	at VARCHAR(32) NOT NULL, 
	CONSTRAINT pk_told_prices PRIMARY KEY (channel_id, sku_id), 
	CONSTRAINT fk_told_prices_channel_id_channels FOREIGN KEY(channel_id) REFERENCES channels (id), 
	CONSTRAINT fk_told_prices_sku_id_skus FOREIGN KEY(sku_id) REFERENCES skus (id)
)
;;
CREATE INDEX ix_told_prices_sku_id ON told_prices (sku_id)
;;
CREATE TABLE handling_units (
	id CHAR(32) NOT NULL, 
	warehouse_id CHAR(32) NOT NULL, 
	barcode VARCHAR(48) NOT NULL, 
	kind VARCHAR(40) NOT NULL CONSTRAINT ck_handling_units_kind_known CHECK (kind IN ('pallet', 'carton', 'tote', 'cart', 'wall', 'slot', 'parcel')), 
	parent_id CHAR(32), 
	location_id CHAR(32), 
	slot BIGINT NOT NULL CONSTRAINT ck_handling_units_slot_range CHECK (slot BETWEEN 0 AND 400), 
	rows BIGINT NOT NULL CONSTRAINT ck_handling_units_rows_range CHECK (rows BETWEEN 0 AND 40), 
	columns BIGINT NOT NULL CONSTRAINT ck_handling_units_columns_range CHECK (columns BETWEEN 0 AND 40), 
	tare_g BIGINT NOT NULL CONSTRAINT ck_handling_units_tare_g_range CHECK (tare_g BETWEEN 0 AND 100000000), 
	length_mm BIGINT NOT NULL CONSTRAINT ck_handling_units_length_mm_range CHECK (length_mm BETWEEN 0 AND 100000), 
	width_mm BIGINT NOT NULL CONSTRAINT ck_handling_units_width_mm_range CHECK (width_mm BETWEEN 0 AND 100000), 
	height_mm BIGINT NOT NULL CONSTRAINT ck_handling_units_height_mm_range CHECK (height_mm BETWEEN 0 AND 100000), 
	max_weight_g BIGINT CONSTRAINT ck_handling_units_max_weight_g_range CHECK (max_weight_g BETWEEN 1 AND 100000000), 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_handling_units_state_known CHECK (state IN ('open', 'sealed', 'gone', 'retired')), 
	version BIGINT NOT NULL CONSTRAINT ck_handling_units_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_handling_units PRIMARY KEY (id), 
	CONSTRAINT ck_handling_units_barcode_prefix CHECK (barcode LIKE 'H-%'), 
	CONSTRAINT uq_handling_units_id_warehouse_id UNIQUE (id, warehouse_id), 
	CONSTRAINT fk_handling_units_parent_id_warehouse_id_handling_units FOREIGN KEY(parent_id, warehouse_id) REFERENCES handling_units (id, warehouse_id), 
	CONSTRAINT fk_handling_units_location_id_warehouse_id_locations FOREIGN KEY(location_id, warehouse_id) REFERENCES locations (id, warehouse_id), 
	CONSTRAINT ck_handling_units_in_a_unit_or_at_a_place CHECK (parent_id IS NULL OR location_id IS NULL), 
	CONSTRAINT ck_handling_units_not_in_itself CHECK (parent_id <> id), 
	CONSTRAINT ck_handling_units_slot_of_a_parent CHECK ((kind = 'slot') = (slot > 0) AND (kind <> 'slot' OR parent_id IS NOT NULL)), 
	CONSTRAINT ck_handling_units_grid_of_carts_and_walls CHECK ((kind IN ('cart', 'wall')) = ("rows" > 0 AND "columns" > 0)), 
	CONSTRAINT fk_handling_units_warehouse_id_warehouses FOREIGN KEY(warehouse_id) REFERENCES warehouses (id), 
	CONSTRAINT uq_handling_units_barcode UNIQUE (barcode)
)
;;
CREATE INDEX ix_handling_units_kind ON handling_units (kind)
;;
CREATE INDEX ix_handling_units_location_id ON handling_units (location_id)
;;
CREATE INDEX ix_handling_units_parent_id ON handling_units (parent_id)
;;
CREATE INDEX ix_handling_units_warehouse_id_kind ON handling_units (warehouse_id, kind)
;;
CREATE TABLE shifts (
	session_id CHAR(32) NOT NULL, 
	staff_id CHAR(32) NOT NULL, 
	station_id CHAR(32) NOT NULL, 
	open_staff_id CHAR(32), 
	open_station_id CHAR(32), 
	begun_at VARCHAR(32) NOT NULL, 
	locked_at VARCHAR(32), 
	ended_at VARCHAR(32), 
	CONSTRAINT pk_shifts PRIMARY KEY (session_id), 
	CONSTRAINT ck_shifts_open_is_told_twice CHECK ((ended_at IS NULL) = (open_staff_id IS NOT NULL)), 
	CONSTRAINT ck_shifts_open_station_is_told_twice CHECK ((ended_at IS NULL) = (open_station_id IS NOT NULL)), 
	CONSTRAINT fk_shifts_staff_id_staff FOREIGN KEY(staff_id) REFERENCES staff (id), 
	CONSTRAINT fk_shifts_station_id_stations FOREIGN KEY(station_id) REFERENCES stations (id)
)
;;
CREATE INDEX ix_shifts_open_staff_id ON shifts (open_staff_id)
;;
CREATE INDEX ix_shifts_open_station_id ON shifts (open_station_id)
;;
CREATE INDEX ix_shifts_staff_id ON shifts (staff_id)
;;
CREATE INDEX ix_shifts_station_id ON shifts (station_id)
;;
CREATE TABLE station_work (
	id CHAR(32) NOT NULL, 
	staff_id CHAR(32) NOT NULL, 
	station_id CHAR(32) NOT NULL, 
	warehouse_id CHAR(32) NOT NULL, 
	task VARCHAR(40) NOT NULL CONSTRAINT ck_station_work_task_known CHECK (task IN ('move', 'look-up', 'receive', 'count', 'pick', 'sort', 'check', 'weigh', 'hand-over', 'put-back', 'book-in', 'unpack', 'inspect', 'send-back')), 
	state JSON NOT NULL, 
	answer JSON NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	seq BIGINT NOT NULL CONSTRAINT ck_station_work_seq_range CHECK (seq BETWEEN 0 AND 2147483647), 
	scanned VARCHAR(64) NOT NULL, 
	version BIGINT NOT NULL CONSTRAINT ck_station_work_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_station_work PRIMARY KEY (id), 
	CONSTRAINT uq_station_work_staff_id_task UNIQUE (staff_id, task), 
	CONSTRAINT fk_station_work_staff_id_staff FOREIGN KEY(staff_id) REFERENCES staff (id), 
	CONSTRAINT fk_station_work_station_id_stations FOREIGN KEY(station_id) REFERENCES stations (id), 
	CONSTRAINT fk_station_work_warehouse_id_warehouses FOREIGN KEY(warehouse_id) REFERENCES warehouses (id)
)
;;
CREATE INDEX ix_station_work_station_id ON station_work (station_id)
;;
CREATE TABLE lots (
	id CHAR(32) NOT NULL, 
	sku_id CHAR(32) NOT NULL, 
	code VARCHAR(64) NOT NULL, 
	produced_on DATE, 
	expires_on DATE, 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_lots_state_known CHECK (state IN ('approved', 'on-hold', 'quarantined', 'recalled')), 
	version BIGINT NOT NULL CONSTRAINT ck_lots_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_lots PRIMARY KEY (id), 
	CONSTRAINT uq_lots_sku_id_code UNIQUE (sku_id, code), 
	CONSTRAINT ck_lots_made_before_it_expires CHECK (produced_on IS NULL OR expires_on IS NULL OR produced_on <= expires_on), 
	CONSTRAINT fk_lots_sku_id_skus FOREIGN KEY(sku_id) REFERENCES skus (id)
)
;;
CREATE INDEX ix_lots_expires_on ON lots (expires_on)
;;
CREATE TABLE wanted_counts (
	id CHAR(32) NOT NULL, 
	warehouse_id CHAR(32) NOT NULL, 
	location_id CHAR(32) NOT NULL, 
	open_location_id CHAR(32), 
	sku_id CHAR(32) NOT NULL, 
	lot VARCHAR(64) NOT NULL, 
	merchant_id CHAR(32) NOT NULL, 
	reason VARCHAR(40) NOT NULL CONSTRAINT ck_wanted_counts_reason_known CHECK (reason IN ('zero-check', 'short-pick')), 
	asked_at VARCHAR(32) NOT NULL, 
	asked_by CHAR(32) NOT NULL, 
	done_at VARCHAR(32), 
	done_by CHAR(32), 
	count_id CHAR(32), 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_wanted_counts_state_known CHECK (state IN ('open', 'done')), 
	version BIGINT NOT NULL CONSTRAINT ck_wanted_counts_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_wanted_counts PRIMARY KEY (id), 
	CONSTRAINT fk_wanted_counts_location_id_warehouse_id_locations FOREIGN KEY(location_id, warehouse_id) REFERENCES locations (id, warehouse_id), 
	CONSTRAINT fk_wanted_counts_merchant_id_sku_id_skus FOREIGN KEY(merchant_id, sku_id) REFERENCES skus (merchant_id, id), 
	CONSTRAINT uq_wanted_counts_open_location_id_sku_id_lot UNIQUE (open_location_id, sku_id, lot), 
	CONSTRAINT ck_wanted_counts_open_is_told_twice CHECK ((state = 'open') = (open_location_id IS NOT NULL)), 
	CONSTRAINT ck_wanted_counts_done_at_known CHECK ((state = 'done') = (done_at IS NOT NULL)), 
	CONSTRAINT ck_wanted_counts_done_by_known CHECK ((state = 'done') = (done_by IS NOT NULL)), 
	CONSTRAINT ck_wanted_counts_count_id_known CHECK ((state = 'done') = (count_id IS NOT NULL)), 
	CONSTRAINT fk_wanted_counts_warehouse_id_warehouses FOREIGN KEY(warehouse_id) REFERENCES warehouses (id)
)
;;
CREATE INDEX ix_wanted_counts_stock ON wanted_counts (location_id, sku_id, lot)
;;
CREATE INDEX ix_wanted_counts_warehouse_id_state ON wanted_counts (warehouse_id, state, asked_at)
;;
CREATE TABLE order_gifts (
	order_id CHAR(32) NOT NULL, 
	seq BIGINT NOT NULL CONSTRAINT ck_order_gifts_seq_range CHECK (seq BETWEEN 1 AND 60000), 
	promotion_id CHAR(32) NOT NULL, 
	promotion_code VARCHAR(64) NOT NULL, 
	trigger_lines JSON NOT NULL, 
	buy_qty BIGINT NOT NULL CONSTRAINT ck_order_gifts_buy_qty_range CHECK (buy_qty BETWEEN 0 AND 2147483647), 
	spend_minor BIGINT NOT NULL CONSTRAINT ck_order_gifts_spend_minor_range CHECK (spend_minor BETWEEN 0 AND 1000000000000000), 
	gift_qty BIGINT NOT NULL CONSTRAINT ck_order_gifts_gift_qty_range CHECK (gift_qty BETWEEN 1 AND 2147483647), 
	value_minor BIGINT NOT NULL CONSTRAINT ck_order_gifts_value_minor_range CHECK (value_minor BETWEEN 0 AND 1000000000000000), 
	on_return VARCHAR(40) NOT NULL CONSTRAINT ck_order_gifts_on_return_known CHECK (on_return IN ('return-gift', 'deduct', 'waive')), 
	platform_percent BIGINT NOT NULL CONSTRAINT ck_order_gifts_platform_percent_range CHECK (platform_percent BETWEEN 0 AND 100), 
	merchant_percent BIGINT NOT NULL CONSTRAINT ck_order_gifts_merchant_percent_range CHECK (merchant_percent BETWEEN 0 AND 100), 
	supplier_percent BIGINT NOT NULL CONSTRAINT ck_order_gifts_supplier_percent_range CHECK (supplier_percent BETWEEN 0 AND 100), 
	channel_percent BIGINT NOT NULL CONSTRAINT ck_order_gifts_channel_percent_range CHECK (channel_percent BETWEEN 0 AND 100), 
	instead_of CHAR(32), 
	CONSTRAINT pk_order_gifts PRIMARY KEY (order_id, seq), 
	CONSTRAINT fk_order_gifts_order_id_seq_order_lines FOREIGN KEY(order_id, seq) REFERENCES order_lines (order_id, seq), 
	CONSTRAINT ck_order_gifts_percent_sum CHECK (platform_percent + merchant_percent + supplier_percent + channel_percent = 100)
)
;;
CREATE TABLE order_discounts (
	order_id CHAR(32) NOT NULL, 
	place BIGINT NOT NULL CONSTRAINT ck_order_discounts_place_range CHECK (place BETWEEN 0 AND 1000000), 
	line BIGINT NOT NULL CONSTRAINT ck_order_discounts_line_range CHECK (line BETWEEN 1 AND 60000), 
	source_type VARCHAR(40) NOT NULL CONSTRAINT ck_order_discounts_source_type_known CHECK (source_type IN ('channel-price', 'member-price', 'line-promotion', 'bundle-price', 'order-promotion', 'coupon', 'adjustment', 'channel-promotion')), 
	source_id CHAR(32) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	amount_minor BIGINT NOT NULL CONSTRAINT ck_order_discounts_amount_minor_range CHECK (amount_minor BETWEEN 1 AND 1000000000000000), 
	platform_minor BIGINT NOT NULL CONSTRAINT ck_order_discounts_platform_minor_range CHECK (platform_minor BETWEEN 0 AND 1000000000000000), 
	merchant_minor BIGINT NOT NULL CONSTRAINT ck_order_discounts_merchant_minor_range CHECK (merchant_minor BETWEEN 0 AND 1000000000000000), 
	supplier_minor BIGINT NOT NULL CONSTRAINT ck_order_discounts_supplier_minor_range CHECK (supplier_minor BETWEEN 0 AND 1000000000000000), 
	channel_minor BIGINT NOT NULL CONSTRAINT ck_order_discounts_channel_minor_range CHECK (channel_minor BETWEEN 0 AND 1000000000000000), 
	on_return VARCHAR(40) NOT NULL CONSTRAINT ck_order_discounts_on_return_known CHECK (on_return IN ('keep', 'reprice')), 
	CONSTRAINT pk_order_discounts PRIMARY KEY (order_id, place), 
	CONSTRAINT fk_order_discounts_order_id_line_order_lines FOREIGN KEY(order_id, line) REFERENCES order_lines (order_id, seq), 
	CONSTRAINT ck_order_discounts_amount_minor_borne CHECK (amount_minor = platform_minor + merchant_minor + supplier_minor + channel_minor)
)
;;
CREATE INDEX ix_order_discounts_source_id ON order_discounts (source_id)
;;
CREATE TABLE reservations (
	id CHAR(32) NOT NULL, 
	order_id CHAR(32) NOT NULL, 
	line BIGINT NOT NULL CONSTRAINT ck_reservations_line_range CHECK (line BETWEEN 1 AND 1000), 
	sku_id CHAR(32) NOT NULL, 
	warehouse_id CHAR(32) NOT NULL, 
	qty BIGINT NOT NULL CONSTRAINT ck_reservations_qty_range CHECK (qty BETWEEN 1 AND 2147483647), 
	made_at VARCHAR(32) NOT NULL, 
	channel_id CHAR(32), 
	dedicated_qty BIGINT NOT NULL CONSTRAINT ck_reservations_dedicated_qty_range CHECK (dedicated_qty BETWEEN 0 AND 2147483647), 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_reservations_state_known CHECK (state IN ('open', 'released', 'shipped')), 
	closed_at VARCHAR(32), 
	CONSTRAINT pk_reservations PRIMARY KEY (id), 
	CONSTRAINT fk_reservations_sku_id_warehouse_id_stocks FOREIGN KEY(sku_id, warehouse_id) REFERENCES stocks (sku_id, warehouse_id), 
	CONSTRAINT ck_reservations_drawn_is_part CHECK (dedicated_qty <= qty), 
	CONSTRAINT ck_reservations_closed_has_a_time CHECK ((state = 'open') = (closed_at IS NULL)), 
	CONSTRAINT fk_reservations_sku_id_skus FOREIGN KEY(sku_id) REFERENCES skus (id), 
	CONSTRAINT fk_reservations_warehouse_id_warehouses FOREIGN KEY(warehouse_id) REFERENCES warehouses (id), 
	CONSTRAINT fk_reservations_channel_id_channels FOREIGN KEY(channel_id) REFERENCES channels (id)
)
;;
CREATE INDEX ix_reservations_order_id ON reservations (order_id)
;;
CREATE INDEX ix_reservations_sku_id_state ON reservations (sku_id, state)
;;
CREATE TABLE held_lines (
	hold_id CHAR(32) NOT NULL, 
	number BIGINT NOT NULL CONSTRAINT ck_held_lines_number_range CHECK (number BETWEEN 1 AND 2147483647), 
	buyer_id CHAR(32) NOT NULL, 
	channel_id CHAR(32) NOT NULL, 
	sku_id CHAR(32) NOT NULL, 
	warehouse_id CHAR(32) NOT NULL, 
	qty BIGINT NOT NULL CONSTRAINT ck_held_lines_qty_range CHECK (qty BETWEEN 1 AND 2147483647), 
	dedicated_qty BIGINT NOT NULL CONSTRAINT ck_held_lines_dedicated_qty_range CHECK (dedicated_qty BETWEEN 0 AND 2147483647), 
	expires_at VARCHAR(32) NOT NULL, 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_held_lines_state_known CHECK (state IN ('live', 'converted', 'released', 'expired')), 
	CONSTRAINT pk_held_lines PRIMARY KEY (hold_id, number), 
	CONSTRAINT fk_held_lines_sku_id_warehouse_id_stocks FOREIGN KEY(sku_id, warehouse_id) REFERENCES stocks (sku_id, warehouse_id), 
	CONSTRAINT ck_held_lines_drawn_is_part CHECK (dedicated_qty <= qty), 
	CONSTRAINT fk_held_lines_hold_id_holds FOREIGN KEY(hold_id) REFERENCES holds (id), 
	CONSTRAINT fk_held_lines_channel_id_channels FOREIGN KEY(channel_id) REFERENCES channels (id), 
	CONSTRAINT fk_held_lines_sku_id_skus FOREIGN KEY(sku_id) REFERENCES skus (id), 
	CONSTRAINT fk_held_lines_warehouse_id_warehouses FOREIGN KEY(warehouse_id) REFERENCES warehouses (id)
)
;;
CREATE INDEX ix_held_lines_buyer_state ON held_lines (buyer_id, state)
;;
CREATE INDEX ix_held_lines_stock_state ON held_lines (sku_id, warehouse_id, state)
;;
CREATE TABLE outbound_lines (
	outbound_id CHAR(32) NOT NULL, 
	seq BIGINT NOT NULL CONSTRAINT ck_outbound_lines_seq_range CHECK (seq BETWEEN 1 AND 60000), 
	sku_id CHAR(32) NOT NULL, 
	sku_code VARCHAR(128) NOT NULL, 
	qty BIGINT NOT NULL CONSTRAINT ck_outbound_lines_qty_range CHECK (qty BETWEEN 1 AND 2147483647), 
	allocated_qty BIGINT NOT NULL CONSTRAINT ck_outbound_lines_allocated_qty_range CHECK (allocated_qty BETWEEN 0 AND 2147483647), 
	picked_qty BIGINT NOT NULL CONSTRAINT ck_outbound_lines_picked_qty_range CHECK (picked_qty BETWEEN 0 AND 2147483647), 
	short_qty BIGINT NOT NULL CONSTRAINT ck_outbound_lines_short_qty_range CHECK (short_qty BETWEEN 0 AND 2147483647), 
	cancelled_qty BIGINT NOT NULL CONSTRAINT ck_outbound_lines_cancelled_qty_range CHECK (cancelled_qty BETWEEN 0 AND 2147483647), 
	checked_qty BIGINT NOT NULL CONSTRAINT ck_outbound_lines_checked_qty_range CHECK (checked_qty BETWEEN 0 AND 2147483647), 
	packed_qty BIGINT NOT NULL CONSTRAINT ck_outbound_lines_packed_qty_range CHECK (packed_qty BETWEEN 0 AND 2147483647), 
	shipped_qty BIGINT NOT NULL CONSTRAINT ck_outbound_lines_shipped_qty_range CHECK (shipped_qty BETWEEN 0 AND 2147483647), 
	source_line BIGINT NOT NULL CONSTRAINT ck_outbound_lines_source_line_range CHECK (source_line BETWEEN 0 AND 60000), 
	source_id CHAR(32), 
	merchant_id CHAR(32) NOT NULL, 
	CONSTRAINT pk_outbound_lines PRIMARY KEY (outbound_id, seq), 
	CONSTRAINT fk_outbound_lines_merchant_id_sku_id_skus FOREIGN KEY(merchant_id, sku_id) REFERENCES skus (merchant_id, id), 
	CONSTRAINT ck_outbound_lines_every_unit_once CHECK (allocated_qty + picked_qty + short_qty + cancelled_qty <= qty), 
	CONSTRAINT ck_outbound_lines_step_by_step CHECK (shipped_qty <= packed_qty AND packed_qty <= checked_qty AND checked_qty <= picked_qty), 
	CONSTRAINT fk_outbound_lines_outbound_id_outbound_orders FOREIGN KEY(outbound_id) REFERENCES outbound_orders (id)
)
;;
CREATE INDEX ix_outbound_lines_sku_id ON outbound_lines (sku_id)
;;
CREATE TABLE joint_shares (
	id CHAR(32) NOT NULL, 
	outbound_id CHAR(32) NOT NULL, 
	source_id CHAR(32) NOT NULL, 
	source_number VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_joint_shares PRIMARY KEY (id), 
	CONSTRAINT uq_joint_shares_outbound_id_source_id UNIQUE (outbound_id, source_id), 
	CONSTRAINT fk_joint_shares_outbound_id_outbound_orders FOREIGN KEY(outbound_id) REFERENCES outbound_orders (id)
)
;;
CREATE INDEX ix_joint_shares_source_id ON joint_shares (source_id)
;;
CREATE TABLE wave_slots (
	wave_id CHAR(32) NOT NULL, 
	slot BIGINT NOT NULL CONSTRAINT ck_wave_slots_slot_range CHECK (slot BETWEEN 1 AND 2000), 
	outbound_id CHAR(32) NOT NULL, 
	CONSTRAINT pk_wave_slots PRIMARY KEY (wave_id, slot), 
	CONSTRAINT uq_wave_slots_wave_id_outbound_id UNIQUE (wave_id, outbound_id), 
	CONSTRAINT fk_wave_slots_wave_id_waves FOREIGN KEY(wave_id) REFERENCES waves (id), 
	CONSTRAINT fk_wave_slots_outbound_id_outbound_orders FOREIGN KEY(outbound_id) REFERENCES outbound_orders (id)
)
;;
CREATE TABLE pick_runs (
	id CHAR(32) NOT NULL, 
	wave_id CHAR(32) NOT NULL, 
	wave_number VARCHAR(64) NOT NULL, 
	warehouse_id CHAR(32) NOT NULL, 
	picking JSON NOT NULL, 
	made_at VARCHAR(32) NOT NULL, 
	zone VARCHAR(64) NOT NULL, 
	picker CHAR(32), 
	open_picker CHAR(32), 
	unit_id CHAR(32), 
	open_unit_id CHAR(32), 
	place_id CHAR(32), 
	begun_at VARCHAR(32), 
	done_at VARCHAR(32), 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_pick_runs_state_known CHECK (state IN ('open', 'done', 'cancelled')), 
	version BIGINT NOT NULL CONSTRAINT ck_pick_runs_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_pick_runs PRIMARY KEY (id), 
	CONSTRAINT ck_pick_runs_done_at_known CHECK ((state = 'done') = (done_at IS NOT NULL)), 
	CONSTRAINT ck_pick_runs_picker_told_twice CHECK (open_picker IS NULL OR (state = 'open' AND open_picker = picker)), 
	CONSTRAINT ck_pick_runs_unit_told_twice CHECK (open_unit_id IS NULL OR (state = 'open' AND open_unit_id = unit_id)), 
	CONSTRAINT fk_pick_runs_wave_id_waves FOREIGN KEY(wave_id) REFERENCES waves (id), 
	CONSTRAINT fk_pick_runs_warehouse_id_warehouses FOREIGN KEY(warehouse_id) REFERENCES warehouses (id), 
	CONSTRAINT fk_pick_runs_unit_id_handling_units FOREIGN KEY(unit_id) REFERENCES handling_units (id), 
	CONSTRAINT uq_pick_runs_open_unit_id UNIQUE (open_unit_id), 
	CONSTRAINT fk_pick_runs_place_id_locations FOREIGN KEY(place_id) REFERENCES locations (id)
)
;;
CREATE INDEX ix_pick_runs_open_picker ON pick_runs (open_picker)
;;
CREATE INDEX ix_pick_runs_warehouse_id_state ON pick_runs (warehouse_id, state, id)
;;
CREATE INDEX ix_pick_runs_wave_id ON pick_runs (wave_id)
;;
CREATE TABLE bench_checks (
	outbound_id CHAR(32) NOT NULL, 
	checking JSON NOT NULL, 
	"by" CHAR(32) NOT NULL, 
	begun_at VARCHAR(32) NOT NULL, 
	done_at VARCHAR(32), 
	version BIGINT NOT NULL CONSTRAINT ck_bench_checks_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_bench_checks PRIMARY KEY (outbound_id), 
	CONSTRAINT fk_bench_checks_outbound_id_outbound_orders FOREIGN KEY(outbound_id) REFERENCES outbound_orders (id)
)
;;
CREATE TABLE wall_sorts (
	wave_id CHAR(32) NOT NULL, 
	wall_id CHAR(32) NOT NULL, 
	open_wall_id CHAR(32), 
	sorting JSON NOT NULL, 
	version BIGINT NOT NULL CONSTRAINT ck_wall_sorts_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_wall_sorts PRIMARY KEY (wave_id), 
	CONSTRAINT ck_wall_sorts_wall_told_twice CHECK (open_wall_id IS NULL OR open_wall_id = wall_id), 
	CONSTRAINT fk_wall_sorts_wave_id_waves FOREIGN KEY(wave_id) REFERENCES waves (id), 
	CONSTRAINT fk_wall_sorts_wall_id_handling_units FOREIGN KEY(wall_id) REFERENCES handling_units (id), 
	CONSTRAINT uq_wall_sorts_open_wall_id UNIQUE (open_wall_id)
)
;;
CREATE TABLE parcels (
	id CHAR(32) NOT NULL, 
	number VARCHAR(64) NOT NULL, 
	outbound_id CHAR(32) NOT NULL, 
	carrier VARCHAR(64) NOT NULL, 
	waybill VARCHAR(64), 
	box_code VARCHAR(64) NOT NULL, 
	tare_g BIGINT NOT NULL CONSTRAINT ck_parcels_tare_g_range CHECK (tare_g BETWEEN 0 AND 100000000), 
	filler_g BIGINT NOT NULL CONSTRAINT ck_parcels_filler_g_range CHECK (filler_g BETWEEN 0 AND 100000000), 
	weight_g BIGINT NOT NULL CONSTRAINT ck_parcels_weight_g_range CHECK (weight_g BETWEEN 0 AND 100000000), 
	weighed_at VARCHAR(32), 
	manifest_number VARCHAR(64), 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_parcels_state_known CHECK (state IN ('open', 'sealed', 'weighed', 'handed-over', 'stopped', 'dissolved')), 
	version BIGINT NOT NULL CONSTRAINT ck_parcels_version_range CHECK (version BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_parcels PRIMARY KEY (id), 
	CONSTRAINT ck_parcels_weighed_at_known CHECK (state NOT IN ('weighed', 'handed-over') OR weighed_at IS NOT NULL), 
	CONSTRAINT ck_parcels_handed_over_on_a_manifest CHECK (state <> 'handed-over' OR manifest_number IS NOT NULL), 
	CONSTRAINT uq_parcels_number UNIQUE (number), 
	CONSTRAINT fk_parcels_outbound_id_outbound_orders FOREIGN KEY(outbound_id) REFERENCES outbound_orders (id)
)
;;
CREATE INDEX ix_parcels_manifest_number ON parcels (manifest_number)
;;
CREATE INDEX ix_parcels_outbound_id ON parcels (outbound_id)
;;
CREATE INDEX ix_parcels_waybill ON parcels (waybill)
;;
CREATE TABLE bin_heads (
	sku_id CHAR(32) NOT NULL, 
	warehouse_id CHAR(32) NOT NULL, 
	last_seq BIGINT NOT NULL CONSTRAINT ck_bin_heads_last_seq_range CHECK (last_seq BETWEEN 0 AND 2147483647), 
	CONSTRAINT pk_bin_heads PRIMARY KEY (sku_id, warehouse_id), 
	CONSTRAINT fk_bin_heads_sku_id_warehouse_id_stocks FOREIGN KEY(sku_id, warehouse_id) REFERENCES stocks (sku_id, warehouse_id), 
	CONSTRAINT fk_bin_heads_sku_id_skus FOREIGN KEY(sku_id) REFERENCES skus (id), 
	CONSTRAINT fk_bin_heads_warehouse_id_warehouses FOREIGN KEY(warehouse_id) REFERENCES warehouses (id)
)
;;
CREATE TABLE bin_moves (
	sku_id CHAR(32) NOT NULL, 
	warehouse_id CHAR(32) NOT NULL, 
	seq BIGINT NOT NULL, 
	from_location_id CHAR(32) NOT NULL, 
	to_location_id CHAR(32) NOT NULL, 
	from_unit_id CHAR(32), 
	to_unit_id CHAR(32), 
	lot_id CHAR(32), 
	to_lot_id CHAR(32), 
	merchant_id CHAR(32) NOT NULL, 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_bin_moves_state_known CHECK (state IN ('sellable', 'quarantine', 'damaged', 'sample', 'b-grade', 'return-pending')), 
	to_state VARCHAR(40) NOT NULL CONSTRAINT ck_bin_moves_to_state_known CHECK (to_state IN ('sellable', 'quarantine', 'damaged', 'sample', 'b-grade', 'return-pending')), 
	qty BIGINT NOT NULL CONSTRAINT ck_bin_moves_qty_range CHECK (qty BETWEEN 1 AND 2147483647), 
	document VARCHAR(40) NOT NULL, 
	document_id CHAR(32) NOT NULL, 
	line BIGINT NOT NULL CONSTRAINT ck_bin_moves_line_range CHECK (line BETWEEN 1 AND 1000), 
	reason VARCHAR(40) NOT NULL CONSTRAINT ck_bin_moves_reason_known CHECK (reason IN ('received', 'adjusted', 'put-away', 'moved', 'regraded', 'picked', 'put-back', 'issued', 'sent', 'arrived', 'lost', 'came-back', 'sent-back', 'scrapped')), 
	at VARCHAR(32) NOT NULL, 
	actor CHAR(32) NOT NULL, 
	CONSTRAINT pk_bin_moves PRIMARY KEY (sku_id, warehouse_id, seq), 
	CONSTRAINT ck_bin_moves_seq_counts CHECK (seq >= 1), 
	CONSTRAINT ck_bin_moves_moves_something CHECK (from_location_id <> to_location_id OR state <> to_state OR from_unit_id IS DISTINCT FROM to_unit_id OR lot_id IS DISTINCT FROM to_lot_id), 
	CONSTRAINT ck_bin_moves_a_lot_is_named_once CHECK (lot_id IS NULL OR lot_id = to_lot_id), 
	CONSTRAINT fk_bin_moves_sku_id_skus FOREIGN KEY(sku_id) REFERENCES skus (id), 
	CONSTRAINT fk_bin_moves_warehouse_id_warehouses FOREIGN KEY(warehouse_id) REFERENCES warehouses (id), 
	CONSTRAINT fk_bin_moves_from_location_id_locations FOREIGN KEY(from_location_id) REFERENCES locations (id), 
	CONSTRAINT fk_bin_moves_to_location_id_locations FOREIGN KEY(to_location_id) REFERENCES locations (id), 
	CONSTRAINT fk_bin_moves_from_unit_id_handling_units FOREIGN KEY(from_unit_id) REFERENCES handling_units (id), 
	CONSTRAINT fk_bin_moves_to_unit_id_handling_units FOREIGN KEY(to_unit_id) REFERENCES handling_units (id), 
	CONSTRAINT fk_bin_moves_lot_id_lots FOREIGN KEY(lot_id) REFERENCES lots (id), 
	CONSTRAINT fk_bin_moves_to_lot_id_lots FOREIGN KEY(to_lot_id) REFERENCES lots (id), 
	CONSTRAINT fk_bin_moves_merchant_id_owners FOREIGN KEY(merchant_id) REFERENCES owners (id)
)
;;
CREATE INDEX ix_bin_moves_document_id ON bin_moves (document_id)
;;
CREATE INDEX ix_bin_moves_from_location_id ON bin_moves (from_location_id, at)
;;
CREATE INDEX ix_bin_moves_from_unit_id ON bin_moves (from_unit_id) WHERE from_unit_id IS NOT NULL
;;
CREATE INDEX ix_bin_moves_to_location_id ON bin_moves (to_location_id, at)
;;
CREATE INDEX ix_bin_moves_to_unit_id ON bin_moves (to_unit_id) WHERE to_unit_id IS NOT NULL
;;
CREATE INDEX ix_bin_moves_warehouse_id ON bin_moves (warehouse_id, at)
;;
CREATE TRIGGER bin_moves_no_update BEFORE UPDATE ON bin_moves BEGIN SELECT RAISE(ABORT, 'bin_moves is append-only'); END
;;
CREATE TRIGGER bin_moves_no_delete BEFORE DELETE ON bin_moves BEGIN SELECT RAISE(ABORT, 'bin_moves is append-only'); END
;;
CREATE TABLE parcel_contents (
	parcel_id CHAR(32) NOT NULL, 
	place BIGINT NOT NULL CONSTRAINT ck_parcel_contents_place_range CHECK (place BETWEEN 1 AND 60000), 
	line BIGINT NOT NULL CONSTRAINT ck_parcel_contents_line_range CHECK (line BETWEEN 1 AND 60000), 
	sku_id CHAR(32) NOT NULL, 
	qty BIGINT NOT NULL CONSTRAINT ck_parcel_contents_qty_range CHECK (qty BETWEEN 1 AND 2147483647), 
	CONSTRAINT pk_parcel_contents PRIMARY KEY (parcel_id, place), 
	CONSTRAINT fk_parcel_contents_parcel_id_parcels FOREIGN KEY(parcel_id) REFERENCES parcels (id), 
	CONSTRAINT fk_parcel_contents_sku_id_skus FOREIGN KEY(sku_id) REFERENCES skus (id)
)
;;
CREATE TABLE manifest_entries (
	manifest_id CHAR(32) NOT NULL, 
	place BIGINT NOT NULL CONSTRAINT ck_manifest_entries_place_range CHECK (place BETWEEN 1 AND 5000), 
	parcel_id CHAR(32) NOT NULL, 
	outbound_id CHAR(32) NOT NULL, 
	waybill VARCHAR(64) NOT NULL, 
	weight_g BIGINT NOT NULL CONSTRAINT ck_manifest_entries_weight_g_range CHECK (weight_g BETWEEN 0 AND 100000000), 
	CONSTRAINT pk_manifest_entries PRIMARY KEY (manifest_id, place), 
	CONSTRAINT fk_manifest_entries_manifest_id_manifests FOREIGN KEY(manifest_id) REFERENCES manifests (id), 
	CONSTRAINT fk_manifest_entries_parcel_id_parcels FOREIGN KEY(parcel_id) REFERENCES parcels (id), 
	CONSTRAINT fk_manifest_entries_outbound_id_outbound_orders FOREIGN KEY(outbound_id) REFERENCES outbound_orders (id)
)
;;
CREATE UNIQUE INDEX ix_manifest_entries_parcel_id ON manifest_entries (parcel_id)
;;
CREATE TABLE bins (
	id CHAR(32) NOT NULL, 
	sku_id CHAR(32) NOT NULL, 
	warehouse_id CHAR(32) NOT NULL, 
	location_id CHAR(32) NOT NULL, 
	handling_unit_id CHAR(32), 
	lot_id CHAR(32), 
	merchant_id CHAR(32) NOT NULL, 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_bins_state_known CHECK (state IN ('sellable', 'quarantine', 'damaged', 'sample', 'b-grade', 'return-pending')), 
	qty BIGINT NOT NULL CONSTRAINT ck_bins_qty_range CHECK (qty BETWEEN 0 AND 2147483647), 
	allocated_qty BIGINT NOT NULL CONSTRAINT ck_bins_allocated_qty_range CHECK (allocated_qty BETWEEN 0 AND 2147483647), 
	suspect_qty BIGINT NOT NULL CONSTRAINT ck_bins_suspect_qty_range CHECK (suspect_qty BETWEEN 0 AND 2147483647), 
	since VARCHAR(32) NOT NULL, 
	filled BIGINT NOT NULL CONSTRAINT ck_bins_filled_range CHECK (filled BETWEEN 0 AND 1), 
	CONSTRAINT pk_bins PRIMARY KEY (id), 
	CONSTRAINT fk_bins_sku_id_warehouse_id_bin_heads FOREIGN KEY(sku_id, warehouse_id) REFERENCES bin_heads (sku_id, warehouse_id), 
	CONSTRAINT fk_bins_location_id_warehouse_id_locations FOREIGN KEY(location_id, warehouse_id) REFERENCES locations (id, warehouse_id), 
	CONSTRAINT fk_bins_handling_unit_id_warehouse_id_handling_units FOREIGN KEY(handling_unit_id, warehouse_id) REFERENCES handling_units (id, warehouse_id), 
	CONSTRAINT ck_bins_promised_is_there CHECK (allocated_qty + suspect_qty <= qty), 
	CONSTRAINT ck_bins_filled_is_known CHECK ((filled = 1) = (qty > 0)), 
	CONSTRAINT fk_bins_sku_id_skus FOREIGN KEY(sku_id) REFERENCES skus (id), 
	CONSTRAINT fk_bins_warehouse_id_warehouses FOREIGN KEY(warehouse_id) REFERENCES warehouses (id), 
	CONSTRAINT fk_bins_lot_id_lots FOREIGN KEY(lot_id) REFERENCES lots (id), 
	CONSTRAINT fk_bins_merchant_id_owners FOREIGN KEY(merchant_id) REFERENCES owners (id)
)
;;
CREATE INDEX ix_bins_location ON bins (location_id, filled)
;;
CREATE INDEX ix_bins_lot ON bins (lot_id, id) WHERE filled = 1
;;
CREATE INDEX ix_bins_place ON bins (warehouse_id, id) WHERE filled = 1
;;
CREATE INDEX ix_bins_stock ON bins (sku_id, warehouse_id, filled)
;;
CREATE INDEX ix_bins_suspect ON bins (warehouse_id) WHERE suspect_qty > 0
;;
CREATE INDEX ix_bins_unit ON bins (handling_unit_id, filled)
;;
CREATE TABLE picks (
	outbound_id CHAR(32) NOT NULL, 
	number BIGINT NOT NULL CONSTRAINT ck_picks_number_range CHECK (number BETWEEN 1 AND 2147483647), 
	line BIGINT NOT NULL CONSTRAINT ck_picks_line_range CHECK (line BETWEEN 1 AND 60000), 
	bin_id CHAR(32) NOT NULL, 
	warehouse_id CHAR(32) NOT NULL, 
	location_id CHAR(32) NOT NULL, 
	sku_id CHAR(32) NOT NULL, 
	stock_state VARCHAR(40) NOT NULL CONSTRAINT ck_picks_stock_state_known CHECK (stock_state IN ('sellable', 'quarantine', 'damaged', 'sample', 'b-grade', 'return-pending')), 
	handling_unit_id CHAR(32), 
	lot_id CHAR(32), 
	merchant_id CHAR(32) NOT NULL, 
	qty BIGINT NOT NULL CONSTRAINT ck_picks_qty_range CHECK (qty BETWEEN 1 AND 2147483647), 
	wave_id CHAR(32) NOT NULL, 
	run_id CHAR(32), 
	pick_line BIGINT NOT NULL CONSTRAINT ck_picks_pick_line_range CHECK (pick_line BETWEEN 0 AND 2147483647), 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_picks_state_known CHECK (state IN ('promised', 'picked', 'issued', 'freed', 'returned', 'parted')), 
	CONSTRAINT pk_picks PRIMARY KEY (outbound_id, number), 
	CONSTRAINT fk_picks_outbound_id_line_outbound_lines FOREIGN KEY(outbound_id, line) REFERENCES outbound_lines (outbound_id, seq), 
	CONSTRAINT fk_picks_merchant_id_sku_id_skus FOREIGN KEY(merchant_id, sku_id) REFERENCES skus (merchant_id, id), 
	CONSTRAINT fk_picks_outbound_id_outbound_orders FOREIGN KEY(outbound_id) REFERENCES outbound_orders (id), 
	CONSTRAINT fk_picks_bin_id_bins FOREIGN KEY(bin_id) REFERENCES bins (id), 
	CONSTRAINT fk_picks_warehouse_id_warehouses FOREIGN KEY(warehouse_id) REFERENCES warehouses (id), 
	CONSTRAINT fk_picks_location_id_locations FOREIGN KEY(location_id) REFERENCES locations (id), 
	CONSTRAINT fk_picks_handling_unit_id_handling_units FOREIGN KEY(handling_unit_id) REFERENCES handling_units (id), 
	CONSTRAINT fk_picks_lot_id_lots FOREIGN KEY(lot_id) REFERENCES lots (id), 
	CONSTRAINT fk_picks_wave_id_waves FOREIGN KEY(wave_id) REFERENCES waves (id), 
	CONSTRAINT fk_picks_run_id_pick_runs FOREIGN KEY(run_id) REFERENCES pick_runs (id)
)
;;
CREATE INDEX ix_picks_bin_id ON picks (bin_id)
;;
CREATE INDEX ix_picks_run_id_pick_line ON picks (run_id, pick_line)
;;
CREATE INDEX ix_picks_wave_id ON picks (wave_id)
;;
CREATE TABLE serials (
	sku_id CHAR(32) NOT NULL, 
	code VARCHAR(64) NOT NULL, 
	bin_id CHAR(32), 
	since VARCHAR(32) NOT NULL, 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_serials_state_known CHECK (state IN ('stored', 'gone', 'missing')), 
	CONSTRAINT pk_serials PRIMARY KEY (sku_id, code), 
	CONSTRAINT ck_serials_stored_somewhere CHECK ((state = 'stored') = (bin_id IS NOT NULL)), 
	CONSTRAINT fk_serials_sku_id_skus FOREIGN KEY(sku_id) REFERENCES skus (id), 
	CONSTRAINT fk_serials_bin_id_bins FOREIGN KEY(bin_id) REFERENCES bins (id)
)
;;
CREATE INDEX ix_serials_bin_id ON serials (bin_id)
