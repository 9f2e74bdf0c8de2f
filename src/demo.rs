//! Demo data: real organizations, sample instruments, and example cooperation between them.
//!
//! All of it goes through the same pipeline as a client's data, in one transaction, with fixed identifiers, so that the
//! examples of the contract work without editing. Names of invented records say 示例 (example). Sources: public research on
//! organizations (ROR and press), synthetic values on real instrument kinds; see `data/demo/README.md`.

pub mod examples;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::agreement::changes::Change;
use crate::agreement::decisions::Decided;
use crate::agreement::moves::Wish;
use crate::auth::clients::{self, Client, NewClient};
use crate::auth::scopes::Scopes;
use crate::auth::secrets::Secret;
use crate::auth::{Principal, agencies};
use crate::config;
use crate::db::{Connection, Db, Id, Moment};
use crate::demo::examples::Example;
use crate::forms::envelope::Reference;
use crate::forms::introduction::IntroductionParty;
use crate::forms::signatory::SignatoryRequest;
use crate::introductions::propose::Proposal;
use crate::introductions::{self, document};
use crate::kind::register::Registered;
use crate::kinds::{self, register, shared};
use crate::problem::{Outcome, Problem};
use crate::records::actor::Actor;
use crate::records::desk::Desk;
use crate::records::rows::{self, CHONGQING, SICHUAN};
use crate::records::{judge, loading};

const ORGANIZATIONS: &str = include_str!("../data/demo/organizations.csv");
const INSTRUMENTS: &str = include_str!("../data/demo/instruments.csv");
const COOPERATION: &str = include_str!("../data/demo/cooperation.json");

/// A demo client as it is printed.
pub struct DemoClient {
    pub name: &'static str,
    pub secret: String,
    pub about: &'static str,
}

struct Profile {
    name: &'static str,
    about: &'static str,
    province: Option<&'static str>,
    organization: Option<&'static str>,
    scopes: &'static str,
}

/// When all demo records were made. A fixed moment: codes contain the year, and digests cover the codes of referenced
/// records, so the examples of the contract would break with the next year otherwise.
pub const LOADED_AT: &str = "2026-09-01T01:00:00Z";

/// The request that is named in the history of every demo record.
const REQUEST: u128 = 0x019a_bf00_0000_7000_8fff_0000_0000_0001;

const UNIVERSITY: &str = "records:read records:write changes:read";
const AGENCY: &str = "records:read records:write records:confirm records:publish changes:read audit:read";
const CLERK: &str = "records:read records:write records:publish changes:read";

const PROFILES: [Profile; 7] = [
    Profile {
        name: "cq-agency",
        about: "重庆市科学技术局: write, confirm, publish",
        province: Some(CHONGQING),
        organization: Some("重庆市科学技术局"),
        scopes: AGENCY,
    },
    Profile {
        name: "sc-agency",
        about: "四川省科学技术厅: write, confirm, publish",
        province: Some(SICHUAN),
        organization: Some("四川省科学技术厅"),
        scopes: AGENCY,
    },
    Profile {
        name: "cq-clerk",
        about: "重庆市科学技术局（经办）: write and submit for all of Chongqing; who submits cannot confirm",
        province: Some(CHONGQING),
        organization: Some("重庆市科学技术局"),
        scopes: CLERK,
    },
    Profile {
        name: "sc-clerk",
        about: "四川省科学技术厅（经办）: write and submit for all of Sichuan; who submits cannot confirm",
        province: Some(SICHUAN),
        organization: Some("四川省科学技术厅"),
        scopes: CLERK,
    },
    Profile {
        name: "cq-university",
        about: "重庆大学: write and submit",
        province: Some(CHONGQING),
        organization: Some("重庆大学"),
        scopes: UNIVERSITY,
    },
    Profile {
        name: "sc-university",
        about: "四川大学: write and submit",
        province: Some(SICHUAN),
        organization: Some("四川大学"),
        scopes: UNIVERSITY,
    },
    Profile {
        name: "reader",
        about: "read only",
        province: None,
        organization: None,
        scopes: "records:read changes:read",
    },
];

/// Fills an empty database and returns the demo clients with their secrets. On a database that has the demo clients
/// already they get new secrets; any other database with records is left alone and the result is `None`.
pub fn load(db: &Db, secret: Option<&config::Secret>) -> Outcome<Option<Vec<DemoClient>>> {
    let secrets: Vec<Secret> = PROFILES.iter().map(|_| make_secret(secret)).collect::<Outcome<_>>()?;
    db.write_here(|conn| {
        // The fixed identifier distinguishes demo data from a register whose partners happen to have such names.
        let known =
            clients::find_by_name(conn, PROFILES[0].name)?.is_some() && rows::exists(conn, shared::demo_org_id(1))?;
        if known {
            for (profile, secret) in PROFILES.iter().zip(&secrets) {
                clients::rotate_secret(conn, profile.name, 0, secret)?;
            }
        } else if rows::count(conn)? > 0 {
            return Ok(None);
        } else {
            fill(conn, &secrets)?;
        }
        let announce = |(profile, secret): (&Profile, &Secret)| DemoClient {
            name: profile.name,
            secret: secret.reveal().to_owned(),
            about: profile.about,
        };
        Ok(Some(PROFILES.iter().zip(&secrets).map(announce).collect()))
    })
}

