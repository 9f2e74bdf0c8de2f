//! What is compressed (RFC 9110 §8.4.1): answers of many items. A single record is not, so that its strong entity tag stays
//! that of its bytes.
//!
//! `resource.wrap(from_fn(spare_small)).wrap(Compress::default())`

use actix_web::Error;
use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{ContentEncoding, HeaderValue, TryIntoHeaderPair, VARY};
use actix_web::middleware::Next;

/// Bodies below this many bytes gain nothing from compression.
const WORTH_COMPRESSING: u64 = 1024;

/// Keeps small bodies as they are, and says on every answer that its coding was chosen for the request.
pub async fn spare_small<B: MessageBody>(request: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<B>, Error> {
    let mut response = next.call(request).await?;
    let is_small = matches!(response.response().body().size(), BodySize::Sized(length) if length < WORTH_COMPRESSING);
    let headers = response.headers_mut();
    headers.append(VARY, HeaderValue::from_static("Accept-Encoding"));
    if is_small && let Ok((name, value)) = ContentEncoding::Identity.try_into_pair() {
        headers.insert(name, value); // the shell takes the field away again
    }
    Ok(response)
}
