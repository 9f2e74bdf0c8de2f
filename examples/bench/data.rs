//! Instruments of every sort, made by the register's own pipeline.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::Datelike;
use chuanyu::agreement::moves;
use chuanyu::auth::{Principal, clients};
use chuanyu::db::schema::records;
use chuanyu::db::{Connection, Db, Id, Moment, PoolSettings, Target, migrate};
use chuanyu::kind::register::Registered;
use chuanyu::kinds::register;
use chuanyu::problem::{Outcome, Problem};
use chuanyu::records::actor::Actor;
use chuanyu::records::{judge, loading};
use chuanyu::reference::{Entry, division, vocabulary};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use serde_json::{Value, json};

use super::{Done, told};
use chuanyu::records::desk::Desk;

/// Instruments in one transaction.
const BATCH: u64 = 500;
/// Time between the creation of two instruments.
const STEP_MS: i64 = 20_000;

const NAMES: [(&str, &str); 12] = [
    ("场发射透射电子显微镜", "Field emission transmission electron microscope"),
    ("超导核磁共振波谱仪", "Superconducting NMR spectrometer"),
    ("气相色谱质谱联用仪", "Gas chromatograph mass spectrometer"),
    ("单晶X射线衍射仪", "Single crystal X-ray diffractometer"),
    ("激光共聚焦显微镜", "Laser confocal microscope"),
    ("流式细胞分选仪", "Flow cytometry cell sorter"),
    ("电感耦合等离子体质谱仪", "Inductively coupled plasma mass spectrometer"),
    ("傅里叶变换红外光谱仪", "Fourier transform infrared spectrometer"),
    ("热重差热综合分析仪", "Thermogravimetric analyser"),
    ("三坐标测量机", "Coordinate measuring machine"),
    ("高通量基因测序仪", "High-throughput gene sequencer"),
    ("材料疲劳试验机", "Fatigue testing machine"),
];
const MAKERS: [(&str, &str); 8] = [
    ("JEOL", "JP"),
    ("Bruker", "DE"),
    ("Thermo Fisher Scientific", "US"),
    ("Agilent", "US"),
    ("岛津", "JP"),
    ("Carl Zeiss", "DE"),
    ("北京普析", "CN"),
    ("重庆川仪", "CN"),
];

/// A pseudo-random number below `bound`, the same in every run.
fn pick(of: u64, salt: u64, bound: usize) -> usize {
    let mut mixed = of.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(salt.wrapping_mul(0xd1b5_4a32_d192_ed03));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((mixed ^ (mixed >> 31)) % bound as u64) as usize
}

/// The same, small numbers more often: some categories and hosts have many instruments, most have few.
fn pick_low(of: u64, salt: u64, bound: usize) -> usize {
    pick(of, salt, bound).min(pick(of, salt + 1000, bound)).min(pick(of, salt + 2000, bound))
}

struct Host {
    id: Id,
    province: String,
    /// Of its side: where its instruments stand.
    divisions: Arc<Vec<String>>,
}

struct Maker {
    kind: &'static Registered,
    hosts: Vec<Host>,
    categories: Vec<String>,
    disciplines: Vec<String>,
    agencies: Vec<Arc<Principal>>,
    began: i64,
}

pub fn load(url: &str, count: u64, folder: &Path) -> Done {
    let target = Target::parse(url)?;
    migrate::run(&target).map_err(|error| error.to_string())?;
    let settings = PoolSettings { size: 2, patience: Duration::from_secs(30), waiting: 16 };
    let db = Db::open(target, settings);
    told(chuanyu::demo::load(&db, None))?;
    let maker = told(db.read_here(|conn| Maker::new(count, conn)))?;
    let start = Instant::now();
    for first in (0..count).step_by(BATCH as usize) {
        let batch = first..count.min(first + BATCH);
        told(db.write_here(|conn| batch.clone().try_for_each(|number| maker.make(number, conn))))?;
    }
    eprintln!("{count} instruments in {:.1} s", start.elapsed().as_secs_f64());
    if !db.target().is_sqlite() {
        // As autovacuum would a minute later.
        told(db.read_here(|conn| Ok(conn.batch_execute("VACUUM ANALYZE")?)))?;
    }
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join("body.json"), maker.content(1, &maker.hosts[0], "@KEY@").to_string())?;
    let active: Vec<Id> = told(db.read_here(|conn| {
        let query = records::table.filter(records::kind.eq(maker.kind.name)).filter(records::state.eq("active"));
        Ok(query.order(records::id).select(records::id).load(conn)?)
    }))?;
    let some = active.iter().step_by((active.len() / 4000).max(1));
    let paths: Vec<String> = some.map(|id| format!("/api/v1/instruments/{id}")).collect();
    std::fs::write(folder.join("one"), paths.join("\n"))?;
    let lists = |filters: &[String]| {
        filters.iter().map(|filter| format!("/api/v1/instruments?{filter}")).collect::<Vec<_>>().join("\n")
    };
    std::fs::write(folder.join("page"), lists(&maker.single_filters()))?;
    std::fs::write(folder.join("page2"), lists(&maker.double_filters()))?;
    // From places all over the feed but the last pages, so that every page is full.
    let feed = (0..50).map(|part| format!("/api/v1/changes?after={}&limit=500&include=record", part * count / 60));
    std::fs::write(folder.join("feed"), feed.collect::<Vec<_>>().join("\n"))?;
    Ok(())
}