fn make_secret(given: Option<&config::Secret>) -> Outcome<Secret> {
    match given {
        Some(given) => Secret::given(given.reveal().to_owned()),
        None => Secret::random(),
    }
}

fn fill(conn: &mut Connection, secrets: &[Secret]) -> Outcome<()> {
    let at = LOADED_AT.parse().map_err(Problem::internal)?;
    let mut loader = Loader { at, actors: BTreeMap::new(), organizations: BTreeMap::new() };
    // The agencies' clients register the organizations, theirs among them, which are marked; then every client is bound to its own.
    for (profile, secret) in PROFILES.iter().zip(secrets).take(2) {
        loader.add_client(profile, None, secret, conn)?;
    }
    loader.organizations(conn)?;
    for org in PROFILES.iter().take(2).filter_map(|profile| loader.organization(profile)) {
        agencies::add(&org.to_string(), conn)?;
    }
    for (place, (profile, secret)) in PROFILES.iter().zip(secrets).enumerate() {
        let org = loader.organization(profile);
        if place < 2 {
            org.map_or(Ok(()), |org| clients::bind_organization(conn, profile.name, org, false))?;
            loader.act_as(&clients::get(conn, profile.name)?);
        } else {
            loader.add_client(profile, org, secret, conn)?;
        }
    }
    loader.instruments(conn)?;
    loader.cooperation(conn)?;
    loader.examples(conn)?;
    loader.introduction(conn)
}

struct Loader {
    at: Moment,
    actors: BTreeMap<&'static str, Actor>,
    /// Row numbers (from 1) by Chinese name.
    organizations: BTreeMap<String, u32>,
}

impl Loader {
    fn add_client(
        &mut self,
        profile: &Profile,
        org_id: Option<Id>,
        secret: &Secret,
        conn: &mut Connection,
    ) -> Outcome<()> {
        let new = NewClient {
            name: profile.name.to_owned(),
            org_id,
            province: profile.province.map(str::to_owned),
            scopes: Scopes::parse(profile.scopes).map_err(Problem::internal)?,
            source_system: None,
            for_province: false,
        };
        let client = clients::add(conn, &new, secret)?;
        self.act_as(&client);
        Ok(())
    }

    /// The organization that a client acts for, once it is registered.
    fn organization(&self, profile: &Profile) -> Option<Id> {
        profile.organization.and_then(|name| self.organizations.get(name)).map(|row| shared::demo_org_id(*row))
    }

    fn act_as(&mut self, client: &Client) {
        let Some(profile) = PROFILES.iter().find(|profile| profile.name == client.name) else { return };
        let principal = Principal {
            client_id: client.id,
            client: client.name.clone(),
            org: client.org_id,
            province: client.province.clone(),
            scopes: client.scopes,
            source_system: client.source_system.clone(),
        };
        let request_id = Id(uuid::Uuid::from_u128(REQUEST));
        self.actors
            .insert(profile.name, Actor { principal: Arc::new(principal), request_id, at: self.at, restores: None });
    }

    fn actor(&self, name: &str) -> Outcome<&Actor> {
        self.actors.get(name).ok_or_else(|| Problem::internal(format!("no demo client {name}")))
    }

    fn organizations(&mut self, conn: &mut Connection) -> Outcome<()> {
        for (place, row) in rows(ORGANIZATIONS)?.into_iter().enumerate() {
            let number = place as u32 + 1;
            let get = |name: &str| row.get(name).map(String::as_str).filter(|text| !text.is_empty());
            let kind_of = get("type").unwrap_or_default();
            let mut content = json!({
                "name": {"zh": get("name_zh"), "en": get("name_en")},
                "aliases": aliases(get("aliases")),
                "lifecycle": "active",
                "type": kind_of,
                // Laboratories and schools inside a university are no legal persons of their own.
                "legal_person": kind_of != "laboratory",
                "division_registered": get("division_code"),
                "ror_id": get("ror_id"),
                "uscc": get("uscc"),
            });
            crate::kind::drop_nulls(&mut content);
            let agency = if get("province") == Some(SICHUAN) { "sc-agency" } else { "cq-agency" };
            self.organizations.insert(get("name_zh").unwrap_or_default().to_owned(), number);
            self.publish("organizations", agency, (shared::demo_org_id(number), content), conn)?;
        }
        Ok(())
    }

