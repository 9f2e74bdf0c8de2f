DROP TABLE demands;
