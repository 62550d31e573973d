-- The queue as several programs see it: wishes to the program that runs a job, its signs of life, what a paused job waits for; the rule
-- when jobs may run. Kinds are no longer listed here: app/operations knows them. A changed CHECK needs a new table; job_event is copied
-- with it, since dropping the old one would take its events along.
CREATE TABLE job_2 (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  job_id TEXT NOT NULL UNIQUE CHECK (length(job_id) = 16),
  kind TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 32),
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'paused', 'canceling', 'canceled', 'failed', 'parked', 'done')),
  phase TEXT NOT NULL CHECK (phase IN ('prepare', 'encode_prompt', 'denoise', 'decode', 'audio', 'mux', 'sign', 'verify', 'publish')),
  step INTEGER NOT NULL DEFAULT 0,
  num_steps INTEGER NOT NULL DEFAULT 0,
  position INTEGER NOT NULL DEFAULT 0,
  take_id TEXT NOT NULL CHECK (length(take_id) = 16),
  recipe TEXT NOT NULL,
  reason TEXT NOT NULL DEFAULT '',
  error_code TEXT NOT NULL DEFAULT '',
  error_message TEXT NOT NULL DEFAULT '',
  crashes INTEGER NOT NULL DEFAULT 0,
  owner TEXT NOT NULL DEFAULT '',
  heartbeat_ms INTEGER NOT NULL DEFAULT 0,
  timings TEXT NOT NULL DEFAULT '{}',
  created_ms INTEGER NOT NULL,
  changed_ms INTEGER NOT NULL,
  wish TEXT NOT NULL DEFAULT '' CHECK (wish IN ('', 'pause')),
  progress_ms INTEGER NOT NULL DEFAULT 0,
  usual_step_ms INTEGER NOT NULL DEFAULT 0,
  wait_folder TEXT NOT NULL DEFAULT '',
  wait_bytes INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO job_2 (seq, job_id, kind, state, phase, step, num_steps, position, take_id, recipe, reason, error_code, error_message, crashes,
                   owner, timings, created_ms, changed_ms)
  SELECT seq, job_id, kind, state, phase, step, num_steps, position, take_id, recipe, reason, error_code, error_message, crashes,
         owner, timings, created_ms, changed_ms FROM job;
CREATE TABLE job_event_2 (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  job_id TEXT NOT NULL REFERENCES job_2 (job_id) ON DELETE CASCADE,
  state TEXT NOT NULL,
  phase TEXT NOT NULL,
  message TEXT NOT NULL,
  time_ms INTEGER NOT NULL
) STRICT;
INSERT INTO job_event_2 (seq, job_id, state, phase, message, time_ms) SELECT seq, job_id, state, phase, message, time_ms FROM job_event;
DROP TABLE job_event;
DROP TABLE job;
ALTER TABLE job_2 RENAME TO job;
ALTER TABLE job_event_2 RENAME TO job_event;
CREATE INDEX job_by_state ON job (state, position, seq);
CREATE INDEX job_event_by_job ON job_event (job_id, seq);

-- One row: whether the queue is held, between which minutes of the day jobs may start (-1: always), and how busy the machine may be
-- (load average without our own threads; -1: whatever it is).
CREATE TABLE queue_rule (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  held INTEGER NOT NULL DEFAULT 0 CHECK (held IN (0, 1)),
  from_minute INTEGER NOT NULL DEFAULT -1 CHECK (from_minute BETWEEN -1 AND 1439),
  until_minute INTEGER NOT NULL DEFAULT -1 CHECK (until_minute BETWEEN -1 AND 1439),
  load_max REAL NOT NULL DEFAULT -1
) STRICT;
INSERT INTO queue_rule (id) VALUES (1);