    fn instruments(&self, conn: &mut Connection) -> Outcome<()> {
        for (place, row) in rows(INSTRUMENTS)?.into_iter().enumerate() {
            let get = |name: &str| row.get(name).map(String::as_str).unwrap_or_default();
            let host = self.organizations.get(get("host_org_zh")).copied().unwrap_or(1);
            let share_mode = code_of("share-modes", get("share_mode_zh"));
            let content = json!({
                "name": {"zh": get("name_zh"), "en": get("name_en")},
                "lifecycle": if share_mode == "3" { "registered" } else { "open" },
                "host": {"id": shared::demo_org_id(host)},
                "inner_no": get("sample_id"),
                "category": get("category_code"),
                "source": "1",
                "original_value": {"amount": get("original_value_cny"), "currency": "CNY"},
                "manufacturer": get("manufacturer"),
                "origin_country": country(get("origin_zh")),
                "model": get("model"),
                "commissioned_on": get("commissioned_on"),
                "instrument_class": code_of("instrument-classes", get("instrument_class_zh")),
                "rated_hours": get("rated_hours_per_year").parse::<i32>().unwrap_or(1400),
                "technical": "示例：以厂商公布的指标为准。",
                "functions": format!("{}的常规测试与分析（示例）。", get("category_zh")),
                "disciplines": [get("discipline_code")],
                "service_content": "面向两地单位的测试服务（示例）。",
                "access_rules": "按所属单位开放共享管理办法预约使用（示例）。",
                "fee_note": "按所属单位公布的标准收取（示例）。",
                "share_mode": share_mode,
                "running_status": code_of("running-statuses", get("running_status_zh")),
                "affiliation": "4",
                "customs_supervised": false,
                "division": get("division_code"),
                "place": format!("{}（示例）", get("host_org_zh")),
                "remarks": "示例数据：数值为合成，不代表所列单位的真实情况。Example values, not facts about the named host.",
            });
            let province = crate::reference::division::province_of(get("division_code"));
            let agency = if province == Some(SICHUAN) { "sc-agency" } else { "cq-agency" };
            let id = shared::demo_record_id(kinds::place("instruments"), place as u32 + 1);
            self.publish("instruments", agency, (id, content), conn)?;
        }
        Ok(())
    }

    /// All but organizations and instruments: merge patches over the kind's example, each brought to a state of its own.
    fn cooperation(&self, conn: &mut Connection) -> Outcome<()> {
        let items: Vec<Value> = serde_json::from_str(COOPERATION).map_err(Problem::internal)?;
        let mut counts = BTreeMap::<String, u32>::new();
        for item in &items {
            let text = |name: &str| item.get(name).and_then(Value::as_str).unwrap_or_default();
            let kind = kind(text("kind"))?;
            let number = counts.entry(kind.name.to_owned()).or_default();
            *number += 1;
            let mut content = (kind.example)();
            json_patch::merge(&mut content, &item["content"]);
            let id = shared::demo_record_id(kinds::place(kind.name), *number);
            create(self.desk(kind, text("by"), conn)?, id, content)?;
            let confirmed: Vec<&str> =
                item["confirmed_by"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            if text("state") != "draft" {
                move_to(self.desk(kind, text("by"), conn)?, id, "submitted")?;
            }
            for agency in confirmed {
                confirm(self.desk(kind, agency, conn)?, id)?;
            }
        }
        Ok(())
    }

    /// The records that the examples of the contract are tried on.
    fn examples(&self, conn: &mut Connection) -> Outcome<()> {
        for example in examples::records() {
            let kind = kind(example.kind)?;
            create(self.desk(kind, &example.by, conn)?, example.id(), example.content.clone())?;
            match example.state {
                "submitted" => move_to(self.desk(kind, &example.by, conn)?, example.id(), "submitted")?,
                "active" => self.make_official(kind, example, conn)?,
                _ => {}
            }
            if let ("confirm-change" | "recall-change", Some(patch)) = (example.purpose, &example.change) {
                propose(self.desk(kind, &example.by, conn)?, example.id(), patch)?;
            }
        }
        Ok(())
    }

    /// The university proposes its example capability for the example demand, and waits for the word of the other side.
    fn introduction(&self, conn: &mut Connection) -> Outcome<()> {
        let proposal = Proposal {
            id: document::EXAMPLE.parse().map_err(Problem::internal)?,
            demand: kinds::example_id("demands"),
            offer: kinds::example_id("capabilities"),
            from: (IntroductionParty::Offer, "/demand"),
            note: Some("示例：可先行安排技术交流。Example: we could begin with a technical exchange.".to_owned()),
            party: None,
        };
        introductions::propose::propose(proposal, register(), self.actor("cq-university")?, conn).map(drop)
    }

    /// Every province concerned confirms it.
    fn make_official(&self, kind: &'static Registered, example: &Example, conn: &mut Connection) -> Outcome<()> {
        move_to(self.desk(kind, &example.by, conn)?, example.id(), "submitted")?;
        let joint = loaded(&mut self.desk(kind, &example.by, conn)?, example.id())?.head.joint;
        let agencies: &[&str] = if joint { &["cq-agency", "sc-agency"] } else { &["cq-agency"] };
        agencies.iter().try_for_each(|agency| confirm(self.desk(kind, agency, conn)?, example.id()))
    }

    /// Makes a single-owner record official: a trusted client of its province may.
    fn publish(&self, kind_name: &str, by: &str, (id, content): (Id, Value), conn: &mut Connection) -> Outcome<()> {
        let kind = kind(kind_name)?;
        create(self.desk(kind, by, conn)?, id, content)?;
        move_to(self.desk(kind, by, conn)?, id, "active")
    }

    /// The desk at which one of the demo's clients makes a change.
    fn desk<'d>(&'d self, kind: &'static Registered, by: &str, conn: &'d mut Connection) -> Outcome<Desk<'d>> {
        Ok(Desk { register: register(), kind, actor: self.actor(by)?, conn })
    }
}

