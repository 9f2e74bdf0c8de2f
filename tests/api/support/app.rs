//! A running service of a test's own.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use actix_web::dev::ServerHandle;
use chuanyu::app;
use chuanyu::app::Services;
use chuanyu::auth::clients;
use chuanyu::auth::clients::{Client, NewClient};
use chuanyu::auth::secrets::Secret;
use chuanyu::auth::{Access, AccessSettings, Principal, Scopes};
use chuanyu::config::{Flags, Settings};
use chuanyu::db::{Connection, Id};
use chuanyu::health::Draining;
use chuanyu::server;

use super::callers::Caller;
use super::database::{Database, Engine, scratch};

/// The real application with the server's time limits on a port of its own; it ends with the test.
pub struct TestApp {
    pub engine: Engine,
    pub services: Services,
    pub address: SocketAddr,
    pub database: Arc<Database>,
    pub(super) http: reqwest::Client,
    server: ServerHandle,
}

impl TestApp {
    /// With demo data and without rate limits.
    pub async fn start(engine: Engine) -> TestApp {
        TestApp::with(engine, &[]).await
    }

    /// [`TestApp::start`] with settings of the test's own, such as `("public_read", "false")`.
    pub async fn with(engine: Engine, settings: &[(&str, &str)]) -> TestApp {
        TestApp::on(engine, Database::with_demo_data(engine).into(), settings)
    }

    /// On a database that another process or service may use as well.
    pub fn on(engine: Engine, database: Arc<Database>, changes: &[(&str, &str)]) -> TestApp {
        let url = database.url.clone();
        let mut settings = settings(&url, changes);
        let listener = server::bind(&mut settings).unwrap();
        let services = Services::open(&settings, Draining::default()).unwrap();
        let (tell, told) = std::sync::mpsc::channel();
        let (shared, theirs) = (services.clone(), settings.clone());
        // A thread of its own, so that a test that blocks does not stop the service.
        std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let _watching = shared.access.clone().into_inner().watch(shared.db.get_ref().clone()).await;
                let server = server::start(listener, &theirs, move || app::app(shared.clone())).unwrap();
                tell.send(server.handle()).unwrap();
                server.await.unwrap();
            });
        });
        let server = told.recv().expect("the service starts");
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            // A spare connection that was opened and not used in 10 s is ended by the server (408).
            .pool_max_idle_per_host(0)
            .build()
            .unwrap();
        TestApp { engine, services, address: settings.listen, database, http, server }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// A caller without a token.
    pub fn anonymous(&self) -> Caller {
        Caller::new(self, None)
    }

    /// A registered client with all its scopes: `cq-agency sc-agency cq-university sc-university reader` are there.
    pub fn client(&self, name: &str) -> Caller {
        let client = self.database(|conn| clients::get(conn, name).unwrap());
        let scopes = client.scopes;
        self.caller(&client, scopes)
    }

    /// A registered client as the pipeline's functions take it.
    pub fn principal(&self, name: &str) -> Arc<Principal> {
        let client = self.database(|conn| clients::get(conn, name).unwrap());
        Arc::new(Principal {
            client_id: client.id,
            client: client.name,
            org: client.org_id,
            province: client.province,
            scopes: client.scopes,
            source_system: client.source_system,
        })
    }

    /// A registered client whose token carries these scopes only.
    pub fn client_with(&self, name: &str, scopes: &str) -> Caller {
        let client = self.database(|conn| clients::get(conn, name).unwrap());
        self.caller(&client, Scopes::parse(scopes).unwrap())
    }

    /// Registers a client of an organization (by id) and a province, and answers it with a token for all its scopes. It may
    /// confirm for its province whatever its organization is.
    pub fn new_client(&self, name: &str, org_id: Option<Id>, province: Option<&str>, scopes: &str) -> Caller {
        let scopes = Scopes::parse(scopes).unwrap();
        let province = province.map(str::to_owned);
        let new =
            NewClient { name: name.to_owned(), org_id, province, scopes, source_system: None, for_province: true };
        let secret = Secret::given("a-secret-for-tests".to_owned()).unwrap();
        let client = self.database(|conn| clients::add(conn, &new, &secret).unwrap());
        self.caller(&client, scopes)
    }

    /// Clients of their own that may do what this one may.
    pub fn crowd(&self, name: &str, count: usize) -> Vec<Caller> {
        use chuanyu::db::schema::clients as table;
        use diesel::{ExpressionMethods, RunQueryDsl};
        let one = self.database(|conn| clients::get(conn, name).unwrap());
        let others = (0..count).map(|number| Client { id: Id::new(), name: format!("{name}-{number}"), ..one.clone() });
        let others: Vec<Client> = others.collect();
        self.database(|conn| {
            for other in &others {
                let row = (
                    table::id.eq(other.id),
                    table::name.eq(&other.name),
                    table::org_id.eq(other.org_id),
                    table::province.eq(&other.province),
                    table::scopes.eq(other.scopes.to_string()),
                    table::source_system.eq(&other.source_system),
                    table::created_at.eq(other.created_at),
                    table::for_province.eq(other.for_province),
                );
                diesel::insert_into(table::table).values(row).execute(conn).unwrap();
            }
        });
        others.iter().map(|other| self.caller(other, other.scopes)).collect()
    }

    /// Work on the database beside the service.
    pub fn database<T>(&self, work: impl FnOnce(&mut Connection) -> T) -> T {
        work(&mut self.database.connect())
    }

    /// Reads the clients' status again, which the service does every 20 s by itself.
    pub async fn refresh_clients(&self) {
        let access = self.services.access.clone().into_inner();
        access.refresh(self.services.db.get_ref()).await.unwrap();
    }

    fn caller(&self, client: &Client, scopes: Scopes) -> Caller {
        let minted = self.services.access.tokens().mint(client, scopes, None).unwrap();
        Caller::new(self, Some(minted.token))
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        // Sent at once; the answer does not matter.
        drop(self.server.stop(false));
    }
}

/// The settings of a test: no limits, quiet, the keys of this process.
pub fn settings(database_url: &str, changes: &[(&str, &str)]) -> Settings {
    let keys = KEYS.display().to_string();
    let own = [
        ("listen", "127.0.0.1:0"),
        ("database_url", database_url),
        ("keys_dir", &keys),
        ("read_per_minute", "0"),
        ("write_per_minute", "0"),
        ("workers", "1"),
        ("pool_size", "6"),
        ("pool_patience_ms", "10000"),
        ("access_log", "false"),
    ];
    let environment: Vec<(String, String)> = own
        .iter()
        .filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name))
        .chain(changes)
        .map(|(name, value)| (format!("CHUANYU_{}", name.to_uppercase()), (*value).to_owned()))
        .collect();
    Settings::from_sources(None, &environment, &Flags::default()).unwrap()
}

/// Signing keys of this test run: making RSA keys takes long.
pub static KEYS: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = scratch().join("keys");
    Access::new(AccessSettings { keys_dir: folder.clone(), ..AccessSettings::default() }).unwrap();
    folder
});
