DROP TABLE accepted_spellings;
