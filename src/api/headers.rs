//! The header fields that every answer carries: request id, caching default, rate limit and the security fields
//! (RFC 6797, CSP Level 3, Fetch `nosniff`, Referrer Policy). Values are static; nothing is formatted but the id.

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use uuid::fmt::Hyphenated;
use uuid::{Builder, Uuid};

use crate::api::RateState;
use crate::api::shell::{RequestId, ShellSettings};
use crate::db::{Id, Moment};

pub(super) const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000");
const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");
const NO_REFERRER: HeaderValue = HeaderValue::from_static("no-referrer");
const NO_CONTENT: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// The client's request id when it is a UUID, else a new UUIDv7.
pub(super) fn request_id(headers: &HeaderMap) -> RequestId {
    let given = headers.get(X_REQUEST_ID).and_then(|value| value.to_str().ok()).and_then(|text| text.parse().ok());
    RequestId(given.unwrap_or_else(|| Id(new_uuid())))
}

/// A UUIDv7 from the thread's generator: it asks the kernel for randomness rarely, not at every request.
fn new_uuid() -> Uuid {
    let millis = u64::try_from(Moment::now().millis()).unwrap_or_default();
    Builder::from_unix_timestamp_millis(millis, &rand::random()).into_uuid()
}

/// Adds what every answer has. A handler's own policy (`Content-Security-Policy`, `Cache-Control`) is kept.
pub(super) fn dress(headers: &mut HeaderMap, settings: &ShellSettings, id: RequestId, rate: Option<&RateState>) {
    let mut buffer = Uuid::encode_buffer();
    let text: &str = Hyphenated::from_uuid(id.0.0).encode_lower(&mut buffer);
    if let Ok(value) = HeaderValue::from_str(text) {
        headers.insert(X_REQUEST_ID, value);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, NOSNIFF);
    headers.insert(header::REFERRER_POLICY, NO_REFERRER);
    if settings.hsts {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HSTS);
    }
    for (name, default) in [(header::CONTENT_SECURITY_POLICY, NO_CONTENT), (header::CACHE_CONTROL, NO_STORE)] {
        if !headers.contains_key(&name) {
            headers.insert(name, default);
        }
    }
    if let Some(rate) = rate {
        rate.write(headers);
    }
}
