//! Every CHECK of the database has a rule that refuses first and says where, on drafts and on official records; the
//! CHECK is the last line of defence.
//!
//! The CHECKs are read from the databases as they stand, so that one which comes with a migration must be paired here.

use std::collections::{BTreeMap, BTreeSet};

use chuanyu::db::schema::{contents, records};
use chuanyu::db::{Cell, Connection, Id, Sql, Together};
use chuanyu::kind::Ownership;
use chuanyu::kind::register::Registered;
use chuanyu::kinds::register;
use chuanyu::problem::Problem;
use chuanyu::records::projection::Projection;
use chuanyu::records::rows::Head;
use diesel::connection::TransactionManager;
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::Text;
use serde_json::{Value, json};

use super::merged;

use crate::support::contents::*;
use crate::support::flows::{path, revision};
use crate::support::*;

/// A table and the columns that a CHECK of it is about.
type Check = (String, Vec<String>);

/// Tables that the pipeline alone fills: no content reaches their CHECKs.
const INTERNAL: [(&str, &str); 14] = [
    ("records", "states, numbers and digests of the pipeline's own making"),
    ("contents", "the digest of a text that is written with it"),
    ("confirmations", "a province's word, read by its own schema"),
    ("proposals", "what waits, drawn and settled by the pipeline"),
    ("successions", "a record's heir, compared before"),
    ("serials", "the count of record codes"),
    ("feed", "the one row of the position"),
    ("audit_events", "written with each change"),
    ("audit_head", "the one row of the chain's end"),
    ("jobs", "leases and ends, written by the worker"),
    ("introductions", "its steps and what each needs are judged by the table of steps"),
    ("introduction_steps", "written with each step of an introduction"),
    ("figures_proofs", "a signed document with the position that it was made of"),
    ("clients", "written by the operator's commands, which say what is wrong"),
];

/// A content that breaks a CHECK: by a patch to one that is right.
struct Breach {
    /// The columns of the CHECK, sorted.
    columns: &'static [&'static str],
    kind: &'static str,
    /// What is right; the kind's example without one.
    base: Option<fn() -> Content>,
    patch: Value,
    at: &'static str,
    code: &'static str,
    /// Whether such a content could be projected at all: a negative amount of money has no form.
    reaches: bool,
}

fn breach(
    columns: &'static [&'static str],
    kind: &'static str,
    base: fn() -> Content,
    patch: Value,
    (at, code): (&'static str, &'static str),
) -> Breach {
    Breach { columns, kind, base: Some(base), patch, at, code, reaches: true }
}

fn yuan(amount: &str) -> Value {
    json!({"amount": amount, "currency": "CNY"})
}

fn of_organizations() -> Vec<Breach> {
    const KIND: &str = "organizations";
    let one = |columns, base, patch, fault| breach(columns, KIND, base, patch, fault);
    vec![
        one(&["lifecycle"], organization, json!({"lifecycle": "gone"}), ("/lifecycle", "not-in-list")),
        one(&["uscc"], organization, json!({"uscc": "123"}), ("/uscc", "uscc-length")),
        one(
            &["ended_on", "established_on"],
            || organization().with("/ended_on", "2020-01-01"),
            json!({"established_on": "2020-01-02"}),
            ("/ended_on", "before-other-date"),
        ),
        one(
            &["lifecycle", "successor_id"],
            organization,
            json!({"lifecycle": "merged"}),
            ("/successor", "required-here"),
        ),
        one(&["ended_on", "lifecycle"], organization, json!({"lifecycle": "ended"}), ("/ended_on", "required-here")),
    ]
}

