//! The one middleware around the whole application: what every answer has, wherever it was made.
//!
//! It gives each request an id, turns every status of 400 and above into a problem body (`api::render`), adds the
//! security header fields, catches panics and writes one log event. It runs for every request, so its path for a
//! success uses prebuilt header values and allocates little more than the request id.
//!
//! Two bodies pass unchanged: JSON of the token endpoint (RFC 6749 §5.2 fixes its errors) and answers that a handler
//! marked with [`Verbatim`] (such as `/readyz`).

use std::future::{Ready, ready};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::http::{Method, StatusCode, Uri};
use actix_web::{Error, HttpMessage, HttpResponse};
use futures_util::future::LocalBoxFuture;

use crate::api::headers::{TRACEPARENT, dress, request_id};
use crate::api::safety::{Finished, call_safely, refuse_long_fields, refuse_unreadable};
use crate::api::{Language, RateState, fallback, oauth, render};
use crate::db::Id;
use crate::problem::Problem;

/// Errors of this path are OAuth's (RFC 6749 §5.2), wherever they are made.
const TOKEN_PATH: &str = "/oauth2/token";

/// What an operator decides about the shell.
#[derive(Debug, Clone)]
pub struct ShellSettings {
    /// Base of the problem types' URLs, without a slash at its end.
    pub public_url: String,
    /// Send `Strict-Transport-Security` (RFC 6797): right when TLS ends in front of the service.
    pub hsts: bool,
    /// Write one log event per request.
    pub access_log: bool,
}

/// The id of the request: the client's `X-Request-Id` when that is a UUID, else a new UUIDv7. In the request extensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestId(pub Id);

/// The name of the verified client, put into the request extensions by authentication, for the log.
#[derive(Debug, Clone)]
pub struct ClientName(pub String);

/// Put into a response's extensions: its error body must not be replaced.
#[derive(Debug, Clone, Copy)]
pub struct Verbatim;

/// The middleware: `App::new().wrap(Shell::new(settings))`, outermost.
#[derive(Clone)]
pub struct Shell(Arc<ShellSettings>);

impl Shell {
    pub fn new(settings: Arc<ShellSettings>) -> Shell {
        Shell(settings)
    }
}

impl<S, B> Transform<S, ServiceRequest> for Shell
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = ShellService<S>;
    type InitError = ();
    type Future = Ready<Result<ShellService<S>, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(ShellService { service: Rc::new(service), settings: self.0.clone() }))
    }
}

/// [`Shell`] around one service.
pub struct ShellService<S> {
    service: Rc<S>,
    settings: Arc<ShellSettings>,
}

impl<S, B> Service<ServiceRequest> for ShellService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self::Response, Error>>;

    forward_ready!(service);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let (service, settings) = (self.service.clone(), self.settings.clone());
        Box::pin(async move {
            let seen = Seen::of(&request);
            request.extensions_mut().insert(seen.id);
            let answer = match refuse_unreadable(request.uri()).and_then(|()| refuse_long_fields(request.headers())) {
                Err(problem) => Ok(request.error_response(problem).map_into_right_body()),
                Ok(()) => call_safely(&*service, request).await.map(ServiceResponse::map_into_left_body),
            };
            seen.finish(&settings, answer)
        })
    }
}

/// What is remembered of a request while it is served. The request itself must not be cloned before it is routed.
struct Seen {
    uri: Uri,
    method: Method,
    languages: Vec<HeaderValue>,
    traceparent: Option<HeaderValue>,
    id: RequestId,
    started: Instant,
}

impl Seen {
    fn of(request: &ServiceRequest) -> Seen {
        let headers = request.headers();
        Seen {
            uri: request.uri().clone(),
            method: request.method().clone(),
            languages: headers.get_all(header::ACCEPT_LANGUAGE).cloned().collect(),
            traceparent: headers.get(TRACEPARENT).filter(|value| value.len() == 55).cloned(),
            id: request_id(headers),
            started: Instant::now(),
        }
    }

