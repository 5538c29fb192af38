-- Trace rows and what is found by way of them. docs/formats/store.md says what each column means.

CREATE TABLE workspaces (
    workspace     INTEGER PRIMARY KEY AUTOINCREMENT,
    name          TEXT    NOT NULL UNIQUE,
    created_nanos INTEGER NOT NULL,
    trace_count   INTEGER NOT NULL DEFAULT 0
);

-- One row a trace. `tno` is never used again. Columns that change with every commit stand in no
-- index: an UPDATE that names an indexed column rewrites its indexes even when the value is the
-- same, which costs half of the ingest rate. `rest` comes last so that scans need not read it.
CREATE TABLE traces (
    tno              INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace        INTEGER NOT NULL,
    trace_id         BLOB    NOT NULL,
    start_nanos      INTEGER NOT NULL,
    agent_no         INTEGER,
    session_no       INTEGER,
    user_no          INTEGER,
    arrived_nanos    INTEGER NOT NULL,
    end_nanos        INTEGER,
    last_arrival_nanos INTEGER NOT NULL,
    quiet_at_nanos   INTEGER NOT NULL,
    abandoned_at_nanos INTEGER NOT NULL,
    commit_seq       INTEGER NOT NULL,
    span_seq         INTEGER NOT NULL,
    flags            INTEGER NOT NULL,
    span_count       INTEGER NOT NULL,
    root_count       INTEGER NOT NULL,
    orphan_count     INTEGER NOT NULL,
    error_count      INTEGER NOT NULL,
    llm_count        INTEGER NOT NULL,
    llm_error_count  INTEGER NOT NULL,
    tool_count       INTEGER NOT NULL,
    tool_error_count INTEGER NOT NULL,
    embedding_count  INTEGER NOT NULL,
    tokens           INTEGER,
    input_tokens     INTEGER,
    output_tokens    INTEGER,
    cache_read_tokens  INTEGER,
    cache_write_tokens INTEGER,
    reasoning_tokens   INTEGER,
    cost_pico        INTEGER,
    cost_reported_pico INTEGER,
    unpriced_count   INTEGER NOT NULL,
    gaps             INTEGER NOT NULL,
    name             TEXT    NOT NULL,
    environment      TEXT,
    release          TEXT,
    terms            BLOB    NOT NULL,
    rest             BLOB    NOT NULL,
    UNIQUE (workspace, trace_id)
);
CREATE INDEX traces_by_start   ON traces (workspace, start_nanos);
CREATE INDEX traces_by_agent   ON traces (agent_no, start_nanos) WHERE agent_no IS NOT NULL;
CREATE INDEX traces_by_session ON traces (session_no, start_nanos) WHERE session_no IS NOT NULL;
CREATE INDEX traces_by_user    ON traces (user_no, start_nanos) WHERE user_no IS NOT NULL;

CREATE TABLE agents (
    agent_no      INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace     INTEGER NOT NULL,
    agent_id      BLOB    NOT NULL,
    name          TEXT    NOT NULL,
    registered    INTEGER NOT NULL,
    description   TEXT,
    created_nanos INTEGER NOT NULL,
    UNIQUE (workspace, agent_id)
);
CREATE INDEX agents_by_name ON agents (workspace, name);

