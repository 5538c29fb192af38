-- Keys, settings and the books that are kept about them.

CREATE TABLE keys (
    key_no        INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace     INTEGER NOT NULL,
    agent_no      INTEGER,
    name          TEXT    NOT NULL,
    prefix        TEXT    NOT NULL,
    hash          BLOB    NOT NULL UNIQUE,
    scopes        INTEGER NOT NULL,
    created_nanos INTEGER NOT NULL,
    created_by    TEXT    NOT NULL,
    revoked_nanos INTEGER,
    last_used_nanos INTEGER
);
CREATE INDEX keys_by_prefix ON keys (prefix);

-- workspace 0: settings of the whole instance.
CREATE TABLE settings (
    workspace     INTEGER NOT NULL,
    name          TEXT    NOT NULL,
    value         TEXT    NOT NULL,
    changed_nanos INTEGER NOT NULL,
    changed_by    TEXT    NOT NULL,
    PRIMARY KEY (workspace, name)
) WITHOUT ROWID;

CREATE TABLE saved_views (
    view_no       INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace     INTEGER NOT NULL,
    name          TEXT    NOT NULL,
    page          TEXT    NOT NULL,
    definition    TEXT    NOT NULL,
    created_nanos INTEGER NOT NULL,
    changed_nanos INTEGER NOT NULL,
    changed_by    TEXT    NOT NULL,
    UNIQUE (workspace, page, name)
);

CREATE TABLE audit (
    audit_no   INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace  INTEGER NOT NULL,
    at_nanos   INTEGER NOT NULL,
    by         TEXT    NOT NULL,
    action     TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    detail     TEXT    NOT NULL
);
CREATE INDEX audit_by_workspace ON audit (workspace, audit_no);

-- The last requests to the ingest paths; a ring of a hundred a workspace.
CREATE TABLE requests (
    request_no INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace  INTEGER NOT NULL,
    at_nanos   INTEGER NOT NULL,
    path       TEXT    NOT NULL,
    client     TEXT    NOT NULL,
    key        TEXT,
    status     INTEGER NOT NULL,
    bytes      INTEGER NOT NULL,
    accepted   INTEGER NOT NULL,
    rejected   INTEGER NOT NULL,
    reason     TEXT
);
CREATE INDEX requests_by_workspace ON requests (workspace, request_no);

CREATE TABLE price_overrides (
    workspace     INTEGER NOT NULL,
    provider      TEXT    NOT NULL,
    model         TEXT    NOT NULL,
    from_nanos    INTEGER NOT NULL,
    row           TEXT    NOT NULL,
    changed_nanos INTEGER NOT NULL,
    changed_by    TEXT    NOT NULL,
    PRIMARY KEY (workspace, provider, model, from_nanos)
) WITHOUT ROWID;
