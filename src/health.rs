//! `/healthz` and `/readyz`: is this process alive, and should a balancer send it requests?
//!
//! `/healthz` says only that the process answers; restart it when it does not. `/readyz` also looks at the database and
//! at its schema, on a connection of its own, so that a busy pool does not count as a broken database, and tells whether
//! long work is done, which keeps no request from being answered. Its result is
//! cached for a second: a storm of probes costs the database one query a second. While the process drains after SIGTERM
//! it answers 503.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Data, ServiceConfig, block};
use actix_web::{HttpResponse, HttpResponseBuilder, route};
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::Restores;
use crate::db::connection::Purpose;
use crate::db::migrate::{self, SchemaStanding};
use crate::db::schema::feed;
use crate::db::{Connection, Target};
use crate::jobs::{self, Stop};
use crate::problem::{Code, Outcome, Problem};

/// How long a result about the database is reused.
const KEPT: Duration = Duration::from_secs(1);

/// How long a probe waits for the database before it counts as down.
const PATIENCE: Duration = Duration::from_secs(2);

/// Set when the process was asked to end; cheap to clone, all clones share one flag.
#[derive(Clone, Default)]
pub struct Draining(Stop);

impl Draining {
    pub fn begin(&self) {
        self.0.begin();
    }

    pub fn has_begun(&self) -> bool {
        self.0.has_begun()
    }

    /// What tells the workers of this process to end, at the same moment.
    pub fn stop(&self) -> Stop {
        self.0.clone()
    }
}

/// What `/healthz` answers.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Liveness {
    /// Always `ok`: a process that is not answers nothing.
    status: Alive,
}

/// The only status of a process that answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Alive {
    Ok,
}

/// What `/readyz` answers when requests may be sent; else it answers a problem with `draining` and `checks`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Readiness {
    /// Always `ready`.
    status: ReadinessStatus,
    /// Whether the process is about to end and takes no new work.
    draining: bool,
    /// How often the register was set back to a backup; tags and positions of before are no longer true.
    #[schema(minimum = 0, maximum = 9007199254740991_i64)]
    restores: i64,
    /// What was looked at, at most a second ago.
    checks: ReadinessChecks,
}

/// The only status of a process to which requests may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReadinessStatus {
    Ready,
}

/// The parts that have to work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReadinessChecks {
    /// Whether the database answers.
    database: DatabaseCheck,
    /// Whether its schema is the one this version was built for: `behind` before its migrations ran, `ahead` when a newer
    /// version's have, `unknown` while the database is down.
    schema: SchemaCheck,
    /// Whether long work is done: `late` when some has waited for a minute and nobody works, or a worker has been silent for
    /// that long; `unknown` while the database is down. Requests are answered all the same.
    worker: WorkerCheck,
}

/// Whether the database answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DatabaseCheck {
    Ok,
    Down,
}

/// The schema in the database, compared with the one this version was built for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SchemaCheck {
    Ok,
    Behind,
    Ahead,
    Unknown,
}

/// Whether somebody does the long work, in this process or in another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WorkerCheck {
    Ok,
    Late,
    Unknown,
}

const DOWN: ReadinessChecks =
    ReadinessChecks { database: DatabaseCheck::Down, schema: SchemaCheck::Unknown, worker: WorkerCheck::Unknown };

/// The state behind both endpoints, one for all workers of the process.
pub struct Health {
    draining: Draining,
    probe: Arc<Probe>,
    last: tokio::sync::Mutex<Option<(Instant, ReadinessChecks)>>,
}

/// The connection that probes use; opened when first needed and again when it died.
struct Probe {
    target: Target,
    conn: Mutex<Option<Connection>>,
    restores: Restores,
}

impl Health {
    pub fn new(target: Target, draining: Draining, restores: Restores) -> Data<Health> {
        let probe = Arc::new(Probe { target, conn: Mutex::new(None), restores });
        Data::new(Health { draining, probe, last: tokio::sync::Mutex::new(None) })
    }

