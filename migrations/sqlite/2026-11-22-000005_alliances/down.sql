DROP TABLE alliances;
