//! SQL written from data: text and bound values, for statements whose columns are known only at run time.
//!
//! Texts must come from the program (a kind's declaration), never from a request; whatever a client sent is a [`Cell`].

use std::borrow::Cow;
use std::marker::PhantomData;

use chrono::NaiveDate;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Bool, Date, Nullable, Text};
use diesel::sqlite::Sqlite;

use crate::db::stored::AsStored;
use crate::db::types::{Id, Instant, Moment, Uid};
use crate::db::{Connection, MultiBackend};

/// A value bound into a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    Text(Option<String>),
    Integer(Option<i64>),
    Flag(Option<bool>),
    Day(Option<NaiveDate>),
    Id(Option<Id>),
    Moment(Option<Moment>),
}

impl Cell {
    pub fn text(text: impl Into<String>) -> Cell {
        Cell::Text(Some(text.into()))
    }

    pub fn id(id: Id) -> Cell {
        Cell::Id(Some(id))
    }
}

#[derive(Debug, Clone)]
enum Part {
    Text(Cow<'static, str>),
    Bind(Cell),
    Stored(AsStored),
    ByEngine(ByEngine),
}

/// When PostgreSQL plans a statement.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Planned {
    /// Left to PostgreSQL.
    #[default]
    Freely,
    Once,
    ByValues,
}

/// A statement whose rows have the SQL type `ST` (`()` for one that returns none).
#[derive(Debug, Clone)]
pub struct Sql<ST = ()> {
    parts: Vec<Part>,
    planned: Planned,
    rows: PhantomData<ST>,
}

impl<ST> Default for Sql<ST> {
    fn default() -> Self {
        Sql { parts: Vec::new(), planned: Planned::default(), rows: PhantomData }
    }
}

impl<ST> Sql<ST> {
    pub fn new(text: impl Into<Cow<'static, str>>) -> Self {
        let mut sql = Sql::default();
        sql.push(text);
        sql
    }

    /// Appends SQL text of the program's own.
    pub fn push(&mut self, text: impl Into<Cow<'static, str>>) -> &mut Self {
        self.parts.push(Part::Text(text.into()));
        self
    }

    /// Appends a bound value.
    pub fn bind(&mut self, cell: Cell) -> &mut Self {
        self.parts.push(Part::Bind(cell));
        self
    }

    /// Appends bound values with commas between.
    pub fn bind_all(&mut self, cells: impl IntoIterator<Item = Cell>) -> &mut Self {
        for (index, cell) in cells.into_iter().enumerate() {
            if index > 0 {
                self.push(", ");
            }
            self.bind(cell);
        }
        self
    }

    /// Appends ids with commas between, the last one repeated up to a power of two, so that few prepared statements
    /// serve any number of ids.
    pub fn bind_ids(&mut self, ids: &[Id]) -> &mut Self {
        let repeated = ids.last().into_iter().cycle().take(ids.len().next_power_of_two() - ids.len());
        self.bind_all(ids.iter().chain(repeated).map(|id| Cell::id(*id)))
    }

    /// Appends another statement's text and values.
    pub fn append<Other>(&mut self, other: Sql<Other>) -> &mut Self {
        self.parts.extend(other.parts);
        self
    }

    /// Appends a text column (or an expression of one) that is read as [`Stored`](crate::db::Stored).
    pub fn push_stored(&mut self, expression: &'static str) -> &mut Self {
        self.parts.push(Part::Stored(AsStored(expression)));
        self
    }

    /// Appends SQL text of the program's own that differs between the engines.
    pub fn push_by_engine(&mut self, sqlite: &'static str, postgres: &'static str) -> &mut Self {
        self.parts.push(Part::ByEngine(ByEngine { sqlite, postgres }));
        self
    }

    /// Appends ` JOIN `, between tables that SQLite must join in the order in which they are written, because it has no
    /// statistics. PostgreSQL chooses.
    pub fn push_join(&mut self) -> &mut Self {
        self.push_by_engine(" CROSS JOIN ", " JOIN ")
    }

    /// Makes SQLite use this index for the table that was appended last: it would prefer the key, even if the index
    /// covers all that is selected. PostgreSQL finds that by itself.
    pub fn push_indexed_by(&mut self, index: &'static str) -> &mut Self {
        self.push_by_engine(" INDEXED BY ", "").push_by_engine(index, "")
    }

    /// Keeps SQLite from using an index for the column that is appended next; PostgreSQL decides by its statistics.
    pub fn push_unindexed(&mut self) -> &mut Self {
        self.push_by_engine("+", "") // a unary plus changes no value
    }

