-- Times are nanoseconds since 1970, in UTC; ids are the sixteen bytes of a UUID, which sort as its text does.

CREATE TABLE job (
    n          INTEGER PRIMARY KEY,
    id         BLOB    NOT NULL UNIQUE,
    pool       TEXT    NOT NULL,
    verb       TEXT    NOT NULL,
    func       TEXT    NOT NULL,
    collect    INTEGER NOT NULL,
    async      INTEGER NOT NULL,
    created    INTEGER NOT NULL,
    state      TEXT    NOT NULL,
    started    INTEGER,
    finished   INTEGER,
    items      INTEGER NOT NULL,
    done       INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    labels     TEXT,
    retry_of   BLOB,
    -- how often it has been claimed, and whether it is
    epoch      INTEGER NOT NULL,
    claimed    INTEGER NOT NULL,
    -- whether its tasks are kept; if not, no task has had more runs than that, but for one that may be going on
    tracked    INTEGER NOT NULL,
    runs       INTEGER NOT NULL,
    priority   INTEGER NOT NULL,
    -- no claim before; null from when it has passed
    due        INTEGER,
    -- when it lapses if it has not begun
    lapses     INTEGER,
    expires_in INTEGER,
    size       INTEGER NOT NULL,
    key        INTEGER,
    CONSTRAINT job_state_is_known
        CHECK (state IN ('pending', 'running', 'succeeded', 'failed', 'cancelled', 'expired')),
    CONSTRAINT job_pending_has_no_times
        CHECK (state <> 'pending' OR (started IS NULL AND finished IS NULL)),
    CONSTRAINT job_running_has_begun
        CHECK (state <> 'running' OR (started IS NOT NULL AND finished IS NULL)),
    CONSTRAINT job_final_has_finished
        CHECK (state IN ('pending', 'running') OR finished IS NOT NULL),
    CONSTRAINT job_expired_never_began
        CHECK (state <> 'expired' OR started IS NULL),
    CONSTRAINT job_final_is_unclaimed
        CHECK (claimed = 0 OR (claimed = 1 AND finished IS NULL AND epoch > 0))
) STRICT;

CREATE INDEX job_by_age ON job (created, id);
CREATE INDEX job_by_state ON job (state, created, id);
CREATE INDEX job_by_pool ON job (pool, created, id);
CREATE INDEX job_by_func ON job (func, created, id);
CREATE INDEX job_waiting ON job (pool, priority DESC, created)
    WHERE claimed = 0 AND finished IS NULL AND due IS NULL;
CREATE INDEX job_not_due ON job (pool, due)
    WHERE claimed = 0 AND finished IS NULL AND due IS NOT NULL;
CREATE INDEX job_claimed ON job (n) WHERE claimed = 1;
CREATE INDEX job_lapsing ON job (lapses)
    WHERE claimed = 0 AND state = 'pending' AND lapses IS NOT NULL;
CREATE INDEX job_finished ON job (finished) WHERE finished IS NOT NULL;
CREATE INDEX job_by_key ON job (key) WHERE key IS NOT NULL;

-- What the client has sent, written once: args, kwds and iterable behind each other, in the row or in a file.
CREATE TABLE body (
    job        INTEGER PRIMARY KEY,
    submission TEXT    NOT NULL,
    args_size  INTEGER NOT NULL,
    kwds_size  INTEGER NOT NULL,
    file       TEXT,
    content    BLOB,
    CONSTRAINT body_is_in_one_place CHECK ((file IS NULL) <> (content IS NULL))
) STRICT;
CREATE INDEX body_file ON body (file) WHERE file IS NOT NULL;

