//! `client …`, `key …` and `token …`.

use crate::api::{Language, render};
use crate::auth::cli::{ClientCommand, KeyCommand, TokenCommand};
use crate::auth::clients;
use crate::auth::secrets::{Checker, Queue, Shown};
use crate::auth::tests::{SECRET, World};
use crate::problem::{Code, Problem};

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
    let shown = Shown { readings: vec![secret], address: std::net::Ipv4Addr::LOCALHOST.into() };
    assert!(Checker::new().unwrap().matches(hashes, shown, Queue::Clients).await.unwrap());
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
async fn a_deleted_client_is_gone_and_its_name_is_not_used_again() {
    let world = World::start().await;
    let client = world.reader();
    let run = |command: ClientCommand| command.run(&world.db, std::io::empty());
    let delete = || run(ClientCommand::Delete { name: "cq-reader".into() });
    delete().unwrap();
    assert_eq!(run(ClientCommand::List).unwrap().lines().count(), 1, "the head alone");
    assert!(world.db.read_here(|conn| clients::for_login(conn, "cq-reader")).unwrap().is_none(), "it cannot log in");
    let statuses = world.db.read_here(clients::statuses).unwrap();
    assert_eq!(statuses, [(client.id, false)], "its tokens are refused");
    assert_eq!(delete().unwrap_err().code(), Code::NotFound);
    assert_eq!(run(ClientCommand::Enable { name: "cq-reader".into() }).unwrap_err().code(), Code::NotFound);
    assert_eq!(run(add("cq-reader", None, false)).unwrap_err().code(), Code::AlreadyExists);
}

#[actix_web::test]
async fn on_an_empty_register_the_order_of_things_is_told() {
    let world = World::start().await;
    let ClientCommand::Add { name, province, scopes, source_system, .. } = add("cq-university", None, false) else {
        unreachable!("made above")
    };
    let org = Some("ORG-2026-000001-8".to_owned());
    let (for_province, secret_stdin) = (false, false);
    let bound = ClientCommand::Add { name, org, province, scopes, source_system, for_province, secret_stdin };
    let problem = bound.run(&world.db, std::io::empty()).unwrap_err();
    assert_eq!(problem.said().faults[0].code, "no-organization-yet");
    for (language, word) in [(Language::En, "agency"), (Language::Zh, "主管部门")] {
        assert!(render::lines(&problem, language).contains(word));
    }
}

#[test]
fn what_an_operator_reads_are_sentences() {
    let scopes = add("cq-stb", Some("records:rule"), false);
    let problem = match scopes {
        ClientCommand::Add { scopes: Some(scopes), .. } => crate::auth::cli::parse_scopes(&scopes).unwrap_err(),
        _ => unreachable!("made above"),
    };
    let said = render::lines(&problem, Language::En);
    assert!(said.starts_with("One field is wrong.\n- scopes: There is no scope records:rule."), "{said}");
    assert!(said.contains("Did you mean records:"), "{said}");
    assert!(render::lines(&problem, Language::Zh).contains("不存在权限范围 records:rule"));
    let unknown = Problem::new(Code::NotFound).arg("kind", "clients").arg("ref", "cq-x");
    assert_eq!(render::lines(&unknown, Language::Zh), "没有名为 cq-x 的客户端；可用 `client list` 查看全部名称。");
    let cause = Problem::internal("the disk is full");
    assert_eq!(render::lines(&cause, Language::En), "the disk is full", "operators see the cause");
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
