//! How long others wait while an organization with many records is merged.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chuanyu::agreement::moves::Wish;
use chuanyu::db::{Id, Moment};
use chuanyu::kinds::register;
use chuanyu::records::actor::Actor;
use chuanyu::records::desk::Desk;
use chuanyu::records::{judge, loading};
use serde_json::{Value, json};

use super::{id, work};
use crate::succession::merge_in_use;
use crate::support::contents::*;
use crate::support::database::Database;
use crate::support::flows::{path, revision};
use crate::support::*;

/// Records for each moment: 600 in the tests, 4,000 in the drill.
const RECORDS: usize = 200;

/// What the slowest write may wait: a build without optimisation takes several times as long.
const MOST: Duration = Duration::from_millis(if cfg!(debug_assertions) { 1500 } else { 200 });

/// Makes official instruments of an organization, some hundreds in a transaction.
fn fill(app: &TestApp, owner: &Value, count: usize) {
    let principal = app.principal("cq-agency");
    let kind = register().kind("instruments").unwrap();
    let mut left = count;
    while left > 0 {
        let some = left.min(200);
        let bodies: Vec<Value> =
            (0..some).map(|_| instrument().with("/host", json!({"id": owner["id"]})).into()).collect();
        let principal = principal.clone();
        let made = app.services.db.write_here(|conn| {
            let actor =
                Actor { principal: principal.clone(), request_id: Id::new(), at: Moment::now(), restores: None };
            for body in &bodies {
                let examined = judge::examine(kind, body.clone(), actor.at.day_in_shanghai());
                let mut desk = Desk { register: register(), kind, actor: &actor, conn: &mut *conn };
                let saved = desk.create(Id::new(), examined, None)?;
                let loaded = loading::by_id(kind, saved.head.id, &actor.sight(), conn)?.expect("a draft");
                let mut desk = Desk { register: register(), kind, actor: &actor, conn: &mut *conn };
                desk.move_to(loaded, Wish { to: "active", ..Wish::default() })?;
            }
            Ok(())
        });
        made.unwrap();
        left -= some;
    }
}

#[apply(api_test)]
async fn nobody_waits_long_while_an_organization_with_very_many_records_is_merged(engine: Engine) {
    let app = TestApp::on(engine, Database::in_memory(engine).into(), &[]);
    app.refresh_clients().await;
    let app = Arc::new(app);
    let (double, kept) =
        (app.published("organizations", organization()).await, app.published("organizations", organization()).await);
    let count = RECORDS * moments();
    fill(&app, &double, count);
    let mine = app.published("instruments", instrument()).await;
    let done = Arc::new(AtomicBool::new(false));
    let writer = {
        let (caller, done, mut now) = (app.client("cq-agency"), done.clone(), mine.clone());
        actix_web::rt::spawn(async move {
            let mut waits = Vec::new();
            while !done.load(Ordering::Acquire) {
                let began = Instant::now();
                let patch = json!({"model": format!("X-{}", next())});
                now = caller.patch(&path("instruments", &now), patch).if_match(revision(&now)).await.expect(200);
                waits.push(began.elapsed());
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            waits
        })
    };
    tokio::time::sleep(Duration::from_millis(300)).await;
    let began = Instant::now();
    merge_in_use(&app, &double, &kept).await;
    let merged = began.elapsed();
    let worker = app.clone();
    let jobs = std::thread::spawn(move || work(&worker));
    while !jobs.is_finished() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(jobs.join().unwrap(), 1);
    let all = began.elapsed();
    done.store(true, Ordering::Release);
    let mut waits = writer.await.unwrap();
    waits.sort();
    let (median, most) = (waits[waits.len() / 2], waits[waits.len() - 1]);
    eprintln!(
        "{engine:?}, {count} records: merged in {merged:?}, all told after {all:?}; {} writes meanwhile, median {median:?}, slowest {most:?}",
        waits.len()
    );
    assert!(most < MOST, "one write took {most:?}");
    let owned = app.database(|conn| {
        use chuanyu::db::schema::records;
        use diesel::prelude::*;
        records::table.filter(records::owner_id.eq(id(&kept))).count().get_result::<i64>(conn).unwrap()
    });
    assert_eq!(owned as usize, count + 1);
}
