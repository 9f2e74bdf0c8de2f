//! Rendering of a [`Problem`]: `application/problem+json` (RFC 9457) in the language of the reader.
//!
//! A handler's problem first becomes an empty answer that holds status, header fields and the problem itself;
//! [`api::shell`](crate::api::shell) then writes the body, because only there the request is known. Errors of the
//! framework (unknown path, unreadable URI) go the same way: their status is turned into a [`Code`] and their own text,
//! which is neither translated nor meant for partners, is dropped.

use actix_web::body::BoxBody;
use actix_web::http::header::{
    self, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue,
};
use actix_web::http::{ConnectionType, StatusCode};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::api::{Language, RequestId};
use crate::db::Id;
use crate::problem::{Code, Fault, Place, Problem};

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.code().status()
    }

    /// Status and header fields only; the shell writes the body.
    fn error_response(&self) -> HttpResponse<BoxBody> {
        let mut response = HttpResponse::new(self.status_code());
        for (name, value) in &self.said().headers {
            match (HeaderName::try_from(*name), HeaderValue::try_from(value.as_str())) {
                (Ok(name), Ok(value)) => response.headers_mut().append(name, value),
                _ => tracing::warn!(header = name, "a problem's header field cannot be sent"),
            }
        }
        response
    }
}

/// The parts of the request that a rendered problem shows.
pub struct Context<'a> {
    /// The service's public base URL, without a slash at its end.
    pub public_url: &'a str,
    /// The path as it was sent.
    pub instance: &'a str,
    pub request_id: RequestId,
    pub language: Language,
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "type")]
    kind: String,
    code: &'static str,
    title: String,
    status: u16,
    detail: String,
    instance: &'a str,
    request_id: Id,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FaultBody<'a>>,
    #[serde(flatten)]
    members: &'a Map<String, Value>,
}

#[derive(Serialize)]
struct FaultBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameter: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    header: Option<&'a str>,
    code: &'static str,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    did_you_mean: Option<&'a str>,
}

/// The body of `problem`, as JSON text.
pub fn json(problem: &Problem, context: &Context) -> String {
    let (said, code) = (problem.said(), problem.code());
    let body = Body {
        kind: format!("{}/problems/{}", context.public_url, code.name()),
        code: code.name(),
        title: title(code, context.language),
        status: code.status().as_u16(),
        detail: detail(code, context.language, &said.args),
        instance: context.instance,
        request_id: context.request_id.0,
        errors: said.faults.iter().map(|fault| fault_body(fault, context.language)).collect(),
        members: &said.members,
    };
    serde_json::to_string(&body).unwrap_or_else(|_| "{}".to_owned())
}

/// Puts the problem body `json` into `response`, which keeps its header fields (`Allow`, CORS, `Retry-After` …).
pub fn write<B>(response: HttpResponse<B>, code: Code, json: String, language: Language) -> HttpResponse<BoxBody> {
    let (mut response, _) = response.into_parts();
    let status = code.status();
    let head = response.head_mut();
    head.status = status;
    if status == StatusCode::REQUEST_TIMEOUT || status == StatusCode::PAYLOAD_TOO_LARGE {
        head.set_connection_type(ConnectionType::Close); // the rest of the body is still on its way
    }
    let headers = response.headers_mut();
    for name in [CONTENT_LENGTH, CONTENT_ENCODING, header::ETAG] {
        headers.remove(name);
    }
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
    headers.append(header::VARY, HeaderValue::from_static("Accept-Language"));
    complete(headers, code);
    response.set_body(BoxBody::new(json))
}

/// Header fields that a status must carry (RFC 9110 §15), unless they are set.
fn complete(headers: &mut HeaderMap, code: Code) {
    let (name, value) = match code.status() {
        StatusCode::UNAUTHORIZED => (header::WWW_AUTHENTICATE, "Bearer"),
        StatusCode::SERVICE_UNAVAILABLE => (header::RETRY_AFTER, "1"),
        _ => return,
    };
    if !headers.contains_key(&name) {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// The short name of a problem.
pub fn title(code: Code, language: Language) -> String {
    language.say(&format!("problem-{}-title", code.name()), &[]).unwrap_or_else(|| code.name().to_owned())
}

/// What happened, with the arguments of this occurrence.
pub fn detail(code: Code, language: Language, args: &[(&'static str, String)]) -> String {
    language.say(&format!("problem-{}-detail", code.name()), args).unwrap_or_else(|| title(code, language))
}

/// What the client should do about it.
pub fn help(code: Code, language: Language) -> String {
    language.say(&format!("problem-{}-help", code.name()), &[]).unwrap_or_default()
}

fn fault_body(fault: &Fault, language: Language) -> FaultBody<'_> {
    let (mut pointer, mut parameter, mut header) = (None, None, None);
    match &fault.place {
        Place::Pointer(place) => pointer = Some(place.as_str()),
        Place::Parameter(name) => parameter = Some(name.as_str()),
        Place::Header(name) => header = Some(*name),
    }
    let detail = language
        .say(&format!("fault-{}", fault.code), &fault.args)
        .or_else(|| language.say("fault-invalid-value", &[]))
        .unwrap_or_default();
    FaultBody { pointer, parameter, header, code: fault.code, detail, did_you_mean: fault.did_you_mean.as_deref() }
}

/// A problem as lines for a terminal: what happened, each fault, and the cause, which only the operator may see.
pub fn lines(problem: &Problem, language: Language) -> String {
    let (said, code) = (problem.said(), problem.code());
    let kind = said.args.iter().find(|(name, _)| *name == "kind").map(|(_, kind)| kind.as_str()).unwrap_or_default();
    let special = language.say(&format!("cli-{}-{kind}", code.name()), &said.args);
    let what = match &said.source {
        Some(source) => source.to_string(),
        None => special.unwrap_or_else(|| detail(code, language, &said.args)),
    };
    let faults = said.faults.iter().map(|fault| {
        let body = fault_body(fault, language);
        let place = body.pointer.map(|pointer| pointer.trim_start_matches("#/")).or(body.parameter).unwrap_or_default();
        let guess = body.did_you_mean.and_then(|guess| language.say("cli-guess", &[("guess", guess.to_owned())]));
        format!("\n- {place}: {}{}", body.detail, guess.map_or_else(String::new, |guess| format!(" {guess}")))
    });
    std::iter::once(what).chain(faults).collect()
}

/// The problem for an error status of the framework.
pub fn of_status(status: StatusCode) -> Problem {
    Problem::new(match status.as_u16() {
        401 => Code::Unauthenticated,
        403 => Code::InsufficientScope,
        404 => Code::UnknownPath,
        405 => Code::MethodNotAllowed,
        406 => Code::NotAcceptable,
        408 => Code::RequestTimeout,
        413 => Code::BodyTooLarge,
        414 => Code::UriTooLong,
        415 => Code::UnsupportedMediaType,
        417 => Code::ExpectationFailed,
        428 => Code::PreconditionRequired,
        429 => Code::QuotaExceeded,
        431 => Code::HeadersTooLarge,
        503 | 504 => Code::Unavailable,
        400..=499 => Code::MalformedRequest,
        _ => Code::Internal,
    })
}
