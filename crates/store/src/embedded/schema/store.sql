-- Spans and messages: docs/formats/store.md tells what the blobs hold.

-- One row a commit. The newest row is never deleted: its number is the last one given.
CREATE TABLE log (
    seq INTEGER PRIMARY KEY,
    version INTEGER NOT NULL,
    raw_bytes INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    block BLOB NOT NULL
);

-- The first row that recovery must read: what is before stands in chunks and blocks.
CREATE TABLE recovery (
    id INTEGER PRIMARY KEY CHECK (id = 0),
    staged_from INTEGER NOT NULL
);

-- Spans of one trace. key = tno << 20 | number; a higher number holds later commits.
-- The body stands last: opening a skeleton never reads its pages.
CREATE TABLE chunk (
    key INTEGER PRIMARY KEY,
    workspace INTEGER NOT NULL,
    version INTEGER NOT NULL,
    spans INTEGER NOT NULL,
    first_seq INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    merged INTEGER NOT NULL,
    head_dictionary INTEGER,
    head_bytes INTEGER NOT NULL,
    head_checksum INTEGER NOT NULL,
    body_dictionary INTEGER,
    body_bytes INTEGER NOT NULL,
    body_checksum INTEGER NOT NULL,
    bloom BLOB,
    head BLOB NOT NULL,
    body BLOB NOT NULL
);
-- What the merge has still to look at. The first chunk of a trace counts as merged.
CREATE INDEX chunk_unmerged ON chunk (key) WHERE merged = 0;
-- A follower that has fallen behind the log finds chunks by it.
CREATE INDEX chunk_last_seq ON chunk (last_seq);

-- Texts of one owner. key = owner << 20 | number; texts are numbered from first on.
CREATE TABLE block (
    key INTEGER PRIMARY KEY,
    workspace INTEGER NOT NULL,
    version INTEGER NOT NULL,
    first INTEGER NOT NULL,
    texts INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    merged INTEGER NOT NULL,
    dictionary INTEGER,
    raw_bytes INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    bloom BLOB,
    data BLOB NOT NULL
);

CREATE INDEX block_unmerged ON block (key) WHERE merged = 0;

-- The sessions among the owners; owner = id * 2 + 1. A trace owns texts as tno * 2, without
-- a row here.
CREATE TABLE session_owner (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace INTEGER NOT NULL,
    session TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    created_nanos INTEGER NOT NULL,
    UNIQUE (workspace, session, epoch)
);

-- Which traces refer to texts of a session.
CREATE TABLE owner_trace (
    owner INTEGER NOT NULL,
    tno INTEGER NOT NULL,
    PRIMARY KEY (owner, tno)
) WITHOUT ROWID;
CREATE INDEX owner_trace_tno ON owner_trace (tno);

-- Texts too large for a block, in pieces.
CREATE TABLE blob (
    owner INTEGER NOT NULL,
    number INTEGER NOT NULL,
    piece INTEGER NOT NULL,
    raw_bytes INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    data BLOB NOT NULL
);
CREATE UNIQUE INDEX blob_owner ON blob (owner, number, piece);

-- System prompts and tool definitions, once for a workspace; traces counts who refers.
CREATE TABLE shared (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace INTEGER NOT NULL,
    hash BLOB NOT NULL,
    traces INTEGER NOT NULL,
    raw_bytes INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    data BLOB NOT NULL
);
CREATE UNIQUE INDEX shared_hash ON shared (workspace, hash);

CREATE TABLE zdict (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    created_nanos INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    data BLOB NOT NULL
);

CREATE TABLE follower (
    name TEXT PRIMARY KEY,
    seq INTEGER NOT NULL,
    behind INTEGER NOT NULL
) WITHOUT ROWID;
