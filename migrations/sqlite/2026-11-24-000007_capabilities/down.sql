DROP TABLE capabilities;
