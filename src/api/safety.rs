//! Containment of bad requests: panics are caught, unreadable URIs are refused before routing.

use std::any::Any;
use std::cell::RefCell;
use std::fmt;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

use actix_web::body::BoxBody;
use actix_web::dev::{Service, ServiceRequest};
use actix_web::http::header::HeaderMap;
use actix_web::http::{StatusCode, Uri};
use actix_web::{Error, HttpResponse, ResponseError};

use crate::problem::{Code, Outcome, Problem};

/// The longest path and query that is read: far above every documented parameter.
const LONGEST_URI: usize = 16 * 1024;

/// The longest header field that is read, in bytes; the document gives it for every free header parameter.
pub const LONGEST_FIELD: usize = 8000;

/// Calls the application and turns a panic in it into a 500 whose message goes to the log.
///
/// A panic while a body is already streaming is outside its reach: actix then aborts the connection.
pub(super) async fn call_safely<S>(service: &S, request: ServiceRequest) -> Result<S::Response, Error>
where
    S: Service<ServiceRequest, Error = Error>,
{
    let future = catch_unwind(AssertUnwindSafe(|| service.call(request))).map_err(problem_of_panic)?;
    let mut future = pin!(future);
    poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
        Ok(poll) => poll,
        Err(panic) => Poll::Ready(Err(problem_of_panic(panic).into())),
    })
    .await
}

fn problem_of_panic(panic: Box<dyn Any + Send>) -> Problem {
    let message = panic.downcast_ref::<&str>().copied().map(str::to_owned);
    let message = message.or_else(|| panic.downcast_ref::<String>().cloned());
    Problem::internal(format!("a handler panicked: {}", message.unwrap_or_else(|| "no message".to_owned())))
}

/// Refuses what would otherwise be routed after a lossy reading: broken percent-encoding, text that is not UTF-8,
/// control characters. A path without `%` costs one scan.
pub(super) fn refuse_unreadable(uri: &Uri) -> Outcome<()> {
    let length = uri.path_and_query().map_or(0, |whole| whole.as_str().len());
    if length > LONGEST_URI {
        return Err(Problem::new(Code::UriTooLong).arg("limit", LONGEST_URI));
    }
    let path = uri.path();
    if !path.contains('%') {
        return Ok(());
    }
    match crate::api::query::decode(path, false) {
        Ok(decoded) if !decoded.chars().any(char::is_control) => Ok(()),
        _ => Err(Problem::new(Code::MalformedRequest)),
    }
}

/// Refuses a header field that is longer than any documented one may be (RFC 6585 §5).
pub(super) fn refuse_long_fields(headers: &HeaderMap) -> Outcome<()> {
    match headers.iter().any(|(_, value)| value.len() > LONGEST_FIELD) {
        true => Err(Problem::new(Code::HeadersTooLarge)),
        false => Ok(()),
    }
}

/// An answer that is complete but must travel as an error, because the request it belongs to is gone.
pub(super) struct Finished(RefCell<Option<HttpResponse>>);

impl Finished {
    pub(super) fn new(response: HttpResponse) -> Finished {
        Finished(RefCell::new(Some(response)))
    }
}

impl fmt::Debug for Finished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Finished")
    }
}

impl fmt::Display for Finished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an answer that is already complete")
    }
}

impl ResponseError for Finished {
    fn status_code(&self) -> StatusCode {
        self.0.borrow().as_ref().map_or(StatusCode::INTERNAL_SERVER_ERROR, HttpResponse::status)
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        self.0.borrow_mut().take().unwrap_or_else(|| HttpResponse::new(StatusCode::INTERNAL_SERVER_ERROR))
    }
}
