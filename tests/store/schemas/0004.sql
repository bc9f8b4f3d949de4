BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0004');
CREATE TABLE announcements (
	id VARCHAR(22) NOT NULL, 
	text VARCHAR(1000) NOT NULL, 
	level VARCHAR(10) NOT NULL, 
	made_by VARCHAR(22), 
	created DATETIME NOT NULL, 
	expires DATETIME, 
	CONSTRAINT pk_announcements PRIMARY KEY (id), 
	CONSTRAINT fk_announcements_made_by FOREIGN KEY(made_by) REFERENCES users (id) ON DELETE SET NULL
);
CREATE TABLE backups (
	id VARCHAR(22) NOT NULL, 
	target VARCHAR(500) NOT NULL, 
	state VARCHAR(10) NOT NULL, 
	files INTEGER NOT NULL, 
	new_files INTEGER NOT NULL, 
	bytes BIGINT NOT NULL, 
	sentence TEXT NOT NULL, 
	started DATETIME NOT NULL, 
	ended DATETIME, 
	CONSTRAINT pk_backups PRIMARY KEY (id)
);
CREATE TABLE draft_entries (
	draft_id VARCHAR(22) NOT NULL, 
	position INTEGER NOT NULL, 
	"key" VARCHAR(100) NOT NULL, 
	kind VARCHAR(10) NOT NULL, 
	number INTEGER NOT NULL, 
	who VARCHAR(500) NOT NULL, 
	made VARCHAR(40) NOT NULL, 
	edit BLOB NOT NULL, 
	CONSTRAINT pk_draft_entries PRIMARY KEY (draft_id, position), 
	CONSTRAINT fk_draft_entries_draft_id FOREIGN KEY(draft_id) REFERENCES drafts (id) ON DELETE CASCADE, 
	CONSTRAINT uq_draft_entries_draft_id_key UNIQUE (draft_id, "key")
);
CREATE TABLE drafts (
	id VARCHAR(22) NOT NULL, 
	experiment_id VARCHAR(22) NOT NULL, 
	asset VARCHAR(40) NOT NULL, 
	field VARCHAR(1000) NOT NULL, 
	number INTEGER NOT NULL, 
	start INTEGER NOT NULL, 
	base VARCHAR(64) NOT NULL, 
	grid VARCHAR(300) NOT NULL, 
	quantity VARCHAR(10) NOT NULL, 
	note JSON NOT NULL, 
	gateways JSON, 
	made_by VARCHAR(22), 
	created DATETIME NOT NULL, 
	changed DATETIME NOT NULL, 
	closed DATETIME, 
	CONSTRAINT pk_drafts PRIMARY KEY (id), 
	CONSTRAINT fk_drafts_experiment_id FOREIGN KEY(experiment_id) REFERENCES experiments (id) ON DELETE CASCADE, 
	CONSTRAINT fk_drafts_made_by FOREIGN KEY(made_by) REFERENCES users (id) ON DELETE SET NULL, 
	CONSTRAINT uq_drafts_experiment_id_asset_field_number UNIQUE (experiment_id, asset, field, number)
);
CREATE TABLE events (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	experiment_id VARCHAR(22), 
	user_id VARCHAR(22), 
	kind VARCHAR(40) NOT NULL, 
	data JSON NOT NULL, 
	created DATETIME NOT NULL, 
	CONSTRAINT fk_events_experiment_id FOREIGN KEY(experiment_id) REFERENCES experiments (id) ON DELETE CASCADE, 
	CONSTRAINT fk_events_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE SET NULL
);
CREATE TABLE experiments (
	id VARCHAR(22) NOT NULL, 
	owner_id VARCHAR(22) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	author VARCHAR(500) NOT NULL, 
	reference VARCHAR(1000) NOT NULL, 
	age DOUBLE, 
	hypothesis VARCHAR(2000) NOT NULL, 
	options JSON NOT NULL, 
	gateways JSON NOT NULL, 
	created DATETIME NOT NULL, 
	changed DATETIME NOT NULL, 
	deleted DATETIME, 
	CONSTRAINT pk_experiments PRIMARY KEY (id), 
	CONSTRAINT fk_experiments_owner_id FOREIGN KEY(owner_id) REFERENCES users (id) ON DELETE RESTRICT
);
CREATE TABLE imported (
	source VARCHAR(64) NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	old_id INTEGER NOT NULL, 
	new_id VARCHAR(40) NOT NULL, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_imported PRIMARY KEY (source, kind, old_id)
);
CREATE TABLE invitations (
	hash VARCHAR(64) NOT NULL, 
	role VARCHAR(10) NOT NULL, 
	made_by VARCHAR(22), 
	created DATETIME NOT NULL, 
	expires DATETIME NOT NULL, 
	used_by VARCHAR(22), 
	CONSTRAINT pk_invitations PRIMARY KEY (hash), 
	CONSTRAINT fk_invitations_made_by FOREIGN KEY(made_by) REFERENCES users (id) ON DELETE SET NULL, 
	CONSTRAINT fk_invitations_used_by FOREIGN KEY(used_by) REFERENCES users (id) ON DELETE SET NULL
);
CREATE TABLE log_lines (
	id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	process VARCHAR(200) NOT NULL, 
	service VARCHAR(20) NOT NULL, 
	level VARCHAR(10) NOT NULL, 
	logger VARCHAR(100) NOT NULL, 
	message TEXT NOT NULL, 
	request VARCHAR(40), 
	run VARCHAR(22), 
	CONSTRAINT pk_log_lines PRIMARY KEY (id)
);
CREATE TABLE password_links (
	hash VARCHAR(64) NOT NULL, 
	user_id VARCHAR(22) NOT NULL, 
	created DATETIME NOT NULL, 
	expires DATETIME NOT NULL, 
	CONSTRAINT pk_password_links PRIMARY KEY (hash), 
	CONSTRAINT fk_password_links_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE, 
	CONSTRAINT uq_password_links_user_id UNIQUE (user_id)
);
CREATE TABLE pft_templates (
	id VARCHAR(22) NOT NULL, 
	user_id VARCHAR(22) NOT NULL, 
	name VARCHAR(100) NOT NULL, 
	bands JSON NOT NULL, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_pft_templates PRIMARY KEY (id), 
	CONSTRAINT fk_pft_templates_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE, 
	CONSTRAINT uq_pft_templates_user_id_name UNIQUE (user_id, name)
);
CREATE TABLE processes (
	id VARCHAR(200) NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	host VARCHAR(200) NOT NULL, 
	version VARCHAR(60) NOT NULL, 
	"commit" VARCHAR(60) NOT NULL, 
	schema VARCHAR(32) NOT NULL, 
	queues JSON NOT NULL, 
	concurrency INTEGER NOT NULL, 
	running INTEGER NOT NULL, 
	load DOUBLE NOT NULL, 
	memory_mb DOUBLE NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	said TEXT NOT NULL, 
	started DATETIME NOT NULL, 
	seen DATETIME NOT NULL, 
	CONSTRAINT pk_processes PRIMARY KEY (id)
);
CREATE TABLE revisions (
	id VARCHAR(22) NOT NULL, 
	experiment_id VARCHAR(22) NOT NULL, 
	asset VARCHAR(40) NOT NULL, 
	number INTEGER NOT NULL, 
	content VARCHAR(64) NOT NULL, 
	is_lost BOOLEAN NOT NULL, 
	bytes BIGINT NOT NULL, 
	fingerprint VARCHAR(64) NOT NULL, 
	run_number INTEGER NOT NULL, 
	step VARCHAR(40) NOT NULL, 
	step_version INTEGER NOT NULL, 
	options JSON NOT NULL, 
	inputs JSON NOT NULL, 
	source JSON, 
	made_by VARCHAR(22), 
	reason VARCHAR(500) NOT NULL, 
	seconds DOUBLE NOT NULL, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_revisions PRIMARY KEY (id), 
	CONSTRAINT fk_revisions_experiment_id FOREIGN KEY(experiment_id) REFERENCES experiments (id) ON DELETE CASCADE, 
	CONSTRAINT fk_revisions_made_by FOREIGN KEY(made_by) REFERENCES users (id) ON DELETE SET NULL, 
	CONSTRAINT uq_revisions_experiment_id_asset_number UNIQUE (experiment_id, asset, number)
);
CREATE TABLE "runs" (
	id VARCHAR(22) NOT NULL, 
	experiment_id VARCHAR(22) NOT NULL, 
	number INTEGER NOT NULL, 
	step VARCHAR(40) NOT NULL, 
	asset VARCHAR(40) NOT NULL, 
	fingerprint VARCHAR(64) NOT NULL, 
	options JSON NOT NULL, 
	inputs JSON NOT NULL, 
	reason VARCHAR(500) NOT NULL, 
	state VARCHAR(10) NOT NULL, 
	sentence TEXT NOT NULL, 
	is_input_fault BOOLEAN NOT NULL, 
	data JSON NOT NULL, 
	log TEXT NOT NULL, 
	progress DOUBLE NOT NULL, 
	attempts INTEGER NOT NULL, 
	faults INTEGER NOT NULL, 
	priority INTEGER NOT NULL, 
	claim VARCHAR(22), 
	lease_until DATETIME, 
	worker VARCHAR(200), 
	asked_by VARCHAR(22), 
	created DATETIME NOT NULL, 
	started DATETIME, 
	ended DATETIME, 
	peak_mb DOUBLE NOT NULL, 
	queue VARCHAR(40) NOT NULL, 
	CONSTRAINT pk_runs PRIMARY KEY (id), 
	CONSTRAINT uq_runs_claim UNIQUE (claim), 
	CONSTRAINT fk_runs_asked_by FOREIGN KEY(asked_by) REFERENCES users (id) ON DELETE SET NULL, 
	CONSTRAINT fk_runs_experiment_id FOREIGN KEY(experiment_id) REFERENCES experiments (id) ON DELETE CASCADE, 
	CONSTRAINT uq_runs_experiment_id_number UNIQUE (experiment_id, number)
);
CREATE TABLE shares (
	experiment_id VARCHAR(22) NOT NULL, 
	user_id VARCHAR(22) NOT NULL, 
	may_change BOOLEAN NOT NULL, 
	CONSTRAINT pk_shares PRIMARY KEY (experiment_id, user_id), 
	CONSTRAINT fk_shares_experiment_id FOREIGN KEY(experiment_id) REFERENCES experiments (id) ON DELETE CASCADE, 
	CONSTRAINT fk_shares_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE TABLE sign_ins (
	hash VARCHAR(64) NOT NULL, 
	user_id VARCHAR(22) NOT NULL, 
	csrf VARCHAR(43) NOT NULL, 
	created DATETIME NOT NULL, 
	seen DATETIME NOT NULL, 
	expires DATETIME NOT NULL, 
	CONSTRAINT pk_sign_ins PRIMARY KEY (hash), 
	CONSTRAINT fk_sign_ins_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE TABLE tokens (
	id VARCHAR(22) NOT NULL, 
	user_id VARCHAR(22) NOT NULL, 
	name VARCHAR(100) NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	created DATETIME NOT NULL, 
	used DATETIME, 
	expires DATETIME, 
	CONSTRAINT pk_tokens PRIMARY KEY (id), 
	CONSTRAINT fk_tokens_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE, 
	CONSTRAINT uq_tokens_hash UNIQUE (hash)
);
CREATE TABLE uploads (
	id VARCHAR(22) NOT NULL, 
	experiment_id VARCHAR(22) NOT NULL, 
	asset VARCHAR(40) NOT NULL, 
	file_name VARCHAR(200) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	bytes BIGINT NOT NULL, 
	given_by VARCHAR(22), 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_uploads PRIMARY KEY (id), 
	CONSTRAINT fk_uploads_experiment_id FOREIGN KEY(experiment_id) REFERENCES experiments (id) ON DELETE CASCADE, 
	CONSTRAINT fk_uploads_given_by FOREIGN KEY(given_by) REFERENCES users (id) ON DELETE SET NULL
);
CREATE TABLE users (
	id VARCHAR(22) NOT NULL, 
	name VARCHAR(100) NOT NULL, 
	name_key VARCHAR(100) NOT NULL, 
	password_hash VARCHAR(200), 
	role VARCHAR(10) NOT NULL, 
	state VARCHAR(10) NOT NULL, 
	oidc_subject VARCHAR(300), 
	created DATETIME NOT NULL, quota_mb INTEGER, 
	CONSTRAINT pk_users PRIMARY KEY (id), 
	CONSTRAINT uq_users_name_key UNIQUE (name_key), 
	CONSTRAINT uq_users_oidc_subject UNIQUE (oidc_subject)
);
CREATE INDEX ix_experiments_deleted ON experiments (deleted);
CREATE INDEX ix_experiments_owner_id ON experiments (owner_id);
CREATE INDEX ix_sign_ins_expires ON sign_ins (expires);
CREATE INDEX ix_sign_ins_user_id ON sign_ins (user_id);
CREATE INDEX ix_tokens_user_id ON tokens (user_id);
CREATE INDEX ix_events_experiment_id ON events (experiment_id);
CREATE INDEX ix_events_user_id ON events (user_id);
CREATE INDEX ix_revisions_content ON revisions (content);
CREATE INDEX ix_revisions_experiment_id ON revisions (experiment_id);
CREATE INDEX ix_revisions_fingerprint ON revisions (fingerprint);
CREATE INDEX ix_shares_user_id ON shares (user_id);
CREATE INDEX ix_uploads_experiment_id ON uploads (experiment_id);
CREATE INDEX ix_runs_state_priority_created ON runs (state, priority, created);
CREATE INDEX ix_runs_ended ON runs (ended);
CREATE INDEX ix_processes_seen ON processes (seen);
CREATE INDEX ix_announcements_expires ON announcements (expires);
CREATE INDEX ix_backups_state ON backups (state);
CREATE INDEX ix_log_lines_at ON log_lines (at);
CREATE INDEX ix_log_lines_run ON log_lines (run);
CREATE INDEX ix_log_lines_request ON log_lines (request);
DELETE FROM "sqlite_sequence";
COMMIT;
