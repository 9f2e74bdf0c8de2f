//! Request bodies: [`JsonBody`] for POST and PUT, [`MergePatch`] for PATCH (RFC 7396).
//!
//! At most 1 MiB, read within 10 seconds, uncompressed, of a media type that fits. A merge patch may also be called
//! `application/json`: openapi-fetch, swagger-typescript-api and generated Rust clients send no other. Authentication always
//! wins: a body's problem is held back until the other extractors of the handler have been polled, so a bad token with a bad
//! body is 401 whatever the order of the arguments (actix polls all extractors and answers the first error).

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};
use actix_web::web::{Bytes, BytesMut};
use actix_web::{FromRequest, HttpRequest, rt};
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use serde_json::Value;

use crate::api::strict_json;
use crate::problem::{Code, Outcome, Problem};

/// The largest body outside imports.
pub const LARGEST: usize = 1024 * 1024;

/// How long a client may take to send a body.
pub const PATIENCE: Duration = Duration::from_secs(10);

const JSON: &str = "application/json";

/// What PATCH takes, as in `Accept-Patch` (RFC 5789 §3.1).
pub const PATCHES: &str = "application/merge-patch+json, application/json";

/// A JSON object sent as `application/json`.
#[derive(Debug, Clone)]
pub struct JsonBody {
    pub value: Value,
    /// The bytes as they came, for the hash of an idempotent request.
    pub raw: Bytes,
}

/// A JSON object sent as `application/merge-patch+json` or as `application/json`, which means the same here.
#[derive(Debug, Clone)]
pub struct MergePatch {
    pub value: Value,
    /// The bytes as they came.
    pub raw: Bytes,
}

impl FromRequest for JsonBody {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Outcome<JsonBody>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let reading = object(request, payload, JSON, "Accept");
        Box::pin(yielding_on_error(async { reading.await.map(|(value, raw)| JsonBody { value, raw }) }))
    }
}

impl FromRequest for MergePatch {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Outcome<MergePatch>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let reading = object(request, payload, PATCHES, "Accept-Patch");
        Box::pin(yielding_on_error(async { reading.await.map(|(value, raw)| MergePatch { value, raw }) }))
    }
}

fn object(
    request: &HttpRequest,
    payload: &mut Payload,
    kind: &'static str,
    hint: &'static str,
) -> impl Future<Output = Outcome<(Value, Bytes)>> + 'static {
    let ready = check_head(request.headers(), kind, hint, LARGEST);
    let payload = payload.take();
    async move {
        ready?;
        let raw = read_within(payload, LARGEST, PATIENCE).await?;
        Ok((strict_json::object(&raw)?, raw))
    }
}

/// Whether the header fields promise a body that will be read: one of these media types, coding and announced length.
pub fn check_head(headers: &HeaderMap, kinds: &'static str, hint: &'static str, limit: usize) -> Outcome<()> {
    let mut fields = headers.get_all(CONTENT_TYPE);
    let is_one = |given: &str| kinds.split(", ").any(|kind| is_kind(given, kind));
    let fits = fields.next().and_then(|value| value.to_str().ok()).is_some_and(is_one);
    if !fits || fields.next().is_some() {
        return Err(Problem::new(Code::UnsupportedMediaType).arg("allowed", kinds).header(hint, kinds));
    }
    let is_identity = |value: &[u8]| value.trim_ascii().eq_ignore_ascii_case(b"identity");
    if headers.get_all(CONTENT_ENCODING).any(|value| !is_identity(value.as_bytes())) {
        let problem = Problem::new(Code::UnsupportedMediaType).arg("allowed", kinds);
        return Err(problem.header("Accept-Encoding", "identity"));
    }
    let announced = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit as u64) { Err(too_large(limit)) } else { Ok(()) }
}

/// `kind`, alone or with `charset=utf-8`.
fn is_kind(given: &str, kind: &str) -> bool {
    let mut parts = given.split(';').map(str::trim);
    parts.next().is_some_and(|name| name.eq_ignore_ascii_case(kind))
        && parts.filter(|part| !part.is_empty()).all(|part| {
            part.split_once('=').is_some_and(|(name, value)| {
                name.eq_ignore_ascii_case("charset") && value.trim_matches('"').eq_ignore_ascii_case("utf-8")
            })
        })
}

/// Reads a body of at most `limit` bytes: 413 when it is larger, 408 when it takes longer than `patience`.
pub async fn read_within(payload: Payload, limit: usize, patience: Duration) -> Outcome<Bytes> {
    let timeout = || Problem::new(Code::RequestTimeout).arg("limit", patience.as_secs());
    rt::time::timeout(patience, read(payload, limit)).await.map_err(|_| timeout())?
}

