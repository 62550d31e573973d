-- Which take a take was made from, and how ("extend", "remix", "finish"). The parent may be gone.
CREATE TABLE take_parent (
  take_id TEXT NOT NULL CHECK (length(take_id) = 16),
  parent_id TEXT NOT NULL CHECK (length(parent_id) = 16),
  relation TEXT NOT NULL CHECK (length(relation) BETWEEN 1 AND 32),
  PRIMARY KEY (take_id, parent_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX take_parent_by_parent ON take_parent (parent_id, take_id);
