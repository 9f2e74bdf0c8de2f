//! Every change of a single member of an official record is answered as the resulting content would be as a new record.
//!
//! Changes are generated from the contents themselves and from the published schemas. Each is made twice, in transactions
//! that are rolled back: as a new record that becomes official, and as a change of the official one, by the pipeline's own
//! functions. Either both take effect, or both are refused with the same faults at the same places.

use std::collections::BTreeSet;

use chuanyu::agreement::changes::Change;
use chuanyu::agreement::decisions::Decided;
use chuanyu::agreement::moves::Wish;
use chuanyu::db::{Cell, Connection, Id, Moment, Sql};
use chuanyu::kind::findings::Findings;
use chuanyu::kind::patches::between;
use chuanyu::kind::register::Registered;
use chuanyu::kinds::register;
use chuanyu::problem::{Code, Outcome, Place, Problem};
use chuanyu::records::actor::Actor;
use chuanyu::records::commit::UPDATED;
use chuanyu::records::rows::Loaded;
use chuanyu::records::{judge, loading, proposals};
use diesel::RunQueryDsl;
use diesel::connection::TransactionManager;
use serde_json::{Map, Value, json};

use crate::support::contents::*;
use crate::support::*;
use chuanyu::records::desk::Desk;

/// Of vocabularies longer than this only a few codes are tried: no rule depends on one of them.
const CODES: usize = 40;
const FEW: usize = 3;

/// Elements of a list that are changed one by one; the others are like them.
const ELEMENTS: usize = 3;

