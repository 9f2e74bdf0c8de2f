//! One worker at a time; failing, cancelled and taken-over jobs, and workers that come back late.

use std::time::Duration;

use chuanyu::agreement::belongings::{Cause, FollowOwner};
use chuanyu::db::{Cell, Connection, Db, Id, Sql, Uid};
use chuanyu::jobs::lease::{self, Lease, Step};
use chuanyu::jobs::{
    Job, JobRow, NewJob, Purge, Registry, State, Stop, Times, Turn, Work, Worker, add_items, cancel, enqueue, find,
    items_after, list, retry, skip,
};
use diesel::connection::SimpleConnection;

use super::tally::{Tally, Told, begin, done, is_complete, open, registry, worker};
use super::times;

use crate::support::database::Database;
use crate::support::processes::program;
use crate::support::*;

fn take(db: &Db, times: &Times) -> Option<Lease> {
    lease::take(db, registry(), None, "a-worker", times).unwrap()
}

fn row(database: &Database, id: Id) -> JobRow {
    find(id, &mut database.connect()).unwrap()
}

#[apply(api_test)]
async fn a_worker_that_comes_back_late_cannot_commit(engine: Engine) {
    let database = Database::with_demo_data(engine);
    let (first, second) = (open(database.target()), open(database.target()));
    let id = begin(&database, &Told::default());
    let short = Times { lease: Duration::from_millis(200), ..times() };
    let mut late = take(&first, &short).expect("a job that is due");
    assert_eq!(late.step(&first, registry(), 10, &short).unwrap(), Step::Onward);
    assert!(take(&second, &times()).is_none(), "nobody else has it as long as the lease lasts");
    std::thread::sleep(Duration::from_millis(400));
    let mut other = take(&second, &times()).expect("taken over");
    let before = done(&mut database.connect()).len();
    let problem = late.step(&first, registry(), 10, &short).expect_err("it is not the holder");
    assert!(lease::is_lost(&problem), "{problem}");
    for refused in [late.release(&first, Duration::ZERO), Lease::beat(&first, late.token(), &short)] {
        assert!(lease::is_lost(&refused.unwrap_err()));
    }
    assert_eq!(done(&mut database.connect()).len(), before, "nothing of its chunk is there");
    while other.step(&second, registry(), 10, &times()).unwrap() == Step::Onward {}
    is_complete(&database, id);
    assert_eq!(row(&database, id).state(), State::Done);
}

#[apply(api_test)]
async fn a_chunk_that_outlives_its_lease_is_rolled_back_as_a_whole(engine: Engine) {
    let database = Database::with_demo_data(engine);
    let (first, second) = (open(database.target()), open(database.target()));
    // Longer than the lease: on SQLite the other one waits for the writer, and takes over when the chunk is refused.
    let id = begin(&database, &Told { row_ms: 50, ..Told::default() });
    let short = Times { lease: Duration::from_millis(100), ..times() };
    let mut late = take(&first, &short).expect("a job that is due");
    let slow =
        std::thread::spawn(move || late.step(&first, registry(), 10, &short).map_err(|problem| problem.to_string()));
    std::thread::sleep(Duration::from_millis(200));
    let other = take(&second, &times());
    let step = slow.join().unwrap();
    match other {
        // It took over while the chunk was running.
        Some(mut other) => {
            assert!(step.is_err() || engine == Engine::Sqlite);
            while other.step(&second, registry(), 10, &times()).unwrap() == Step::Onward {}
        }
        None => while worker(&second).turn(None, &mut |_| {}).unwrap() == Turn::Nothing {},
    }
    is_complete(&database, id);
}

