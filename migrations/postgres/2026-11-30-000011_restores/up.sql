-- How often the register was set back to a backup (`chuanyu restored`): beside the position of the feed, which is read anyway.
ALTER TABLE feed ADD COLUMN restores bigint NOT NULL DEFAULT 0;
-- Each restore: the last position of before that is still true, and that of its item in the feed. Positions between the two were
-- given to somebody, perhaps, for changes that are not there any more.
CREATE TABLE restores (
    number bigint PRIMARY KEY NOT NULL,
    true_until bigint NOT NULL,
    position bigint NOT NULL,
    at timestamptz NOT NULL
);
