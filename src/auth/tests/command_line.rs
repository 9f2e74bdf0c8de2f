//! `client …`, `key …` and `token …`.

use super::super::cli::{ClientCommand, KeyCommand, TokenCommand};
use super::super::secrets::Checker;
use super::{SECRET, World};
use crate::auth::clients;

fn add(name: &str, scopes: Option<&str>, secret_stdin: bool) -> ClientCommand {
    let province = Some("500000".to_owned());
    let scopes = scopes.map(str::to_owned);
    ClientCommand::Add {
        name: name.into(),
        org: None,
        province,
        scopes,
        source_system: None,
        for_province: false,
        secret_stdin,
    }
}

#[actix_web::test]
async fn a_client_is_added_listed_disabled_and_enabled() {
    let world = World::start().await;
    let shown = add("cq-stb", Some("records:confirm records:read"), false).run(&world.db, std::io::empty()).unwrap();
    let secret = shown.lines().find_map(|line| line.strip_prefix("client_secret: ")).unwrap().to_owned();
    let (_, hashes) = world.db.read_here(|conn| clients::for_login(conn, "cq-stb")).unwrap().unwrap();
    assert!(Checker::default().matches(hashes, secret).await.unwrap());
    let given = add("cq-given", None, true).run(&world.db, format!("{SECRET}\n").as_bytes()).unwrap();
    assert!(!given.contains(SECRET), "what was given is not printed");
    ClientCommand::Disable { name: "cq-stb".into() }.run(&world.db, std::io::empty()).unwrap();
    let table = ClientCommand::List.run(&world.db, std::io::empty()).unwrap();
    assert_eq!(table.lines().count(), 3);
    assert!(table.lines().any(|line| line.starts_with("cq-stb") && line.contains("disabled")), "{table}");
    ClientCommand::Enable { name: "cq-stb".into() }.run(&world.db, std::io::empty()).unwrap();
    assert!(ClientCommand::Disable { name: "nobody".into() }.run(&world.db, std::io::empty()).is_err());
    let typo = add("cq-typo", Some("record:read"), false).run(&world.db, std::io::empty()).unwrap_err();
    assert_eq!(typo.said().faults[0].did_you_mean.as_deref(), Some("records:read"));
}

#[actix_web::test]
async fn a_token_is_made_with_scopes_the_client_has() {
    let world = World::start().await;
    world.reader();
    let command = |scopes: Option<&str>| TokenCommand {
        client: "cq-reader".into(),
        scopes: scopes.map(str::to_owned),
        minutes: Some(5),
    };
    let token = command(None).run(&world.db, world.access.settings()).unwrap();
    assert!(world.access.tokens().verify(&token).is_ok());
    assert!(command(Some("records:write")).run(&world.db, world.access.settings()).is_err());
}

#[actix_web::test]
async fn keys_are_listed_with_what_they_do() {
    let world = World::start().await;
    let rotated = KeyCommand::rotate(false, world.access.settings(), &world.db).unwrap();
    assert!(rotated.contains("made, signs from"), "{rotated}");
    let table = KeyCommand::list(world.access.settings()).unwrap();
    assert!(table.contains("signing") && table.contains("coming"), "{table}");
}
