//! The organizations that a name might mean, with all that they are called.

use std::collections::btree_map::Entry;
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
use crate::matching::asked::{Asked, SEPARATORS};
use crate::matching::rest::{self, Rest, Side};
use crate::matching::spellings::spelling;
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
    /// What the places are called where it is.
    seats: Vec<String>,
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
    fn of(kept: &Kept, text: &[u8]) -> Outcome<Known> {
        let answer: Value = serde_json::from_slice(text).map_err(Problem::internal)?;
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
            seats: ["division_registered", "division_located"]
                .iter()
                .filter_map(|member| answer[member].as_str())
                .flat_map(rest::seats)
                .chain(answer.pointer("/name/zh").and_then(Value::as_str).map(rest::place_in_name))
                .collect(),
            successor: reference_id(&answer["successor"]).filter(|_| answer["lifecycle"] == "merged"),
            names: names.into_iter().flatten().collect(),
        })
    }
}

impl Known {
    /// What a piece beside its name says of it.
    pub fn rest(&self, piece: &str, side: Side) -> Rest {
        let is_state = self.names.iter().any(|name| name.reason == Reason::Name && name.text.ends_with("人民政府"));
        match (self.is_acronym(piece), Rest::of(piece, side, &self.r#type, &self.seats)) {
            (true, _) => Rest::Nothing,
            // What belongs to a government is an office of its own.
            (false, Rest::Part) if is_state => Rest::Unknown,
            (false, rest) => rest,
        }
    }

    /// Whether capital letters are those of one of its names, in their order: SWJTU of Southwest Jiaotong University.
    fn is_acronym(&self, piece: &str) -> bool {
        let is_capital = piece.len() > 1 && piece.bytes().all(|byte| byte.is_ascii_uppercase());
        let has = |name: &Name| {
            let mut letters = name.words.iter().flat_map(|word| word.chars());
            piece.chars().all(|capital| letters.any(|letter| letter == capital.to_ascii_lowercase()))
        };
        is_capital && self.names.iter().filter(|name| name.reason == Reason::Name).any(has)
    }

    /// Whether its name has parts itself, or is one that addresses take apart: of a hospital or laboratory of a university.
    pub fn is_written_in_parts(&self, name: &Name) -> bool {
        matches!(self.r#type.as_str(), "hospital" | "laboratory") || name.text.contains(SEPARATORS)
    }

    /// Whether it is a company: their names are often each other's but for a character that sounds alike.
    pub fn is_enterprise(&self) -> bool {
        matches!(self.r#type.as_str(), "enterprise" | "converted_institute")
    }

    /// Whether it is a company, or this name of it is of one.
    pub fn is_company(&self, name: &Name) -> bool {
        self.is_enterprise() || name.text.ends_with("公司") || name.text.ends_with('厂')
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
                    // The last key is that of the whole name; all keys of a name of letters are.
                    let is_short = name.words.is_empty() && Some(key) != name.keys.last();
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
    follow(&mut known, lens, conn)?;
    for (id, one) in known {
        match found.entry(id) {
            Entry::Vacant(place) => drop(place.insert(one)),
            Entry::Occupied(mut known) => {
                let merged = one.names.into_iter().filter(|name| name.reason == Reason::Merged);
                known.get_mut().names.extend(merged);
            }
        }
    }
    Ok(())
}

/// Gives the names of those that are recorded as merged to the ones that came after them, however many.
fn follow(known: &mut BTreeMap<Id, Known>, lens: &Lens, conn: &mut Connection) -> Outcome<()> {
    for _ in 0..MOST_MERGES {
        let with_names = known.values().filter(|one| !one.names.is_empty());
        let merged: Vec<(Id, Id)> = with_names.filter_map(|one| Some((one.id, one.successor?))).collect();
        if merged.is_empty() {
            break;
        }
        let unknown = merged.iter().map(|(_, into)| *into).filter(|into| !known.contains_key(into)).collect();
        known.extend(look_up(unknown, lens, conn)?);
        for (id, into) in merged {
            let names = known.get_mut(&id).map(|one| std::mem::take(&mut one.names)).unwrap_or_default();
            if let Some(successor) = known.get_mut(&into) {
                successor.names.extend(names.into_iter().map(|name| Name { reason: Reason::Merged, ..name }));
            }
        }
    }
    Ok(())
}

/// How often what an organization was merged into may have been merged itself.
const MOST_MERGES: usize = 5;

/// Finds the organizations whose names are this query but for one character: each with those names.
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
    let mut near: BTreeMap<Id, Vec<String>> = BTreeMap::new();
    for (id, names, _) in rows.iter().filter(|(_, _, into)| into.is_none()) {
        let names: Vec<String> = search.near_names(names).map(str::to_owned).collect();
        if !names.is_empty() {
            near.insert(*id, names);
        }
    }
    let known = look_up(near.keys().copied().collect(), lens, conn)?;
    let is_there = known.into_iter().filter(|(_, one)| one.successor.is_none());
    Ok(is_there.map(|(id, one)| (one, near.remove(&id).unwrap_or_default())).collect())
}

/// Another organization that has exactly this name while this one has not, of those that the caller sees: of two that have it, a
/// spelling may well mean one.
pub fn only_other_of_name(
    name: &str,
    one: Id,
    kind: &Kind,
    sight: &Sight,
    conn: &mut Connection,
) -> Outcome<Option<Id>> {
    let normal = normal_name(name);
    let rows = candidates(&[vec![Term::of_name(&normal)]], kind, sight, conn)?;
    let has_name = |(_, names, _): &&Row| names.lines().any(|known| known == normal);
    let named: BTreeSet<Id> = rows.iter().filter(has_name).map(|(id, _, into)| into.unwrap_or(*id)).collect();
    Ok(if named.contains(&one) { None } else { named.first().copied() })
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
    let known = |kept: &Arc<Kept>| -> Outcome<(Id, Known)> {
        let known = kept.made(sight, |text| Known::of(kept, text))?;
        Ok((kept.standing.id, Known::clone(&known)))
    };
    kept.iter().map(known).collect()
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
    // The same may be written in several ways.
    let mut values: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let mut codes: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for one in asked {
        let text = one.text.as_str();
        if let Ok(uscc) = Uscc::parse(&text.to_ascii_uppercase()) {
            values.entry(uscc.as_str().to_owned()).or_default().push(text);
        }
        let ror = text.to_ascii_lowercase();
        let ror = ror.trim_start_matches("https://").trim_start_matches("ror.org/");
        if let Ok(ror) = Ror::parse(&format!("https://ror.org/{ror}")) {
            values.entry(ror.as_str().to_owned()).or_default().push(text);
        }
        let code = text.to_ascii_uppercase();
        if RecordCode::parse(&code).is_ok() {
            codes.entry(code).or_default().push(text);
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
        for (value, id) in rows {
            let texts = values.get(&value).into_iter().flatten();
            named.extend(texts.map(|text| (*text, (id, Reason::Identifier))));
        }
    }
    if !codes.is_empty() {
        let of_code = records::table.filter(records::code.eq_any(codes.keys()));
        let rows: Vec<(String, Id)> = of_code.select((records::code, records::id)).load(conn)?;
        for (code, id) in rows {
            let texts = codes.get(&code).into_iter().flatten();
            named.extend(texts.map(|text| (*text, (id, Reason::Identifier))));
        }
    }
    if let Some(system) = system {
        let mut normals: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for one in asked {
            normals.entry(spelling(&one.text)).or_default().push(&one.text);
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
    let mut known: BTreeMap<Id, Known> = look_up(ids.iter().map(last).collect(), lens, conn)?.into_iter().collect();
    follow(&mut known, lens, conn)?;
    let meant = |id: &Id| {
        let mut one = known.get(&last(id))?;
        for _ in 0..MOST_MERGES {
            match one.successor {
                Some(successor) => one = known.get(&successor)?,
                None => return Some(one.clone()),
            }
        }
        None
    };
    Ok(named.into_iter().filter_map(|(text, (id, reason))| Some((text.to_owned(), (meant(&id)?, reason)))).collect())
}
