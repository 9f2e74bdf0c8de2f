//! The organizations that a name might mean, with all that they are called.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use actix_web::web::Bytes;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use serde_json::Value;

use crate::db::schema::{accepted_spellings, identifiers, records};
use crate::db::{Connection, Id, Sql, Uid};
use crate::kind::Kind;
use crate::kind::pointers::{matches, reference_id};
use crate::kind::search::{Search, Term, keys, normal_name};
use crate::matching::KIND;
use crate::matching::asked::Asked;
use crate::matching::verdict::Reason;
use crate::problem::{Outcome, Problem};
use crate::reading::cache::Kept;
use crate::reading::expand::{Lens, summarize};
use crate::reading::search::{Engine, push_found, push_query};
use crate::records::merges::merges_of;
use crate::records::sight::Sight;
use crate::reference::{RecordCode, Ror, Uscc};

/// An organization that the caller sees.
#[derive(Clone)]
pub struct Known {
    pub id: Id,
    /// The summary that a reference to it shows.
    pub summary: Bytes,
    pub r#type: String,
    pub parent: Option<Id>,
    /// It is recorded as merged into this one.
    successor: Option<Id>,
    pub names: Vec<Name>,
}

/// What an organization is or was called.
#[derive(Clone)]
pub struct Name {
    pub reason: Reason,
    pub text: String,
    pub normal: String,
    /// Of a name of letters.
    pub words: Vec<String>,
    keys: Vec<String>,
}

impl Name {
    fn of(reason: Reason, text: &str) -> Name {
        Name::of_normal(reason, text, normal_name(text))
    }

    /// Of a record that is no more, whose names are known in normal form only.
    fn of_merged(normal: &str) -> Name {
        let shown: String = normal.chars().filter(|c| !matches!(c, '<' | '>')).collect();
        Name::of_normal(Reason::Merged, &shown.replace('|', " "), normal.to_owned())
    }

    fn of_normal(reason: Reason, text: &str, normal: String) -> Name {
        let keys = keys::of_name(&normal);
        let words = if keys::has_chinese(&normal) { Vec::new() } else { keys::words(text) };
        Name { reason, text: text.to_owned(), normal, words, keys }
    }
}

impl Known {
    fn of(kept: &Kept, sight: &Sight) -> Outcome<Known> {
        let answer: Value = serde_json::from_slice(&kept.text(sight)).map_err(Problem::internal)?;
        let named = |pattern: &str, reason: Reason| -> Vec<Name> {
            let found = matches(&answer, pattern).into_iter().filter_map(|(_, value)| value.as_str());
            found.map(|text| Name::of(reason, text)).collect()
        };
        let names = [
            named("/name/zh", Reason::Name),
            named("/name/en", Reason::Name),
            named("/aliases/*/value", Reason::Alias),
            named("/former_names/*/name/zh", Reason::FormerName),
            named("/former_names/*/name/en", Reason::FormerName),
        ];
        Ok(Known {
            id: kept.standing.id,
            summary: kept.extras.summary.get().cloned().unwrap_or_else(|| Bytes::from_static(b"{}")),
            r#type: answer["type"].as_str().unwrap_or_default().to_owned(),
            parent: reference_id(&answer["parent"]),
            successor: reference_id(&answer["successor"]).filter(|_| answer["lifecycle"] == "merged"),
            names: names.into_iter().flatten().collect(),
        })
    }
}

/// Names of several organizations by their keys.
pub struct Names<'k> {
    pub known: Vec<&'k Known>,
    by_key: HashMap<&'k str, Vec<Found<'k>>>,
}

/// An organization that has a name of a key.
#[derive(Clone, Copy)]
pub struct Found<'k> {
    /// Its place in [`Names::known`].
    pub at: usize,
    pub name: &'k Name,
    /// The key is of a short form of the name.
    pub is_short: bool,
}

