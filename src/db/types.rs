//! SQL types that both engines can carry: identifiers and instants.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, SecondsFormat, Timelike, Utc};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::Pg;
use diesel::query_builder::QueryId;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{BigInt, HasSqlType, SqlType, Text, Timestamptz};
use diesel::sqlite::Sqlite;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::db::connection::{MultiBackend, MultiRawValue};

/// `uuid` on PostgreSQL, a 16-byte `BLOB` on SQLite.
#[derive(SqlType, QueryId, Clone, Copy, Default)]
#[diesel(postgres_type(oid = 2950, array_oid = 2951))]
#[diesel(sqlite_type(name = "Binary"))]
pub struct Uid;

/// `timestamptz` on PostgreSQL, milliseconds since 1970 UTC as `INTEGER` on SQLite.
#[derive(SqlType, QueryId, Clone, Copy, Default)]
#[diesel(postgres_type(oid = 1184, array_oid = 1185))]
#[diesel(sqlite_type(name = "Long"))]
pub struct Instant;

/// The identifier of a record, a client or a key of ours: UUIDv7 (RFC 9562 §5.7), made by the server.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow, Serialize, Deserialize,
)]
#[diesel(sql_type = Uid)]
#[serde(transparent)]
pub struct Id(pub Uuid);

impl Id {
    /// A new identifier; later ones sort after earlier ones of the same process.
    pub fn new() -> Id {
        Id(Uuid::now_v7())
    }

    /// The 48 bits that it begins with: of most identifiers the millisecond at which it was made.
    pub fn start(self) -> i64 {
        (self.0.as_u128() >> 80) as i64
    }
}

impl Id {
    /// The identifier of what happened to `subject` at this revision: a UUIDv7 of that moment whose other bits are
    /// derived from both, so that the same event has the same identifier everywhere.
    pub fn of_event(at: Moment, subject: Id, revision: i64) -> Id {
        let hash = Sha256::new().chain_update(subject.0.as_bytes()).chain_update(revision.to_be_bytes()).finalize();
        let mut bits = [0; 10];
        bits.copy_from_slice(&hash[..10]);
        Id(uuid::Builder::from_unix_timestamp_millis(at.millis().max(0) as u64, &bits).into_uuid())
    }
}

impl Default for Id {
    fn default() -> Id {
        Id(Uuid::nil())
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl FromStr for Id {
    type Err = uuid::Error;

    /// Accepts the hyphenated form only, of either case (RFC 9562 §4).
    fn from_str(text: &str) -> Result<Id, uuid::Error> {
        if text.len() != 36 {
            return Err(Uuid::parse_str("").expect_err("an empty text is no UUID"));
        }
        Uuid::try_parse(text).map(Id)
    }
}

/// A moment in UTC with millisecond precision, written as RFC 3339 with `Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = Instant)]
pub struct Moment(DateTime<Utc>);

/// How far Asia/Shanghai is ahead of UTC.
const SHANGHAI: chrono::TimeDelta = chrono::TimeDelta::hours(8);

impl Moment {
    /// Never earlier than before in this process, even if the machine's clock is set back.
    pub fn now() -> Moment {
        Moment::from_millis(crate::db::clock::now_millis())
    }

    /// Milliseconds since 1970 UTC; times outside chrono's range become the epoch.
    pub fn from_millis(millis: i64) -> Moment {
        Moment(DateTime::from_timestamp_millis(millis).unwrap_or_default())
    }

    pub fn millis(self) -> i64 {
        self.0.timestamp_millis()
    }

    pub fn seconds(self) -> i64 {
        self.0.timestamp()
    }

    pub fn plus_seconds(self, seconds: i64) -> Moment {
        Moment::from_millis(self.millis() + seconds * 1000)
    }

    /// The calendar day in Asia/Shanghai, which has kept UTC+8 without daylight saving since 1991.
    pub fn day_in_shanghai(self) -> chrono::NaiveDate {
        (self.0 + SHANGHAI).date_naive()
    }

    /// When that day begins there.
    pub fn start_in_shanghai(day: chrono::NaiveDate) -> Moment {
        Moment(day.and_time(chrono::NaiveTime::MIN).and_utc() - SHANGHAI)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Written by hand: chrono takes a buffer and several times as long, and every item of the feed has one.
        let (day, time) = (self.0.date_naive(), self.0.time());
        let (year, month, date) = (day.year(), day.month(), day.day());
        let (hour, minute, second) = (time.hour(), time.minute(), time.second());
        let milli = time.nanosecond() / 1_000_000;
        if !(0..=9999).contains(&year) {
            return f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::Millis, true));
        }
        let mut text = *b"0000-00-00T00:00:00.000Z";
        let parts = [(year as u32, 0, 4), (month, 5, 2), (date, 8, 2), (hour, 11, 2), (minute, 14, 2), (second, 17, 2)];
        for (mut number, start, digits) in parts.into_iter().chain([(milli, 20, 3)]) {
            for place in (start..start + digits).rev() {
                text[place] += (number % 10) as u8;
                number /= 10;
            }
        }
        f.write_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

impl FromStr for Moment {
    type Err = chrono::ParseError;

    /// RFC 3339 §5.6 with any offset.
    fn from_str(text: &str) -> Result<Moment, chrono::ParseError> {
        let parsed = DateTime::parse_from_rfc3339(text)?;
        Ok(Moment::from_millis(parsed.timestamp_millis()))
    }
}

impl Serialize for Moment {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Moment, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A short text that the program wrote, such as a state or a code: read without an allocation, for rows by the hundred.
#[derive(Debug, Clone, Copy, FromSqlRow)]
pub struct Word {
    length: u8,
    bytes: [u8; Word::MOST],
}

impl Word {
    const MOST: usize = 31;

    fn of(bytes: &[u8]) -> deserialize::Result<Word> {
        let mut word = Word { length: bytes.len() as u8, bytes: [0; Word::MOST] };
        let place = word.bytes.get_mut(..bytes.len()).ok_or("a word of more than 31 bytes")?;
        place.copy_from_slice(bytes);
        std::str::from_utf8(bytes)?;
        Ok(word)
    }
}

impl std::ops::Deref for Word {
    type Target = str;

    fn deref(&self) -> &str {
        std::str::from_utf8(&self.bytes[..usize::from(self.length)]).unwrap_or_default()
    }
}

impl HasSqlType<Uid> for MultiBackend {
    fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
        MultiBackend::lookup_sql_type::<Uid>(lookup)
    }
}

impl HasSqlType<Instant> for MultiBackend {
    fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
        MultiBackend::lookup_sql_type::<Instant>(lookup)
    }
}

impl ToSql<Uid, Pg> for Id {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        ToSql::<diesel::sql_types::Uuid, Pg>::to_sql(&self.0, out)
    }
}

