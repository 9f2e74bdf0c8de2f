-- A record that carries a withdrawn division code is found by the code that took over from it as well, and by the prefecture in
-- which that one lies; no longer by the prefecture that the withdrawn one lay in. Contents stay as they are.
WITH successors (old_code, new_code) AS (VALUES
    ('500227', '500120'), ('500224', '500151'), ('500223', '500152'), ('500226', '500153'), ('500234', '500154'), ('500228', '500155'),
    ('500232', '500156'), ('510122', '510116'), ('510124', '510117'), ('510132', '510118'), ('512081', '510185'), ('510626', '510604'),
    ('510724', '510705'), ('510922', '510981'), ('511028', '511083'), ('511422', '511403'), ('511521', '511504'), ('513229', '513201'),
    ('513321', '513301'), ('513425', '513402'), ('500105', '500157'), ('500112', '500157'), ('500222', '500110'), ('500225', '500111'),
    ('500381', '500116'), ('500382', '500117'), ('500383', '500118'), ('500384', '500119'), ('510123', '510115'), ('511522', '511503'),
    ('511721', '511703'), ('511821', '511803'), ('512081', '510100'))
INSERT INTO classifications (scheme, code, record_id)
SELECT c.scheme, s.new_code, c.record_id FROM classifications c JOIN successors s ON s.old_code = c.code
WHERE c.scheme = 'division'
ON CONFLICT DO NOTHING;
DELETE FROM classifications
WHERE scheme = 'division' AND code = '512000'
    AND record_id IN (SELECT record_id FROM classifications WHERE scheme = 'division' AND code = '512081')
    AND record_id NOT IN (
        SELECT record_id FROM classifications
        WHERE scheme = 'division' AND code LIKE '5120__' AND code NOT IN ('512000', '512081')
    );