fn of_joint_labs() -> Vec<Breach> {
    const KIND: &str = "joint-labs";
    let one = |columns, base, patch, fault| breach(columns, KIND, base, patch, fault);
    let planned = || joint_lab().with("/lifecycle", "planned").without("approval_no").without("operating_since");
    vec![
        one(&["lifecycle"], joint_lab, json!({"lifecycle": "gone"}), ("/lifecycle", "not-in-list")),
        one(&["fixed_staff"], joint_lab, json!({"fixed_staff": -1}), ("/fixed_staff", "minimum")),
        Breach {
            reaches: false,
            ..one(
                &["instrument_value"],
                joint_lab,
                json!({"instrument_value": yuan("-1.00")}),
                ("/instrument_value/amount", "not-decimal"),
            )
        },
        one(
            &["build_end_planned_on", "build_start_on"],
            joint_lab,
            json!({"build_end_planned_on": "2023-06-30"}),
            ("/build_end_planned_on", "before-other-date"),
        ),
        one(
            &["build_start_on", "operating_since"],
            joint_lab,
            json!({"operating_since": "2023-06-30"}),
            ("/operating_since", "before-other-date"),
        ),
        one(
            &["lifecycle", "successor_id"],
            joint_lab,
            json!({"lifecycle": "reorganised"}),
            ("/successor", "required-here"),
        ),
        one(
            &["agreement_signed_on", "approval_no", "approved_on", "lifecycle"],
            planned,
            json!({"lifecycle": "under_construction"}),
            ("/approval_no", "required-here"),
        ),
    ]
}

fn of_alliances() -> Vec<Breach> {
    const KIND: &str = "alliances";
    let one = |columns, base, patch, fault| breach(columns, KIND, base, patch, fault);
    vec![
        one(&["lifecycle"], alliance, json!({"lifecycle": "gone"}), ("/lifecycle", "not-in-list")),
        one(
            &["charter_signed_on", "lifecycle"],
            || alliance().with("/lifecycle", "preparing").without("charter_signed_on"),
            json!({"lifecycle": "active"}),
            ("/charter_signed_on", "required-here"),
        ),
        one(
            &["filed_on", "filing_agency_id", "filing_no"],
            alliance,
            json!({"filed_on": "2021-01-01"}),
            ("/filing_agency", "required-here"),
        ),
        one(
            &["joined_on", "left_on"],
            alliance,
            json!({"parties": [party("2020-05-12", None), party("2020-05-12", Some("2020-05-11"))]}),
            ("/parties/1/left_on", "before-other-date"),
        ),
    ]
}

fn party(joined: &str, left: Option<&str>) -> Value {
    let row = if left.is_some() { 1 } else { 64 };
    let (province, role) = if row == 1 { (CHONGQING, "member") } else { (SICHUAN, "lead") };
    let mut party = json!({"org_id": chuanyu::kinds::shared::demo_org_id(row), "province": province, "role": role});
    party["joined_on"] = json!(joined);
    left.into_iter().for_each(|left| party["left_on"] = json!(left));
    party
}

fn of_instruments() -> Vec<Breach> {
    const KIND: &str = "instruments";
    let one = |columns, base, patch, fault| breach(columns, KIND, base, patch, fault);
    vec![
        one(&["lifecycle"], instrument, json!({"lifecycle": "gone"}), ("/lifecycle", "not-in-list")),
        one(
            &["original_value"],
            instrument,
            json!({"original_value": yuan("0.00")}),
            ("/original_value", "not-positive"),
        ),
        one(&["rated_hours"], instrument, json!({"rated_hours": 8785}), ("/rated_hours", "maximum")),
        one(
            &["commissioned_on", "decommissioned_on"],
            instrument,
            json!({"decommissioned_on": "1999-01-01"}),
            ("/decommissioned_on", "before-other-date"),
        ),
        one(
            &["decommissioned_on", "lifecycle"],
            instrument,
            json!({"lifecycle": "retired"}),
            ("/decommissioned_on", "required-here"),
        ),
        one(
            &["lifecycle", "share_mode"],
            instrument,
            json!({"share_mode": "3"}),
            ("/lifecycle", "not-shared-but-open"),
        ),
    ]
}

