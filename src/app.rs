//! Every route on one screen, and the OpenAPI document that is built from the same parts.

use std::sync::Arc;
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::LOCATION;
use actix_web::middleware::{Condition, Next, from_fn};
use actix_web::web::{self, Data};
use actix_web::{App, Error, HttpMessage, HttpRequest, HttpResponse};
use serde_json::Value;

use crate::agreement::belongings::FollowOwner;
use crate::api::prepared::Prepared;
use crate::api::rate::{Class, Key, RateSettings};
use crate::api::{InFlight, Limiter, PathTable, Restores, Shell, ShellSettings, cors, fallback, pages, restores};
use crate::auth::{self, Access, AccessSettings, authenticate, client_address};
use crate::config::Settings;
use crate::contract::swagger_ui::{self, SwaggerUi};
use crate::db::Db;
use crate::health::{self, Draining, Health};
use crate::kinds::register;
use crate::pairing::pool::Pool;
use crate::problem::Outcome;
use crate::progress::overview::LastOverview;
use crate::reading::answers::Answers;
use crate::reading::cache::Shelf;
use crate::records::rebuild::Rebuild;
use crate::{changes, contract, introductions, jobs, matching, pairing, progress, service};

/// The long work of this register.
pub fn jobs(settings: &Settings) -> jobs::Registry {
    let every = Duration::from_secs(settings.purge_minutes * 60);
    jobs::Registry::default()
        .with(jobs::Purge { every })
        .with(Rebuild { register: register() })
        .with(FollowOwner { register: register() })
}

/// What the handlers share; cheap to clone into every worker.
#[derive(Clone)]
pub struct Services {
    pub db: Data<Db>,
    pub access: Data<Access>,
    limiter: Data<Limiter>,
    in_flight: Data<InFlight>,
    answers: Data<Answers>,
    overview: Data<LastOverview>,
    pool: Data<Pool>,
    shelf: Data<Shelf>,
    health: Data<Health>,
    /// How often the register was restored, as this process knows.
    pub restores: Data<Restores>,
    paths: Data<PathTable>,
    document: Data<Document>,
    swagger_ui: Data<SwaggerUi>,
    shell: Arc<ShellSettings>,
    cors_origins: Vec<String>,
}

/// The published document as it is sent.
struct Document(Arc<Prepared>);

fn prepared_document(settings: &Settings) -> Arc<Prepared> {
    let contact = settings.contact.clone();
    Prepared::new("application/json", move || contract::published(contact.as_ref()).into())
}

impl Services {
    /// Opens what the settings name. The database may be unreachable: requests then get 503 until it is back.
    pub fn open(settings: &Settings, draining: Draining) -> Outcome<Services> {
        let target = settings.database_url.target().clone();
        let restores = Restores::default();
        let shelf = Data::new(Shelf::new(settings.answers_mib << 20, restores.clone()));
        Ok(Services {
            db: Data::new(Db::open(target.clone(), settings.pool())),
            access: Data::new(Access::new(access_settings(settings))?),
            limiter: Data::new(Limiter::new(&RateSettings {
                read_per_minute: settings.read_per_minute,
                write_per_minute: settings.write_per_minute,
            })),
            in_flight: Data::new(InFlight::default()),
            answers: Data::new(Answers::new(shelf.clone().into_inner())),
            overview: Data::default(),
            pool: Data::default(),
            shelf,
            health: Health::new(target, draining, restores.clone()),
            restores: Data::new(restores),
            paths: Data::new(PathTable::new(served_paths)),
            document: Data::new(Document(prepared_document(settings))),
            swagger_ui: Data::new(SwaggerUi::new()),
            shell: Arc::new(ShellSettings {
                public_url: settings.public_url(),
                hsts: settings.hsts,
                access_log: settings.access_log,
            }),
            cors_origins: settings.cors_origins.iter().map(ToString::to_string).collect(),
        })
    }
}

/// What the settings say about access.
pub fn access_settings(settings: &Settings) -> AccessSettings {
    AccessSettings {
        public_url: settings.public_url(),
        keys_dir: settings.keys_dir.clone(),
        token_seconds: settings.token_seconds as u32,
        public_read: settings.public_read,
        trusted_proxies: settings.trusted_proxies.iter().map(|network| network.0).collect(),
    }
}

