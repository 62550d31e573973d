-- What was measured of a take's picture and sound (app/media/clip_measures.h). A take without a row was not measured yet; NULL is what
-- could not be measured (silence, a still picture), never 0.
CREATE TABLE take_measure (
  take_seq INTEGER PRIMARY KEY REFERENCES take (seq) ON DELETE CASCADE,
  av_offset_ms REAL,
  av_agreement REAL NOT NULL,
  flicker_levels REAL NOT NULL,
  frozen_frames INTEGER NOT NULL,
  black_frames INTEGER NOT NULL,
  colour_drift_levels REAL NOT NULL,
  rms_dbfs REAL,
  peak_dbfs REAL,
  measured_frames INTEGER NOT NULL
) STRICT;
