//! How many records a caller sees, by what they have in common, and what their figures add up to (`docs/rules.md` §28).
//!
//! Everything is counted from the records: cells and totals come from one statement, or from the figures of another position and what
//! changed in between, so that they belong to one position of the feed. What a caller may not see counts nowhere, and what it may not know (who owns an anonymous demand)
//! groups nothing.
//!
//! What was counted follows the feed: `past` takes out and puts in what changed, and finds the figures of earlier positions the same
//! way. [`proof`] signs figures.

mod answer;
mod past;
pub mod proof;
mod statement;
mod tally;
mod then;

use std::sync::Arc;

use crate::api::query::{GREATEST, Query};
use crate::db::{Connection, Id};
use crate::kind::dimension::{Dimension, Source, Values};
use crate::kind::findings::first_level;
use crate::kind::register::Registered;
use crate::kind::{Kind, Member};
use crate::problem::{Fault, Outcome, Problem};
use crate::reading::cache::Shelf;
use crate::reading::expand::labels;
use crate::reading::figures::{Counted, Names};
use crate::reading::filters::{Filters, INSTANTS, parameter_names};
use crate::reading::pages::{Asked, EVERY, Mark, Written};
use crate::reading::selection::Selection;
use crate::records::rebuild;
use crate::records::sight::Sight;

/// Dimensions of one answer.
const MOST_DIMENSIONS: usize = 2;

/// Cells of one answer.
const MOST_CELLS: usize = 10_000;

/// Parameters of statistics that are no filters.
pub const PARAMETERS: [&str; 7] = ["group_by", "sum", "avg", "min", "max", "as_of_seq", "format"];

/// What is made of the figures of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    Sum,
    /// Sum ÷ number of records that give it, rounded half up to two decimal places.
    Avg,
    Min,
    Max,
}

