//! The chain: how an event is sealed, and how a run of events is followed.

use std::fmt;
use std::str::FromStr;

use crate::api::Language;
use crate::audit::events::AuditEvent;
use crate::db::Id;
use crate::problem::{Outcome, Problem};
use crate::reference::canonical;

/// The previous hash of the first event.
pub const GENESIS: &str = "sha-256:0000000000000000000000000000000000000000000000000000000000000000";

/// SHA-256 over the RFC 8785 text of all members of the event but `hash`, `prev_hash` among them.
pub fn hash(event: &AuditEvent) -> Outcome<String> {
    let mut members = serde_json::to_value(event).map_err(Problem::internal)?;
    members.as_object_mut().into_iter().for_each(|members| drop(members.remove("hash")));
    Ok(canonical::sha_256(&canonical::text(&members)?))
}

/// A position of the log and the hash of its event, which fix the whole log up to there. Written `SEQ:HASH`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tip {
    pub seq: i64,
    pub hash: String,
}

impl Tip {
    /// Before the first event.
    pub fn start() -> Tip {
        Tip { seq: 0, hash: GENESIS.to_owned() }
    }

    /// Goes on to the next event, which must be the next one, unchanged, and sealed on top of this one.
    pub fn follow(&mut self, event: &AuditEvent) -> Outcome<Result<(), Break>> {
        let expected = self.seq + 1;
        if event.seq != expected {
            return Ok(Err(Break::Missing { first: expected, last: event.seq - 1 }));
        }
        if hash(event)? != event.hash {
            return Ok(Err(Break::Altered(event.seq)));
        }
        if event.prev_hash != self.hash {
            return Ok(Err(Break::Unlinked(event.seq)));
        }
        *self = Tip { seq: event.seq, hash: event.hash.clone() };
        Ok(Ok(()))
    }
}

impl fmt::Display for Tip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.seq, self.hash)
    }
}

impl FromStr for Tip {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Tip, &'static str> {
        const FORM: &str = "not of the form SEQ:sha-256:HASH, as `audit verify` prints it";
        let (seq, hash) = text.trim().split_once(':').ok_or(FORM)?;
        let digits = hash.strip_prefix("sha-256:").filter(|digits| digits.len() == 64).ok_or(FORM)?;
        let is_hex = digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let seq = seq.parse().ok().filter(|seq| *seq >= 0 && is_hex).ok_or(FORM)?;
        Ok(Tip { seq, hash: hash.to_owned() })
    }
}

/// The first place where the log differs from what was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Break {
    /// Events are missing.
    Missing { first: i64, last: i64 },
    /// An event is not what was sealed.
    Altered(i64),
    /// An event does not follow the one before it.
    Unlinked(i64),
    /// An event holds what no event can.
    Unreadable(i64),
    /// The log ends before its head.
    Cut { last: i64, head: i64 },
    /// An event comes after the head.
    Beyond { seq: i64, head: i64 },
    /// The head has another hash than this last event.
    Head(i64),
    /// The log has no head.
    NoHead,
    /// An event has another hash than was noted elsewhere.
    Rewritten { seq: i64, found: String, noted: String },
    /// An event that was noted elsewhere is missing.
    Forgotten { noted: i64, last: i64 },
    /// A revision has no event.
    RevisionWithoutEvent { record: Id, number: i64 },
    /// An event names a revision that does not exist.
    EventWithoutRevision { seq: i64, record: Id, number: i64 },
    /// A revision differs from its event.
    Differs { seq: i64, record: Id, number: i64 },
}