fn of_projects() -> Vec<Breach> {
    const KIND: &str = "projects";
    let one = |columns, base, patch, fault| breach(columns, KIND, base, patch, fault);
    let below_zero =
        |columns, patch, at| Breach { reaches: false, ..one(columns, project, patch, (at, "not-decimal")) };
    let proposed = || project().with("/lifecycle", "proposed").without("project_no");
    vec![
        one(&["lifecycle"], project, json!({"lifecycle": "gone"}), ("/lifecycle", "not-in-list")),
        below_zero(&["budget_total"], json!({"budget_total": yuan("-1.00")}), "/budget_total/amount"),
        below_zero(&["budget_cq"], json!({"budget_cq": yuan("-1.00")}), "/budget_cq/amount"),
        below_zero(&["budget_sc"], json!({"budget_sc": yuan("-1.00")}), "/budget_sc/amount"),
        below_zero(&["budget_own"], json!({"budget_own": yuan("-1.00")}), "/budget_own/amount"),
        one(
            &["end_planned_on", "start_on"],
            project,
            json!({"end_planned_on": "2022-06-30"}),
            ("/end_planned_on", "before-other-date"),
        ),
        one(
            &["end_actual_on", "start_on"],
            project,
            json!({"end_actual_on": "2022-06-30"}),
            ("/end_actual_on", "before-other-date"),
        ),
        one(
            &["accepted_on", "start_on"],
            project,
            json!({"acceptance": {"accepted_on": "2022-06-30", "result": "pass"}}),
            ("/acceptance/accepted_on", "before-other-date"),
        ),
        one(
            &["budget_cq", "budget_own", "budget_sc", "budget_total"],
            project,
            json!({"budget_cq": yuan("1000000.01")}),
            ("/budget_total", "budget-exceeded"),
        ),
        one(&["lifecycle", "project_no"], proposed, json!({"lifecycle": "approved"}), ("/project_no", "required-here")),
        one(
            &["end_actual_on", "lifecycle"],
            project,
            json!({"lifecycle": "terminated"}),
            ("/end_actual_on", "required-here"),
        ),
        one(
            &["accepted_on", "lifecycle"],
            || project().with("/lifecycle", "in_acceptance").with("/end_actual_on", "2026-01-31"),
            json!({"lifecycle": "completed"}),
            ("/acceptance", "required-here"),
        ),
    ]
}

fn of_achievements() -> Vec<Breach> {
    const KIND: &str = "achievements";
    let one = |columns, base, patch, fault| breach(columns, KIND, base, patch, fault);
    vec![
        one(&["lifecycle"], achievement, json!({"lifecycle": "gone"}), ("/lifecycle", "not-in-list")),
        one(&["registration_no"], achievement, json!({"registration_no": "1"}), ("/registration_no", "pattern")),
        one(&["start_month"], achievement, json!({"start_month": "2022-1"}), ("/start_month", "month-shape")),
        one(&["end_month"], achievement, json!({"end_month": "2024-6"}), ("/end_month", "month-shape")),
        one(
            &["end_month", "start_month"],
            achievement,
            json!({"end_month": "2022-06"}),
            ("/end_month", "before-other-date"),
        ),
    ]
}

fn of_policies() -> Vec<Breach> {
    const KIND: &str = "policies";
    let one = |columns, base, patch, fault| breach(columns, KIND, base, patch, fault);
    let drafting = || policy_of_chongqing().with("/lifecycle", "consulting").without("document_no");
    vec![
        one(&["lifecycle"], policy_of_chongqing, json!({"lifecycle": "gone"}), ("/lifecycle", "not-in-list")),
        one(&["policy_kind"], policy_of_chongqing, json!({"policy_kind": "tibet"}), ("/policy_kind", "not-in-list")),
        one(
            &["consultation_from", "consultation_to"],
            policy_of_chongqing,
            json!({"consultation_to": "2023-01-31"}),
            ("/consultation_to", "before-other-date"),
        ),
        one(
            &["effective_from", "issued_on"],
            policy_of_chongqing,
            json!({"effective_from": "2023-05-09"}),
            ("/effective_from", "before-other-date"),
        ),
        one(
            &["effective_from", "effective_to"],
            policy_of_chongqing,
            json!({"effective_to": "2023-05-31"}),
            ("/effective_to", "before-other-date"),
        ),
        one(
            &["document_no", "issued_on", "lifecycle"],
            drafting,
            json!({"lifecycle": "issued"}),
            ("/document_no", "required-here"),
        ),
        one(
            &["effective_from", "lifecycle"],
            || policy_of_chongqing().with("/lifecycle", "issued").without("effective_from"),
            json!({"lifecycle": "in_force"}),
            ("/effective_from", "required-here"),
        ),
        one(
            &["effective_to", "lifecycle"],
            policy_of_chongqing,
            json!({"lifecycle": "expired"}),
            ("/effective_to", "required-here"),
        ),
        one(
            &["lifecycle", "replaced_by_id"],
            policy_of_chongqing,
            json!({"lifecycle": "repealed"}),
            ("/replaced_by", "required-here"),
        ),
    ]
}