/// Outcome of a content: official, refused with these faults, or refused as a whole.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    Official,
    Faults(BTreeSet<(String, &'static str)>),
    Refused(Code),
}

impl Answer {
    fn of(result: Outcome<()>) -> Answer {
        let Err(problem) = result else { return Answer::Official };
        assert!(problem.code().status().is_client_error() && problem.code() != Code::RuleViolated, "{problem}");
        match problem.said().faults.is_empty() {
            true => Answer::Refused(problem.code()),
            false => {
                Answer::Faults(problem.said().faults.iter().map(|fault| (place(&fault.place), fault.code)).collect())
            }
        }
    }

    /// The same without faults that only a change can have, which depend on the previous state.
    fn without_steps(self) -> (Answer, bool) {
        let Answer::Faults(mut faults) = self else { return (self, false) };
        let all = faults.len();
        faults.retain(|(_, code)| !["illegal-lifecycle-step", "settled-when-official"].contains(code));
        let stepped = faults.len() < all;
        (if faults.is_empty() { Answer::Official } else { Answer::Faults(faults) }, stepped)
    }
}

fn place(place: &Place) -> String {
    match place {
        Place::Pointer(pointer) => pointer.replacen("#/patch", "#", 1),
        other => panic!("{other:?}"),
    }
}

/// Runs `work` and rolls it back.
fn tried<T>(conn: &mut Connection, work: impl FnOnce(&mut Connection) -> T) -> T {
    type Manager = <Connection as diesel::Connection>::TransactionManager;
    Manager::begin_transaction(conn).unwrap();
    let result = work(conn);
    Manager::rollback_transaction(conn).unwrap();
    result
}

/// The callers: one that writes for Chongqing, and the agencies.
struct Cast {
    author: Actor,
    cq: Actor,
    sc: Actor,
}

impl Cast {
    fn of(app: &TestApp) -> Cast {
        app.crowd("cq-agency", 1);
        let actor = |name: &str| Actor {
            principal: app.principal(name),
            request_id: Id::new(),
            at: Moment::now(),
            restores: None,
        };
        Cast { author: actor("cq-agency-0"), cq: actor("cq-agency"), sc: actor("sc-agency") }
    }

    fn load(&self, kind: &'static Registered, id: Id, conn: &mut Connection) -> Loaded {
        loading::by_id(kind, id, &self.author.sight(), conn).unwrap().expect("a record that its author sees")
    }

    /// A new record with this content, official except for the confirmations of a joint one; returns whether it is
    /// joint.
    fn make(&self, kind: &'static Registered, id: Id, content: Value, conn: &mut Connection) -> Outcome<bool> {
        let examined = judge::examine(kind, content, self.author.at.day_in_shanghai());
        let made = Desk { register: register(), kind, actor: &self.author, conn }.create(id, examined, None)?;
        let to = if made.head.joint { "submitted" } else { "active" };
        let wish = Wish { to, ..Wish::default() };
        let loaded = self.load(kind, id, conn);
        Desk { register: register(), kind, actor: &self.author, conn }.move_to(loaded, wish)?;
        Ok(made.head.joint)
    }

    /// An official record with this content.
    fn publish(&self, kind: &'static Registered, content: Content, conn: &mut Connection) -> Id {
        let id = Id::new();
        let made = self.make(kind, id, content.0, conn);
        let done = made.and_then(|joint| if joint { self.agree(kind, id, conn) } else { Ok(()) });
        done.unwrap_or_else(|problem| panic!("{} {problem}", kind.name));
        id
    }

    /// Both provinces confirm what waits on a record.
    fn agree(&self, kind: &'static Registered, id: Id, conn: &mut Connection) -> Outcome<()> {
        for actor in [&self.sc, &self.cq] {
            let proposal = proposals::open_on(id, conn)?.pop().expect("a proposal that waits");
            let decided = Decided { word: "confirm", digest: proposal.digest.clone(), ..Decided::default() };
            let loaded = self.load(kind, id, conn);
            Desk { register: register(), kind, actor, conn }.decide(loaded, proposal, decided)?;
        }
        Ok(())
    }

    /// The same content as a change of the official record.
    fn change(&self, kind: &'static Registered, loaded: Loaded, content: Value, conn: &mut Connection) -> Outcome<()> {
        let id = loaded.head.id;
        let Some(patch) = patch_of(kind, &loaded, &content) else {
            let examined = judge::examine(kind, content.clone(), self.author.at.day_in_shanghai());
            return Desk { register: register(), kind, actor: &self.author, conn }
                .replace(loaded, examined, UPDATED)
                .map(drop);
        };
        Desk { register: register(), kind, actor: &self.author, conn }.propose(
            loaded,
            &Change::Patch(patch),
            "示例",
        )?;
        self.agree(kind, id, conn)?;
        let examined = judge::examine(kind, content, self.author.at.day_in_shanghai());
        assert_eq!(self.load(kind, id, conn).content, examined.content, "what was agreed is in force");
        Ok(())
    }
}

/// The patch by which a joint record is changed; none where its owner writes the content itself, or one side may.
fn patch_of(kind: &'static Registered, loaded: &Loaded, content: &Value) -> Option<Value> {
    let patch = between(&loaded.content, content);
    let signed = patch.as_object()?.keys().any(|name| !kind.unsigned.contains(&name.as_str()));
    Some(patch).filter(|_| loaded.head.joint && signed)
}

/// Values that may replace a value, by its schema and form.
fn others(schema: &Value, value: &Value) -> Vec<Value> {
    let codes = schema["enum"].as_array().map(Vec::as_slice).unwrap_or_default();
    let step = if codes.len() > CODES { codes.len() / FEW } else { 1 };
    let mut others: Vec<Value> = codes.iter().step_by(step).cloned().collect();
    match (value, schema["format"].as_str()) {
        (Value::Bool(flag), _) => others.push(json!(!flag)),
        (Value::Number(number), _) => {
            let number = number.as_i64().unwrap_or_default();
            others.extend([0, 1, number - 1, number + 1, number.saturating_mul(100)].map(Value::from));
        }
        (Value::String(_), Some("date")) => {
            let days = ["1995-06-01", "2019-01-15", "2023-06-15", "2025-10-01", "2026-11-01", "2031-03-01"];
            others.extend(days.map(Value::from));
        }
        (Value::String(text), _) if is_month(text) => {
            others.extend(["1998-01", "2023-01", "2026-10", "2031-03"].map(Value::from));
        }
        (Value::String(text), _) if text.parse::<f64>().is_ok() && text.contains('.') => {
            others.extend(["0.00", "0.01", "12.34", "999999999999.99"].map(Value::from));
        }
        _ => {}
    }
    others.retain(|other| other != value);
    others
}

fn is_month(text: &str) -> bool {
    let shape = |(at, byte): (usize, u8)| if at == 4 { byte == b'-' } else { byte.is_ascii_digit() };
    text.len() == 7 && text.bytes().enumerate().all(shape)
}

/// A schema behind its references.
fn plain(schema: &Value) -> &Value {
    let name = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next());
    name.map_or(schema, |name| plain(&register().components[name]))
}