async fn read(mut payload: Payload, limit: usize) -> Outcome<Bytes> {
    let Some(first) = payload.next().await else { return Ok(Bytes::new()) };
    let first = first.map_err(broken)?;
    if first.len() > limit {
        return Err(too_large(limit));
    }
    let Some(second) = payload.next().await else { return Ok(first) };
    let mut whole = BytesMut::from(first);
    let mut next = Some(second);
    while let Some(chunk) = next {
        let chunk = chunk.map_err(broken)?;
        if whole.len() + chunk.len() > limit {
            return Err(too_large(limit));
        }
        whole.extend_from_slice(&chunk);
        next = payload.next().await;
    }
    Ok(whole.freeze())
}

fn too_large(limit: usize) -> Problem {
    Problem::new(Code::BodyTooLarge).arg("limit", limit).member("limit_bytes", limit)
}

/// A body that ended early or was framed wrongly is the client's fault.
fn broken(error: PayloadError) -> Problem {
    match error {
        PayloadError::Overflow => too_large(LARGEST),
        _ => Problem::new(Code::MalformedRequest),
    }
}

/// Passes a result on, but no error in the very first poll, so that the other extractors are polled too.
///
/// Later no poll is wasted, because actix closes a connection whose body broke off when no answer is ready at once.
async fn yielding_on_error<T>(work: impl Future<Output = Outcome<T>>) -> Outcome<T> {
    let mut work = pin!(work);
    let (mut is_first, mut held) = (true, None);
    poll_fn(|cx| {
        if let Some(error) = held.take() {
            return Poll::Ready(error);
        }
        let is_first = std::mem::replace(&mut is_first, false);
        match work.as_mut().poll(cx) {
            Poll::Ready(error @ Err(_)) if is_first => {
                held = Some(error);
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            other => other,
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;
    use futures_util::stream;

    async fn json(request: TestRequest) -> Outcome<JsonBody> {
        let (request, mut payload) = request.to_http_parts();
        JsonBody::from_request(&request, &mut payload).await
    }

    fn post(kind: &str, body: &'static str) -> TestRequest {
        TestRequest::post().insert_header((CONTENT_TYPE, kind)).set_payload(body)
    }

    fn streamed(chunks: impl stream::Stream<Item = Result<Bytes, PayloadError>> + 'static) -> Payload {
        Payload::Stream { payload: Box::pin(chunks) }
    }

    #[actix_web::test]
    async fn json_is_read_and_its_bytes_are_kept() {
        for kind in ["application/json", "application/json; charset=utf-8", "Application/JSON;charset=\"UTF-8\""] {
            let body = json(post(kind, "{ \"a\":1}")).await.unwrap();
            assert_eq!((body.value["a"].as_i64(), &body.raw[..]), (Some(1), &b"{ \"a\":1}"[..]), "{kind}");
        }
    }

    #[actix_web::test]
    async fn other_media_types_are_refused_with_the_right_one() {
        let patch = "application/merge-patch+json";
        for kind in ["text/plain", "application/json; charset=gbk", "application/jsonx", "", patch] {
            let problem = json(post(kind, "{}")).await.unwrap_err();
            assert_eq!(problem.code(), Code::UnsupportedMediaType, "{kind}");
            assert_eq!(problem.said().headers, [("Accept", "application/json".to_owned())]);
        }
        let (request, mut payload) = post("application/json-patch+json", "{}").to_http_parts();
        let problem = MergePatch::from_request(&request, &mut payload).await.unwrap_err();
        assert_eq!(problem.said().headers, [("Accept-Patch", PATCHES.to_owned())]);
        for kind in [patch, JSON] {
            let (request, mut payload) = post(kind, "{}").to_http_parts();
            assert!(MergePatch::from_request(&request, &mut payload).await.is_ok(), "{kind}");
        }
    }

    #[actix_web::test]
    async fn compressed_and_oversized_bodies_are_refused() {
        let coded = post(JSON, "{}").insert_header((CONTENT_ENCODING, "gzip"));
        assert_eq!(json(coded).await.unwrap_err().code(), Code::UnsupportedMediaType);
        let large = TestRequest::post().insert_header((CONTENT_TYPE, JSON)).set_payload(vec![b' '; LARGEST + 1]);
        assert_eq!(json(large).await.unwrap_err().code(), Code::BodyTooLarge);
        let chunks = stream::iter((0..3).map(|_| Ok(Bytes::from_static(b"12345"))));
        let payload = streamed(chunks);
        assert_eq!(read_within(payload, 12, PATIENCE).await.unwrap_err().code(), Code::BodyTooLarge);
    }

    #[actix_web::test]
    async fn a_slow_body_ends_in_a_timeout() {
        let payload = streamed(stream::pending());
        let problem = read_within(payload, 10, Duration::from_millis(20)).await.unwrap_err();
        assert_eq!(problem.code(), Code::RequestTimeout);
    }
}