fn of_the_market() -> Vec<Breach> {
    vec![
        breach(&["lifecycle"], "demands", demand, json!({"lifecycle": "gone"}), ("/lifecycle", "not-in-list")),
        breach(
            &["name_disclosure"],
            "demands",
            demand,
            json!({"name_disclosure": "perhaps"}),
            ("/name_disclosure", "not-in-list"),
        ),
        Breach {
            reaches: false,
            ..breach(
                &["intended_investment"],
                "demands",
                demand,
                json!({"intended_investment": yuan("-1.00")}),
                ("/intended_investment/amount", "not-decimal"),
            )
        },
        breach(&["lifecycle"], "capabilities", capability, json!({"lifecycle": "gone"}), ("/lifecycle", "not-in-list")),
    ]
}

fn of_figures() -> Vec<Breach> {
    let observation = || content_of("observations");
    vec![
        breach(
            &["period_from", "target_year"],
            "targets",
            || content_of("targets"),
            json!({"period_from": 2031}),
            ("/period_from", "after-other-date"),
        ),
        breach(
            &["as_of_on", "cumulative_since"],
            "observations",
            observation,
            json!({"cumulative_since": "2023-03-31"}),
            ("/as_of_on", "before-other-date"),
        ),
        breach(
            &["as_of_on", "year"],
            "observations",
            observation,
            json!({"as_of_on": null}),
            ("/as_of_on", "period-or-day"),
        ),
    ]
}

/// A state that is none, of every kind whose example will do.
fn of_lifecycles(others: &[Breach]) -> Vec<Breach> {
    let without = |kind: &&str| !others.iter().any(|breach| breach.kind == *kind && breach.columns == ["lifecycle"]);
    let one = |kind| Breach {
        columns: &["lifecycle"],
        kind,
        base: None,
        patch: json!({"lifecycle": "gone"}),
        at: "/lifecycle",
        code: "not-in-list",
        reaches: true,
    };
    register().kinds().iter().map(|kind| kind.name).filter(without).map(one).collect()
}

fn breaches() -> Vec<Breach> {
    let mut all: Vec<Breach> = [
        of_organizations(),
        of_joint_labs(),
        of_alliances(),
        of_instruments(),
        of_projects(),
        of_achievements(),
        of_policies(),
        of_the_market(),
        of_figures(),
    ]
    .into_iter()
    .flatten()
    .collect();
    all.extend(of_lifecycles(&all));
    all
}

impl Breach {
    fn base(&self) -> Content {
        self.base.map_or_else(|| content_of(self.kind), |base| base())
    }

    fn kind(&self) -> &'static Registered {
        register().kind(self.kind).expect("a kind")
    }

    fn check(&self) -> Check {
        let table = if self.columns == ["joined_on", "left_on"] { "parties" } else { self.kind().table };
        (table.to_owned(), self.columns.iter().map(|column| (*column).to_owned()).collect())
    }
}

