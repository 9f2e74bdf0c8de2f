//! Stored answers, read as bytes.
//!
//! A page has fifty of them. Read as `String` each would be validated as UTF-8 (twice by diesel on SQLite), which costs
//! more than finding it; a text column holds nothing else.

use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::pg::{Pg, PgValue};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{HasSqlType, SqlType};
use diesel::sqlite::Sqlite;

use crate::db::connection::{MultiBackend, MultiRawValue};

/// A text column read as bytes: `text` on PostgreSQL, cast to `BLOB` on SQLite (see `AsStored`).
#[derive(SqlType, QueryId, Clone, Copy, Default)]
#[diesel(postgres_type(oid = 25, array_oid = 1009))]
#[diesel(sqlite_type(name = "Binary"))]
pub struct Stored;

/// The bytes of a stored text.
#[derive(Debug, Clone, PartialEq, Eq, FromSqlRow)]
pub struct StoredText(pub Vec<u8>);

impl StoredText {
    fn of(bytes: &[u8]) -> StoredText {
        StoredText(bytes.to_vec())
    }
}

/// A text expression in a form that can be read as [`Stored`].
#[derive(Debug, Clone, Copy)]
pub(super) struct AsStored(pub &'static str);

impl QueryFragment<Pg> for AsStored {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        pass.push_sql(self.0);
        Ok(())
    }
}

impl QueryFragment<Sqlite> for AsStored {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        // Diesel copies a text that is read as a blob; the cast only changes how the value is called.
        pass.push_sql("CAST(");
        pass.push_sql(self.0);
        pass.push_sql(" AS BLOB)");
        Ok(())
    }
}

impl HasSqlType<Stored> for MultiBackend {
    fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
        MultiBackend::lookup_sql_type::<Stored>(lookup)
    }
}

impl FromSql<Stored, Pg> for StoredText {
    fn from_sql(bytes: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(StoredText::of(bytes.as_bytes()))
    }
}

impl FromSql<Stored, Sqlite> for StoredText {
    fn from_sql(mut bytes: <Sqlite as diesel::backend::Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(StoredText::of(bytes.read_blob()))
    }
}

impl FromSql<Stored, MultiBackend> for StoredText {
    fn from_sql(bytes: MultiRawValue<'_>) -> deserialize::Result<Self> {
        bytes.from_sql::<StoredText, Stored>()
    }
}
