//! The answer to requests that no route took: 405 with `Allow`, 204 for `OPTIONS`, else 404 `unknown-path`.
//!
//! Which paths exist is known from a [`PathTable`] built from the published contract, so that the two cannot differ. A
//! path with a trailing or doubled slash is another, unknown path.

use std::sync::LazyLock;

use actix_web::body::EitherBody;
use actix_web::dev::ServiceResponse;
use actix_web::http::header::{ALLOW, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, web};

use crate::problem::{Code, Outcome, Problem};

/// The service's paths, as templates such as `/api/v1/joint-labs/{ref}`, each with its methods.
pub struct PathTable {
    /// Put together when a path is first asked for that is not served: the contract takes long to build.
    paths: LazyLock<Vec<Known>, Box<dyn FnOnce() -> Vec<Known> + Send>>,
}

/// A path with its methods.
type Known = (Vec<Segment>, Vec<Method>);

#[derive(Debug)]
enum Segment {
    Literal(String),
    Parameter,
}

impl PathTable {
    /// Takes each template once or several times; `HEAD` comes with `GET`, `OPTIONS` with every path.
    pub fn new<T: AsRef<str>>(paths: impl FnOnce() -> Vec<(T, Vec<Method>)> + Send + 'static) -> PathTable {
        PathTable { paths: LazyLock::new(Box::new(|| paths().into_iter().map(known).collect())) }
    }

    /// The methods of a path, `None` when there is no such path. A literal segment wins over a parameter.
    pub fn allowed(&self, path: &str) -> Option<Vec<Method>> {
        let literals = |segments: &[Segment]| segments.iter().filter(|s| matches!(s, Segment::Literal(_))).count();
        let fitting = || self.paths.iter().filter(|(segments, _)| fits(segments, path));
        let best = fitting().map(|(segments, _)| literals(segments)).max()?;
        let mut allowed = Vec::new();
        for (_, methods) in fitting().filter(|(segments, _)| literals(segments) == best) {
            allowed.extend(methods.iter().filter(|method| !allowed.contains(*method)).cloned().collect::<Vec<_>>());
        }
        allowed.push(Method::OPTIONS);
        Some(allowed)
    }
}

fn known((template, mut methods): (impl AsRef<str>, Vec<Method>)) -> Known {
    let segments = template.as_ref().split('/').map(|part| match part.starts_with('{') && part.ends_with('}') {
        true => Segment::Parameter,
        false => Segment::Literal(part.to_owned()),
    });
    if methods.contains(&Method::GET) && !methods.contains(&Method::HEAD) {
        methods.push(Method::HEAD);
    }
    (segments.collect(), methods)
}

fn fits(segments: &[Segment], path: &str) -> bool {
    let mut parts = path.split('/');
    let fit = |segment: &Segment| match (segment, parts.next()) {
        (Segment::Literal(name), Some(part)) => name == part,
        (Segment::Parameter, Some(part)) => !part.is_empty(),
        (_, None) => false,
    };
    segments.iter().all(fit) && parts.next().is_none()
}

fn allow_value(methods: &[Method]) -> String {
    methods.iter().map(Method::as_str).collect::<Vec<_>>().join(", ")
}

fn methods_of(request: &HttpRequest) -> Option<Vec<Method>> {
    request.app_data::<web::Data<PathTable>>()?.allowed(request.path())
}

/// The default service of the application: `App::default_service(web::to(fallback::answer))`.
pub async fn answer(request: HttpRequest) -> Outcome<HttpResponse> {
    match methods_of(&request) {
        None => Err(Problem::new(Code::UnknownPath)),
        Some(methods) if request.method() == Method::OPTIONS => Ok(options_of(&methods)),
        Some(methods) => {
            let allow = allow_value(&methods);
            Err(Problem::new(Code::MethodNotAllowed).arg("allowed", &allow).header("Allow", allow))
        }
    }
}

/// Answers `OPTIONS` where a route of actix refused it, as [`answer`] does elsewhere.
pub(super) fn tell_options<B>(answer: ServiceResponse<EitherBody<B>>) -> ServiceResponse<EitherBody<B>> {
    if answer.status() != StatusCode::METHOD_NOT_ALLOWED {
        return answer;
    }
    match methods_of(answer.request()) {
        Some(methods) => answer.into_response(options_of(&methods).map_into_right_body()),
        None => answer,
    }
}

fn options_of(methods: &[Method]) -> HttpResponse {
    HttpResponse::NoContent().insert_header((ALLOW, allow_value(methods))).finish()
}

/// Adds `Allow` to a 405 that actix made itself: actix knows the routes, but not `OPTIONS`.
pub(super) fn add_allow<B>(answer: &mut ServiceResponse<B>) {
    if answer.status() != StatusCode::METHOD_NOT_ALLOWED {
        return;
    }
    let known = methods_of(answer.request());
    if known.is_none() && answer.headers().contains_key(ALLOW) {
        return;
    }
    if let Ok(value) = HeaderValue::try_from(allow_value(&known.unwrap_or_default())) {
        answer.headers_mut().insert(ALLOW, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> PathTable {
        PathTable::new(|| {
            vec![
                ("/api/v1/labs", vec![Method::GET, Method::POST]),
                ("/api/v1/labs/{ref}", vec![Method::GET]),
                ("/api/v1/labs/{ref}", vec![Method::PATCH]),
                ("/api/v1/labs/export", vec![Method::GET]),
            ]
        })
    }

    #[test]
    fn a_path_knows_its_methods() {
        let allowed = |path: &str| table().allowed(path).map(|methods| allow_value(&methods));
        assert_eq!(allowed("/api/v1/labs").as_deref(), Some("GET, POST, HEAD, OPTIONS"));
        assert_eq!(allowed("/api/v1/labs/x").as_deref(), Some("GET, HEAD, PATCH, OPTIONS"));
        assert_eq!(allowed("/api/v1/labs/export").as_deref(), Some("GET, HEAD, OPTIONS"));
    }

    #[test]
    fn another_slash_makes_another_path() {
        for path in ["/api/v1/labs/", "/api//v1/labs", "/api/v1/labs/x/", "", "/", "/api/v1/labs//", "*"] {
            assert_eq!(table().allowed(path), None, "{path}");
        }
    }
}
