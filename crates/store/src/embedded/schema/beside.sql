-- What belongs to a trace and is no span of it.

-- What the sender says about the run itself, combined. docs/formats/store.md tells what `data` holds.
CREATE TABLE trace_notes (
    tno       INTEGER PRIMARY KEY,
    workspace INTEGER NOT NULL,
    version   INTEGER NOT NULL,
    raw_bytes INTEGER NOT NULL,
    checksum  INTEGER NOT NULL,
    data      BLOB    NOT NULL
);

-- Files, images and sound. `span_id` is empty where the whole run has it. `content_type` and `name`
-- are what the sender says, and are not to be believed.
CREATE TABLE attachments (
    attachment_no INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace     INTEGER NOT NULL,
    tno           INTEGER NOT NULL,
    span_id       BLOB    NOT NULL,
    name          TEXT    NOT NULL,
    content_no    INTEGER NOT NULL,
    sender_id     TEXT,
    content_type  TEXT    NOT NULL,
    created_nanos INTEGER NOT NULL,
    UNIQUE (tno, span_id, name, content_no)
);
CREATE INDEX attachments_by_content ON attachments (content_no);
CREATE INDEX attachments_by_sender ON attachments (workspace, sender_id) WHERE sender_id IS NOT NULL;

-- Their bytes, once for a workspace, found by SHA-256; it goes with its last attachment.
CREATE TABLE contents (
    content_no INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace  INTEGER NOT NULL,
    sha256     BLOB    NOT NULL,
    bytes      INTEGER NOT NULL,
    UNIQUE (workspace, sha256)
);
CREATE TABLE content_pieces (
    content_no INTEGER NOT NULL,
    piece      INTEGER NOT NULL,
    raw_bytes  INTEGER NOT NULL,
    checksum   INTEGER NOT NULL,
    data       BLOB    NOT NULL
);
CREATE UNIQUE INDEX content_pieces_place ON content_pieces (content_no, piece);

-- Projects as a product's SDK knows them: it asks for one by name, and is told the id from then on.
CREATE TABLE sender_projects (
    workspace     INTEGER NOT NULL,
    product       TEXT    NOT NULL,
    project_id    TEXT    NOT NULL,
    name          TEXT    NOT NULL,
    created_nanos INTEGER NOT NULL,
    PRIMARY KEY (workspace, product, project_id)
) WITHOUT ROWID;
CREATE INDEX sender_projects_by_name ON sender_projects (workspace, product, name);
