//! Fifty writers, and readers that follow them: with twenty moments a thousand changes each, fewer in the tests.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use chuanyu::db::{Db, PoolSettings};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use tokio::sync::RwLock;

use super::replica::{Replica, due, live, same};
use super::writers::{Cast, Stage, Writer};
use crate::support::database::Database;
use crate::support::*;

const WRITERS: usize = 50;
/// Changes of each writer, for each moment of the drill.
const CHANGES: usize = 50;
/// How often each reader stops and compares at most.
const STOPS: usize = 6;
const READERS: [&str; 3] = ["sc-agency", "cq-university", "reader"];

/// What each writer writes.
fn changes() -> usize {
    CHANGES * moments()
}

/// Polls at random until all is written; stops now and then and compares its copy with the register.
async fn follow(caller: Caller, stage: Arc<Stage>, done: Arc<AtomicBool>, seed: u64) -> Replica {
    let mut chance = StdRng::seed_from_u64(seed);
    let mut replica = Replica::default();
    let stops = moments().min(STOPS);
    let mut moments: Vec<usize> = (0..stops).map(|_| chance.random_range(0..WRITERS * changes())).collect();
    moments.sort_unstable();
    while !done.load(Ordering::Acquire) {
        let limit = if chance.random_bool(0.2) { chance.random_range(1..20) } else { chance.random_range(20..=1000) };
        replica.read(&caller, limit).await;
        if moments.first().is_some_and(|moment| stage.made.load(Ordering::Relaxed) >= *moment) {
            moments.remove(0);
            let _still = stage.gate.write().await;
            compare(&caller, &mut replica, chance.random_range(50..=1000)).await;
        }
    }
    assert!(moments.len() < stops, "it never stopped on the way");
    compare(&caller, &mut replica, 1000).await;
    replica
}

/// At the position where it stopped the copy differs from the register only in what changed after that position; at the
/// head it does not differ at all.
async fn compare(caller: &Caller, replica: &mut Replica, limit: usize) {
    let (stopped_at, copy) = (replica.after, replica.records.clone());
    let touched = replica.follow(caller, limit).await;
    let truth = live(caller).await;
    same(&copy, &truth, &touched, &format!("where the reader stopped, at {stopped_at}"));
    same(&replica.records, &truth, &BTreeSet::new(), &format!("at the head, {}", replica.after));
}

#[apply(api_test)]
async fn readers_miss_nothing_while_many_write_and_their_copies_are_exact(engine: Engine) {
    let database = Database::in_memory(engine);
    // Connections for all concurrent writers, and others for readers.
    let settings = PoolSettings { size: WRITERS as u32, patience: Duration::from_secs(60), waiting: 1000 };
    let db = Db::open(database.target(), settings);
    let app = TestApp::on(engine, database.into(), &[("pool_patience_ms", "60000"), ("token_seconds", "3600")]);
    app.refresh_clients().await;
    let [university, cq, sc] = ["cq-university", "cq-agency", "sc-agency"].map(|name| app.principal(name));
    let cast = Cast { university, cq, clerk: app.principal("cq-clerk"), sc };
    let stage = Arc::new(Stage { db, cast, gate: RwLock::new(()), made: AtomicUsize::new(0) });
    let done = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = READERS
        .iter()
        .zip(0..)
        .map(|(name, seed)| actix_web::rt::spawn(follow(app.client(name), stage.clone(), done.clone(), seed)))
        .collect();
    let writers: Vec<_> =
        (0..WRITERS).map(|number| actix_web::rt::spawn(Writer::new(&stage, number as u64).work(changes()))).collect();
    for writer in writers {
        writer.await.unwrap();
    }
    assert!(stage.made.load(Ordering::Relaxed) >= WRITERS * changes());
    done.store(true, Ordering::Release);
    for (name, reader) in READERS.iter().zip(readers) {
        let replica = reader.await.unwrap();
        let expected = app.database(|conn| due(&app.principal(name), conn));
        assert!(replica.seen == expected, "{name} saw {} changes, {} were due", replica.seen.len(), expected.len());
    }
    invariants::hold_in(&app.database);
}