    /// Appends whether a text column has this text in it.
    pub fn push_contains(&mut self, column: &'static str, text: &str) -> &mut Self {
        self.push_by_engine("instr(", "strpos(").push(column).push(", ").bind(Cell::text(text)).push(") > 0")
    }

    /// Appends a lock of the rows of `r`, held to commit, on PostgreSQL; SQLite has one writer at a time anyway.
    pub fn push_lock(&mut self, lock: Lock) -> &mut Self {
        self.push_by_engine(
            "",
            match lock {
                Lock::KeyShare => " FOR KEY SHARE OF r",
                Lock::Update => " FOR UPDATE OF r",
            },
        )
    }

    /// Appends the time by the database's clock, some milliseconds from now: processes on several machines agree on it.
    pub fn push_now(&mut self, in_ms: i64) -> &mut Self {
        self.push_by_engine(
            "(CAST(unixepoch('subsec') * 1000 AS INTEGER) + ",
            "(clock_timestamp() + interval '1 millisecond' * ",
        );
        self.bind(Cell::Integer(Some(in_ms))).push(")")
    }

    /// Makes PostgreSQL plan each execution for its values instead of keeping a prepared plan: for ranges and lists of
    /// values, where the best plan depends on how many rows they select.
    pub fn planned_by_values(mut self) -> Self {
        self.planned = Planned::ByValues;
        self
    }

    /// Makes PostgreSQL keep one generic plan. By itself it plans each execution again as long as that promises a
    /// slightly cheaper plan, and underestimates the cost of planning: for a page of fifty it takes three times as long
    /// as reading it. Behind a `SELECT` it cannot look at the values.
    pub fn planned_once(mut self) -> Self {
        self.planned = Planned::Once;
        self
    }

    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }
}

impl<ST> QueryFragment<MultiBackend> for Sql<ST> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        if self.planned == Planned::ByValues {
            MultiBackend::walk_variant_ast(&ByValues, pass.reborrow())?;
        }
        for part in &self.parts {
            let hidden = self.planned == Planned::Once && matches!(part, Part::Bind(_));
            if hidden {
                MultiBackend::walk_variant_ast(&ByEngine { sqlite: "", postgres: "(SELECT " }, pass.reborrow())?;
            }
            match part {
                Part::Text(text) => pass.push_sql(text),
                Part::Stored(column) => MultiBackend::walk_variant_ast(column, pass.reborrow())?,
                Part::ByEngine(texts) => MultiBackend::walk_variant_ast(texts, pass.reborrow())?,
                Part::Bind(Cell::Text(value)) => pass.push_bind_param::<Nullable<Text>, _>(value)?,
                Part::Bind(Cell::Integer(value)) => pass.push_bind_param::<Nullable<BigInt>, _>(value)?,
                Part::Bind(Cell::Flag(value)) => pass.push_bind_param::<Nullable<Bool>, _>(value)?,
                Part::Bind(Cell::Day(value)) => pass.push_bind_param::<Nullable<Date>, _>(value)?,
                Part::Bind(Cell::Id(value)) => pass.push_bind_param::<Nullable<Uid>, _>(value)?,
                Part::Bind(Cell::Moment(value)) => pass.push_bind_param::<Nullable<Instant>, _>(value)?,
            }
            if hidden {
                MultiBackend::walk_variant_ast(&ByEngine { sqlite: "", postgres: ")" }, pass.reborrow())?;
            }
        }
        Ok(())
    }
}

/// How rows are locked.
#[derive(Debug, Clone, Copy)]
pub enum Lock {
    /// Their keys stay: for transactions that add references to them.
    KeyShare,
    /// No other transaction changes them, or adds references to them.
    Update,
}

/// Text that differs between the engines.
#[derive(Debug, Clone, Copy)]
struct ByEngine {
    sqlite: &'static str,
    postgres: &'static str,
}

impl QueryFragment<Pg> for ByEngine {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        pass.push_sql(self.postgres);
        Ok(())
    }
}

impl QueryFragment<Sqlite> for ByEngine {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        pass.push_sql(self.sqlite);
        Ok(())
    }
}

/// Marks a statement as planned for its values.
struct ByValues;

impl QueryFragment<Pg> for ByValues {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        pass.unsafe_to_cache_prepared();
        Ok(())
    }
}

impl QueryFragment<Sqlite> for ByValues {
    fn walk_ast<'b>(&'b self, _: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        Ok(())
    }
}

impl<ST> QueryId for Sql<ST> {
    type QueryId = ();
    // The text differs from value to value: prepared statements are kept by their text.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<ST> Query for Sql<ST> {
    type SqlType = ST;
}

impl<ST> RunQueryDsl<Connection> for Sql<ST> {}