impl Break {
    /// Its sentence in the locales, `cli-break-…`, with the arguments.
    fn said(&self) -> (&'static str, Vec<(&'static str, String)>) {
        let seq_of = |seq: &i64| vec![("seq", seq.to_string())];
        let of = |record: &Id, number: &i64| vec![("record", record.to_string()), ("number", number.to_string())];
        match self {
            Break::Missing { first, last } => {
                ("missing", vec![("first", first.to_string()), ("last", last.to_string())])
            }
            Break::Altered(seq) => ("altered", seq_of(seq)),
            Break::Unlinked(seq) => ("unlinked", seq_of(seq)),
            Break::Unreadable(seq) => ("unreadable", seq_of(seq)),
            Break::Cut { last, head } => ("cut", vec![("last", last.to_string()), ("head", head.to_string())]),
            Break::Beyond { seq, head } => ("beyond", vec![("seq", seq.to_string()), ("head", head.to_string())]),
            Break::Head(seq) => ("head", seq_of(seq)),
            Break::NoHead => ("no-head", Vec::new()),
            Break::Rewritten { seq, found, noted } => {
                let hashes = [("found", found.clone()), ("noted", noted.clone())];
                ("rewritten", seq_of(seq).into_iter().chain(hashes).collect())
            }
            Break::Forgotten { noted, last } => {
                ("forgotten", vec![("noted", noted.to_string()), ("last", last.to_string())])
            }
            Break::RevisionWithoutEvent { record, number } => ("revision-without-event", of(record, number)),
            Break::EventWithoutRevision { seq, record, number } => {
                ("event-without-revision", [seq_of(seq), of(record, number)].concat())
            }
            Break::Differs { seq, record, number } => ("differs", [seq_of(seq), of(record, number)].concat()),
        }
    }

    /// What is wrong, in this language.
    fn say(&self, language: Language) -> String {
        let (key, args) = self.said();
        language.say(&format!("cli-break-{key}"), &args).unwrap_or_else(|| key.to_owned())
    }
}

impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.say(Language::of_environment()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::events::AuditSubject;
    use crate::db::Moment;
    use proptest::prelude::*;

    #[test]
    fn every_break_is_told_with_all_its_numbers_in_both_languages() {
        let record = Id::new();
        let (found, noted) = ("sha-256:aa".to_owned(), "sha-256:bb".to_owned());
        for (one, numbers) in [
            (Break::Missing { first: 71, last: 82 }, vec!["71", "82"]),
            (Break::Altered(71), vec!["71"]),
            (Break::Unlinked(71), vec!["71"]),
            (Break::Unreadable(71), vec!["71"]),
            (Break::Cut { last: 71, head: 82 }, vec!["71", "82"]),
            (Break::Beyond { seq: 71, head: 82 }, vec!["71", "82"]),
            (Break::Head(71), vec!["71"]),
            (Break::NoHead, vec![]),
            (Break::Rewritten { seq: 71, found, noted }, vec!["71", "sha-256:aa", "sha-256:bb"]),
            (Break::Forgotten { noted: 71, last: 82 }, vec!["71", "82"]),
            (Break::RevisionWithoutEvent { record, number: 82 }, vec!["82"]),
            (Break::EventWithoutRevision { seq: 71, record, number: 82 }, vec!["71", "82"]),
            (Break::Differs { seq: 71, record, number: 82 }, vec!["71", "82"]),
        ] {
            let told = Language::ALL.map(|language| one.say(language));
            assert!(told[0] != told[1] && told.iter().all(|text| text.chars().count() > 8), "{told:?}");
            assert!(numbers.iter().all(|number| told.iter().all(|text| text.contains(number))), "{told:?}");
        }
    }

    fn event(seq: i64, prev: &str) -> AuditEvent {
        let mut event = AuditEvent {
            seq,
            at: Moment::from_millis(1_770_000_000_000 + seq),
            action: "joint_lab.updated".into(),
            actor: "client".into(),
            kind: Some("joint-labs".into()),
            r#ref: Some(AuditSubject { id: Id::default(), code: "LAB-2026-000001-8".into() }),
            client: Some("cq-stb".into()),
            client_id: Some(Id::default()),
            org_id: None,
            province: Some("500000".into()),
            concerns: "both".into(),
            request_id: Some(Id::default()),
            from_revision: Some(seq),
            to_revision: Some(seq + 1),
            from_digest: None,
            to_digest: None,
            changed: vec!["name".into(), "remarks".into()],
            detail: None,
            reason: Some("更名".into()),
            prev_hash: prev.into(),
            hash: String::new(),
        };
        event.hash = hash(&event).unwrap();
        event
    }

    fn log(length: i64) -> Vec<AuditEvent> {
        let mut log: Vec<AuditEvent> = Vec::new();
        for seq in 1..=length {
            let prev = log.last().map_or(GENESIS.to_owned(), |event| event.hash.clone());
            log.push(event(seq, &prev));
        }
        log
    }

    fn walk(log: &[AuditEvent]) -> Result<Tip, Break> {
        let mut tip = Tip::start();
        for event in log {
            tip.follow(event).unwrap()?;
        }
        Ok(tip)
    }

    #[test]
    fn the_hash_is_sha_256_of_the_canonical_text_of_the_other_members() {
        // The text below through sha256sum.
        let text = r#"{"action":"joint_lab.updated","actor":"client","at":"2026-02-02T02:40:00.001Z","changed":["name","remarks"],"client":"cq-stb","client_id":"00000000-0000-0000-0000-000000000000","concerns":"both","from_revision":1,"kind":"joint-labs","prev_hash":"sha-256:0000000000000000000000000000000000000000000000000000000000000000","province":"500000","reason":"更名","ref":{"code":"LAB-2026-000001-8","id":"00000000-0000-0000-0000-000000000000"},"request_id":"00000000-0000-0000-0000-000000000000","seq":1,"to_revision":2}"#;
        assert_eq!(event(1, GENESIS).hash, canonical::sha_256(text));
        assert_eq!(
            canonical::sha_256(text),
            "sha-256:1613adbb88a53eaddbe78a18b5c8d6d1c210c3606d864e5680fa64149bf991f0"
        );
    }

    #[test]
    fn a_whole_log_is_followed_to_its_end() {
        let log = log(20);
        assert_eq!(walk(&log).unwrap(), Tip { seq: 20, hash: log[19].hash.clone() });
        assert_eq!(walk(&[]).unwrap(), Tip::start());
    }

    #[test]
    fn what_was_taken_out_or_put_in_is_found() {
        let mut gap = log(9);
        gap.drain(3..5);
        assert_eq!(walk(&gap), Err(Break::Missing { first: 4, last: 5 }));
        let mut doubled = log(9);
        doubled.insert(4, doubled[4].clone());
        assert!(walk(&doubled).is_err());
        let mut replaced = log(9);
        let prev = replaced[3].hash.clone();
        replaced[4] = AuditEvent { reason: Some("另一".into()), ..event(5, &prev) };
        replaced[4].hash = hash(&replaced[4]).unwrap();
        assert_eq!(walk(&replaced), Err(Break::Unlinked(6)));
    }

    #[test]
    fn a_tip_is_read_as_it_is_written() {
        let tip = Tip { seq: 18235, hash: GENESIS.into() };
        assert_eq!(tip.to_string().parse(), Ok(tip));
        for wrong in
            ["", "5", "5:", "5:abc", "x:sha-256:00", &format!("-1:{GENESIS}"), &format!("1:{}", "g".repeat(72))]
        {
            assert!(wrong.parse::<Tip>().is_err(), "{wrong}");
        }
    }

    /// One member of an event changed, each in turn.
    fn alter(event: &mut AuditEvent, member: usize) {
        match member {
            0 => event.at = event.at.plus_seconds(1),
            1 => event.action.push('x'),
            2 => event.actor = "operator".into(),
            3 => event.kind = None,
            4 => event.r#ref = None,
            5 => event.client = Some("cq-other".into()),
            6 => event.client_id = None,
            7 => event.org_id = Some(Id::default()),
            8 => event.province = None,
            9 => event.concerns = "500000".into(),
            10 => event.request_id = None,
            11 => event.from_revision = None,
            12 => event.to_revision = Some(1),
            13 => event.from_digest = Some(GENESIS.into()),
            14 => event.to_digest = Some(GENESIS.into()),
            15 => event.changed.reverse(),
            16 => event.detail = Some(String::new()),
            17 => event.reason = None,
            18 => event.prev_hash = canonical::sha_256("x"),
            _ => event.hash = canonical::sha_256("x"),
        }
    }

    proptest! {
        #[test]
        fn any_change_of_any_event_is_found(place in 0_usize..12, member in 0_usize..20) {
            let mut log = log(12);
            alter(&mut log[place], member);
            prop_assert_eq!(walk(&log), Err(Break::Altered(place as i64 + 1)));
        }
    }
}