/// The application of one worker.
pub fn app(
    shared: Services,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = Error,
        InitError = (),
    >,
> {
    App::new()
        .app_data(shared.db)
        .app_data(shared.access)
        .app_data(shared.limiter)
        .app_data(shared.in_flight)
        .app_data(shared.answers)
        .app_data(shared.overview)
        .app_data(shared.pool)
        .app_data(shared.shelf)
        .app_data(shared.restores)
        .app_data(shared.paths)
        .app_data(shared.document)
        .app_data(shared.swagger_ui)
        .configure(health::configure(shared.health))
        .configure(auth::routes::configure)
        .configure(pages::serve)
        .service(
            web::scope("/api/v1")
                .wrap(from_fn(restores::mark))
                .wrap(from_fn(limit))
                .configure(service::vocabularies::configure)
                .configure(changes::routes::configure(register()))
                .configure(service::audit_events::configure)
                .configure(service::search::configure(register()))
                .configure(service::figures_proof::configure(register()))
                .configure(service::statistics::configure(register()))
                .configure(matching::routes::configure(register()))
                .configure(progress::routes::configure(register()))
                .configure(pairing::routes::configure(register()))
                .configure(introductions::routes::configure(register()))
                .configure(service::routes::configure(register())),
        )
        .service(
            web::scope("/reconciliation")
                .wrap(from_fn(limit))
                .configure(matching::reconciliation::configure(register())),
        )
        .service(web::resource("/openapi.json").route(web::get().to(openapi)).route(web::head().to(openapi)))
        .service(web::resource("/").route(web::get().to(to_docs)).route(web::head().to(to_docs)))
        .service(web::resource("/docs").route(web::get().to(to_docs)).route(web::head().to(to_docs)))
        .service(
            web::resource("/docs/{file:[^/]*}")
                .route(web::get().to(swagger_ui::show))
                .route(web::head().to(swagger_ui::show)),
        )
        .default_service(web::to(fallback::answer))
        .wrap(Condition::new(!shared.cors_origins.is_empty(), cors::cors(&shared.cors_origins)))
        .wrap(Shell::new(shared.shell))
}

/// Every path that is served, with its methods.
fn served_paths() -> Vec<(String, Vec<Method>)> {
    let document = contract::document();
    let methods = |path: &Value| -> Vec<Method> {
        let names = path.as_object().into_iter().flat_map(|operations| operations.keys());
        names.filter_map(|name| name.to_uppercase().parse().ok()).collect()
    };
    let pages = ["/", "/docs", "/docs/", "/docs/{file}", "/openapi.json", "/problems", "/problems/{code}"];
    let documented = document["paths"].as_object().into_iter().flatten();
    let documented = documented.map(|(path, operations)| (path.clone(), methods(operations)));
    let services = matching::reconciliation::PLACES.map(|(place, has_post)| {
        (place.to_owned(), if has_post { vec![Method::GET, Method::POST] } else { vec![Method::GET] })
    });
    documented.chain(pages.map(|page| (page.to_owned(), vec![Method::GET]))).chain(services).collect()
}

/// Counts the call against the caller's quota before anything else.
async fn limit(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    // Names are matched by POST because there are many.
    let only_reads = request.path().starts_with("/reconciliation/") || request.path().ends_with("/organizations/match");
    // Signed figures are kept for ever.
    let routed = request.match_info().as_str();
    let is_kept = routed.starts_with("/api/v1/statistics/") && routed.ends_with("/proof");
    let class = if (request.method().is_safe() && !is_kept) || only_reads { Class::Read } else { Class::Write };
    if let Some(limiter) = request.app_data::<Data<Limiter>>() {
        // A bad token is refused by the extractor; it counts against the address.
        let key = match authenticate(request.request()) {
            Ok(Some(principal)) => Key::Client(principal.client_id),
            _ => {
                let access = request.app_data::<Data<Access>>();
                let proxies = access.map_or(&[][..], |access| &access.settings().trusted_proxies);
                Key::address(client_address(request.request(), proxies))
            }
        };
        if let Some(state) = limiter.check(key, class)? {
            request.extensions_mut().insert(state);
        }
    }
    next.call(request).await
}

async fn openapi(document: Data<Document>, request: HttpRequest) -> Outcome<HttpResponse> {
    document.0.answer(&request).await
}

async fn to_docs() -> HttpResponse {
    HttpResponse::Found().insert_header((LOCATION, "/docs/")).finish()
}
