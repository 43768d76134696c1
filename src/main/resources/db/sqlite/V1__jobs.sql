-- Times are microseconds since 1970, ids the sixteen bytes of their UUID, durations nanoseconds. The states of jobs and tasks, and what may be known in each, are those of
-- docs/states.md: a test compares them.

CREATE TABLE jobs (
    seq       INTEGER PRIMARY KEY,
    id        BLOB    NOT NULL,
    pool      TEXT    NOT NULL,
    verb      TEXT    NOT NULL,
    func      TEXT    NOT NULL,
    collect   INTEGER NOT NULL,
    created   INTEGER NOT NULL,
    state     TEXT    NOT NULL,
    started   INTEGER,
    finished  INTEGER,
    items     INTEGER NOT NULL,
    done      INTEGER NOT NULL,
    version   INTEGER NOT NULL,
    labels    TEXT    NOT NULL,
    retry_of  BLOB,
    priority  INTEGER NOT NULL,
    once      INTEGER NOT NULL,
    size      INTEGER NOT NULL,
    due       INTEGER NOT NULL,
    expires   INTEGER,
    claimed   INTEGER NOT NULL,
    epoch     INTEGER NOT NULL,
    tracked   INTEGER NOT NULL,
    lost      INTEGER NOT NULL,
    CONSTRAINT job_id_once UNIQUE (id),
    CONSTRAINT job_states CHECK (state IN ('pending', 'running', 'succeeded', 'failed', 'cancelled', 'expired')),
    CONSTRAINT job_final_has_its_time CHECK ((finished IS NOT NULL) = (state IN ('succeeded', 'failed', 'cancelled', 'expired'))),
    CONSTRAINT job_running_has_begun CHECK (state <> 'running' OR started IS NOT NULL),
    CONSTRAINT job_pending_has_not_begun CHECK (state NOT IN ('pending', 'expired') OR started IS NULL),
    CONSTRAINT job_final_is_nobodys CHECK (finished IS NULL OR claimed = 0),
    CONSTRAINT job_claim_has_an_epoch CHECK (claimed = 0 OR epoch > 0)
) STRICT;

CREATE INDEX jobs_by_place ON jobs (created, id);
CREATE INDEX jobs_by_state ON jobs (state, created, id);
CREATE INDEX jobs_by_pool ON jobs (pool, created, id);
CREATE INDEX jobs_by_func ON jobs (func, created, id);
CREATE INDEX jobs_waiting ON jobs (pool, priority DESC, seq) WHERE claimed = 0 AND finished IS NULL;
CREATE INDEX jobs_claimed ON jobs (seq) WHERE claimed = 1;
CREATE INDEX jobs_expiring ON jobs (expires) WHERE expires IS NOT NULL AND state = 'pending' AND claimed = 0;
CREATE INDEX jobs_finished ON jobs (finished) WHERE finished IS NOT NULL;

CREATE TABLE labels (
    job   INTEGER NOT NULL REFERENCES jobs (seq) ON DELETE CASCADE,
    name  TEXT    NOT NULL,
    value TEXT    NOT NULL,
    PRIMARY KEY (job, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX labels_by_value ON labels (name, value, job);

-- What an unfinished job is to do. A body is here, or in the file of that name.
CREATE TABLE submissions (
    job  INTEGER PRIMARY KEY REFERENCES jobs (seq) ON DELETE CASCADE,
    args INTEGER NOT NULL,
    kwds INTEGER NOT NULL,
    body BLOB,
    file TEXT,
    head TEXT    NOT NULL,
    CONSTRAINT submission_has_one_body CHECK ((body IS NULL) <> (file IS NULL))
) STRICT;

-- What has become of a final job.
CREATE TABLE outcomes (
    job      INTEGER PRIMARY KEY REFERENCES jobs (seq) ON DELETE CASCADE,
    value    BLOB,
    file     TEXT,
    arrivals BLOB,
    evidence TEXT NOT NULL
) STRICT;

-- The tasks of tracked, unfinished jobs.
CREATE TABLE tasks (
    job        INTEGER NOT NULL REFERENCES jobs (seq) ON DELETE CASCADE,
    number     INTEGER NOT NULL,
    first_item INTEGER NOT NULL,
    items      INTEGER NOT NULL,
    state      TEXT    NOT NULL,
    attempt    INTEGER NOT NULL,
    claimed_at INTEGER NOT NULL,
    pid        INTEGER NOT NULL,
    attempts   TEXT    NOT NULL,
    place      INTEGER,
    value      BLOB,
    file       TEXT,
    failure    TEXT,
    PRIMARY KEY (job, number),
    CONSTRAINT task_states CHECK (state IN ('claimed', 'waiting', 'ended')),
    CONSTRAINT task_claim_has_an_attempt CHECK (attempt > 0),
    CONSTRAINT task_ended_has_one_end CHECK ((value IS NOT NULL) + (file IS NOT NULL) + (failure IS NOT NULL AND value IS NULL AND file IS NULL) = (state = 'ended')),
    CONSTRAINT task_ended_has_its_place CHECK ((place IS NOT NULL) = (state = 'ended'))
) STRICT;

CREATE TABLE keys (
    key         TEXT    PRIMARY KEY,
    fingerprint TEXT    NOT NULL,
    answer      TEXT    NOT NULL,
    created     INTEGER NOT NULL,
    job         BLOB
) STRICT, WITHOUT ROWID;

CREATE INDEX keys_by_age ON keys (created);
CREATE INDEX keys_by_job ON keys (job);

-- Ids of results that have been dropped because their time was over.
CREATE TABLE tombstones (
    id      BLOB    PRIMARY KEY,
    dropped INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX tombstones_by_age ON tombstones (dropped);

CREATE TABLE quarantine (
    id         BLOB    PRIMARY KEY,
    job        BLOB    NOT NULL,
    at         INTEGER NOT NULL,
    first_item INTEGER NOT NULL,
    items      INTEGER NOT NULL,
    attempts   TEXT    NOT NULL,
    args       INTEGER NOT NULL,
    kwds       INTEGER NOT NULL,
    body       BLOB,
    file       TEXT,
    head       TEXT    NOT NULL,
    CONSTRAINT quarantined_has_one_body CHECK ((body IS NULL) <> (file IS NULL))
) STRICT;

CREATE TABLE pools (
    name  TEXT PRIMARY KEY,
    spec  TEXT NOT NULL,
    state TEXT NOT NULL,
    CONSTRAINT pool_states CHECK (state IN ('RUN', 'CLOSE', 'TERMINATE'))
) STRICT, WITHOUT ROWID;
