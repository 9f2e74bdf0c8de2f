//! CORS: which other origins' pages may call the service.

use actix_cors::Cors;

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
