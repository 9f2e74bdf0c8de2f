-- A draft, which nobody else may see, keeps no identifier from others: uniqueness holds among what is submitted or official.
DELETE FROM identifiers WHERE record_id IN (SELECT id FROM records WHERE state = 'draft');
