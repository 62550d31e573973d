-- Jobs: every run of work, from the moment it is accepted. Only app/jobs writes states (CHECK below is the last guard).
CREATE TABLE job (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  job_id TEXT NOT NULL UNIQUE CHECK (length(job_id) = 16),
  kind TEXT NOT NULL CHECK (kind IN ('generate', 'reproduce')),
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
  changed_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX job_by_state ON job (state, position, seq);

-- The story of a job, append-only.
CREATE TABLE job_event (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  job_id TEXT NOT NULL REFERENCES job (job_id) ON DELETE CASCADE,
  state TEXT NOT NULL,
  phase TEXT NOT NULL,
  message TEXT NOT NULL,
  time_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX job_event_by_job ON job_event (job_id, seq);

-- Takes: finished results. A row is never changed but for keep.
CREATE TABLE take (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  take_id TEXT NOT NULL UNIQUE CHECK (length(take_id) = 16),
  job_id TEXT NOT NULL,
  keep TEXT NOT NULL DEFAULT 'draft' CHECK (keep IN ('draft', 'kept', 'dropped')),
  prompt TEXT NOT NULL,
  model TEXT NOT NULL,
  family TEXT NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  num_frames INTEGER NOT NULL,
  fps TEXT NOT NULL,
  seed INTEGER NOT NULL,
  recipe TEXT NOT NULL,
  recipe_sha256 TEXT NOT NULL CHECK (length(recipe_sha256) = 64),
  latents_sha256 TEXT NOT NULL CHECK (length(latents_sha256) = 64),
  unsigned_sha256 TEXT NOT NULL CHECK (length(unsigned_sha256) = 64),
  timings TEXT NOT NULL DEFAULT '{}',
  warnings TEXT NOT NULL DEFAULT '[]',
  created_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX take_by_keep ON take (keep, seq);
CREATE INDEX take_by_recipe ON take (recipe_sha256);

-- Every file of a take's folder with its hash.
CREATE TABLE take_file (
  take_id TEXT NOT NULL REFERENCES take (take_id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
  PRIMARY KEY (take_id, name)
) STRICT;

-- Words of takes; rowid is take.seq. Written by the store, not by triggers, so that it works with trusted_schema off.
CREATE VIRTUAL TABLE take_search USING fts5 (words, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3');

-- Measured seconds of a phase for so many units of work, on this machine.
CREATE TABLE phase_timing (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  model TEXT NOT NULL,
  device TEXT NOT NULL,
  dtype TEXT NOT NULL,
  phase TEXT NOT NULL,
  units REAL NOT NULL CHECK (units > 0),
  seconds REAL NOT NULL CHECK (seconds >= 0),
  created_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX phase_timing_by_key ON phase_timing (model, device, dtype, phase, seq);

-- Hashes of weight files, good as long as the file's size, time and inode stay.
CREATE TABLE file_hash (
  path TEXT PRIMARY KEY NOT NULL,
  size_bytes INTEGER NOT NULL,
  mtime_ns INTEGER NOT NULL,
  inode INTEGER NOT NULL,
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64)
) STRICT;

-- Model folders that lie elsewhere; linked, never copied.
CREATE TABLE model_link (
  dir TEXT PRIMARY KEY NOT NULL,
  created_ms INTEGER NOT NULL
) STRICT;
