-- The identifiers of drafts come back with `rebuild-projections`, if no two drafts have the same.
SELECT 1;
