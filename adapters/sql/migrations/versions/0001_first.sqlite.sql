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
CREATE INDEX ix_audit_log_category ON audit_log (category, seq)
;;
CREATE INDEX ix_audit_log_deed ON audit_log (deed, seq)
;;
CREATE INDEX ix_audit_log_at ON audit_log (at)
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