    /// What probes saw, at most [`KEPT`] ago. Callers that come during a probe wait for its result.
    async fn checks(&self) -> ReadinessChecks {
        let mut last = self.last.lock().await;
        if let Some((seen, checks)) = *last
            && seen.elapsed() < KEPT
        {
            return checks;
        }
        let probe = self.probe.clone();
        let checks = match tokio::time::timeout(PATIENCE, block(move || probe.look())).await {
            Ok(Ok(checks)) => checks,
            Ok(Err(_)) | Err(_) => DOWN,
        };
        if checks == DOWN && last.is_none_or(|(_, before)| before != DOWN) {
            tracing::warn!("the database does not answer: not ready");
        }
        *last = Some((Instant::now(), checks));
        checks
    }
}

impl Probe {
    /// Blocks as long as the database does. While a probe hangs, the next one returns at once.
    fn look(&self) -> ReadinessChecks {
        let Ok(mut conn) = self.conn.try_lock() else { return DOWN };
        let seen = conn.as_mut().and_then(|conn| migrate::standing(conn).ok());
        let standing = seen.or_else(|| {
            *conn = self.target.open(Purpose::Read).ok();
            conn.as_mut().and_then(|conn| migrate::standing(conn).ok())
        });
        let schema = match standing {
            None => {
                *conn = None;
                return DOWN;
            }
            Some(SchemaStanding::Current) => SchemaCheck::Ok,
            Some(SchemaStanding::Behind) => SchemaCheck::Behind,
            Some(SchemaStanding::Ahead) => SchemaCheck::Ahead,
        };
        let count = conn.as_mut().map(|conn| feed::table.select(feed::restores).get_result(conn));
        if let Some(Ok(count)) = count {
            self.restores.note(count);
        }
        let worker = match conn.as_mut().map(jobs::is_late) {
            Some(Ok(false)) => WorkerCheck::Ok,
            Some(Ok(true)) => WorkerCheck::Late,
            _ => WorkerCheck::Unknown,
        };
        ReadinessChecks { database: DatabaseCheck::Ok, schema, worker }
    }
}

/// Mounts both endpoints: `App::new().configure(health::configure(health.clone()))`.
pub fn configure(health: Data<Health>) -> impl FnOnce(&mut ServiceConfig) {
    move |cfg| {
        cfg.app_data(health).service(live).service(ready);
    }
}

/// 进程是否存活。Whether the process is alive.
///
/// 只看进程本身，失败即应重启。Looks at nothing but the process itself: restart it when this fails.
#[utoipa::path(get, path = "/healthz", tag = "operations", operation_id = "show_liveness",
    responses((status = 200, description = "进程正常。The process answers.", body = Liveness)))]
#[route("/healthz", method = "GET", method = "HEAD")]
pub async fn live() -> HttpResponse {
    answer(HttpResponse::Ok()).json(Liveness { status: Alive::Ok })
}

/// 服务是否就绪。Whether requests may be sent to this process.
///
/// 检查数据库及其结构版本，至多每秒一次；并报告后台作业是否有人处理，该项不影响就绪。Looks at the database and its schema version, at most
/// once a second; tells also whether long work is done, on which readiness does not depend.
#[utoipa::path(get, path = "/readyz", tag = "operations", operation_id = "show_readiness",
    responses((status = 200, description = "已就绪。Ready.", body = Readiness),
              (status = 503, description = "未就绪，或正在退出；见 checks 与 draining。Not ready, or about to end: see `checks` and `draining`.")))]
#[route("/readyz", method = "GET", method = "HEAD")]
pub async fn ready(health: Data<Health>) -> Outcome<HttpResponse> {
    let checks = health.checks().await;
    let (draining, restores) = (health.draining.has_begun(), health.probe.restores.count());
    let works = checks.database == DatabaseCheck::Ok && checks.schema == SchemaCheck::Ok;
    if works && !draining {
        let readiness = Readiness { status: ReadinessStatus::Ready, draining, restores, checks };
        return Ok(answer(HttpResponse::Ok()).json(readiness));
    }
    let checks = serde_json::to_value(checks).unwrap_or_default();
    let problem =
        Problem::new(Code::NotReady).member("draining", draining).member("restores", restores).member("checks", checks);
    Err(problem.header("Cache-Control", "no-store").header("Retry-After", 1))
}

fn answer(mut response: HttpResponseBuilder) -> HttpResponseBuilder {
    response.insert_header((CACHE_CONTROL, "no-store"));
    response
}

/// The operations and schemas of this part, to be merged into the document.
#[derive(utoipa::OpenApi)]
#[openapi(paths(live, ready))]
pub struct Document;

#[cfg(test)]
mod tests;
