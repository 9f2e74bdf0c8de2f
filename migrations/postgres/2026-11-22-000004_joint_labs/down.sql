DROP TABLE joint_labs;
