//! The database goes away under load.

use std::sync::Arc;

use chuanyu::db::migrate;

use super::partner::{Partners, World, within};
use crate::support::database::Database;
use crate::support::processes::Server;
use crate::support::wire::Wire;
use crate::support::*;

const WRITES: usize = 600;
const PARTNERS: usize = 8;

/// `go` takes the database away and `come` brings it back; only in between may writes be refused.
async fn away(world: &Arc<World>, go: impl Fn(), come: impl Fn()) {
    let refused = *world.refused.borrow();
    world.away.send_modify(|phase| *phase += 1);
    go();
    // All connections have met the failure: none is left from before.
    within(world.refused.subscribe().wait_for(|count| *count >= refused + 2 * PARTNERS)).await;
    come();
    let written = *world.count.borrow();
    world.acknowledged(written + PARTNERS).await;
    world.away.send_modify(|phase| *phase += 1);
}

#[test]
fn a_postgres_that_restarts_and_is_cut_off_under_load_costs_nothing_but_503_while_it_is_away() {
    run(async {
        let server = Server::start("load");
        let wire = Wire::to(server.address());
        let direct = Database::elsewhere(server.url());
        migrate::run(&direct.target()).unwrap();
        let far = Database::elsewhere(server.url().replace(&server.address().to_string(), &wire.address.to_string()));
        let app = TestApp::on(Engine::Postgres, far.into(), &[("pool_patience_ms", "3000")]);
        chuanyu::demo::load(&app.services.db, None).unwrap().expect("an empty database");
        app.refresh_clients().await;
        let world = World::at(&app.url(""));
        let working: Vec<_> = (0..PARTNERS)
            .map(|_| actix_web::rt::spawn(Partners::of(&app, &world).work(world.clone(), WRITES)))
            .collect();
        for (number, moment) in [60, 180, 300, 420].into_iter().enumerate() {
            world.acknowledged(moment).await;
            if number % 2 == 0 {
                away(&world, || server.kill(), || server.resume()).await;
            } else {
                away(&world, || wire.cut(), || wire.mend()).await;
            }
        }
        for partner in working {
            partner.await.unwrap();
        }
        world.is_stored_in(&direct);
        invariants::is_whole(&direct);
        let ledger = std::mem::take(&mut *world.ledger.lock().unwrap());
        let reader = app.client("cq-agency");
        for (kind, record) in &ledger.last {
            assert_eq!(&reader.show(kind, record).await.expect(200), record);
        }
    });
}
