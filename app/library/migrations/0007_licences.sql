-- Licences of models that a person accepted: for one model folder and one licence text. A changed text is another row, and asked for again.
-- It outlives the link, so that a folder linked again need not be accepted again.
CREATE TABLE licence_acceptance (
  dir TEXT NOT NULL,
  licence_sha256 TEXT NOT NULL CHECK (length(licence_sha256) = 64),
  licence TEXT NOT NULL,
  accepted_ms INTEGER NOT NULL,
  PRIMARY KEY (dir, licence_sha256)
) STRICT, WITHOUT ROWID;
