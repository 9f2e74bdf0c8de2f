use actix_web::App;
use actix_web::test::{TestRequest, call_and_read_body_json, call_service, init_service};
use serde_json::{Value, json};

use crate::api::{Shell, ShellSettings};
use crate::health::*;

struct Folder(std::path::PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("chuanyu-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn target(&self) -> Target {
        Target::Sqlite(self.0.join("register.db"))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

async fn ask(health: &Data<Health>, path: &str) -> (u16, Value) {
    let settings = ShellSettings { public_url: String::new(), hsts: false, access_log: false };
    let app = App::new().configure(configure(health.clone())).wrap(Shell::new(settings.into()));
    let app = init_service(app).await;
    let answer = call_service(&app, TestRequest::get().uri(path).to_request()).await;
    assert_eq!(answer.headers().get("cache-control").unwrap(), "no-store");
    let status = answer.status().as_u16();
    let body: Value = call_and_read_body_json(&app, TestRequest::get().uri(path).to_request()).await;
    assert_eq!(body["code"] == "not-ready", status == 503, "{body}");
    (status, body)
}

#[actix_web::test]
async fn a_migrated_database_is_ready_until_the_process_drains() {
    let folder = Folder::new("ready");
    migrate::run(&folder.target()).unwrap();
    let draining = Draining::default();
    let health = Health::new(folder.target(), draining.clone(), Restores::default());
    let checks = json!({"database": "ok", "schema": "ok", "worker": "ok"});
    let expected = json!({"status": "ready", "draining": false, "restores": 0, "checks": checks});
    assert_eq!(ask(&health, "/readyz").await, (200, expected));
    draining.begin();
    let (status, body) = ask(&health, "/readyz").await;
    let told = (status, &body["draining"], &body["checks"]);
    assert_eq!(told, (503, &json!(true), &checks));
    assert_eq!(ask(&health, "/healthz").await, (200, json!({"status": "ok"})));
}

#[actix_web::test]
async fn a_schema_that_is_behind_or_ahead_is_not_ready() {
    use diesel::connection::SimpleConnection;
    let folder = Folder::new("schema");
    let (status, body) = ask(&Health::new(folder.target(), Draining::default(), Restores::default()), "/readyz").await;
    assert_eq!((status, &body["checks"]["database"], &body["checks"]["schema"]), (503, &json!("ok"), &json!("behind")));
    migrate::run(&folder.target()).unwrap();
    let mut conn = folder.target().open(Purpose::Write).unwrap();
    conn.batch_execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('20991231000001')").unwrap();
    let (status, body) = ask(&Health::new(folder.target(), Draining::default(), Restores::default()), "/readyz").await;
    assert_eq!((status, &body["checks"]["database"], &body["checks"]["schema"]), (503, &json!("ok"), &json!("ahead")));
}

#[actix_web::test]
async fn a_database_that_is_away_is_down_and_the_process_is_still_alive() {
    let health =
        Health::new(Target::Sqlite("/nonexistent/folder/register.db".into()), Draining::default(), Restores::default());
    let (status, body) = ask(&health, "/readyz").await;
    assert_eq!(
        (status, &body["checks"]),
        (503, &json!({"database": "down", "schema": "unknown", "worker": "unknown"}))
    );
    assert_eq!(ask(&health, "/healthz").await.0, 200);
}

#[actix_web::test]
async fn a_storm_of_probes_looks_at_the_database_once_a_second() {
    let folder = Folder::new("storm");
    migrate::run(&folder.target()).unwrap();
    let health = Health::new(folder.target(), Draining::default(), Restores::default());
    assert_eq!(health.checks().await.schema, SchemaCheck::Ok);
    let seen = health.last.lock().await.unwrap().0;
    for _ in 0..100 {
        health.checks().await;
    }
    assert_eq!(health.last.lock().await.unwrap().0, seen);
    tokio::time::sleep(KEPT).await;
    health.checks().await;
    assert_ne!(health.last.lock().await.unwrap().0, seen);
}

#[test]
fn a_probe_that_hangs_does_not_hold_the_next_one() {
    let folder = Folder::new("hang");
    let health = Health::new(folder.target(), Draining::default(), Restores::default());
    let _held = health.probe.conn.lock().unwrap();
    assert_eq!(health.probe.look(), DOWN);
}

#[actix_web::test]
async fn work_that_nobody_does_is_told_and_keeps_no_process_from_being_ready() {
    use diesel::connection::SimpleConnection;
    let folder = Folder::new("late");
    migrate::run(&folder.target()).unwrap();
    let mut conn = folder.target().open(Purpose::Write).unwrap();
    let told = async || {
        let health = Health::new(folder.target(), Draining::default(), Restores::default());
        let (status, body) = ask(&health, "/readyz").await;
        assert_eq!(status, 200);
        body["checks"]["worker"].clone()
    };
    let job = |id: u8, state: &str, due: i64, leased: &str| {
        format!(
            "INSERT INTO jobs (id, name, input, state, due_at, leased_until, created_at) VALUES (x'{id:032x}', 'a', 'null', \
             '{state}', unixepoch() * 1000 + {due}, {leased}, 1);"
        )
    };
    conn.batch_execute(&job(1, "waiting", -50_000, "NULL")).unwrap();
    assert_eq!(told().await, "ok", "its time has only come");
    conn.batch_execute("UPDATE jobs SET due_at = due_at - 20000").unwrap();
    assert_eq!(told().await, "late");
    conn.batch_execute(&job(2, "running", -90_000, "unixepoch() * 1000 + 9000")).unwrap();
    assert_eq!(told().await, "ok", "a worker is busy with another job");
    conn.batch_execute("UPDATE jobs SET leased_until = leased_until - 90000 WHERE state = 'running'").unwrap();
    assert_eq!(told().await, "late", "it is dead, and nobody took over");
}
