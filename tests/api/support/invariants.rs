//! Invariants of every register at every moment, whatever happened to it, in SQL that is independent of the service.

use chuanyu::db::Connection;
use diesel::connection::SimpleConnection;

use super::database::Database;
use super::dump::{lines, projections};
use super::processes::program;

/// `(invariant, query for the rows that break it)`.
const RULES: [(&str, &str); 21] = [
    (
        "a record has the revision, the content and the change that it speaks of",
        "SELECT r.code AS line FROM records r
         WHERE NOT EXISTS (SELECT 1 FROM revisions v WHERE v.record_id = r.id AND v.number = r.revision
                           AND v.state = r.state AND v.content_number = r.content_number)
            OR NOT EXISTS (SELECT 1 FROM contents c WHERE c.record_id = r.id AND c.number = r.content_number AND c.digest = r.digest)
            OR NOT EXISTS (SELECT 1 FROM changes f WHERE f.record_id = r.id AND f.revision = r.revision AND f.state = r.state)",
    ),
    (
        "its revisions are numbered without a gap",
        "SELECT r.code AS line FROM records r JOIN revisions v ON v.record_id = r.id GROUP BY r.id, r.code, r.revision
         HAVING COUNT(*) <> r.revision OR MIN(v.number) <> 1 OR MAX(v.number) <> r.revision",
    ),
    (
        "each revision is one change of the feed",
        "SELECT r.code AS line FROM records r JOIN revisions v ON v.record_id = r.id
         WHERE (SELECT COUNT(*) FROM changes f WHERE f.record_id = v.record_id AND f.revision = v.number
                AND f.action = v.action AND f.state = v.state) <> 1",
    ),
    (
        "a change is about a revision, or about a draft that was deleted",
        "SELECT f.code AS line FROM changes f WHERE f.kind NOT IN ('register', 'introductions') AND NOT EXISTS
            (SELECT 1 FROM revisions v WHERE v.record_id = f.record_id AND v.number = f.revision)
         AND NOT EXISTS (SELECT 1 FROM changes d WHERE d.record_id = f.record_id AND d.action = 'deleted' AND d.seq >= f.seq)",
    ),
    (
        "an introduction stands where its last step left it, and each step is one change of the feed",
        "SELECT i.code AS line FROM introductions i
         WHERE NOT EXISTS (SELECT 1 FROM introduction_steps s WHERE s.introduction_id = i.id AND s.number = i.revision
                           AND s.state = i.state AND s.at = i.updated_at)
            OR (SELECT COUNT(*) FROM introduction_steps s WHERE s.introduction_id = i.id) <> i.revision
            OR (SELECT COUNT(*) FROM introduction_steps s JOIN changes f ON f.record_id = s.introduction_id
                AND f.revision = s.number AND f.action = s.state AND f.kind = 'introductions'
                WHERE s.introduction_id = i.id) <> i.revision",
    ),
    (
        "no serial of an introduction is given twice",
        "SELECT i.code AS line FROM introductions i JOIN serials s ON s.prefix = 'ITR'
         AND CAST(s.year AS text) = substr(i.code, 5, 4) WHERE CAST(substr(i.code, 10, length(i.code) - 11) AS integer) > s.last",
    ),
    (
        "what was deleted is gone",
        "SELECT f.code AS line FROM changes f JOIN records r ON r.id = f.record_id WHERE f.action = 'deleted'",
    ),
    (
        "the changes of a record come in the order of its revisions",
        "SELECT f.code AS line FROM changes f JOIN changes g ON g.record_id = f.record_id AND g.seq > f.seq
         WHERE g.revision <= f.revision",
    ),
    (
        "the feed has no gap but those of restores",
        "SELECT CAST(COUNT(f.seq) AS text) AS line FROM feed h LEFT JOIN changes f ON f.seq >= 1 AND h.restores = 0
         GROUP BY h.seq, h.restores HAVING h.restores = 0 AND (COUNT(f.seq) <> h.seq OR MAX(f.seq) <> h.seq)",
    ),
    (
        "an official joint record was confirmed by both provinces",
        "SELECT r.code AS line FROM records r WHERE r.joint AND r.state IN ('active', 'suspended', 'closed')
         AND (SELECT COUNT(DISTINCT c.province) FROM confirmations c WHERE c.record_id = r.id AND c.submission = r.submission
              AND c.digest = r.digest AND c.decision = 'confirm') <> 2",
    ),
    (
        "nobody confirms what they have a hand in",
        "SELECT r.code AS line FROM confirmations c JOIN records r ON r.id = c.record_id
         JOIN proposals p ON p.record_id = c.record_id AND p.number = c.submission AND p.purpose <> 'move'
         WHERE EXISTS (SELECT 1 FROM revisions v WHERE v.record_id = c.record_id AND v.client_id = c.client_id
              AND v.number < c.revision AND v.action IN ('created', 'updated', 'restored', 'submitted', 'change_proposed')
              AND v.number > COALESCE((SELECT MAX(o.number) FROM revisions o WHERE o.record_id = c.record_id
                                       AND o.number < c.revision AND o.action IN ('activated', 'changed')), 0))",
    ),
    (
        "an official record was published",
        "SELECT code AS line FROM records WHERE state IN ('active', 'suspended', 'closed') AND published_at IS NULL",
    ),
    (
        "a record waits for confirmation when its submission does",
        "SELECT r.code AS line FROM records r WHERE (r.state = 'submitted') <>
         EXISTS (SELECT 1 FROM proposals p WHERE p.record_id = r.id AND p.purpose = 'submission' AND p.state = 'open')",
    ),
    (
        "an accepted change is in force, once",
        "SELECT r.code AS line FROM records r WHERE
         (SELECT COUNT(*) FROM proposals p WHERE p.record_id = r.id AND p.purpose = 'change' AND p.state = 'accepted') <>
         (SELECT COUNT(*) FROM revisions v JOIN contents c ON c.record_id = v.record_id AND c.number = v.content_number
          WHERE v.record_id = r.id AND v.action = 'changed' AND c.number = v.number AND EXISTS
          (SELECT 1 FROM proposals p WHERE p.record_id = r.id AND p.purpose = 'change' AND p.state = 'accepted' AND p.digest = c.digest))",
    ),
    (
        "an accepted move has been made",
        "SELECT r.code AS line FROM proposals p JOIN records r ON r.id = p.record_id
         WHERE p.purpose = 'move' AND p.state = 'accepted' AND NOT EXISTS
         (SELECT 1 FROM revisions v WHERE v.record_id = r.id AND v.number > p.number AND v.state = p.to_state)",
    ),
    (
        "what was accepted was confirmed by both provinces of a joint record and declined by none",
        "SELECT r.code AS line FROM proposals p JOIN records r ON r.id = p.record_id
         WHERE p.state = 'accepted' AND (EXISTS (SELECT 1 FROM confirmations c WHERE c.record_id = p.record_id
                AND c.submission = p.number AND c.decision = 'decline')
            OR (r.joint AND (SELECT COUNT(*) FROM confirmations c WHERE c.record_id = p.record_id AND c.submission = p.number
                AND c.decision = 'confirm' AND c.digest = p.digest) <> 2))",
    ),
    (
        "what was declined was declined by a province",
        "SELECT r.code AS line FROM proposals p JOIN records r ON r.id = p.record_id
         WHERE (p.state = 'declined') <> EXISTS (SELECT 1 FROM confirmations c WHERE c.record_id = p.record_id
            AND c.submission = p.number AND c.decision = 'decline')",
    ),
    (
        "nothing waits on what has ended but that it is brought back",
        "SELECT r.code AS line FROM proposals p JOIN records r ON r.id = p.record_id
         WHERE p.state = 'open' AND (r.state = 'closed' OR (r.state = 'withdrawn' AND p.purpose <> 'move'))",
    ),
    (
        "every record has an owner",
        "SELECT r.code AS line FROM records r WHERE NOT EXISTS (SELECT 1 FROM records o WHERE o.id = r.owner_id)",
    ),
    (
        "what is a draft or withdrawn keeps no identifier from others",
        "SELECT r.code AS line FROM identifiers i JOIN records r ON r.id = i.record_id WHERE r.state IN ('draft', 'withdrawn')",
    ),
    (
        "no serial is given twice",
        "SELECT r.code AS line FROM records r JOIN serials s ON s.prefix = substr(r.code, 1, 3)
         AND CAST(s.year AS text) = substr(r.code, 5, 4) WHERE CAST(substr(r.code, 10, length(r.code) - 11) AS integer) > s.last",
    ),
];

