-- What a person says about takes: stars and tags. keep is in the row already.
ALTER TABLE take ADD COLUMN stars INTEGER NOT NULL DEFAULT 0 CHECK (stars BETWEEN 0 AND 5);

CREATE TABLE take_tag (
  take_seq INTEGER NOT NULL REFERENCES take (seq) ON DELETE CASCADE,
  tag TEXT NOT NULL CHECK (length(tag) BETWEEN 1 AND 64),
  PRIMARY KEY (take_seq, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX take_tag_by_tag ON take_tag (tag, take_seq);

-- Everything that lists are filtered by, in list order, without the long texts of the rows beside it.
CREATE INDEX take_shelf ON take (seq, keep, stars, model, job_id);
CREATE INDEX take_by_job ON take (job_id);

-- A shot: one clip the user wants. Its takes are those of its jobs. board_position is its place in the storyboard, NULL outside it.
CREATE TABLE shot (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  shot_id TEXT NOT NULL UNIQUE CHECK (length(shot_id) = 16),
  name TEXT NOT NULL,
  prompt TEXT NOT NULL DEFAULT '',
  form TEXT NOT NULL DEFAULT '{}',
  board_position INTEGER,
  chosen_take TEXT NOT NULL DEFAULT '',
  created_ms INTEGER NOT NULL,
  changed_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX shot_by_board ON shot (board_position) WHERE board_position IS NOT NULL;

CREATE TABLE shot_job (
  job_id TEXT PRIMARY KEY NOT NULL CHECK (length(job_id) = 16),
  shot_id TEXT NOT NULL REFERENCES shot (shot_id) ON DELETE CASCADE
) STRICT;
CREATE INDEX shot_job_by_shot ON shot_job (shot_id);

-- Texts that belong to the whole library, by name ("world": joined to every prompt of the storyboard).
CREATE TABLE library_text (
  name TEXT PRIMARY KEY NOT NULL,
  content TEXT NOT NULL
) STRICT;
