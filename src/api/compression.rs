//! Compression of answers with many items. A single record is never compressed, so that its strong entity tag stays that of its
//! bytes.
//!
//! An answer is packed as a whole before it is sent: while it is sent to a slow reader, no encoder's memory is held for it. Few are
//! packed at a time, one on each worker and as many large ones beside them.

use std::future::poll_fn;
use std::sync::LazyLock;
use std::thread::available_parallelism;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::header::{CONTENT_ENCODING, HeaderValue, VARY};
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{self, Bytes};
use actix_web::{Error, Resource};
use tokio::sync::Semaphore;

use super::coding::{Coding, QUICK};

/// Bodies below this many bytes gain nothing from compression.
const WORTH_COMPRESSING: usize = 1024;

/// Larger ones would keep a worker from its other connections.
const LARGE: usize = 512 * 1024;

/// The resource with its answers compressed when the request allows it and they are not small.
pub fn compressed(
    resource: Resource,
) -> Resource<
    impl ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse<BoxBody>, Error = Error, InitError = ()>
    + use<>,
> {
    resource.wrap(from_fn(pack))
}

/// Packs the answer, and says on every answer that `Accept-Encoding` decides.
async fn pack<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let coding = Coding::wanted_by(request.headers());
    let mut response = next.call(request).await?.map_into_boxed_body();
    response.headers_mut().append(VARY, HeaderValue::from_static("Accept-Encoding"));
    let is_plain = !response.headers().contains_key(CONTENT_ENCODING);
    let worth_it = is_plain
        && matches!(response.response().body().size(), BodySize::Sized(length) if length >= WORTH_COMPRESSING as u64);
    let Some(name) = coding.name().filter(|_| worth_it) else { return Ok(response) };
    let (request, response) = response.into_parts();
    let (mut response, body) = response.into_parts();
    let pieces = pieces(body).await?;
    let packed = match pieces.iter().map(Bytes::len).sum::<usize>() {
        ..LARGE => coding.pack(&pieces, QUICK),
        _ => {
            let _turn = TURNS.acquire().await;
            web::block(move || coding.pack(&pieces, QUICK)).await?
        }
    };
    response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static(name));
    Ok(ServiceResponse::new(request, response.set_body(BoxBody::new(packed))))
}

/// Large answers that are packed at a time.
static TURNS: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(available_parallelism().map_or(1, std::num::NonZero::get)));

async fn pieces(mut body: BoxBody) -> Result<Vec<Bytes>, Error> {
    let mut pieces = Vec::new();
    while let Some(piece) = poll_fn(|context| body.as_pin_mut().poll_next(context)).await {
        pieces.push(piece?);
    }
    Ok(pieces)
}