impl<'k> Names<'k> {
    pub fn of(found: &'k BTreeMap<Id, Known>) -> Names<'k> {
        let known: Vec<&Known> = found.values().collect();
        let mut by_key: HashMap<&str, Vec<Found>> = HashMap::new();
        for (at, known) in known.iter().enumerate() {
            for name in &known.names {
                for key in &name.keys {
                    // The last key is that of the whole name.
                    let is_short = Some(key) != name.keys.last();
                    by_key.entry(key).or_default().push(Found { at, name, is_short });
                }
            }
        }
        Names { known, by_key }
    }

    pub fn with_key(&self, key: &str) -> &[Found<'k>] {
        self.by_key.get(key).map_or(&[], Vec::as_slice)
    }
}

/// Rows that are read at most for one statement: more than a name can mean.
const MOST: i64 = 2000;

/// Finds the organizations that have a name of one of these keys.
pub fn by_keys(
    keys: &[&str],
    kind: &'static Kind,
    lens: &Lens,
    found: &mut BTreeMap<Id, Known>,
    conn: &mut Connection,
) -> Outcome<()> {
    let groups: Vec<Vec<Term>> = keys.iter().map(|key| vec![Term::of_key(key)]).collect();
    let rows = candidates(&groups, kind, lens.sight, conn)?;
    let mut known: BTreeMap<Id, Known> =
        look_up(rows.iter().map(|(id, _, into)| into.unwrap_or(*id)).collect(), lens, conn)?.into_iter().collect();
    // What was merged into it was called otherwise.
    for (_, names, into) in &rows {
        if let Some(known) = into.and_then(|into| known.get_mut(&into)) {
            known.names.extend(names.lines().filter(|name| !name.is_empty()).map(Name::of_merged));
        }
    }
    let succeeded: BTreeMap<Id, Id> = known.values().filter_map(|one| Some((one.id, one.successor?))).collect();
    let unknown = succeeded.values().filter(|id| !known.contains_key(id)).copied().collect();
    known.extend(look_up(unknown, lens, conn)?);
    for (id, into) in succeeded {
        let names = known.get_mut(&id).map(|one| std::mem::take(&mut one.names)).unwrap_or_default();
        if let Some(successor) = known.get_mut(&into) {
            successor.names.extend(names.into_iter().map(|name| Name { reason: Reason::Merged, ..name }));
        }
    }
    for (id, one) in known {
        found.entry(id).or_insert(one);
    }
    Ok(())
}

/// Finds the organizations whose names are this query but for one character.
pub fn near(
    search: &Search,
    kind: &'static Kind,
    lens: &Lens,
    conn: &mut Connection,
) -> Outcome<Vec<(Known, Vec<String>)>> {
    let groups = search.near();
    if groups.is_empty() {
        return Ok(Vec::new());
    }
    let rows = candidates(&groups, kind, lens.sight, conn)?;
    let near = rows.iter().filter(|(_, names, into)| into.is_none() && search.near_names(names).next().is_some());
    let known = look_up(near.clone().map(|(id, ..)| *id).collect(), lens, conn)?;
    let names: BTreeMap<Id, Vec<String>> =
        near.map(|(id, names, _)| (*id, search.near_names(names).map(str::to_owned).collect())).collect();
    Ok(known.into_iter().map(|(id, known)| (known, names.get(&id).cloned().unwrap_or_default())).collect())
}

type Row = (Id, String, Option<Id>);

/// The records that have all terms of one of these groups: each with its names, and with the one that it was merged into.
fn candidates(groups: &[Vec<Term>], kind: &Kind, sight: &Sight, conn: &mut Connection) -> Outcome<Vec<Row>> {
    if groups.is_empty() {
        return Ok(Vec::new());
    }
    let engine = Engine::of(conn);
    let mut sql: Sql<(Uid, Text, Nullable<Uid>)> = Sql::new("SELECT r.id, s.names, z.successor_id FROM ");
    push_found(&mut sql);
    sql.push_join().push("records r").push_indexed_by("records_standing").push(" ON r.id = s.record_id");
    sql.push(" LEFT JOIN successions z ON z.record_id = r.id AND z.merged WHERE ");
    push_query(&mut sql, groups, &[kind], engine);
    sql.push(" AND (z.successor_id IS NOT NULL OR ").append(sight.condition("r"));
    sql.push(format!(") ORDER BY r.id LIMIT {MOST}"));
    Ok(sql.planned_by_values().load(conn)?)
}

/// What these organizations are, those that the caller sees.
fn look_up(ids: BTreeSet<Id>, lens: &Lens, conn: &mut Connection) -> Outcome<Vec<(Id, Known)>> {
    let Lens { sight, shelf, position } = *lens;
    let wanted: Vec<(Id, Option<i64>)> = ids.into_iter().map(|id| (id, None)).collect();
    let kept: Vec<Arc<Kept>> = shelf.fetch(&wanted, position, conn)?.into_iter().flatten().collect();
    let kept: Vec<Arc<Kept>> =
        kept.into_iter().filter(|kept| kept.is_for(sight) && kept.standing.kind == KIND).collect();
    summarize(&kept, conn)?;
    kept.iter().map(|kept| Ok((kept.standing.id, Known::of(kept, sight)?))).collect()
}

/// The organizations that are named by an identifier, or by a spelling that the caller's system has accepted before: by the text that
/// was sent.
pub fn identified(
    asked: &[Asked],
    system: Option<&str>,
    lens: &Lens,
    conn: &mut Connection,
) -> Outcome<BTreeMap<String, (Known, Reason)>> {
    let mut named: BTreeMap<&str, (Id, Reason)> = BTreeMap::new();
    let mut values: BTreeMap<String, &str> = BTreeMap::new();
    let mut codes: BTreeMap<String, &str> = BTreeMap::new();
    for one in asked {
        let text = one.text.as_str();
        if let Ok(uscc) = Uscc::parse(&text.to_ascii_uppercase()) {
            values.insert(uscc.as_str().to_owned(), text);
        }
        let ror = text.to_ascii_lowercase();
        let ror = ror.trim_start_matches("https://").trim_start_matches("ror.org/");
        if let Ok(ror) = Ror::parse(&format!("https://ror.org/{ror}")) {
            values.insert(ror.as_str().to_owned(), text);
        }
        if RecordCode::parse(text).is_ok() {
            codes.insert(text.to_owned(), text);
        }
        if let Ok(id) = text.parse::<Id>() {
            named.insert(text, (id, Reason::Identifier));
        }
    }
    if !values.is_empty() {
        let rows: Vec<(String, Id)> = identifiers::table
            .filter(identifiers::scheme.eq_any(["uscc", "ror"]))
            .filter(identifiers::value.eq_any(values.keys()))
            .select((identifiers::value, identifiers::record_id))
            .load(conn)?;
        named.extend(rows.into_iter().filter_map(|(value, id)| Some((*values.get(&value)?, (id, Reason::Identifier)))));
    }
    if !codes.is_empty() {
        let rows: Vec<(String, Id)> = records::table
            .filter(records::code.eq_any(codes.keys()))
            .select((records::code, records::id))
            .load(conn)?;
        named.extend(rows.into_iter().filter_map(|(code, id)| Some((*codes.get(&code)?, (id, Reason::Identifier)))));
    }
    if let Some(system) = system {
        let mut normals: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for one in asked {
            normals.entry(normal_name(&one.text)).or_default().push(&one.text);
        }
        let rows: Vec<(String, Id)> = accepted_spellings::table
            .filter(accepted_spellings::source_system.eq(system))
            .filter(accepted_spellings::normal.eq_any(normals.keys()))
            .select((accepted_spellings::normal, accepted_spellings::organization_id))
            .load(conn)?;
        for (normal, id) in rows {
            for text in normals.get(&normal).into_iter().flatten() {
                named.entry(text).or_insert((id, Reason::AcceptedSpelling));
            }
        }
    }
    if named.is_empty() {
        return Ok(BTreeMap::new());
    }
    let ids: Vec<Id> = named.values().map(|(id, _)| *id).collect();
    let merged = merges_of(&ids, conn)?;
    let last = |id: &Id| merged.get(id).copied().unwrap_or(*id);
    let known: BTreeMap<Id, Known> = look_up(ids.iter().map(last).collect(), lens, conn)?.into_iter().collect();
    Ok(named
        .into_iter()
        .filter_map(|(text, (id, reason))| Some((text.to_owned(), (known.get(&last(&id))?.clone(), reason))))
        .collect())
}