impl FromSql<Uid, Pg> for Id {
    fn from_sql(bytes: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        FromSql::<diesel::sql_types::Uuid, Pg>::from_sql(bytes).map(Id)
    }
}

impl ToSql<Uid, Sqlite> for Id {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.as_bytes().as_slice());
        Ok(IsNull::No)
    }
}

impl FromSql<Uid, Sqlite> for Id {
    fn from_sql(mut bytes: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Id(Uuid::from_slice(bytes.read_blob())?))
    }
}

impl ToSql<Uid, MultiBackend> for Id {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        out.set_value((Uid, self));
        Ok(IsNull::No)
    }
}

impl FromSql<Uid, MultiBackend> for Id {
    fn from_sql(bytes: MultiRawValue<'_>) -> deserialize::Result<Self> {
        bytes.from_sql::<Id, Uid>()
    }
}

impl ToSql<Instant, Pg> for Moment {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        ToSql::<Timestamptz, Pg>::to_sql(&self.0, &mut out.reborrow())
    }
}

impl FromSql<Instant, Pg> for Moment {
    fn from_sql(bytes: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        FromSql::<Timestamptz, Pg>::from_sql(bytes).map(Moment)
    }
}

impl ToSql<Instant, Sqlite> for Moment {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.millis());
        Ok(IsNull::No)
    }
}

impl FromSql<Instant, Sqlite> for Moment {
    fn from_sql(bytes: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        FromSql::<BigInt, Sqlite>::from_sql(bytes).map(Moment::from_millis)
    }
}

impl ToSql<Instant, MultiBackend> for Moment {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        out.set_value((Instant, self));
        Ok(IsNull::No)
    }
}

impl FromSql<Instant, MultiBackend> for Moment {
    fn from_sql(bytes: MultiRawValue<'_>) -> deserialize::Result<Self> {
        bytes.from_sql::<Moment, Instant>()
    }
}

impl FromSql<Text, Pg> for Word {
    fn from_sql(bytes: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Word::of(bytes.as_bytes())
    }
}

impl FromSql<Text, Sqlite> for Word {
    fn from_sql(mut bytes: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Word::of(bytes.read_text().as_bytes())
    }
}

impl FromSql<Text, MultiBackend> for Word {
    fn from_sql(bytes: MultiRawValue<'_>) -> deserialize::Result<Self> {
        bytes.from_sql::<Word, Text>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_chrono_writes_them() {
        let years = [-1, 0, 1, 1900, 1969, 1970, 2000, 2024, 2026, 9999, 10_000];
        let moments = years.iter().flat_map(|year| {
            [(1, 1, 0), (2, 28, 1), (12, 31, 86_399_999)].map(|(month, day, millis)| {
                let day = chrono::NaiveDate::from_ymd_opt(*year, month, day).unwrap();
                day.and_time(chrono::NaiveTime::MIN).and_utc() + chrono::TimeDelta::milliseconds(millis)
            })
        });
        for moment in moments {
            assert_eq!(Moment(moment).to_string(), moment.to_rfc3339_opts(SecondsFormat::Millis, true));
        }
    }

    #[test]
    fn words_are_read_whole_or_not_at_all() {
        for text in ["", "active", "设备", &"x".repeat(Word::MOST)] {
            assert_eq!(&*Word::of(text.as_bytes()).unwrap(), text);
        }
        assert!(Word::of(&[b'x'; Word::MOST + 1]).is_err());
        assert!(Word::of(&[0xE8, 0xAE]).is_err());
    }
}
