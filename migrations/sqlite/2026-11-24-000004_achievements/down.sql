DROP TABLE achievements;
