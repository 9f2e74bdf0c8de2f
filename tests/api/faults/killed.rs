//! The process is killed at any moment.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::partner::{Partners, World};
use crate::support::database::Database;
use crate::support::processes::Service;
use crate::support::*;

/// Writes between one kill and the next.
const WRITES: usize = 200;
const PARTNERS: usize = 8;

/// The number of records there are.
fn records(database: &Database) -> usize {
    let query = "SELECT CAST(COUNT(*) AS text) AS line FROM records";
    dump::lines(&mut database.connect(), query)[0].parse().unwrap()
}

#[apply(api_test)]
async fn a_service_killed_again_and_again_loses_nothing_and_leaves_nothing_half_done(engine: Engine) {
    // Its clients are those of the killed service; nobody else has that one's database open.
    let app = TestApp::start(engine).await;
    let database = Database::with_demo_data(engine);
    let public = format!("http://{}", app.address);
    let settings = [
        ("database_url", database.url.as_str()),
        ("public_url", &public),
        ("write_per_minute", "0"),
        ("read_per_minute", "0"),
        ("pool_patience_ms", "10000"),
    ];
    let (before, all) = (records(&database), WRITES * moments());
    let mut service = Service::start(&settings);
    let world = World::at(&service.base);
    let working: Vec<_> =
        (0..PARTNERS).map(|_| actix_web::rt::spawn(Partners::of(&app, &world).work(world.clone(), all))).collect();
    let mut chance = StdRng::seed_from_u64(7);
    for kill in 0..moments() {
        let moment = (kill * WRITES) + chance.random_range(20..WRITES);
        world.acknowledged(moment).await;
        // Somewhere within the writes that are on their way now.
        std::thread::sleep(Duration::from_micros(chance.random_range(0..5000)));
        service.kill();
        world.base.send_replace(String::new());
        database.is_left();
        world.is_stored_in(&database);
        invariants::is_whole(&database);
        service = Service::start(&settings);
        world.base.send_replace(service.base.clone());
    }
    for partner in working {
        partner.await.unwrap();
    }
    service.kill();
    database.is_left();
    world.is_stored_in(&database);
    invariants::is_whole(&database);
    let ledger = std::mem::take(&mut *world.ledger.lock().unwrap());
    assert!(ledger.acknowledged >= all);
    assert_eq!(records(&database), before + ledger.created - ledger.deleted, "nothing was made twice");
    let service = Service::start(&settings);
    let reader = service.called_by(&app.client("cq-agency"));
    for (kind, record) in &ledger.last {
        assert_eq!(&reader.show(kind, record).await.expect(200), record);
    }
}
