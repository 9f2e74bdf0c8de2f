//! The schema on both engines, several processes at once, and projections that can be made again.

use chuanyu::db::{Connection, Target, migrate};
use diesel::connection::SimpleConnection;
use serde_json::json;

use crate::support::contents::*;
use crate::support::database::Database;
use crate::support::dump::{columns, lines, projections};
use crate::support::flows::{path, revision};
use crate::support::processes::program;
use crate::support::*;

/// Everything the schema consists of, as the engine describes it.
fn schema(target: &Target) -> Vec<String> {
    let mut conn = target.open(chuanyu::db::connection::Purpose::Write).unwrap();
    let queries: &[&str] = match conn {
        Connection::Sqlite(_) => &["SELECT type || ' ' || name || ' ' || COALESCE(sql, '') AS line FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY 1"],
        Connection::Postgres(_) => &[
            "SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || COALESCE(column_default, '') AS line
             FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1",
            "SELECT tablename || ' ' || indexdef AS line FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
            "SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) AS line
             FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1",
            "SELECT event_object_table || ' ' || trigger_name || ' ' || action_statement AS line FROM information_schema.triggers ORDER BY 1",
            "SELECT proname || ' ' || prosrc AS line FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1",
        ],
    };
    queries.iter().flat_map(|query| lines(&mut conn, query)).collect()
}

#[apply(api_test)]
async fn every_migration_can_be_taken_back_and_run_again(engine: Engine) {
    let database = Database::empty(engine);
    let target = database.target();
    let names = migrate::run(&target).unwrap();
    let mut stages = vec![schema(&target)];
    for name in names.iter().rev() {
        assert_eq!(&migrate::revert(&target).unwrap(), name);
        stages.push(schema(&target));
    }
    let left: Vec<&String> =
        stages.last().unwrap().iter().filter(|line| !line.contains("__diesel_schema_migrations")).collect();
    assert!(left.is_empty(), "nothing is left: {left:?}");
    assert_eq!(migrate::run(&target).unwrap(), names);
    for (place, name) in names.iter().rev().enumerate() {
        assert_eq!(schema(&target), stages[place], "before {name} is taken back");
        migrate::revert(&target).unwrap();
    }
    assert_eq!(migrate::run(&target).unwrap(), names);
    assert!(migrate::run(&target).unwrap().is_empty());
}

#[test]
fn both_engines_have_the_same_tables_and_columns() {
    let (sqlite, postgres) = (Database::empty(Engine::Sqlite), Database::empty(Engine::Postgres));
    assert_eq!(migrate::run(&sqlite.target()).unwrap(), migrate::run(&postgres.target()).unwrap());
    let on = |database: &Database| -> Vec<String> {
        // Each engine has its own full-text index; the rest must not differ.
        columns(&database.target())
            .into_iter()
            .filter(|line| !line.contains("_fts") && !line.starts_with("search"))
            .collect()
    };
    let (one, other) = (on(&sqlite), on(&postgres));
    assert!(one.len() > 150);
    assert_eq!(one, other);
}

#[apply(api_test)]
async fn five_processes_that_start_at_once_on_an_empty_database_all_come_up(engine: Engine) {
    let database = Database::empty(engine);
    let children: Vec<_> = (0..5)
        .map(|_| {
            let mut command = program(&["migrate"], &[("database_url", &database.url)]);
            command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap()
        })
        .collect();
    let mut applied = 0;
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        applied += String::from_utf8_lossy(&output.stdout).lines().filter(|line| line.starts_with("applied ")).count();
    }
    assert_eq!(applied, migrate::status(&database.target()).unwrap().len(), "each migration ran once");
    assert!(migrate::status(&database.target()).unwrap().iter().all(|migration| migration.applied));
}

