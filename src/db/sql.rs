//! SQL written from data: text and bound values, for statements whose columns are known only at run time.
//!
//! Texts must come from the program (a kind's declaration), never from a request; whatever a client sent is a [`Cell`].

use std::borrow::Cow;
use std::marker::PhantomData;

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Bool, Date, Nullable, Text};

use super::types::{Id, Instant, Moment, Uid};
use super::{Connection, MultiBackend};

/// A value bound into a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    Text(Option<String>),
    Integer(Option<i64>),
    Flag(Option<bool>),
    Day(Option<NaiveDate>),
    Id(Option<Id>),
    Moment(Moment),
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
}

/// A statement whose rows have the SQL type `ST` (`()` for one that answers none).
#[derive(Debug, Clone)]
pub struct Sql<ST = ()> {
    parts: Vec<Part>,
    /// Statements of endless variety are not kept prepared: a client could fill the memory with them.
    uncached: bool,
    rows: PhantomData<ST>,
}

impl<ST> Default for Sql<ST> {
    fn default() -> Self {
        Sql { parts: Vec::new(), uncached: false, rows: PhantomData }
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

    /// Appends another statement's text and values.
    pub fn append<Other>(&mut self, other: Sql<Other>) -> &mut Self {
        self.parts.extend(other.parts);
        self
    }

    /// Does not keep the statement prepared.
    pub fn uncached(mut self) -> Self {
        self.uncached = true;
        self
    }

    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }
}

impl<ST> QueryFragment<MultiBackend> for Sql<ST> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        if self.uncached {
            pass.unsafe_to_cache_prepared();
        }
        for part in &self.parts {
            match part {
                Part::Text(text) => pass.push_sql(text),
                Part::Bind(Cell::Text(value)) => pass.push_bind_param::<Nullable<Text>, _>(value)?,
                Part::Bind(Cell::Integer(value)) => pass.push_bind_param::<Nullable<BigInt>, _>(value)?,
                Part::Bind(Cell::Flag(value)) => pass.push_bind_param::<Nullable<Bool>, _>(value)?,
                Part::Bind(Cell::Day(value)) => pass.push_bind_param::<Nullable<Date>, _>(value)?,
                Part::Bind(Cell::Id(value)) => pass.push_bind_param::<Nullable<Uid>, _>(value)?,
                Part::Bind(Cell::Moment(value)) => pass.push_bind_param::<Instant, _>(value)?,
            }
        }
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
