-- Projects: the user's folders of work. A shot is of one project or of none, and its takes go with it. name_key is the name without case.
CREATE TABLE project (
  project_id TEXT PRIMARY KEY NOT NULL CHECK (length(project_id) = 16),
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
  name_key TEXT NOT NULL UNIQUE,
  created_ms INTEGER NOT NULL
) STRICT;
ALTER TABLE shot ADD COLUMN project_id TEXT REFERENCES project (project_id) ON DELETE SET NULL;
CREATE INDEX shot_by_project ON shot (project_id) WHERE project_id IS NOT NULL;

-- Which takes are of which project. It follows from take, shot_job and shot; the triggers below keep it so that lists of many takes need
-- no join of three tables. A take whose shot is of no project has no row.
CREATE TABLE take_project (
  take_seq INTEGER PRIMARY KEY REFERENCES take (seq) ON DELETE CASCADE,
  project_id TEXT NOT NULL REFERENCES project (project_id) ON DELETE CASCADE
) STRICT;
CREATE INDEX take_project_by_project ON take_project (project_id, take_seq);

CREATE TRIGGER take_project_of_new_take AFTER INSERT ON take BEGIN
  INSERT INTO take_project (take_seq, project_id)
    SELECT new.seq, s.project_id FROM shot_job j JOIN shot s ON s.shot_id = j.shot_id
    WHERE j.job_id = new.job_id AND s.project_id IS NOT NULL;
END;
CREATE TRIGGER take_project_of_attached_job AFTER INSERT ON shot_job BEGIN
  DELETE FROM take_project WHERE take_seq IN (SELECT seq FROM take WHERE job_id = new.job_id);
  INSERT INTO take_project (take_seq, project_id)
    SELECT t.seq, s.project_id FROM take t JOIN shot s ON s.shot_id = new.shot_id
    WHERE t.job_id = new.job_id AND s.project_id IS NOT NULL;
END;
CREATE TRIGGER take_project_of_detached_job AFTER DELETE ON shot_job BEGIN
  DELETE FROM take_project WHERE take_seq IN (SELECT seq FROM take WHERE job_id = old.job_id);
END;
CREATE TRIGGER take_project_of_moved_shot AFTER UPDATE OF project_id ON shot WHEN old.project_id IS NOT new.project_id BEGIN
  DELETE FROM take_project
    WHERE take_seq IN (SELECT t.seq FROM shot_job j JOIN take t ON t.job_id = j.job_id WHERE j.shot_id = new.shot_id);
  INSERT INTO take_project (take_seq, project_id)
    SELECT t.seq, new.project_id FROM shot_job j JOIN take t ON t.job_id = j.job_id
    WHERE j.shot_id = new.shot_id AND new.project_id IS NOT NULL;
END;
