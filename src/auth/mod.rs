//! Authentication and authorization: clients, their tokens, and the extractors that handlers name.
//!
//! Client credentials (RFC 6749 §4.4) give a signed access token (RFC 9068) that lives 15 minutes. Every other module asks
//! for a [`Caller`] or a [`Reader`] in a handler's signature and gets a [`Principal`]; nothing else of this folder is
//! needed there. [`Access`] is the shared state, kept in the app data as `web::Data<Access>`.

pub mod address;
pub mod agencies;
pub mod audited;
pub mod caller;
pub mod cli;
pub mod clients;
pub mod form;
pub mod jws;
pub mod key_files;
pub mod keys;
pub mod limits;
pub mod login;
pub mod openapi;
pub mod proof_keys;
pub mod routes;
pub mod scopes;
pub mod secrets;
pub mod tokens;
pub mod watch;

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;

use actix_web::web;

use crate::auth::audited::Refusals;
use crate::auth::keys::Keys;
use crate::auth::limits::LoginLimits;
use crate::auth::secrets::Checker;
use crate::auth::tokens::Tokens;
use crate::auth::watch::ClientWatch;
use crate::db::Db;
use crate::problem::Outcome;

pub use address::client_address;
pub use caller::{Caller, OPERATOR, Principal, Reader, authenticate, unauthenticated};
pub use scopes::{Scope, Scopes};

/// The protection space named in `WWW-Authenticate` (RFC 9110 §11.5).
pub const REALM: &str = "chuanyu";

/// Secrets of one client that may be live at once, so that a partner can change over without an outage.
pub const MAX_LIVE_SECRETS: usize = 2;

/// What the configuration says about access.
#[derive(Debug, Clone)]
pub struct AccessSettings {
    /// The service's address as partners write it, without a slash at its end: the issuer of tokens.
    pub public_url: String,
    /// The folder of signing keys, shared by all processes of the service.
    pub keys_dir: PathBuf,
    /// The life of a token in seconds.
    pub token_seconds: u32,
    /// Whether published records may be read without a token.
    pub public_read: bool,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<ipnet::IpNet>,
}

impl Default for AccessSettings {
    fn default() -> AccessSettings {
        AccessSettings {
            public_url: "http://localhost:8080".to_owned(),
            keys_dir: "var/keys".into(),
            token_seconds: 900,
            public_read: true,
            trusted_proxies: Vec::new(),
        }
    }
}

/// The shared state of access: keys, tokens, clients' status and login limits.
pub struct Access {
    settings: AccessSettings,
    keys: Arc<Keys>,
    tokens: Tokens,
    clients: ClientWatch,
    checker: Checker,
    limits: LoginLimits,
    refusals: Refusals,
}

impl Access {
    /// Opens the key folder, making a first key when there is none. Until the first [`Access::refresh`] tokens are
    /// answered with 503.
    pub fn new(mut settings: AccessSettings) -> Outcome<Access> {
        settings.public_url.truncate(settings.public_url.trim_end_matches('/').len());
        let keys = Arc::new(Keys::open(&settings.keys_dir, settings.token_seconds)?);
        let tokens = Tokens::new(keys.clone(), &settings.public_url, settings.token_seconds);
        let (clients, checker, limits) = (ClientWatch::default(), Checker::new()?, LoginLimits::default());
        let refusals = Refusals::default();
        Ok(Access { settings, keys, tokens, clients, checker, limits, refusals })
    }

    /// The settings; `public_url` has no slash at its end.
    pub fn settings(&self) -> &AccessSettings {
        &self.settings
    }

    /// Whether published records may be read without a token.
    pub fn public_read(&self) -> bool {
        self.settings.public_read
    }

    /// The signing keys.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// The maker and checker of tokens.
    pub fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    /// Which clients may call.
    pub fn clients(&self) -> &ClientWatch {
        &self.clients
    }

    /// Reads the clients' status and the key folder again.
    pub async fn refresh(self: &Arc<Self>, db: &Db) -> Outcome<()> {
        let access = self.clone();
        // The folder may lie on a network drive.
        let _ = web::block(move || access.keys.refresh()).await;
        self.clients.refresh(db).await
    }

    /// Refreshes now, then every 20 s for as long as the task that was spawned lives. A failure is logged and tried
    /// again; the start of the service does not depend on it. Call it once a process, inside the runtime.
    pub async fn watch(self: Arc<Self>, db: Db) -> actix_web::rt::task::JoinHandle<()> {
        let mut fresh = self.refresh_or_log(&db).await;
        actix_web::rt::spawn(async move {
            loop {
                let pause = if fresh { watch::EVERY } else { watch::EVERY / 10 };
                tokio::time::sleep(pause).await;
                fresh = self.refresh_or_log(&db).await;
            }
        })
    }

    async fn refresh_or_log(self: &Arc<Self>, db: &Db) -> bool {
        match self.refresh(db).await {
            Ok(()) => true,
            Err(problem) => {
                tracing::warn!(%problem, "the clients' status cannot be read");
                false
            }
        }
    }
}