-- Conversations and people. Their totals are the sums of their traces' rows, read by index, so
-- that a list, a header and a page cannot differ. Only what orders the list is kept here, and the
-- id without regard to case (`clew_query`'s folding), by which filters find it.
CREATE TABLE sessions (
    session_no       INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace        INTEGER NOT NULL,
    session_id       TEXT    NOT NULL,
    folded           TEXT    NOT NULL,
    last_start_nanos INTEGER NOT NULL,
    UNIQUE (workspace, session_id)
);
CREATE INDEX sessions_by_last ON sessions (workspace, last_start_nanos);
CREATE INDEX sessions_by_folded ON sessions (workspace, folded);

CREATE TABLE users (
    user_no          INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace        INTEGER NOT NULL,
    user_id          TEXT    NOT NULL,
    folded           TEXT    NOT NULL,
    last_start_nanos INTEGER NOT NULL,
    UNIQUE (workspace, user_id)
);
CREATE INDEX users_by_last ON users (workspace, last_start_nanos);
CREATE INDEX users_by_folded ON users (workspace, folded);

-- Facets: which traces have a span with this tool, model, ... A term belongs to one workspace, and
-- with it every key of `facet`. Terms with odd numbers stand in `facet`, the others only in rows.
CREATE TABLE terms (
    term      INTEGER PRIMARY KEY,
    workspace INTEGER NOT NULL,
    kind      INTEGER NOT NULL,
    text      TEXT    NOT NULL,
    UNIQUE (workspace, kind, text)
);
CREATE TABLE facet (
    term        INTEGER NOT NULL,
    start_nanos INTEGER NOT NULL,
    tno         INTEGER NOT NULL,
    PRIMARY KEY (term, start_nanos, tno)
) WITHOUT ROWID;

-- Verdicts. `target` is empty for a trace, the span id for a span, the session id for a session;
-- `tno` is 0 for a session.
CREATE TABLE labels (
    label_no      INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace     INTEGER NOT NULL,
    tno           INTEGER NOT NULL,
    target_kind   INTEGER NOT NULL,
    target        BLOB    NOT NULL,
    name          TEXT    NOT NULL,
    source        INTEGER NOT NULL,
    author        TEXT    NOT NULL,
    score         REAL,
    value         TEXT,
    explanation   TEXT,
    created_nanos INTEGER NOT NULL,
    UNIQUE (workspace, tno, target_kind, target, name, source, author)
);
CREATE INDEX labels_by_name ON labels (workspace, name, label_no);

CREATE TABLE run_events (
    tno        INTEGER NOT NULL,
    event_id   TEXT    NOT NULL,
    time_nanos INTEGER NOT NULL,
    workspace  INTEGER NOT NULL,
    name       TEXT    NOT NULL,
    attributes BLOB    NOT NULL,
    PRIMARY KEY (tno, event_id)
) WITHOUT ROWID;

-- What was deleted, when, by whom and by which rule. `commit_seq` is the log's when it was.
CREATE TABLE tombstones (
    workspace     INTEGER NOT NULL,
    trace_id      BLOB    NOT NULL,
    tno           INTEGER NOT NULL,
    commit_seq    INTEGER NOT NULL,
    deleted_nanos INTEGER NOT NULL,
    expires_nanos INTEGER NOT NULL,
    by            TEXT    NOT NULL,
    rule          TEXT    NOT NULL,
    span_count    INTEGER NOT NULL,
    refused_count INTEGER NOT NULL,
    PRIMARY KEY (workspace, trace_id)
) WITHOUT ROWID;
CREATE INDEX tombstones_by_time ON tombstones (workspace, deleted_nanos, trace_id);

-- One row for each run of a retention rule that removed something.
CREATE TABLE retention_receipts (
    receipt_no    INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace     INTEGER NOT NULL,
    ran_nanos     INTEGER NOT NULL,
    rule          TEXT    NOT NULL,
    cut_nanos     INTEGER,
    trace_count   INTEGER NOT NULL,
    span_count    INTEGER NOT NULL,
    oldest_nanos  INTEGER,
    newest_nanos  INTEGER
);

-- Hourly roll-up. A row of `rollup_hours` says that the roll-up of an hour (counted from 1970) by
-- these dimensions holds; it goes as soon as a trace of the hour changes. A histogram of durations
-- gives percentiles that can be added up.
CREATE TABLE rollup_hours (
    workspace  INTEGER NOT NULL,
    hour       INTEGER NOT NULL,
    dimensions INTEGER NOT NULL,
    PRIMARY KEY (workspace, hour, dimensions)
) WITHOUT ROWID;
CREATE TABLE rollup (
    workspace  INTEGER NOT NULL,
    dimensions INTEGER NOT NULL,
    hour       INTEGER NOT NULL,
    first      TEXT    NOT NULL,
    second     TEXT    NOT NULL,
    figures    BLOB    NOT NULL,
    PRIMARY KEY (workspace, dimensions, hour, first, second)
) WITHOUT ROWID;
