-- Identifiers made of a merged record's id are made of the other one's: uniqueness follows the merges of before, too. What another
-- record has already stays as it is; `chuanyu check duplicates` lists it.
CREATE TABLE following AS
SELECT i.scheme, i.value, i.record_id, MIN(REPLACE(i.value, m.old_id, m.new_id)) AS target
FROM (
    SELECT
        successor_id,
        lower(substr(hex(record_id), 1, 8) || '-' || substr(hex(record_id), 9, 4) || '-' || substr(hex(record_id), 13, 4) || '-' || substr(hex(record_id), 17, 4) || '-' || substr(hex(record_id), 21, 12)) AS old_id,
        lower(substr(hex(successor_id), 1, 8) || '-' || substr(hex(successor_id), 9, 4) || '-' || substr(hex(successor_id), 13, 4) || '-' || substr(hex(successor_id), 17, 4) || '-' || substr(hex(successor_id), 21, 12)) AS new_id
    FROM successions
    WHERE merged
) m
JOIN links l ON l.target_id = m.successor_id
JOIN identifiers i ON i.record_id = l.record_id
WHERE instr(i.value, m.old_id) > 0
GROUP BY i.scheme, i.value, i.record_id;
CREATE INDEX following_value ON following (scheme, value);
CREATE INDEX following_target ON following (scheme, target);
-- Who has both has it once.
DELETE FROM identifiers
WHERE EXISTS (
    SELECT 1 FROM following f JOIN identifiers k ON k.scheme = f.scheme AND k.value = f.target
    WHERE f.scheme = identifiers.scheme AND f.value = identifiers.value AND k.record_id = identifiers.record_id
);
UPDATE identifiers
SET value = (SELECT f.target FROM following f WHERE f.scheme = identifiers.scheme AND f.value = identifiers.value)
WHERE EXISTS (
    SELECT 1 FROM following f
    WHERE f.scheme = identifiers.scheme AND f.value = identifiers.value
        AND NOT EXISTS (SELECT 1 FROM identifiers k WHERE k.scheme = f.scheme AND k.value = f.target)
        AND NOT EXISTS (
            SELECT 1 FROM following e WHERE e.scheme = f.scheme AND e.target = f.target AND e.value < f.value
        )
);
DROP TABLE following;