impl Measure {
    pub const ALL: [(&'static str, Measure); 4] =
        [("sum", Measure::Sum), ("avg", Measure::Avg), ("min", Measure::Min), ("max", Measure::Max)];
}

/// A request for statistics of a kind.
pub struct Statistics {
    kind: &'static Registered,
    filters: Filters,
    dimensions: Vec<Dimension>,
    /// Members that are measured, each once, and what is asked of them.
    measured: Vec<&'static Member>,
    measures: Vec<(&'static str, Measure, usize)>,
    meaning: String,
    /// The filters as they were sent, for the addresses of the lists that cells count.
    asked: Vec<(String, String)>,
    /// The position of the feed that the figures are of; those of now where none is named.
    pub as_of: Option<i64>,
    pub is_table: bool,
}

/// The dimensions of a kind: what all records have, then its own.
pub fn dimensions(kind: &Kind) -> Vec<Dimension> {
    let common = |name: &str, filter, source, values| Dimension { name: name.to_owned(), filter, source, values };
    let province = match kind.has_parties() {
        true => Source::Party("province"),
        false => Source::Record("province"),
    };
    let mut all = vec![
        common("state", "state", Source::Record("state"), Values::Codes("record-states")),
        common("province", "province", province, Values::Divisions),
    ];
    if !kind.has_parties() {
        all.push(common("owner", "owner", Source::Record("owner_id"), Values::Records));
    }
    for (name, ..) in INSTANTS {
        for (part, values) in [("year", Values::Years), ("quarter", Values::Quarters), ("month", Values::Months)] {
            all.push(common(name, name, Source::Instant(name), values).part(part, values));
        }
    }
    // What only one record has groups nothing.
    let is_unique = |member: &&Member| kind.uniques.iter().any(|unique| unique.at == member.at);
    let members = kind.members.iter().filter(|member| !is_unique(member));
    all.extend(members.flat_map(|member| member.shape.dimensions(member)));
    all
}

/// The members of a kind that are measured.
pub fn measured(kind: &Kind) -> Vec<&'static Member> {
    kind.members.iter().filter(|member| member.shape.measure().is_some()).collect()
}

impl Statistics {
    /// Reads the query; everything unknown is refused.
    pub fn read(kind: &'static Registered, query: &Query) -> Outcome<Statistics> {
        let known = dimensions(kind);
        let names: Vec<&str> = known.iter().map(|dimension| dimension.name.as_str()).collect();
        let wanted = query.take_words("group_by", &names).unwrap_or_default();
        if wanted.len() > MOST_DIMENSIONS {
            query.refuse(Fault::parameter("group_by", "too-many-items").arg("limit", MOST_DIMENSIONS));
        }
        let dimension = |name: &String| known.iter().find(|one| one.name == *name).cloned();
        let dimensions: Vec<Dimension> = wanted.iter().filter_map(dimension).collect();
        let all = measured(kind);
        let names: Vec<&str> = all.iter().map(|member| member.name).collect();
        let (mut members, mut measures) = (Vec::<&'static Member>::new(), Vec::new());
        for (word, measure) in Measure::ALL {
            for name in query.take_words(word, &names).unwrap_or_default() {
                let Some(member) = all.iter().find(|member| member.name == name) else { continue };
                let place = members.iter().position(|known| known.name == name).unwrap_or(members.len());
                members.extend((place == members.len()).then_some(*member));
                measures.push((word, measure, place));
            }
        }
        let as_of = query.take_int("as_of_seq", 1, GREATEST);
        let is_table = query.take_word("format", &["json", "csv"]).is_some_and(|format| format == "csv");
        let asked = query.left();
        let mut filters = Filters::take(kind, query);
        query.finish_or_guess(|| {
            parameter_names(kind).into_iter().chain(PARAMETERS.map(str::to_owned)).collect::<Vec<_>>()
        })?;
        filters.tells_owner |= dimensions.iter().any(|dimension| tells_owner(kind, dimension));
        // In their order, which decides where their values stand.
        let order: Vec<&str> =
            dimensions.iter().map(|one| one.name.as_str()).chain(members.iter().map(|one| one.name)).collect();
        let meaning = format!("statistics {}?{}", order.join(","), query.meaning(&["format", "as_of_seq"]));
        Ok(Statistics { kind, filters, dimensions, measured: members, measures, meaning, asked, as_of, is_table })
    }

    /// Counts for a caller, unless nothing of the kind changed since the same was counted. Only outside a transaction.
    pub fn run(&self, sight: &Sight, shelf: &Shelf, conn: &mut Connection) -> Outcome<Arc<Counted>> {
        let asked = self.asked_by(sight);
        let database = shelf.pages.database();
        let position = shelf.follow(conn)?;
        if let Some(counted) = shelf.pages.figures(&asked) {
            return Ok(counted);
        }
        let counted = Arc::new(match self.as_of {
            Some(then) => {
                let _turn =
                    shelf.pages.turn().ok_or_else(|| Problem::unavailable("figures of the past are computed"))?;
                past::at(self, then, sight, conn)?
            }
            None => self.count(shelf.pages.figures_of_before(&asked), position, sight, conn)?,
        });
        if self.filters.search.is_none() || !rebuild::is_unfinished(conn)? {
            shelf.pages.keep_figures(asked, Mark { position, database }, counted.clone());
        }
        Ok(counted)
    }

    fn count(
        &self,
        before: Option<Arc<Counted>>,
        position: i64,
        sight: &Sight,
        conn: &mut Connection,
    ) -> Outcome<Counted> {
        let selection = Selection::of(&self.filters, self.kind.kind, sight, conn)?;
        let followed = match before {
            Some(before) => past::followed(self, &selection, &before, position, conn)?,
            None => None,
        };
        followed.map_or_else(|| statement::counted(self, &selection, conn), Ok)
    }

    fn asked_by(&self, sight: &Sight) -> Asked {
        let position = self.as_of.map(|position| format!("@{position} ")).unwrap_or_default();
        Asked { kind: self.kind.name, query: format!("{position}{}", self.meaning), sight: sight.clone() }
    }

    /// The answer as it was last written, while it still holds. Only outside a transaction.
    pub fn written(&self, sight: &Sight, shelf: &Shelf, conn: &mut Connection) -> Outcome<Option<Arc<Written>>> {
        shelf.follow(conn)?;
        Ok(shelf.pages.written(&self.written_for(sight)))
    }

    /// Writes the answer, with the names of the records that are values.
    pub fn write(&self, sight: &Sight, shelf: &Shelf, conn: &mut Connection) -> Outcome<Arc<Written>> {
        let mark = Mark { database: shelf.pages.database(), position: shelf.follow(conn)? };
        let counted = self.run(sight, shelf, conn)?;
        let names = self.names(&counted, sight, (shelf, mark.position), conn)?;
        let written = Arc::new(Written::of(match self.is_table {
            true => self.csv(&counted, &names)?.into(),
            false => self.json(&counted, &names).into(),
        }));
        // Records that are values may get other names at any time.
        let is_named = self.dimensions.iter().any(|one| one.values == Values::Records);
        let kind = if is_named { EVERY } else { self.kind.name };
        if self.filters.search.is_none() || !rebuild::is_unfinished(conn)? {
            shelf.pages.keep_written(self.written_for(sight), (kind, mark), written.clone());
        }
        Ok(written)
    }

    fn written_for(&self, sight: &Sight) -> Asked {
        let asked = self.asked_by(sight);
        Asked { query: format!("{}{}", if self.is_table { "csv " } else { "" }, asked.query), ..asked }
    }

    fn names(
        &self,
        counted: &Counted,
        sight: &Sight,
        (shelf, position): (&Shelf, i64),
        conn: &mut Connection,
    ) -> Outcome<Names> {
        let mut ids: Vec<Id> = Vec::new();
        for (index, dimension) in self.dimensions.iter().enumerate() {
            if dimension.values == Values::Records {
                ids.extend(counted.cells.iter().filter_map(|cell| cell.values[index].as_ref()?.parse::<Id>().ok()));
            }
        }
        ids.sort_unstable();
        ids.dedup();
        labels(&ids, sight, shelf, position, conn)
    }

    /// Whether cells add up to more than there is, because a record may have several values.
    fn is_overlapping(&self) -> bool {
        self.dimensions.iter().any(|dimension| dimension.source.is_many())
    }
}

/// Whether grouping by it would reveal the owner of what is counted.
fn tells_owner(kind: &Kind, dimension: &Dimension) -> bool {
    let Some(wish) = kind.anonymity else { return false };
    let mut members = kind.members.iter().filter(|member| member.name == dimension.filter);
    dimension.name == "owner" || members.any(|member| member.at.iter().any(|at| wish.hides.contains(&first_level(at))))
}
