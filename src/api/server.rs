//! What surrounds the application: time limits of the server and CORS.
//!
//! The server's own refusals come before any middleware and have no body: a request head that is not HTTP (400), that
//! outgrows the buffer of 128 KiB (431) or does not arrive in 10 seconds (408).

use std::fmt;
use std::time::Duration;

use actix_cors::Cors;
use actix_http::Request;
use actix_service::{IntoServiceFactory, Service, ServiceFactory};
use actix_web::body::MessageBody;
use actix_web::dev::{AppConfig, Response};
use actix_web::{Error, HttpServer};

/// Sizes of the HTTP server.
#[derive(Debug, Clone)]
pub struct ServerSettings {
    /// Threads that serve requests.
    pub workers: usize,
    /// Connections each of them holds at once; more wait in the backlog.
    pub connections_per_worker: usize,
    /// How long running requests may take after SIGTERM.
    pub shutdown_seconds: u64,
}

impl Default for ServerSettings {
    fn default() -> ServerSettings {
        let workers = std::thread::available_parallelism().map_or(2, usize::from);
        ServerSettings { workers, connections_per_worker: 10_000, shutdown_seconds: 30 }
    }
}

/// Sets the limits that keep slow or idle clients from holding the server: 10 s for a request head, 75 s of idleness,
/// 5 s to close.
pub fn limited<F, I, S, B>(server: HttpServer<F, I, S, B>, settings: &ServerSettings) -> HttpServer<F, I, S, B>
where
    F: Fn() -> I + Send + Clone + 'static,
    I: IntoServiceFactory<S, Request>,
    S: ServiceFactory<Request, Config = AppConfig> + 'static,
    S::Error: Into<Error> + 'static,
    S::InitError: fmt::Debug,
    S::Response: Into<Response<B>> + 'static,
    <S::Service as Service<Request>>::Future: 'static,
    S::Service: 'static,
    B: MessageBody + 'static,
{
    server
        .workers(settings.workers.max(1))
        .max_connections(settings.connections_per_worker)
        .client_request_timeout(Duration::from_secs(10))
        .keep_alive(Duration::from_secs(75))
        .client_disconnect_timeout(Duration::from_secs(5))
        .shutdown_timeout(settings.shutdown_seconds)
        .backlog(2048)
}

/// Header fields that a page of another origin may read.
const EXPOSED: [&str; 12] = [
    "etag",
    "link",
    "location",
    "content-location",
    "retry-after",
    "ratelimit",
    "ratelimit-policy",
    "idempotency-replayed",
    "changes-cursor",
    "x-request-id",
    "deprecation",
    "sunset",
];

/// CORS for exactly these origins, without credentials. With none it refuses every other origin: wrap it only when the
/// operator named some (`Condition::new(!origins.is_empty(), cors(&origins))`).
pub fn cors(origins: &[String]) -> Cors {
    let base = Cors::default()
        .allowed_methods(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
        .allowed_headers([
            "accept",
            "accept-language",
            "authorization",
            "content-type",
            "idempotency-key",
            "if-match",
            "if-none-match",
            "traceparent",
            "x-request-id",
        ])
        .expose_headers(EXPOSED)
        .max_age(600);
    origins.iter().fold(base, |cors, origin| cors.allowed_origin(origin))
}

#[cfg(test)]
mod tests;
