//! Tests of access as a partner or an attacker meets it, on a database and a key folder of their own.

mod attacks;
mod callers;
mod command_line;
mod endpoint;
mod registry;
mod rotation;

use std::path::PathBuf;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use actix_web::web;
use serde_json::{Value, json};

use crate::auth::clients::{self, Client, NewClient};
use crate::auth::scopes::{ReadRecords, Scopes};
use crate::auth::secrets::Secret;
use crate::auth::{Access, AccessSettings, key_files};
use crate::db::{Db, Id, Moment, PoolSettings, Target, migrate};

const ISSUER: &str = "https://api.example.org";
const SECRET: &str = "a-secret-for-tests";

/// A service with a database, a key folder and settings of its own; its files go when it goes.
struct World {
    folder: PathBuf,
    db: Db,
    access: Arc<Access>,
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl World {
    async fn start() -> World {
        World::with(|_| {}).await
    }

    async fn with(change: impl FnOnce(&mut AccessSettings)) -> World {
        let folder = temporary_folder();
        let target = Target::parse(&format!("sqlite:{}/register.db", folder.display())).unwrap();
        migrate::run(&target).unwrap();
        let db = Db::open(target, PoolSettings { size: 2, patience: Duration::from_secs(2), waiting: 64 });
        let keys_dir = folder.join("keys");
        std::fs::create_dir(&keys_dir).unwrap();
        let (name, pem) = &*FIRST_KEY;
        std::fs::write(keys_dir.join(name), pem).unwrap();
        let mut settings = AccessSettings { public_url: format!("{ISSUER}/"), keys_dir, ..AccessSettings::default() };
        change(&mut settings);
        let access = Arc::new(Access::new(settings).unwrap());
        access.refresh(&db).await.unwrap();
        World { folder, db, access }
    }

    /// A client of Chongqing with these scopes and [`SECRET`].
    fn client(&self, name: &str, scopes: Scopes) -> Client {
        let secret = Secret::given(SECRET.to_owned()).unwrap();
        self.db.write_here(|conn| clients::add(conn, &new_client(name, scopes), &secret)).unwrap()
    }

    fn reader(&self) -> Client {
        self.client("cq-reader", Scopes::only::<ReadRecords>())
    }

    fn token(&self, client: &Client) -> String {
        self.access.tokens().mint(client, client.scopes, None).unwrap().token
    }

    /// Any header and claims, signed by the key that signs now.
    fn forge(&self, header: &Value, claims: &Value) -> String {
        let message = format!("{}.{}", base64url(header), base64url(claims));
        let signing = &self.access.keys().signer().signing;
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), signing, jsonwebtoken::Algorithm::RS256);
        format!("{message}.{}", signature.unwrap())
    }

    fn header(&self) -> Value {
        json!({"typ": "at+jwt", "alg": "RS256", "kid": self.access.keys().signer().kid})
    }

    fn add_app_data(&self, cfg: &mut web::ServiceConfig) {
        cfg.app_data(web::Data::from(self.access.clone())).app_data(web::Data::new(self.db.clone()));
    }
}

fn new_client(name: &str, scopes: Scopes) -> NewClient {
    NewClient {
        name: name.into(),
        org_id: None,
        province: Some("500000".into()),
        scopes,
        source_system: None,
        for_province: false,
    }
}

fn claims(client: &Client) -> Value {
    let now = Moment::now().seconds();
    json!({
        "iss": ISSUER, "sub": client.id, "client_id": client.name, "aud": format!("{ISSUER}/api/v1"),
        "exp": now + 900, "iat": now, "jti": Id::new(), "scope": client.scopes,
        "source_system": client.source_system,
    })
}

fn base64url(value: &Value) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(value.to_string())
}

fn temporary_folder() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("chuanyu-auth-{}", Id::new()));
    std::fs::create_dir(&folder).unwrap();
    folder
}

/// Made once, because making RSA keys takes long without optimisation.
static FIRST_KEY: LazyLock<(String, Vec<u8>)> = LazyLock::new(|| {
    let folder = temporary_folder();
    let file = key_files::open(&folder).unwrap().remove(0);
    let key = (file.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read(&file).unwrap());
    std::fs::remove_dir_all(folder).unwrap();
    key
});
