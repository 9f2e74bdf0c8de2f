DELETE FROM changes WHERE kind = 'introductions';
DROP TABLE introduction_steps;
DROP TABLE introductions;