/// Every CHECK of the database with how often it occurs.
fn checks(conn: &mut Connection) -> BTreeMap<Check, usize> {
    let found = match conn {
        Connection::Sqlite(_) => checks_of_sqlite(conn),
        Connection::Postgres(_) => checks_of_postgres(conn),
    };
    let mut counted = BTreeMap::new();
    for check in found {
        *counted.entry(check).or_insert(0) += 1;
    }
    counted
}

fn checks_of_postgres(conn: &mut Connection) -> Vec<Check> {
    let sql: Sql<(Text, Text)> = Sql::new(
        "SELECT CAST(c.conrelid::regclass AS text), (SELECT string_agg(a.attname, ',' ORDER BY a.attname) FROM pg_attribute a
         WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)) FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
         WHERE c.contype = 'c' AND t.relkind = 'r' AND c.connamespace = 'public'::regnamespace",
    );
    let rows: Vec<(String, String)> = sql.load(conn).unwrap();
    let columns = |text: String| text.split(',').map(str::to_owned).collect();
    rows.into_iter().map(|(table, text)| (table, columns(text))).collect()
}

fn checks_of_sqlite(conn: &mut Connection) -> Vec<Check> {
    let tables: Sql<(Text, Text)> =
        Sql::new("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql LIKE '%CHECK%'");
    let tables: Vec<(String, String)> = tables.load(conn).unwrap();
    let mut found = Vec::new();
    for (table, text) in tables {
        let columns = columns_of(&table, conn);
        for (at, _) in text.match_indices("CHECK (") {
            found.push((table.clone(), named_in(balanced(&text[at + "CHECK ".len()..]), &columns)));
        }
    }
    found
}

fn columns_of(table: &str, conn: &mut Connection) -> Vec<String> {
    let mut names: Sql<Text> = Sql::new("SELECT name FROM pragma_table_info(");
    names.bind(Cell::text(table)).push(")");
    names.load(conn).unwrap()
}

/// The text up to the parenthesis that closes its first one.
fn balanced(text: &str) -> &str {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        depth += i32::from(c == '(') - i32::from(c == ')');
        if depth == 0 {
            return &text[..=at];
        }
    }
    panic!("{text}")
}

/// The columns that a condition names, sorted; words in quotes are values.
fn named_in(condition: &str, columns: &[String]) -> Vec<String> {
    let plain: String = condition.split('\'').step_by(2).collect::<Vec<_>>().join(" ");
    let words: Vec<&str> = plain.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
    let mut named: Vec<String> = columns.iter().filter(|column| words.contains(&column.as_str())).cloned().collect();
    named.sort();
    named
}

/// The CHECK that a failure tells of.
fn broken_check(error: DieselError, table: &str, conn: &mut Connection) -> Check {
    let DieselError::DatabaseError(DatabaseErrorKind::CheckViolation, info) = error else { panic!("{error}") };
    let columns = match info.constraint_name() {
        Some(name) => {
            let mut sql: Sql<Text> = Sql::new(
                "SELECT string_agg(a.attname, ',' ORDER BY a.attname) FROM pg_constraint c JOIN pg_attribute a
                 ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey) WHERE c.conname = ",
            );
            sql.bind(Cell::text(name));
            sql.load::<String>(conn).unwrap().remove(0).split(',').map(str::to_owned).collect()
        }
        None => named_in(info.message().trim_start_matches("CHECK constraint failed: "), &columns_of(table, conn)),
    };
    (table.to_owned(), columns)
}

#[apply(api_test)]
async fn every_check_is_paired_with_a_content_that_breaks_it_or_is_internal(app: TestApp) {
    let there = app.database(checks);
    let mut paired: BTreeMap<Check, usize> = BTreeMap::new();
    for breach in breaches() {
        *paired.entry(breach.check()).or_insert(0) += 1;
    }
    let internal = |table: &str| INTERNAL.iter().any(|(name, reason)| *name == table && !reason.is_empty());
    let of_contents = there.clone().into_iter().filter(|((table, _), _)| !internal(table));
    let (of_contents, paired): (BTreeSet<_>, BTreeSet<_>) = (of_contents.collect(), paired.into_iter().collect());
    let unpaired: Vec<_> = of_contents.difference(&paired).collect();
    assert!(
        unpaired.is_empty(),
        "pair a new CHECK in breaches(), or say in INTERNAL why no content reaches it: {unpaired:?}"
    );
    let without: Vec<_> = paired.difference(&of_contents).collect();
    assert!(without.is_empty(), "no CHECK, or not as many, on these columns: {without:?}");
    for (table, _) in INTERNAL {
        assert!(there.keys().any(|(name, _)| name == table), "{table} has no CHECK any more");
    }
}

