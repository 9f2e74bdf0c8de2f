//! A login with client credentials (RFC 6749 §4.4): limits, secret, scopes, token.

use std::net::IpAddr;

use super::Access;
use super::clients::{self, Client};
use super::scopes::Scopes;
use super::secrets;
use super::tokens::Minted;
use crate::api::Problem;
use crate::db::Db;

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
    /// Checks the credentials and makes a token with the scopes asked for, or with all of the client's.
    pub async fn login(
        &self,
        db: &Db,
        credentials: Credentials,
        scope: Option<&str>,
        address: IpAddr,
    ) -> Result<Minted, LoginError> {
        let client = self.recognise(db, credentials, address).await?;
        let scopes = granted(&client, scope)?;
        let minted = self.tokens.mint(&client, scopes, None)?;
        self.clients.admit(client.id);
        tracing::info!(client = client.name, %address, %scopes, "token issued");
        Ok(minted)
    }

    async fn recognise(&self, db: &Db, credentials: Credentials, address: IpAddr) -> Result<Client, LoginError> {
        let Credentials { client: name, secret } = credentials;
        // Anything that cannot be a name shares one counter and is not logged: it may be a secret in the wrong field.
        let name = if clients::is_name(&name) { name } else { String::new() };
        let attempt = self.limits.begin(&name, address).map_err(|seconds| {
            tracing::warn!(client = name, %address, "too many logins");
            LoginError::Limited(seconds)
        })?;
        match self.matching(db, name.clone(), secret).await {
            Ok(Some(client)) => {
                attempt.forgive();
                Ok(client)
            }
            Ok(None) => {
                tracing::warn!(client = name, %address, "login refused");
                Err(LoginError::InvalidClient)
            }
            Err(problem) => {
                attempt.forgive();
                Err(LoginError::Failed(problem))
            }
        }
    }

    /// The enabled client whose secret this is. Costs the same when there is no such client.
    async fn matching(&self, db: &Db, name: String, secret: String) -> Result<Option<Client>, Problem> {
        let found = db.read(move |conn| clients::for_login(conn, &name)).await?;
        let (client, hashes) = match found {
            Some((client, hashes)) => (Some(client), hashes),
            None => (None, Vec::new()),
        };
        let secret = if secret.len() <= secrets::MAX_LENGTH { secret } else { String::new() };
        let right = self.checker.matches(hashes, secret).await?;
        Ok(client.filter(|client| right && client.disabled_at.is_none()))
    }
}

fn granted(client: &Client, scope: Option<&str>) -> Result<Scopes, LoginError> {
    let Some(asked) = scope else {
        return Ok(client.scopes);
    };
    match Scopes::parse(asked) {
        Ok(scopes) if scopes.is_empty() => Ok(client.scopes),
        Ok(scopes) if client.scopes.covers(scopes) => Ok(scopes),
        Ok(scopes) => {
            let missing = scopes.iter().find(|one| !client.scopes.covers(Scopes::from_iter([*one])));
            Err(LoginError::InvalidScope(missing.map(|one| one.name).unwrap_or_default().to_owned()))
        }
        Err(unknown) => Err(LoginError::InvalidScope(unknown.0)),
    }
}