/// Fails when the database is damaged or anything in it is half done.
#[track_caller]
pub fn hold_in(database: &Database) {
    let mut conn = database.connect();
    match conn {
        Connection::Sqlite(_) => {
            assert_eq!(lines(&mut conn, "SELECT integrity_check AS line FROM pragma_integrity_check"), ["ok"]);
            let orphans = "SELECT \"table\" AS line FROM pragma_foreign_key_check";
            assert!(lines(&mut conn, orphans).is_empty(), "a reference leads nowhere");
        }
        // Rules go through whole tables, some of them written a moment ago: without statistics a bad plan takes minutes.
        Connection::Postgres(_) => {
            conn.batch_execute("SET statement_timeout = 0; SET lock_timeout = 0").unwrap();
            conn.batch_execute("ANALYZE").unwrap();
        }
    }
    for (rule, query) in RULES {
        let broken = lines(&mut conn, query);
        assert!(broken.is_empty(), "{rule}, but not: {broken:?}");
    }
}

/// [`hold_in`], and the audit log is unbroken, and projections made again from the contents are the same.
#[track_caller]
pub fn is_whole(database: &Database) {
    hold_in(database);
    let found = projections(database);
    for words in [&["audit", "verify"][..], &["rebuild-projections"]] {
        let output = program(words, &[("database_url", &database.url)]).output().unwrap();
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let again = projections(database);
    let changed: Vec<_> = found.iter().zip(&again).filter(|(one, other)| one != other).collect();
    assert!(changed.is_empty() && found.len() == again.len(), "a rebuild changes what is there: {changed:#?}");
}