#[apply(api_test)]
async fn the_rules_refuse_what_a_check_would_on_drafts_and_on_official_records(app: TestApp) {
    let agency = app.client("cq-agency");
    for breach in breaches() {
        let Breach { kind, patch, at, code, .. } = &breach;
        let name = format!("{kind} {patch}");
        let new = agency.post(&format!("/api/v1/{kind}"), merged(breach.base(), patch)).await.problem(422);
        assert!(new.has(&format!("#{at}"), code), "{name}: {:?}", new.faults());
        let draft = agency.create(kind, breach.base()).await;
        let drafted = agency.patch(&path(kind, &draft), patch.clone()).if_match(1).await.problem(422);
        assert!(drafted.has(&format!("#{at}"), code), "{name}: {:?}", drafted.faults());
        let joint = matches!(register().kind(kind).unwrap().ownership, Ownership::Joint);
        let (official, prefix, answer);
        if joint {
            official = app.active_joint(kind, breach.base()).await;
            answer = agency.propose(kind, &official, patch.clone()).await;
            prefix = "#/patch";
        } else {
            official = app.published(kind, breach.base()).await;
            answer = agency.patch(&path(kind, &official), patch.clone()).if_match(revision(&official)).await;
            prefix = "#";
        }
        let problem = answer.problem(422);
        assert!(problem.has(&format!("{prefix}{at}"), code), "{name}: {:?}", problem.faults());
        app.database(|conn| last_word(&breach, &official, conn));
    }
}

/// Writes the projection of the broken content, bypassing the rules: the CHECK refuses it.
fn last_word(breach: &Breach, official: &Value, conn: &mut Connection) {
    type Manager = <Connection as diesel::Connection>::TransactionManager;
    let id: Id = official["id"].as_str().unwrap().parse().unwrap();
    let head: Head = records::table.find(id).select(Head::as_select()).get_result(conn).unwrap();
    let text: String = contents::table
        .filter(contents::record_id.eq(id))
        .order(contents::number.desc())
        .select(contents::text)
        .first(conn)
        .unwrap();
    let mut content: Value = serde_json::from_str(&text).unwrap();
    json_patch::merge(&mut content, &breach.patch);
    let projection = Projection::of(breach.kind(), &content);
    Manager::begin_transaction(conn).unwrap();
    let mut old = Together::default();
    Projection::erase(id, &mut old, conn).and_then(|()| old.run(conn)).unwrap();
    let mut rows = Together::default();
    let written = projection.write(breach.kind(), &head, None, &mut rows, conn).and_then(|()| rows.run(conn));
    Manager::rollback_transaction(conn).unwrap();
    match written {
        Err(error) if breach.reaches => {
            let check = breach.check();
            assert_eq!(broken_check(error, &check.0, conn), check);
        }
        written => assert!(!breach.reaches, "{} {}: {written:?}", breach.kind, breach.patch),
    }
}

#[apply(api_test)]
async fn a_check_that_fires_all_the_same_is_a_rule_violated_and_no_failure(app: TestApp) {
    let official = app.published("instruments", instrument()).await;
    let id: Id = official["id"].as_str().unwrap().parse().unwrap();
    let mut update: Sql = Sql::new("UPDATE instruments SET share_mode = '3' WHERE record_id = ");
    update.bind(Cell::id(id));
    let problem = Problem::from(app.database(|conn| update.execute(conn)).unwrap_err());
    assert_eq!((problem.code().name(), problem.code().status().as_u16()), ("rule-violated", 422));
}