    fn finish<B>(
        self,
        settings: &ShellSettings,
        answer: Result<ServiceResponse<EitherBody<B>>, Error>,
    ) -> Result<ServiceResponse<EitherBody<B>>, Error>
    where
        B: MessageBody + 'static,
    {
        match answer {
            Ok(answer) => {
                let mut answer = match self.method == Method::OPTIONS {
                    true => fallback::tell_options(answer),
                    false => answer,
                };
                let status = answer.status();
                if (status.is_client_error() || status.is_server_error()) && !is_verbatim(&answer) {
                    fallback::add_allow(&mut answer);
                    let (request, response) = answer.into_parts();
                    let response = self.render(settings, response).map_into_right_body();
                    answer = ServiceResponse::new(request, response);
                }
                let request = answer.request().clone();
                let extensions = request.extensions();
                dress(answer.headers_mut(), settings, self.id, extensions.get::<RateState>());
                self.log(settings, answer.status(), extensions.get::<ClientName>());
                Ok(answer)
            }
            // A panic, or a middleware that gave no answer: the request is gone, an error carries the finished answer.
            Err(error) => {
                let mut response = self.render(settings, HttpResponse::from_error(error));
                dress(response.headers_mut(), settings, self.id, None);
                self.log(settings, response.status(), None);
                Err(Finished::new(response).into())
            }
        }
    }

    fn render<B>(&self, settings: &ShellSettings, response: HttpResponse<B>) -> HttpResponse<BoxBody> {
        let mut headers = HeaderMap::new();
        for wanted in &self.languages {
            headers.append(header::ACCEPT_LANGUAGE, wanted.clone());
        }
        let context = render::Context {
            public_url: &settings.public_url,
            instance: self.uri.path(),
            request_id: self.id,
            language: Language::of(&headers),
        };
        let general;
        let cause = response.error();
        let problem = match cause.and_then(|error| error.as_error::<Problem>()) {
            Some(problem) => problem,
            None => {
                general = render::of_status(response.status());
                &general
            }
        };
        match problem.code().status() {
            StatusCode::INTERNAL_SERVER_ERROR => self.log_failure(problem, cause),
            status if status.is_server_error() => {
                tracing::warn!(request_id = %self.id.0, path = self.uri.path(), cause = %problem, "unavailable");
            }
            _ => {}
        }
        let (code, text) = (problem.code(), render::json(problem, &context));
        match self.uri.path() {
            TOKEN_PATH => oauth::write(response, code),
            _ => render::write(response, code, text, context.language),
        }
    }

    /// An internal failure is logged once, here, with everything that is known about it.
    fn log_failure(&self, problem: &Problem, cause: Option<&Error>) {
        let mut chain = problem.to_string();
        let mut next = problem.said().source.as_deref().and_then(std::error::Error::source);
        while let Some(error) = next {
            chain.push_str(&format!(": {error}"));
            next = error.source();
        }
        if problem.said().source.is_none()
            && let Some(cause) = cause
        {
            chain = cause.to_string();
        }
        let (id, method, path) = (self.id.0, &self.method, self.uri.path());
        tracing::error!(request_id = %id, %method, path, cause = chain, "request failed");
    }

    fn log(&self, settings: &ShellSettings, status: StatusCode, client: Option<&ClientName>) {
        if !settings.access_log {
            return;
        }
        tracing::info!(
            request_id = %self.id.0,
            method = self.method.as_str(),
            path = self.uri.path(),
            status = status.as_u16(),
            duration_ms = self.started.elapsed().as_micros() as f64 / 1000.0,
            client = client.map(|client| client.0.as_str()),
            traceparent = self.traceparent.as_ref().and_then(|value| value.to_str().ok()),
            "request"
        );
    }
}

fn is_verbatim<B>(answer: &ServiceResponse<B>) -> bool {
    answer.response().extensions().contains::<Verbatim>()
}

#[cfg(test)]
mod tests;