#[apply(api_test)]
async fn a_poisonous_row_ends_the_job_at_the_fifth_attempt_and_is_named(engine: Engine) {
    let database = Database::with_demo_data(engine);
    let db = open(database.target());
    let id = begin(&database, &Told { poisonous: Some(27), ..Told::default() });
    let worker = worker(&db);
    let mut attempts = 0;
    while !row(&database, id).state().is_finished() {
        attempts += usize::from(worker.turn(None, &mut |_| {}).unwrap() == Turn::Worked);
        std::thread::sleep(times().poll);
    }
    assert_eq!(attempts, 5);
    let failed = row(&database, id);
    assert_eq!((failed.state(), failed.at_row.as_deref()), (State::Failed, Some("row 27")));
    assert_eq!(done(&mut database.connect()).len(), 27, "what came before it is done");
    for (language, words) in [("en", "Attempt 5 failed at row 27: "), ("zh-CN", "第 5 次尝试在 row 27 处失败：")]
    {
        let reason = failed.reason(language).unwrap();
        assert!(reason.starts_with(words) && reason.len() > words.len(), "{reason}");
    }
    let shown = program(&["jobs", "show", &id.to_string()], &[("database_url", &database.url)]).output().unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains("row 27") && shown.contains("failed") && shown.contains("27/"), "{shown}");

    // When the cause is gone it continues there.
    database.connect().batch_execute("UPDATE jobs SET input = '{\"deadly\":false,\"row_ms\":0}'").unwrap();
    let again = program(&["jobs", "retry", &id.to_string()], &[("database_url", &database.url)]).output().unwrap();
    assert!(again.status.success(), "{}", String::from_utf8_lossy(&again.stderr));
    assert_eq!(worker.turn(None, &mut |_| {}).unwrap(), Turn::Worked);
    assert_eq!(row(&database, id).state(), State::Done);
    is_complete(&database, id);
}

#[apply(api_test)]
async fn an_operator_lets_a_job_go_on_behind_the_row_that_cannot_be_done(engine: Engine) {
    let database = Database::with_demo_data(engine);
    let db = open(database.target());
    let id = begin(&database, &Told { poisonous: Some(27), ..Told::default() });
    let skip = || db.write_here(|conn| skip(id, registry(), conn)).unwrap().1;
    assert_eq!(skip(), None, "it has not failed");
    let worker = worker(&db);
    while !row(&database, id).state().is_finished() {
        worker.turn(None, &mut |_| {}).unwrap();
        std::thread::sleep(times().poll);
    }
    assert_eq!(skip().as_deref(), Some("row 27"));
    assert_eq!(skip(), None, "once");
    assert_eq!(worker.turn(None, &mut |_| {}).unwrap(), Turn::Worked);
    let ended = row(&database, id);
    assert_eq!((ended.state(), Some(ended.done)), (State::Done, ended.total));
    assert_eq!(done(&mut database.connect()).len() as i64, ended.done - 1, "all but that one");
}

#[apply(api_test)]
async fn a_failed_job_that_follows_an_owner_is_skipped_by_a_command(app: TestApp) {
    let item = app.published("instruments", contents::instrument()).await;
    let id = app.database(|conn| {
        let new = NewJob::of::<FollowOwner>(&Cause::Merge).unwrap();
        let id = enqueue(new, conn).unwrap().expect("a job");
        let mut one: Sql<Uid> = Sql::new("SELECT r.id FROM records r WHERE r.id = ");
        one.bind(Cell::id(item["id"].as_str().unwrap().parse().unwrap()));
        add_items(id, one, conn).unwrap();
        id
    });
    let skip = || program(&["jobs", "skip", &id.to_string()], &[("database_url", &app.database.url)]).output().unwrap();
    assert!(!skip().status.success(), "it has not failed");
    let failed =
        format!("UPDATE jobs SET state = 'failed', finished_at = created_at WHERE name = '{}'", FollowOwner::NAME);
    app.database(|conn| conn.batch_execute(&failed).unwrap());
    let skipped = skip();
    let told = String::from_utf8(skipped.stdout).unwrap();
    assert!(skipped.status.success() && told.contains(item["code"].as_str().unwrap()), "{told}");
    let now = row(&app.database, id);
    assert_eq!((now.state(), now.done), (State::Waiting, 1));
    let events =
        app.database(|conn| dump::lines(conn, "SELECT detail AS line FROM audit_events WHERE action = 'job.skipped'"));
    assert!(events[0].contains(item["code"].as_str().unwrap()), "{events:?}");
}

