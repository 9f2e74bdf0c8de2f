//! Compression (RFC 9110 §8.4.1) of answers with many items. A single record is never compressed, so that its strong
//! entity tag stays that of its bytes.

use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::header::{CONTENT_ENCODING, HeaderValue, VARY};
use actix_web::middleware::{Compress, Next, from_fn};
use actix_web::{Error, Resource};

/// Bodies below this many bytes gain nothing from compression.
const WORTH_COMPRESSING: u64 = 1024;

/// The resource with its answers compressed when the request allows it and they are not small.
pub fn compressed(
    resource: Resource,
) -> Resource<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody + use<>>,
        Error = Error,
        InitError = (),
    > + use<>,
> {
    resource.wrap(from_fn(spare_small)).wrap(Compress::default())
}

/// Leaves small bodies uncompressed, and sets `Vary: Accept-Encoding` on every answer.
async fn spare_small<B: MessageBody>(request: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<B>, Error> {
    let mut response = next.call(request).await?;
    let is_small = matches!(response.response().body().size(), BodySize::Sized(length) if length < WORTH_COMPRESSING);
    let headers = response.headers_mut();
    headers.append(VARY, HeaderValue::from_static("Accept-Encoding"));
    if is_small {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("identity")); // the shell removes the field again
    }
    Ok(response)
}