fn create(mut desk: Desk, id: Id, content: Value) -> Outcome<()> {
    let examined = judge::examine(desk.kind, content, desk.actor.at.day_in_shanghai());
    desk.create(id, examined, None).map(drop)
}

fn move_to(mut desk: Desk, id: Id, to: &str) -> Outcome<()> {
    let loaded = loaded(&mut desk, id)?;
    desk.move_to(loaded, Wish { to, ..Wish::default() }).map(drop)
}

fn propose(mut desk: Desk, id: Id, patch: &Value) -> Outcome<()> {
    let loaded = loaded(&mut desk, id)?;
    let (change, reason) = (Change::Patch(patch.clone()), "示例：按双方商定更名。Example: as both sides agreed.");
    desk.propose(loaded, &change, reason).map(drop)
}

fn confirm(mut desk: Desk, id: Id) -> Outcome<()> {
    let loaded = loaded(&mut desk, id)?;
    let organization = Reference { id: desk.actor.principal.org, code: None };
    let wish = SignatoryRequest { organization: Some(organization), ..SignatoryRequest::default() };
    let decided = Decided {
        word: "confirm",
        digest: loaded.head.digest.clone(),
        signatory: Some(wish.find(desk.actor.province()?, desk.conn)?),
        reason: None,
    };
    desk.decide_submission(loaded, decided).map(drop)
}

fn loaded(desk: &mut Desk, id: Id) -> Outcome<rows::Loaded> {
    let found = loading::by_id(desk.kind, id, &desk.actor.sight(), desk.conn)?;
    found.ok_or_else(|| Problem::internal(format!("demo record {id} is not there")))
}

fn kind(name: &str) -> Outcome<&'static Registered> {
    register().kind(name).ok_or_else(|| Problem::internal(format!("no kind {name}")))
}

/// Short forms that are in use, separated by semicolons.
fn aliases(names: Option<&str>) -> Option<Value> {
    names.map(|names| names.split(';').map(|name| json!({"lang": "zh", "value": name})).collect())
}

fn rows(text: &str) -> Outcome<Vec<BTreeMap<String, String>>> {
    csv::Reader::from_reader(text.as_bytes()).deserialize().collect::<Result<_, _>>().map_err(Problem::internal)
}

/// The code whose Chinese name in a vocabulary is `zh`.
fn code_of(vocabulary: &str, zh: &str) -> String {
    let list = crate::reference::vocabulary(vocabulary);
    let entry = list.and_then(|list| list.entries.iter().find(|entry| entry.zh == zh));
    entry.map(|entry| entry.code.clone()).unwrap_or_default()
}

/// ISO 3166-1 alpha-2 codes of the makers' countries in the sample.
fn country(zh: &str) -> Option<&'static str> {
    const COUNTRIES: [(&str, &str); 15] = [
        ("中国", "CN"),
        ("日本", "JP"),
        ("美国", "US"),
        ("德国", "DE"),
        ("英国", "GB"),
        ("法国", "FR"),
        ("瑞士", "CH"),
        ("瑞典", "SE"),
        ("荷兰", "NL"),
        ("奥地利", "AT"),
        ("比利时", "BE"),
        ("加拿大", "CA"),
        ("新加坡", "SG"),
        ("马来西亚", "MY"),
        ("匈牙利", "HU"),
    ];
    COUNTRIES.iter().find(|(name, _)| *name == zh).map(|(_, code)| *code)
}