#[apply(api_test)]
async fn a_cancelled_job_ends_after_its_chunk_and_can_go_on_later(engine: Engine) {
    let database = Database::with_demo_data(engine);
    let db = open(database.target());
    let id = begin(&database, &Told::default());
    let mut lease = take(&db, &times()).expect("a job that is due");
    lease.step(&db, registry(), 10, &times()).unwrap();
    assert!(cancel(id, &mut database.connect()).unwrap().1);
    assert_eq!(row(&database, id).state(), State::Running, "it ends between two chunks");
    assert_eq!(lease.step(&db, registry(), 10, &times()).unwrap(), Step::Ended(State::Cancelled));
    assert_eq!((row(&database, id).state(), done(&mut database.connect()).len()), (State::Cancelled, 10));
    assert!(!cancel(id, &mut database.connect()).unwrap().1, "it is finished");
    assert_eq!(worker(&db).turn(None, &mut |_| {}).unwrap(), Turn::Nothing);
    assert!(retry(id, &mut database.connect()).unwrap().1);
    assert_eq!(worker(&db).turn(None, &mut |_| {}).unwrap(), Turn::Worked);
    is_complete(&database, id);
    assert!(!retry(id, &mut database.connect()).unwrap().1, "it is done");
    // A waiting one is cancelled at once; one whose worker died by the next worker that looks for work.
    let waiting = begin(&database, &Told::default());
    let words = ["jobs", "cancel", &waiting.to_string()];
    assert!(program(&words, &[("database_url", &database.url)]).output().unwrap().status.success());
    assert_eq!(row(&database, waiting).state(), State::Cancelled);
    assert!(!program(&words, &[("database_url", &database.url)]).output().unwrap().status.success());
    let died = begin(&database, &Told::default());
    let short = Times { lease: Duration::from_millis(1), ..times() };
    drop(take(&db, &short).expect("a job that is due"));
    cancel(died, &mut database.connect()).unwrap();
    std::thread::sleep(Duration::from_millis(20));
    assert!(take(&db, &times()).is_none());
    assert_eq!(row(&database, died).state(), State::Cancelled);
}

#[apply(api_test)]
async fn a_worker_that_is_told_to_stop_gives_its_job_back(engine: Engine) {
    let database = Database::with_demo_data(engine);
    let db = open(database.target());
    let id = begin(&database, &Told::default());
    let stop = Stop::default();
    let worker = Worker::new(db.clone(), registry(), times(), stop.clone());
    worker.turn(None, &mut |_| stop.begin()).unwrap();
    let row = row(&database, id);
    assert_eq!((row.state(), row.attempts, row.worker.as_deref()), (State::Waiting, 0, None), "it was no attempt");
    assert!(row.done > 0 && Some(row.done) < row.total, "{row:?}");
    assert_eq!(super::tally::worker(&db).turn(None, &mut |_| {}).unwrap(), Turn::Worked, "and is due at once");
    is_complete(&database, id);
}

