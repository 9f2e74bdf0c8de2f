-- The last day of a project as agreed now: that of its last extension, or else the planned one. The default stands until the
-- rows that are there have theirs, one statement later; every write gives it.
ALTER TABLE projects ADD COLUMN end_current_on date NOT NULL DEFAULT '1800-01-01';
UPDATE projects SET end_current_on = COALESCE(
    (SELECT json_extract(c.text, '$.extensions[#-1].end_on') FROM records r
     JOIN contents c ON c.record_id = r.id AND c.number = r.content_number WHERE r.id = projects.record_id),
    end_planned_on
);
CREATE INDEX projects_end_current_on ON projects (end_current_on, record_id);