#[apply(api_test)]
async fn projections_made_again_are_the_same(app: TestApp) {
    let agency = app.client("cq-agency");
    for kind in chuanyu::kinds::register().kinds() {
        let draft = agency.create(kind.name, content_of(kind.name).with("/remarks", "说明")).await;
        agency.patch(&path(kind.name, &draft), json!({"remarks": "另一说明"})).if_match(1).await.expect(200);
    }
    let record = app.published("instruments", instrument().with("/contact", json!({"name": "设备处"}))).await;
    agency.transition("instruments", &record, "suspended", Some("维修")).await.expect(200);
    let gone = app.published("instruments", instrument()).await;
    agency.transition("instruments", &gone, "withdrawn", Some("误录")).await.expect(200);
    let submitted = app.client("cq-university").submit("projects", project()).await;
    app.client("sc-agency").decline("projects", &submitted, "x").await.expect(201);
    let lab = app.client("cq-university").submit("joint-labs", joint_lab()).await;
    agency.confirm("joint-labs", &lab).await.expect(201);
    let before = projections(&app.database);
    let rebuild = || program(&["rebuild-projections"], &[("database_url", &app.database.url)]).output().unwrap();
    let output = rebuild();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let after = projections(&app.database);
    for (one, other) in before.iter().zip(&after) {
        assert_eq!(one, other);
    }
    assert_eq!(before.len(), after.len());
    // Damage is repaired as well.
    app.database(|conn| {
        conn.batch_execute("DELETE FROM links; DELETE FROM classifications; DELETE FROM search_texts; UPDATE records SET document = '{}'")
            .unwrap()
    });
    assert!(rebuild().status.success());
    assert_eq!(projections(&app.database), before);
    assert_eq!(agency.show("instruments", &record).await.expect(200)["revision"], revision(&record) + 1);
}

#[apply(api_test)]
async fn the_database_itself_holds_that_an_owner_is_there(app: TestApp) {
    let owner = app.published("organizations", organization()).await;
    let record = app.published("instruments", instrument().with("/host", json!({"id": owner["id"]}))).await;
    let [owner, record] = [owner, record].map(|one| one["code"].as_str().unwrap().to_owned());
    app.database(|conn| {
        let nobody = match conn {
            Connection::Sqlite(_) => "zeroblob(16)",
            Connection::Postgres(_) => "'00000000-0000-0000-0000-000000000000'",
        };
        for refused in [
            format!("UPDATE records SET owner_id = {nobody} WHERE code = '{record}'"),
            format!("DELETE FROM records WHERE code = '{owner}'"),
        ] {
            assert!(conn.batch_execute(&refused).is_err(), "{refused}");
        }
        let others = format!(
            "UPDATE records SET owner_id = (SELECT id FROM records WHERE code = '{owner}') WHERE code = '{record}'"
        );
        conn.batch_execute(&others).unwrap();
        // No foreign key from the table to itself is left, which would take every row out and put it in again.
        if let Connection::Sqlite(_) = conn {
            let own = "SELECT \"from\" AS line FROM pragma_foreign_key_list('records') WHERE \"table\" = 'records'";
            assert!(lines(conn, own).is_empty());
        }
    });
}

#[apply(api_test)]
async fn drafts_of_before_let_their_identifiers_go(app: TestApp) {
    let agency = app.client("cq-agency");
    let draft = agency.create("instruments", instrument()).await;
    app.published("instruments", instrument()).await;
    let kept = "SELECT scheme || ' ' || value AS line FROM identifiers ORDER BY 1";
    let before = app.database(|conn| lines(conn, kept));
    app.database(|conn| {
        let held = "INSERT INTO identifiers (scheme, value, record_id) SELECT 'inner_no', 'of a draft', id FROM records WHERE code";
        conn.batch_execute(&format!("{held} = '{}'", draft["code"].as_str().unwrap())).unwrap();
        conn.batch_execute(match conn {
            Connection::Sqlite(_) => {
                include_str!("../../migrations/sqlite/2026-11-29-000050_identifiers_of_drafts/up.sql")
            }
            Connection::Postgres(_) => {
                include_str!("../../migrations/postgres/2026-11-29-000050_identifiers_of_drafts/up.sql")
            }
        })
        .unwrap();
        assert_eq!(lines(conn, kept), before, "official records keep theirs");
    });
    assert!(before.iter().any(|line| line.starts_with("inner_no")));
}
