-- Only what no record can carry itself goes: the code that began with this. The other rows find a record under a code more than
-- before; `rebuild-projections` makes them as the program of before did.
DELETE FROM classifications WHERE scheme = 'division' AND code = '500157';