const PLACES: [&str; 8] = ["重庆", "成都", "绵阳", "德阳", "宜宾", "南充", "泸州", "万州"];
const TRADES: [&str; 10] = ["材料", "激光", "电子", "生物", "农业", "化工", "机械", "地质", "能源", "环境"];

/// So many organizations more, official ones, whose names are told apart by place, trade and number.
pub fn organizations(url: &str, count: u64) -> Done {
    let db = Db::open(Target::parse(url)?, PoolSettings { size: 2, patience: Duration::from_secs(30), waiting: 16 });
    let maker = told(db.read_here(|conn| Maker::new(0, conn)))?;
    let maker = Maker { kind: register().kind("organizations").ok_or("no kind organizations")?, ..maker };
    let start = Instant::now();
    for first in (0..count).step_by(BATCH as usize) {
        let batch = first..count.min(first + BATCH);
        told(db.write_here(|conn| batch.clone().try_for_each(|number| maker.found(number, conn))))?;
    }
    eprintln!("{count} organizations in {:.1} s", start.elapsed().as_secs_f64());
    if !db.target().is_sqlite() {
        told(db.read_here(|conn| Ok(conn.batch_execute("VACUUM ANALYZE")?)))?;
    }
    Ok(())
}

impl Maker {
    fn found(&self, number: u64, conn: &mut Connection) -> Outcome<()> {
        let (place, trade) = (PLACES[pick(number, 30, PLACES.len())], TRADES[pick(number, 31, TRADES.len())]);
        let mut body = (self.kind.example)();
        let patch = json!({
            "name": {"zh": format!("{place}{trade}第{number}研究院"), "en": null}, "aliases": null, "former_names": null, "uscc": null,
            "ror_id": null,
        });
        json_patch::merge(&mut body, &patch);
        self.register(body, (self.agencies[0].clone(), Moment::now()), &["active"], conn)
    }

    fn new(count: u64, conn: &mut Connection) -> Outcome<Maker> {
        let today = Moment::now().day_in_shanghai();
        let codes = |name: &str| -> Vec<String> {
            let entries = vocabulary(name).map(|list| list.entries.as_slice()).unwrap_or_default();
            // What went out of use in 2025 stood in a division of that time.
            let long = |entry: &&Entry| entry.valid_from.is_none_or(|from| from.year() < 2025);
            let used = entries.iter().filter(|entry| entry.valid_on(today)).filter(long);
            used.map(|entry| entry.code.clone()).collect()
        };
        let mut divisions = codes("divisions");
        divisions.retain(|code| !code.ends_with("00"));
        let of_side = |side: &str| {
            let codes = divisions.iter().filter(|code| division::province_of(code) == Some(side));
            Arc::new(codes.cloned().collect::<Vec<_>>())
        };
        let sides = [("500000", of_side("500000")), ("510000", of_side("510000"))];
        let organizations: Vec<(Id, String)> = records::table
            .filter(records::kind.eq("organizations"))
            .filter(records::state.eq("active"))
            .order(records::id)
            .select((records::id, records::province))
            .load(conn)?;
        let hosts = organizations.into_iter().filter_map(|(id, province)| {
            let divisions = sides.iter().find(|(side, _)| *side == province)?.1.clone();
            Some(Host { id, province, divisions })
        });
        let mut agencies = Vec::new();
        for name in ["cq-agency", "sc-agency"] {
            let client = clients::get(conn, name)?;
            agencies.push(Arc::new(Principal {
                client_id: client.id,
                client: client.name,
                org: client.org_id,
                province: client.province,
                scopes: client.scopes,
                source_system: client.source_system,
            }));
        }
        Ok(Maker {
            kind: register().kind("instruments").ok_or_else(|| Problem::internal("no kind instruments"))?,
            hosts: hosts.collect(),
            categories: codes("instrument-categories"),
            disciplines: codes("disciplines"),
            agencies,
            began: Moment::now().millis() - count as i64 * STEP_MS,
        })
    }

