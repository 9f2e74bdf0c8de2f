DROP INDEX records_standing;
