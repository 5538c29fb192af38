-- Whose the deleted run was, so that an agent's key can be told of its own. Absent where it had no
-- agent, or was deleted by a version before this column.
ALTER TABLE tombstones ADD COLUMN agent_no INTEGER;
