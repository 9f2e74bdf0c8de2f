//! A copy of the register as one caller builds it from the feed, and what that caller must have seen.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chuanyu::auth::Principal;
use chuanyu::db::schema::{changes, introductions, records, successions};
use chuanyu::db::{Connection, Id};
use chuanyu::kinds::register;
use diesel::{QueryDsl, RunQueryDsl};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::support::*;

/// Records by id, each as the exact text that readers get.
pub type Records = BTreeMap<String, Box<RawValue>>;

#[derive(Deserialize)]
struct Page {
    items: Vec<Item>,
    next_after: i64,
    has_more: bool,
}

#[derive(Deserialize)]
struct Item {
    seq: i64,
    r#type: String,
    r#ref: Identified,
    tombstone: bool,
    record: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
struct Identified {
    id: String,
}

#[derive(Deserialize)]
struct ListPage {
    items: Vec<Box<RawValue>>,
    page: ListEnd,
}

#[derive(Deserialize)]
struct ListEnd {
    next_cursor: Option<String>,
}

/// What a reader saw of one change: its position, its action, and whether the record left its view.
pub type Seen = (i64, String, bool);

/// The copy, the position it has reached, and everything that was seen on the way.
#[derive(Default)]
pub struct Replica {
    pub after: i64,
    pub seen: Vec<Seen>,
    pub records: Records,
}

impl Replica {
    /// Reads one page; answers the records it was about and whether there is more.
    pub async fn read(&mut self, caller: &Caller, limit: usize) -> (Vec<String>, bool) {
        let path = format!("/api/v1/changes?after={}&limit={limit}&include=record", self.after);
        let answer = caller.get(&path).await;
        assert_eq!(answer.status(), 200, "{}", answer.text());
        let page: Page = serde_json::from_slice(answer.bytes()).unwrap();
        assert!(page.items.len() <= limit && page.next_after >= self.after);
        let mut touched = Vec::new();
        for Item { seq, r#type, r#ref, tombstone, record } in page.items {
            let (_, action) = r#type.split_once('.').unwrap();
            self.seen.push((seq, action.to_owned(), tombstone));
            touched.push(r#ref.id.clone());
            match tombstone {
                true => drop(self.records.remove(&r#ref.id)),
                // A record that left the view again meanwhile comes without content; its tombstone follows.
                false => drop(record.map(|record| self.records.insert(r#ref.id, record))),
            }
        }
        self.after = page.next_after;
        (touched, page.has_more)
    }

    /// Reads on to the head; returns the records that were changed.
    pub async fn follow(&mut self, caller: &Caller, limit: usize) -> BTreeSet<String> {
        let mut all = BTreeSet::new();
        loop {
            let (touched, has_more) = self.read(caller, limit).await;
            all.extend(touched);
            if !has_more {
                return all;
            }
        }
    }
}

/// Everything the caller sees now, of all kinds.
pub async fn live(caller: &Caller) -> Records {
    let mut all = Records::new();
    for kind in register().kinds() {
        let mut path = format!("/api/v1/{}?limit=200", kind.name);
        loop {
            let answer = caller.get(&path).await;
            assert_eq!(answer.status(), 200, "{}", answer.text());
            let page: ListPage = serde_json::from_slice(answer.bytes()).unwrap();
            for record in page.items {
                let Identified { id } = serde_json::from_str(record.get()).unwrap();
                all.insert(id, record);
            }
            let Some(cursor) = page.page.next_cursor else { break };
            path = format!("/api/v1/{}?limit=200&cursor={cursor}", kind.name);
        }
    }
    all
}

/// Fails when two copies differ in records other than those left out.
#[track_caller]
pub fn same(copy: &Records, truth: &Records, but: &BTreeSet<String>, when: &str) {
    let ids: BTreeSet<&String> = copy.keys().chain(truth.keys()).filter(|id| !but.contains(*id)).collect();
    for id in ids {
        let (one, other) = (copy.get(id).map(|text| text.get()), truth.get(id).map(|text| text.get()));
        assert_eq!(one, other, "{id} {when}");
    }
}

type Row = (i64, Id, String, String, bool, String, Id, Id, bool, String);

/// What a caller must have seen of every change that there is, by the rules of `docs/rules.md` §16 and §18.
pub fn due(principal: &Principal, conn: &mut Connection) -> Vec<Seen> {
    let columns = (
        changes::seq,
        changes::record_id,
        changes::action,
        changes::state,
        changes::joint,
        changes::province,
        changes::owner_id,
        changes::created_by,
        changes::published,
        changes::kind,
    );
    let merges = successions::table.filter(successions::merged).select(successions::record_id);
    let merged: BTreeSet<Id> = merges.load(conn).unwrap().into_iter().collect();
    let rows: Vec<Row> = changes::table.select(columns).order(changes::seq).load(conn).unwrap();
    assert!(rows.iter().map(|row| row.0).eq(1..=rows.len() as i64), "positions without a gap");
    let (mut shown, mut seen) = (HashMap::new(), Vec::new());
    for (seq, id, action, state, joint, province, owner, author, published, kind) in rows {
        if kind == "introductions" {
            // Told to those who have a part in it; none is removed.
            seen.extend(takes_part(principal, id, conn).then_some((seq, action, false)));
            continue;
        }
        let own = principal.client_id == author || principal.org == Some(owner);
        let side = principal.province.as_deref().is_some_and(|side| joint || side == province);
        let sees = match state.as_str() {
            "active" | "suspended" | "closed" => true,
            "withdrawn" => published,
            "submitted" => own || side,
            _ => own,
        };
        let saw = shown.insert(id, sees).unwrap_or(false);
        match (sees, saw) {
            (true, _) if action == "withdrawn" && merged.contains(&id) => seen.push((seq, "merged".to_owned(), true)),
            (true, _) => seen.push((seq, action.clone(), action == "deleted" || state == "withdrawn")),
            (false, true) => seen.push((seq, "removed".to_owned(), true)),
            (false, false) => {}
        }
    }
    seen
}

/// Whether a caller sees an introduction, whose records nobody has merged.
fn takes_part(principal: &Principal, id: Id, conn: &mut Connection) -> bool {
    let parts = (introductions::demand_id, introductions::offer_id, introductions::client_id, introductions::org_id);
    let (demand, offer, client, org): (Id, Id, Id, Option<Id>) =
        introductions::table.find(id).select(parts).get_result(conn).unwrap();
    let mut sees = client == principal.client_id || (org.is_some() && org == principal.org);
    for record in [demand, offer] {
        let (owner, province): (Id, String) =
            records::table.find(record).select((records::owner_id, records::province)).get_result(conn).unwrap();
        sees |= principal.org == Some(owner);
        sees |= principal.speaks_for_province() && principal.province == Some(province);
    }
    sees
}