/// Values for an absent member, as far as they make sense alone.
fn first_values(schema: &Value) -> Vec<Value> {
    let schema = plain(schema);
    let seed = match (schema["type"].as_str(), schema["format"].as_str()) {
        (Some("boolean"), _) => return vec![json!(true), json!(false)],
        (Some("integer"), _) => json!(7),
        (Some("string"), Some("date")) => json!("2001-01-01"),
        (Some("string"), _) if !schema["enum"].is_null() => Value::Null,
        _ => return Vec::new(),
    };
    others(schema, &seed)
}

/// Every content that differs from this one in one member: taken away, or of another value; elements of arrays too.
fn changes(schema: &Value, value: &Value) -> Vec<Value> {
    let schema = plain(schema);
    match value {
        Value::Object(members) => {
            let with = |name: &String, other: Value| {
                let mut changed = members.clone();
                changed.insert(name.clone(), other);
                Value::Object(changed)
            };
            let mut all: Vec<Value> = members
                .iter()
                .flat_map(|(name, member)| {
                    let inside = changes(&schema["properties"][name], member).into_iter();
                    let without = members.iter().filter(|(other, _)| *other != name);
                    let without: Map<String, Value> = without.map(|(name, one)| (name.clone(), one.clone())).collect();
                    inside.map(|other| with(name, other)).chain([Value::Object(without)]).collect::<Vec<_>>()
                })
                .collect();
            let absent = schema["properties"].as_object().into_iter().flatten();
            let absent = absent.filter(|(name, _)| !members.contains_key(*name));
            all.extend(absent.flat_map(|(name, schema)| first_values(schema).into_iter().map(|one| with(name, one))));
            all
        }
        Value::Array(items) => {
            let inside = items.iter().enumerate().take(ELEMENTS).flat_map(|(at, item)| {
                let with = |other: Value| {
                    let mut changed = items.clone();
                    changed[at] = other;
                    Value::Array(changed)
                };
                changes(&schema["items"], item).into_iter().map(with).collect::<Vec<_>>()
            });
            let without = (0..items.len()).map(|at| {
                let left = items.iter().enumerate().filter(|(other, _)| *other != at);
                Value::Array(left.map(|(_, item)| item.clone()).collect())
            });
            inside.chain(without).chain([json!([])]).collect()
        }
        _ => others(schema, value),
    }
}

/// Of the contents in other states of the lifecycle: its steps, and first-level members that go or have another value.
fn is_of_the_first_level(before: &Value, after: &Value) -> bool {
    let (before, after) = (before.as_object().unwrap(), after.as_object().unwrap());
    before.keys().chain(after.keys()).all(|name| match (before.get(name), after.get(name)) {
        (Some(one), Some(other)) => one == other || !(one.is_object() || one.is_array()),
        _ => true,
    })
}

