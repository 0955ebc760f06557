/** How many entries of people and how many writes are kept. */
export const journalMax = 50_000
export const writtenMax = 100_000

/**
 * The history file's schema, one step per number (`PRAGMA user_version`). Steps are never edited, only added. Rows keep what is
 * searched or joined in columns and the rest as one JSON text, so that a new field needs no step.
 */
export const migrations: readonly string[] = [
  `
  -- One update of one rollout to one revision, from the first sight of it to its end.
  CREATE TABLE run (
    id TEXT PRIMARY KEY,
    key TEXT NOT NULL,
    startedAt INTEGER NOT NULL,
    search TEXT NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX run_by_start ON run (startedAt DESC);
  CREATE INDEX run_by_key ON run (key, startedAt DESC);

  CREATE TABLE moment (
    id INTEGER PRIMARY KEY,
    runId TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX moment_by_run ON moment (runId, at);

  -- Pod templates as captured, secrets removed, so that two revisions can be compared with no cluster at hand.
  CREATE TABLE template (
    key TEXT NOT NULL,
    uid TEXT NOT NULL,
    revision INTEGER NOT NULL,
    capturedAt INTEGER NOT NULL,
    version TEXT,
    body TEXT NOT NULL,
    PRIMARY KEY (key, uid, revision)
  ) STRICT;

  -- Every action sent to a cluster (ACT-15). Outlives the runs.
  CREATE TABLE journal (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    key TEXT NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX journal_by_key ON journal (key, at DESC);
  `,
  `
  -- Facts about this file itself, such as the key of its secret prints (ADR 11).
  CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT;
  `,
  `
  -- What a moment is told again by: an event that repeats moves its moment instead of adding one. Null: told once.
  ALTER TABLE moment ADD COLUMN mark TEXT;
  CREATE UNIQUE INDEX moment_by_mark ON moment (runId, mark) WHERE mark IS NOT NULL;
  CREATE INDEX journal_by_time ON journal (at DESC);
  `,
  `
  -- Fleet plans as last seen, where they are kept, and whether this machine decides what they do.
  CREATE TABLE plan (
    id TEXT PRIMARY KEY,
    context TEXT NOT NULL,
    namespace TEXT NOT NULL,
    driven INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- What happened to them.
  CREATE TABLE planEvent (
    id INTEGER PRIMARY KEY,
    planId TEXT NOT NULL,
    at INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX planEvent_by_plan ON planEvent (planId, id DESC);
  `,
  `
  -- Every request that changed something in a cluster, or was refused: of people and of engines (ACT-15).
  CREATE TABLE written (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    context TEXT NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX written_by_time ON written (at DESC);

  -- The two records are only ever added to: a row never changes, and goes only when so many newer ones are there (retention.ts).
  CREATE TRIGGER journal_is_kept BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'the record cannot be edited'); END;
  CREATE TRIGGER written_is_kept BEFORE UPDATE ON written BEGIN SELECT RAISE(ABORT, 'the record cannot be edited'); END;
  CREATE TRIGGER journal_stays BEFORE DELETE ON journal
    WHEN OLD.id > (SELECT max(id) FROM journal) - ${journalMax}
    BEGIN SELECT RAISE(ABORT, 'the record cannot be edited'); END;
  CREATE TRIGGER written_stays BEFORE DELETE ON written
    WHEN OLD.id > (SELECT max(id) FROM written) - ${writtenMax}
    BEGIN SELECT RAISE(ABORT, 'the record cannot be edited'); END;
  `,
  `
  -- Every object that was seen. Ids are hashes of what names it, so that records of two files can be joined.
  CREATE TABLE object (
    id INTEGER PRIMARY KEY,
    context TEXT NOT NULL,
    kind TEXT NOT NULL,
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    uid TEXT NOT NULL,
    parent TEXT NOT NULL,
    -- Null: it is there.
    goneAt INTEGER
  ) STRICT;
  CREATE INDEX object_by_name ON object (context, kind, namespace, name);
  CREATE INDEX object_by_parent ON object (parent) WHERE parent <> '';
  CREATE INDEX object_there ON object (context, kind) WHERE goneAt IS NULL;
  CREATE INDEX object_gone ON object (goneAt) WHERE goneAt IS NOT NULL;

  -- Its latest versions (objects/versions.ts): whole, as a patch of the one before, or its end.
  CREATE TABLE version (
    objectId INTEGER NOT NULL REFERENCES object (id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    place INTEGER NOT NULL,
    form TEXT NOT NULL,
    resourceVersion TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (objectId, at, place)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX version_whole ON version (at) WHERE form = 'whole';

  -- Older ones: a whole version and what followed it, compressed together. In a table of their own they lie side by side.
  CREATE TABLE pack (
    id INTEGER PRIMARY KEY,
    objectId INTEGER NOT NULL REFERENCES object (id) ON DELETE CASCADE,
    since INTEGER NOT NULL,
    resourceVersion TEXT NOT NULL,
    body BLOB NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX pack_by_object ON pack (objectId, since);
  CREATE INDEX pack_by_time ON pack (since);

  -- When the record of a context is complete; between these it has gaps.
  CREATE TABLE span (
    context TEXT NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (context, since)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- What proves the two records (ADR 20): one link for each entry, with the hash of the link before it, and where each chain stands.
  CREATE TABLE link (
    name TEXT NOT NULL,
    id INTEGER NOT NULL,
    salt TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (name, id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE chain (
    name TEXT PRIMARY KEY,
    first INTEGER NOT NULL,
    anchor TEXT NOT NULL,
    last INTEGER NOT NULL,
    head TEXT NOT NULL,
    beganAt INTEGER NOT NULL,
    takenOver INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TRIGGER link_is_kept BEFORE UPDATE ON link BEGIN SELECT RAISE(ABORT, 'the record cannot be edited'); END;
  `,
]
