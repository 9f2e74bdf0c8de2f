//! A small application with a handler for everything that may happen.

use actix_web::{App, FromRequest, HttpRequest, dev, get, post, web};
use serde_json::json;

use crate::api::rate::{Class, Key, RateSettings};
use crate::api::shell::*;
use crate::api::{JsonBody, Limiter, MergePatch, PathTable, fallback, pages};
use crate::problem::{Code, Fault, Outcome};

/// A caller as authentication makes it: without waiting, and named in the log.
struct Caller;

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Ready<Outcome<Caller>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(match request.headers().get("authorization") {
            Some(_) => {
                request.extensions_mut().insert(ClientName("cq-stb".into()));
                Ok(Caller)
            }
            None => Err(Problem::new(Code::Unauthenticated).header("WWW-Authenticate", "Bearer realm=\"register\"")),
        })
    }
}

#[get("/ok")]
async fn ok(request: HttpRequest) -> String {
    let id = *request.extensions().get::<RequestId>().unwrap();
    id.0.to_string()
}

#[get("/own")]
async fn own() -> HttpResponse {
    let policy = (header::CONTENT_SECURITY_POLICY, "default-src 'self'");
    HttpResponse::Ok().insert_header(policy).insert_header((header::CACHE_CONTROL, "private, no-cache")).body("x")
}

#[get("/invalid")]
async fn invalid() -> Outcome<HttpResponse> {
    let fault = Fault::at("/name/zh", "required");
    let other = Fault::parameter("provnce", "unknown-parameter").did_you_mean(Some("province"));
    Err(Problem::invalid(vec![fault, other]).member("extra", 7))
}

#[get("/broken")]
async fn broken() -> Outcome<HttpResponse> {
    Err(Problem::internal("the secret table is gone"))
}

#[get("/panics")]
async fn panics() -> HttpResponse {
    panic!("the secret {}", "number")
}

#[get("/status/{status}")]
async fn status(status: web::Path<u16>) -> HttpResponse {
    HttpResponse::build(StatusCode::from_u16(*status).unwrap()).body("text of the framework")
}

#[get("/readyz")]
async fn readyz() -> HttpResponse {
    let mut response = HttpResponse::ServiceUnavailable().json(json!({"status": "not_ready"}));
    response.extensions_mut().insert(Verbatim);
    response
}

#[post("/oauth2/token")]
async fn token() -> HttpResponse {
    let mut response = HttpResponse::BadRequest().json(json!({"error": "invalid_grant"}));
    response.extensions_mut().insert(Verbatim);
    response
}

#[post("/things")]
async fn create(body: JsonBody, _caller: Caller) -> HttpResponse {
    HttpResponse::Created().json(body.value)
}

#[actix_web::patch("/things")]
async fn change(_caller: Caller, _body: MergePatch) -> HttpResponse {
    HttpResponse::Ok().finish()
}

#[get("/limited")]
async fn limited(request: HttpRequest, limiter: web::Data<Limiter>) -> Outcome<HttpResponse> {
    if let Some(state) = limiter.check(Key::Client(Id::default()), Class::Read)? {
        request.extensions_mut().insert(state);
    }
    Ok(HttpResponse::Ok().finish())
}

pub(super) fn app() -> App<
    impl dev::ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<EitherBody<BoxBody>>,
        Error = Error,
        InitError = (),
    >,
> {
    let settings = ShellSettings { public_url: "https://api.example.org".into(), hsts: true, access_log: true };
    let table = PathTable::new(|| vec![("/things", vec![Method::POST, Method::PATCH]), ("/ok", vec![Method::GET])]);
    let limiter = Limiter::new(&RateSettings { read_per_minute: 1, ..RateSettings::default() });
    App::new()
        .app_data(web::Data::new(table))
        .app_data(web::Data::new(limiter))
        .service((ok, own, invalid, broken, panics, status, readyz, token, create, change, limited))
        .service(web::resource("/resource").route(web::get().to(HttpResponse::Ok)))
        .configure(pages::serve)
        .default_service(web::to(fallback::answer))
        .wrap(Shell::new(Arc::new(settings)))
}