    fn make(&self, number: u64, conn: &mut Connection) -> Outcome<()> {
        let host = &self.hosts[pick_low(number, 1, self.hosts.len())];
        let agency = self.agencies.iter().find(|agency| agency.province.as_deref() == Some(&host.province));
        let principal = agency.ok_or_else(|| Problem::internal("a host without an agency"))?.clone();
        let at = Moment::from_millis(self.began + number as i64 * STEP_MS);
        let body = self.content(number, host, &format!("bench-{number:07}"));
        let steps: &[&str] = match number % 50 {
            0 | 1 => &[],
            2 => &["submitted"],
            3 => &["active", "suspended"],
            4 => &["active", "closed"],
            5 if number % 100 == 5 => &["active", "withdrawn"],
            _ => &["active"],
        };
        self.register(body, (principal, at), steps, conn)
    }

    /// Creates a record and moves it to these states.
    fn register(
        &self,
        body: Value,
        (principal, at): (Arc<Principal>, Moment),
        steps: &[&str],
        conn: &mut Connection,
    ) -> Outcome<()> {
        let actor = Actor { principal, request_id: Id::new(), at, restores: None };
        let id = Id::new();
        let examined = judge::examine(self.kind, body, actor.at.day_in_shanghai());
        Desk { register: register(), kind: self.kind, actor: &actor, conn }.create(id, examined, None)?;
        for to in steps {
            let loaded = loading::by_id(self.kind, id, &actor.sight(), conn)?;
            let loaded = loaded.ok_or_else(|| Problem::internal("a record is not there"))?;
            let wish = moves::Wish { to, reason: Some("benchmark"), succession: None };
            Desk { register: register(), kind: self.kind, actor: &actor, conn }.move_to(loaded, wish)?;
        }
        Ok(())
    }

    fn content(&self, number: u64, host: &Host, key: &str) -> Value {
        let one_of = |salt, codes: &[&str]| codes[pick_low(number, salt, codes.len())].to_owned();
        let (zh, en) = NAMES[pick(number, 2, NAMES.len())];
        let (maker, country) = MAKERS[pick_low(number, 3, MAKERS.len())];
        let share_mode = one_of(4, &["2", "1", "3"]);
        let day = |salt, first: usize| {
            let year = first + pick(number, salt, 10);
            format!("{year}-{:02}-{:02}", 1 + pick(number, salt + 1, 12), 1 + pick(number, salt + 2, 28))
        };
        let retired = number % 40 == 7;
        let mut content = (self.kind.example)();
        let patch = json!({
            "name": {"zh": format!("{zh}{number}号"), "en": format!("{en} no. {number}")},
            "lifecycle": if retired { "retired" } else if share_mode == "3" { "registered" } else { "open" },
            "host": {"id": host.id, "code": null},
            "inner_no": key,
            "serial_no": (!number.is_multiple_of(3)).then(|| format!("SN-{key}")),
            "pid": number.is_multiple_of(10).then(|| format!("21.T11998/{key}")),
            "category": self.categories[pick_low(number, 5, self.categories.len())],
            "source": one_of(6, &["1", "2", "3", "4"]),
            "original_value": {"amount": format!("{}.00", 500_000 + pick_low(number, 7, 30_000_000)), "currency": "CNY"},
            "funding_sources": (!number.is_multiple_of(4)).then(|| [one_of(8, &["1", "2", "3", "4"])]),
            "manufacturer": maker,
            "origin_country": country,
            "model": format!("MODEL-{}", pick_low(number, 9, 400)),
            "commissioned_on": day(10, 2008),
            "decommissioned_on": retired.then(|| format!("2025-{:02}-{:02}", 1 + pick(number, 20, 12), 1 + pick(number, 21, 28))),
            "instrument_class": one_of(13, &["2", "1"]),
            "rated_hours": 200 + 10 * pick(number, 14, 200),
            "disciplines": [self.disciplines[pick_low(number, 15, self.disciplines.len())]],
            "share_mode": share_mode,
            "running_status": one_of(16, &["1", "4", "5", "6"]),
            "division": host.divisions[pick_low(number, 17, host.divisions.len())],
        });
        json_patch::merge(&mut content, &patch);
        content
    }

    /// Filters that each select more than a page.
    fn single_filters(&self) -> Vec<String> {
        let mut filters = vec![
            "share_mode=2".to_owned(),
            "running_status=1".to_owned(),
            "manufacturer=JEOL".to_owned(),
            "province=510000".to_owned(),
            "division=500000".to_owned(),
            "commissioned_on_gte=2014-01-01".to_owned(),
        ];
        filters.push(format!("category={}", self.categories[0]));
        filters.push(format!("discipline={}", self.disciplines[0]));
        filters.push(format!("host={}", self.hosts[0].id));
        filters
    }

    fn double_filters(&self) -> Vec<String> {
        vec![
            "share_mode=2&running_status=1".to_owned(),
            "province=500000&manufacturer=JEOL".to_owned(),
            format!("discipline={}&share_mode=2", self.disciplines[0]),
            "original_value_gte=1000000&original_value_lt=9000000".to_owned(),
            "division=510000&lifecycle=open&share_mode=1,2".to_owned(),
        ]
    }
}