/// The contents whose changes are tried: the example of the kind, and one in each state of its lifecycle.
fn bases(kind: &'static Registered, cast: &Cast, conn: &mut Connection) -> Vec<Content> {
    let successor = cast.publish(kind, content_of(kind.name), conn);
    let states: BTreeSet<&str> = kind.lifecycle.steps.iter().flat_map(|(from, to)| [*from, *to]).collect();
    let mut bases = vec![content_of(kind.name)];
    if kind.name == "policies" {
        bases.push(policy_of_chongqing());
    }
    bases.extend(states.iter().map(|state| in_lifecycle(kind.name, state, &json!(successor.to_string()))));
    bases
}

/// Tries every change of one official record; returns their number and those with differing outcomes.
fn try_all(
    kind: &'static Registered,
    cast: &Cast,
    base: Content,
    whole: bool,
    conn: &mut Connection,
) -> (usize, Vec<String>) {
    let id = cast.publish(kind, base, conn);
    let content = cast.load(kind, id, conn).content;
    let schema = register().components[kind.schema].clone();
    let mut all = changes(&schema, &content);
    all.retain(|other| *other != content && (whole || is_of_the_first_level(&content, other)));
    let mut different = Vec::new();
    for other in &all {
        let new = Answer::of(tried(conn, |conn| {
            // Unique values: the new record stands in for this one.
            let mut free: Sql = Sql::new("DELETE FROM identifiers WHERE record_id = ");
            free.bind(Cell::id(id));
            free.execute(conn).unwrap();
            cast.make(kind, Id::new(), other.clone(), conn).map(drop)
        }));
        let changed = tried(conn, |conn| {
            let loaded = cast.load(kind, id, conn);
            cast.change(kind, loaded, other.clone(), conn)
        });
        if is_no_change(&changed) {
            continue;
        }
        let new = match patch_of(kind, &cast.load(kind, id, conn), other) {
            Some(patch) => with_patch(kind, &patch, new),
            None => new,
        };
        let (judged, stepped) = Answer::of(changed).without_steps();
        if judged != new && !(stepped && matches!(new, Answer::Refused(_))) {
            let patch = between(&content, other);
            different
                .push(format!("{} {} {patch}\n  new: {new:?}\n  changed: {judged:?}", kind.name, content["lifecycle"]));
        }
    }
    (all.len(), different)
}

/// Whether the content is the one in force, only written otherwise.
fn is_no_change(result: &Outcome<()>) -> bool {
    let told = |problem: &Problem| problem.said().faults.iter().any(|fault| fault.code == "nothing-changes");
    result.as_ref().is_err_and(told)
}

/// The schema of a patch may report more.
fn with_patch(kind: &'static Registered, patch: &Value, new: Answer) -> Answer {
    let mut findings = Findings::new(Moment::now().day_in_shanghai());
    kind.checker.check_patch(patch, &mut findings);
    let own: BTreeSet<_> = findings.faults().iter().map(|fault| (place(&fault.place), fault.code)).collect();
    match new {
        Answer::Faults(faults) => Answer::Faults(faults.into_iter().chain(own).collect()),
        Answer::Official if !own.is_empty() => Answer::Faults(own),
        other => other,
    }
}

#[apply(api_test)]
async fn every_change_of_a_member_is_answered_as_a_new_record_would_be(app: TestApp) {
    let cast = Cast::of(&app);
    let began = std::time::Instant::now();
    let (count, different) = app.database(|conn| {
        let (mut count, mut different) = (0, Vec::new());
        for kind in register().kinds() {
            for (place, base) in bases(kind, &cast, conn).into_iter().enumerate() {
                let (tried, wrong) = try_all(kind, &cast, base, place == 0, conn);
                count += tried;
                different.extend(wrong);
            }
        }
        (count, different)
    });
    eprintln!("{count} changes of single members in {:?}", began.elapsed());
    assert!(
        different.is_empty(),
        "{} of {count}:\n{}",
        different.len(),
        different[..different.len().min(20)].join("\n")
    );
    assert!(count >= 3500, "{count} changes");
}
