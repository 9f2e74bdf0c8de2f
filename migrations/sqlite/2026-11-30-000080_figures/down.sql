DROP INDEX records_kind_published;
DROP TABLE figures_proofs;