-- What has come of it. The value is last: who reads the rest need not read over it.
CREATE TABLE evidence (
    job      INTEGER PRIMARY KEY,
    attempts TEXT NOT NULL,
    problem  TEXT,
    errors   TEXT,
    progress TEXT,
    arrivals BLOB,
    file     TEXT,
    -- of the file
    size     INTEGER,
    value    BLOB,
    CONSTRAINT evidence_value_is_in_one_place CHECK (file IS NULL OR value IS NULL),
    CONSTRAINT evidence_file_has_a_size CHECK ((file IS NULL) = (size IS NULL))
) STRICT;
CREATE INDEX evidence_file ON evidence (file) WHERE file IS NOT NULL;

CREATE TABLE task (
    n          INTEGER PRIMARY KEY,
    job        INTEGER NOT NULL,
    number     INTEGER NOT NULL,
    first_item INTEGER NOT NULL,
    items      INTEGER NOT NULL,
    attempt    INTEGER NOT NULL,
    state      TEXT    NOT NULL,
    claimed_at INTEGER NOT NULL,
    began_at   INTEGER,
    pid        INTEGER,
    -- how many tasks of the job had come to their end before it
    place      INTEGER,
    attempts   TEXT    NOT NULL,
    problem    TEXT,
    errors     TEXT,
    file       TEXT,
    value      BLOB,
    CONSTRAINT task_is_one_of_its_job UNIQUE (job, number),
    CONSTRAINT task_state_is_known CHECK (state IN ('claimed', 'waiting', 'ended')),
    CONSTRAINT task_attempts_count_from_one CHECK (attempt >= 1),
    CONSTRAINT task_end_has_its_place CHECK ((state = 'ended') = (place IS NOT NULL)),
    CONSTRAINT task_end_is_one CHECK
        ((state = 'ended') = ((problem IS NOT NULL) + (file IS NOT NULL) + (value IS NOT NULL) = 1))
) STRICT;
CREATE INDEX task_claimed ON task (job) WHERE state = 'claimed';
CREATE INDEX task_file ON task (file) WHERE file IS NOT NULL;

-- Jobs whose tasks are still to be deleted: there were too many for one transaction.
CREATE TABLE leftover (job INTEGER PRIMARY KEY) STRICT;

CREATE TABLE label (
    name    TEXT    NOT NULL,
    value   TEXT    NOT NULL,
    created INTEGER NOT NULL,
    id      BLOB    NOT NULL,
    PRIMARY KEY (name, value, created, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX label_by_name ON label (name, created, id);

CREATE TABLE key (
    n           INTEGER PRIMARY KEY,
    text        TEXT    NOT NULL UNIQUE,
    fingerprint TEXT    NOT NULL,
    created     INTEGER NOT NULL,
    answer      TEXT    NOT NULL
) STRICT;
CREATE INDEX key_by_age ON key (created);

-- Ids of jobs that were dropped when their time was over, or that somebody had forgotten, a week ago at most: none is used again.
CREATE TABLE tombstone (
    id        BLOB    NOT NULL PRIMARY KEY,
    at        INTEGER NOT NULL,
    forgotten INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX tombstone_by_age ON tombstone (at);

CREATE TABLE quarantine (
    n          INTEGER PRIMARY KEY,
    id         BLOB    NOT NULL UNIQUE,
    job        BLOB    NOT NULL,
    at         INTEGER NOT NULL,
    first_item INTEGER NOT NULL,
    items      INTEGER NOT NULL,
    attempts   TEXT    NOT NULL,
    submission TEXT    NOT NULL,
    args_size  INTEGER NOT NULL,
    kwds_size  INTEGER NOT NULL,
    file       TEXT,
    content    BLOB,
    CONSTRAINT quarantine_body_is_in_one_place CHECK ((file IS NULL) <> (content IS NULL))
) STRICT;
CREATE INDEX quarantine_file ON quarantine (file) WHERE file IS NOT NULL;

CREATE TABLE pool (
    name  TEXT NOT NULL PRIMARY KEY,
    state TEXT NOT NULL,
    spec  TEXT NOT NULL,
    CONSTRAINT pool_state_is_known CHECK (state IN ('RUN', 'CLOSE', 'TERMINATE'))
) STRICT, WITHOUT ROWID;
