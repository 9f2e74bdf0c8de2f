//! Clients and their secrets.

use diesel::connection::SimpleConnection;

use crate::auth::clients::{self, NewClient};
use crate::auth::scopes::{ConfirmRecords, ReadRecords, Scopes, WriteRecords};
use crate::auth::secrets::{Checker, Queue, Secret, Shown};
use crate::auth::tests::{World, new_client};
use crate::db::{Connection, Id};
use crate::problem::{Code, Problem};

fn refused(world: &World, new: NewClient) -> Problem {
    let secret = Secret::random().unwrap();
    world.db.write_here(|conn| clients::add(conn, &new, &secret)).unwrap_err()
}

/// An organization of Sichuan, straight into the table.
fn organization(world: &World) -> Id {
    let id = Id::new();
    let hex = id.0.simple().to_string();
    let digest = "d".repeat(72);
    let sql = format!(
        "INSERT INTO records (id, kind, code, state, revision, content_number, digest, joint, province, owner_id, created_by, \
         name_zh, created_at, updated_at, document) VALUES (x'{hex}', 'organizations', 'ORG-2026-000001-8', 'active', 1, 1, \
         '{digest}', 0, '510000', x'{hex}', x'{hex}', '四川大学', 0, 0, '{{}}')"
    );
    world.db.write_here(|conn: &mut Connection| Ok(conn.batch_execute(&sql)?)).unwrap();
    id
}

#[actix_web::test]
async fn a_client_is_kept_as_it_was_registered() {
    let world = World::start().await;
    let client = world.client("cq-stb", Scopes::only::<WriteRecords>().with::<ReadRecords>());
    assert_eq!(client.source_system, "cq-stb");
    assert_eq!(world.db.read_here(|conn| clients::find_by_name(conn, "cq-stb")).unwrap(), Some(client.clone()));
    assert_eq!(world.db.read_here(clients::list).unwrap(), [client]);
    assert_eq!(world.db.read_here(|conn| clients::find_by_name(conn, "CQ-STB")).unwrap(), None);
}

#[actix_web::test]
async fn every_fault_of_a_new_client_is_named_at_once() {
    let world = World::start().await;
    let nothing = NewClient { name: "-Bad".into(), scopes: Scopes::NONE, ..new_client("x", Scopes::NONE) };
    let problem = refused(&world, NewClient { province: Some("110000".into()), ..nothing });
    let codes: Vec<&str> = problem.said().faults.iter().map(|fault| fault.code).collect();
    assert_eq!(codes, ["client-name", "required", "unknown-province"]);
    let homeless = NewClient { province: None, ..new_client("cq-stb", Scopes::only::<ConfirmRecords>()) };
    assert_eq!(refused(&world, homeless).said().faults[0].code, "required");
    world.reader();
    let twin = new_client("cq-reader", Scopes::only::<ReadRecords>());
    assert_eq!(refused(&world, twin).code(), Code::AlreadyExists);
}

#[actix_web::test]
async fn a_clients_province_is_that_of_its_organization() {
    let world = World::start().await;
    let org = organization(&world);
    let scu = NewClient { org_id: Some(org), province: None, ..new_client("scu", Scopes::only::<WriteRecords>()) };
    let stranger = NewClient { province: Some("500000".into()), ..scu.clone() };
    assert_eq!(refused(&world, stranger).said().faults[0].code, "other-province-than-org");
    let lost = NewClient { org_id: Some(Id::new()), ..scu.clone() };
    assert_eq!(refused(&world, lost).said().faults[0].code, "unknown-organization");
    let secret = Secret::random().unwrap();
    let client = world.db.write_here(|conn| clients::add(conn, &scu, &secret)).unwrap();
    assert_eq!((client.org_id, client.province.as_deref()), (Some(org), Some("510000")));
    for reference in ["ORG-2026-000001-8".to_owned(), org.to_string()] {
        assert_eq!(world.db.read_here(|conn| clients::find_organization(conn, &reference)).unwrap(), org);
    }
}

#[actix_web::test]
async fn two_secrets_are_live_during_a_change_and_one_after_it() {
    let world = World::start().await;
    let checker = Checker::new().unwrap();
    let matches = |hashes, secret| {
        let shown = Shown { readings: vec![secret], address: std::net::Ipv4Addr::LOCALHOST.into() };
        checker.matches(hashes, shown, Queue::Clients)
    };
    world.reader();
    let hashes = || {
        let found = world.db.read_here(|conn| clients::for_login(conn, "cq-reader")).unwrap();
        found.unwrap().1
    };
    let rotate = |overlap| {
        let secret = Secret::random().unwrap();
        world.db.write_here(|conn| clients::rotate_secret(conn, "cq-reader", overlap, &secret)).unwrap();
        secret.reveal().to_owned()
    };
    let second = rotate(3600);
    assert_eq!(hashes().len(), 2);
    for good in [crate::auth::tests::SECRET, &second] {
        assert!(matches(hashes(), good.to_owned()).await.unwrap());
    }
    let third = rotate(3600);
    assert_eq!(hashes().len(), 2, "never three");
    assert!(!matches(hashes(), crate::auth::tests::SECRET.to_owned()).await.unwrap(), "the oldest is gone");
    assert!(matches(hashes(), second).await.unwrap());
    let fourth = rotate(0);
    assert_eq!(hashes().len(), 1, "no overlap");
    assert!(!matches(hashes(), third).await.unwrap());
    assert!(matches(hashes(), fourth).await.unwrap());
}

#[actix_web::test]
async fn a_client_is_bound_to_an_organization_of_its_province_only() {
    let world = World::start().await;
    let org = organization(&world);
    let bind = |name: &str| world.db.write_here(|conn| clients::bind_organization(conn, name, org, false));
    world.reader();
    let refused = bind("cq-reader").unwrap_err();
    assert_eq!(refused.said().faults[0].code, "other-province-than-org");
    assert_eq!(bind("nobody").unwrap_err().code(), Code::NotFound);
    for (name, province) in [("sc-agency", Some("510000")), ("wanderer", None)] {
        let new =
            NewClient { province: province.map(str::to_owned), ..new_client(name, Scopes::only::<ReadRecords>()) };
        let secret = Secret::random().unwrap();
        world.db.write_here(|conn| clients::add(conn, &new, &secret)).unwrap();
        bind(name).unwrap();
        let bound = world.db.read_here(|conn| clients::get(conn, name)).unwrap();
        assert_eq!((bound.org_id, bound.province.as_deref()), (Some(org), Some("510000")), "{name}");
    }
}

#[actix_web::test]
async fn scopes_of_another_version_are_dropped_with_their_names_told() {
    let world = World::start().await;
    let client = world.reader();
    let none = world.db.write_here(clients::drop_unknown_scopes).unwrap();
    assert!(none.is_empty() && !world.db.read_here(clients::have_unknown_scopes).unwrap());
    let older = "UPDATE clients SET scopes = 'records:read usage:write webhooks:manage'";
    world.db.write_here(|conn: &mut Connection| Ok(conn.batch_execute(older)?)).unwrap();
    assert!(world.db.read_here(clients::have_unknown_scopes).unwrap());
    assert_eq!(world.db.read_here(clients::list).unwrap(), std::slice::from_ref(&client), "readable all the same");
    let dropped = world.db.write_here(clients::drop_unknown_scopes).unwrap();
    assert_eq!(dropped, [("cq-reader".to_owned(), "usage:write webhooks:manage".to_owned())]);
    assert!(world.db.write_here(clients::drop_unknown_scopes).unwrap().is_empty(), "once");
    assert_eq!(world.db.read_here(clients::list).unwrap(), [client]);
}
