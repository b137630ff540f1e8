CREATE TABLE timeline (
	document_id UUID NOT NULL, 
	version BIGINT NOT NULL, 
	document VARCHAR(40) NOT NULL, 
	event VARCHAR(60) NOT NULL, 
	before VARCHAR(40) NOT NULL, 
	after VARCHAR(40) NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	actor UUID NOT NULL, 
	actor_name VARCHAR(200) NOT NULL, 
	reason VARCHAR(500) NOT NULL, 
	details JSONB NOT NULL, 
	CONSTRAINT pk_timeline PRIMARY KEY (document_id, version)
)
;;
CREATE OR REPLACE FUNCTION houtai_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$
;;
CREATE TRIGGER timeline_append_only BEFORE UPDATE OR DELETE ON timeline FOR EACH ROW EXECUTE FUNCTION houtai_append_only()
;;
CREATE TRIGGER timeline_no_truncate BEFORE TRUNCATE ON timeline FOR EACH STATEMENT EXECUTE FUNCTION houtai_append_only()
;;
CREATE TABLE counters (
	name VARCHAR(60) NOT NULL, 
	last BIGINT NOT NULL CONSTRAINT ck_counters_last_range CHECK (last BETWEEN 1 AND 4611686018427387904), 
	CONSTRAINT pk_counters PRIMARY KEY (name)
)
;;
CREATE TABLE outbox (
	id UUID NOT NULL, 
	topic VARCHAR(60) NOT NULL, 
	payload JSONB NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	due_at TIMESTAMP WITH TIME ZONE, 
	state VARCHAR(40) NOT NULL CONSTRAINT ck_outbox_state_known CHECK (state IN ('pending', 'delivered', 'given-up')), 
	attempts BIGINT NOT NULL CONSTRAINT ck_outbox_attempts_range CHECK (attempts BETWEEN 0 AND 10000), 
	last_error VARCHAR(500) NOT NULL, 
	CONSTRAINT pk_outbox PRIMARY KEY (id)
)
;;
CREATE INDEX ix_outbox_state ON outbox (state, id)
;;
CREATE INDEX ix_outbox_due_at ON outbox (due_at) WHERE due_at IS NOT NULL
;;
CREATE TABLE requests (
	owner VARCHAR(60) NOT NULL, 
	key VARCHAR(255) NOT NULL, 
	fingerprint VARCHAR(64) NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	answer TEXT, 
	CONSTRAINT pk_requests PRIMARY KEY (owner, key)
)
;;
CREATE INDEX ix_requests_at ON requests (at)
;;
CREATE TABLE audit_log (
	seq BIGINT NOT NULL, 
	category VARCHAR(40) NOT NULL CONSTRAINT ck_audit_log_category_known CHECK (category IN ('operation', 'refusal', 'login', 'disclosure')), 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	actor UUID NOT NULL, 
	actor_name VARCHAR(200) NOT NULL, 
	on_behalf_of UUID, 
	entry VARCHAR(40) NOT NULL, 
	address VARCHAR(64) NOT NULL, 
	agent VARCHAR(500) NOT NULL, 
	deed VARCHAR(80) NOT NULL, 
	outcome VARCHAR(80) NOT NULL, 
	reason VARCHAR(500) NOT NULL, 
	correlation UUID, 
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
CREATE INDEX ix_audit_log_category ON audit_log (category, seq)
;;
CREATE INDEX ix_audit_log_deed ON audit_log (deed, seq)
;;
CREATE INDEX ix_audit_log_at ON audit_log (at)
;;
CREATE OR REPLACE FUNCTION houtai_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$
;;
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION houtai_append_only()
;;
CREATE TRIGGER audit_log_no_truncate BEFORE TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION houtai_append_only()
;;
CREATE TABLE audit_head (
	id BIGINT NOT NULL CONSTRAINT ck_audit_head_id_range CHECK (id BETWEEN 1 AND 1), 
	seq BIGINT NOT NULL CONSTRAINT ck_audit_head_seq_range CHECK (seq BETWEEN 0 AND 4611686018427387904), 
	hash VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_audit_head PRIMARY KEY (id)
)