#[apply(api_test)]
async fn what_is_rolled_back_enqueues_nothing_and_one_key_has_one_job(engine: Engine) {
    let database = Database::with_demo_data(engine);
    let db = open(database.target());
    let new = || NewJob::of::<Tally>(&Told::default()).unwrap();
    let undone = db.write_here(|conn| -> chuanyu::problem::Outcome<()> {
        enqueue(new(), conn)?;
        Err(chuanyu::problem::Problem::new(chuanyu::problem::Code::InUse))
    });
    assert!(undone.is_err());
    let count = |states: &[State]| list(states, 100, &mut database.connect()).unwrap().len();
    assert_eq!(count(&[]), 0);
    let twice: Vec<Option<Id>> =
        (0..2).map(|_| db.write_here(|conn| enqueue(new().only_one("tally"), conn)).unwrap()).collect();
    assert!(twice[0].is_some() && twice[1].is_none());
    let other = db.write_here(|conn| enqueue(new().after(Duration::from_secs(60)), conn)).unwrap().unwrap();
    assert_eq!(count(&[State::Waiting]), 2);
    assert_eq!(worker(&db).turn(None, &mut |_| {}).unwrap(), Turn::Worked);
    assert_eq!(worker(&db).turn(None, &mut |_| {}).unwrap(), Turn::Nothing, "the other one is not due");
    assert_eq!(row(&database, other).state(), State::Waiting);
    assert!(db.write_here(|conn| enqueue(new().only_one("tally"), conn)).unwrap().is_some(), "the first is done");
}

#[apply(api_test)]
async fn old_answers_are_purged_again_and_again(app: TestApp) {
    static REGISTRY: std::sync::LazyLock<Registry> =
        std::sync::LazyLock::new(|| Registry::default().with(Purge { every: Duration::from_secs(3600) }));
    let cq = app.client("cq-agency");
    for number in 0..25 {
        let key = format!("\"purged-{number}\"");
        cq.post("/api/v1/instruments", contents::instrument()).header("Idempotency-Key", &key).await.expect(201);
    }
    let kept = || app.database(|conn| dump::lines(conn, "SELECT key AS line FROM idempotency_keys")).len();
    app.database(|conn| {
        let day = match conn {
            Connection::Sqlite(_) => "90000000",
            Connection::Postgres(_) => "interval '25 hours'",
        };
        let old = format!("UPDATE idempotency_keys SET created_at = created_at - {day} WHERE key LIKE '%purged-1%'");
        conn.batch_execute(&old).unwrap();
        enqueue(NewJob::of::<Purge>(&()).unwrap().only_one("purge"), conn).unwrap().expect("a job");
    });
    let worker = Worker::new(open(app.database.target()), &REGISTRY, times(), Stop::default());
    assert_eq!(worker.turn(None, &mut |_| {}).unwrap(), Turn::Worked);
    assert_eq!(kept(), 14, "11 were old");
    let jobs = app.database(|conn| list(&[], 10, conn).unwrap());
    let [next, purged] = &jobs[..] else { panic!("{jobs:?}") };
    assert_eq!((purged.state(), purged.done), (State::Done, 11));
    assert_eq!(next.state(), State::Waiting, "and the next run is enqueued");
    assert!(next.due_at.millis() > purged.due_at.millis() + 3_000_000);
    assert_eq!(worker.turn(None, &mut |_| {}).unwrap(), Turn::Nothing);
}

#[apply(api_test)]
async fn an_old_job_with_many_rows_is_purged_a_chunk_at_a_time(engine: Engine) {
    let database = Database::with_demo_data(engine);
    let id = begin(&database, &Told::default());
    let mut conn = database.connect();
    let day = if engine == Engine::Sqlite { "1" } else { "'2000-01-01'" };
    conn.batch_execute(&format!("UPDATE jobs SET state = 'done', finished_at = {day}")).unwrap();
    let left = |conn: &mut Connection| items_after(id, None, 100_000, conn).unwrap().len();
    let purge = |conn: &mut Connection| {
        let work = Work { id, owner: Default::default(), input: (), after: None, limit: 40 };
        Purge { every: Duration::from_secs(1) }.chunk(&work, conn).unwrap()
    };
    let all = left(&mut conn);
    let chunk = purge(&mut conn);
    assert_eq!((chunk.rows, chunk.next, left(&mut conn)), (40, Some(()), all - 40));
    while purge(&mut conn).next.is_some() {}
    assert_eq!((left(&mut conn), list(&[], 10, &mut conn).unwrap().len()), (0, 0));
}
