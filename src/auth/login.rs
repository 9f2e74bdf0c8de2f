//! A login with client credentials (RFC 6749 §4.4): limits, secret, scopes, token.

use std::net::IpAddr;

use super::Access;
use super::audited::Refusal;
use super::clients::{self, Client};
use super::scopes::Scopes;
use super::secrets;
use super::tokens::Minted;
use crate::api::Problem;
use crate::db::{Db, Id};

/// What a client shows at the token endpoint.
pub struct Credentials {
    /// The `client_id`.
    pub client: String,
    /// The `client_secret`. Never logged.
    pub secret: String,
}

/// Why a login failed.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// No such client, a wrong secret, or a disabled client; which of them is not said.
    #[error("unknown client, wrong secret or disabled client")]
    InvalidClient,
    /// A scope that does not exist or that this client does not have.
    #[error("scope {0} is unknown or not granted to this client")]
    InvalidScope(String),
    /// Too many logins; try again after so many seconds.
    #[error("too many logins, wait {0} s")]
    Limited(u64),
    /// Our fault.
    #[error(transparent)]
    Failed(#[from] Problem),
}

impl Access {
    /// Checks the credentials and makes a token with the scopes asked for, or with all of the client's. A refusal is noted in
    /// the audit log with `request_id`.
    pub async fn login(
        &self,
        db: &Db,
        credentials: Credentials,
        scope: Option<&str>,
        address: IpAddr,
        request_id: Option<Id>,
    ) -> Result<Minted, LoginError> {
        let refuse = async |refusal: Refusal, error| {
            self.refusals.note(db, Refusal { request_id, ..refusal }).await;
            Err(error)
        };
        let client = match self.recognise(db, credentials, address).await? {
            Ok(client) => client,
            Err(refusal) => return refuse(*refusal, LoginError::InvalidClient).await,
        };
        let scopes = match granted(&client, scope) {
            Ok(scopes) => scopes,
            Err((why, error)) => return refuse(Refusal::of(why, client), error).await,
        };
        let minted = self.tokens.mint(&client, scopes, None)?;
        self.clients.admit(client.id);
        tracing::info!(client = client.name, %address, %scopes, "token issued");
        Ok(minted)
    }

    /// The enabled client whose secret this is. Costs the same when there is no such client.
    async fn recognise(
        &self,
        db: &Db,
        credentials: Credentials,
        address: IpAddr,
    ) -> Result<Result<Client, Box<Refusal>>, LoginError> {
        let Credentials { client: name, secret } = credentials;
        // What cannot be a name is not logged: it may be a secret in the wrong field.
        let name = if clients::is_name(&name) { name } else { String::new() };
        let secret = if secret.len() <= secrets::MAX_LENGTH { secret } else { String::new() };
        let wanted = name.clone();
        let found = db.read(move |conn| clients::for_login(conn, &wanted)).await?;
        let (client, hashes) = found.map_or_else(Default::default, |(client, hashes)| (Some(client), hashes));
        let right = self.is_right(client.as_ref(), hashes, secret, address).await.inspect_err(|error| {
            tracing::warn!(client = name, %address, %error, "login not judged");
        })?;
        let judged = judge(client, right, &name);
        if let Err(refusal) = &judged {
            tracing::warn!(client = name, %address, why = refusal.why, "login refused");
        }
        Ok(judged)
    }

    async fn is_right(
        &self,
        client: Option<&Client>,
        hashes: Vec<String>,
        secret: String,
        address: IpAddr,
    ) -> Result<bool, LoginError> {
        let client = client.map(|client| client.id);
        if let Some(client) = client.filter(|_| self.checker.remembers(&hashes, &secret)) {
            self.limits.right(client, address).map_err(LoginError::Limited)?;
            return Ok(true);
        }
        let attempt = self.limits.begin(client, address).map_err(LoginError::Limited)?;
        let queue = attempt.queue();
        match self.checker.matches(hashes, secret, queue).await {
            Ok(false) => Ok(false),
            outcome => {
                attempt.forgive();
                Ok(outcome?)
            }
        }
    }
}

fn judge(client: Option<Client>, right: bool, name: &str) -> Result<Client, Box<Refusal>> {
    let refusal = match client {
        None => Refusal {
            why: "unknown-client".to_owned(),
            name: Some(name.to_owned()).filter(|name| !name.is_empty()),
            client: None,
            request_id: None,
        },
        Some(client) if !right => Refusal::of("wrong-secret".to_owned(), client),
        Some(client) if client.disabled_at.is_some() => Refusal::of("client-disabled".to_owned(), client),
        Some(client) => return Ok(client),
    };
    Err(Box::new(refusal))
}

/// The scopes that a client gets, or why it is refused: for the audit log, and for the client.
fn granted(client: &Client, scope: Option<&str>) -> Result<Scopes, (String, LoginError)> {
    let Some(asked) = scope else {
        return Ok(client.scopes);
    };
    match Scopes::parse(asked) {
        Ok(scopes) if scopes.is_empty() => Ok(client.scopes),
        Ok(scopes) if client.scopes.covers(scopes) => Ok(scopes),
        Ok(scopes) => {
            let missing = scopes.iter().find(|one| !client.scopes.covers(Scopes::from_iter([*one])));
            let missing = missing.map(|one| one.name).unwrap_or_default();
            Err((format!("scope-not-granted {missing}"), LoginError::InvalidScope(missing.to_owned())))
        }
        // What is no scope may be anything, a secret too: it is not kept.
        Err(unknown) => Err(("unknown-scope".to_owned(), LoginError::InvalidScope(unknown.0))),
    }
}
