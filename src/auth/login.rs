//! A login with client credentials (RFC 6749 §4.4): limits, secret, scopes, token.

use std::net::IpAddr;

use super::Access;
use super::audited::{self, Refusal};
use super::clients::{self, Client};
use super::scopes::Scopes;
use super::secrets;
use super::tokens::Minted;
use crate::api::{Outcome, Problem};
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
    /// No such client, a wrong secret, or a disabled client; which of them is not disclosed.
    #[error("unknown client, wrong secret or disabled client")]
    InvalidClient,
    /// A scope that does not exist or that this client does not have.
    #[error("scope {0} is unknown or not granted to this client")]
    InvalidScope(String),
    /// Too many logins; retry after this many seconds.
    #[error("too many logins, wait {0} s")]
    Limited(u64),
    /// Our fault.
    #[error(transparent)]
    Failed(#[from] Problem),
}

/// The result of checking a secret.
enum Verdict {
    Right,
    Wrong,
    /// Not checked: too many logins, wait this many seconds.
    Held(u64),
}

/// A refused login: what is recorded in the audit log, and what the client gets.
type Refused = Box<(Refusal, LoginError)>;

impl Access {
    /// Checks the credentials and makes a token with the scopes asked for, or with all of the client's. A refusal is
    /// recorded in the audit log with `request_id`.
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
            Err(refused) => return refuse(refused.0, refused.1).await,
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
    async fn recognise(&self, db: &Db, credentials: Credentials, address: IpAddr) -> Outcome<Result<Client, Refused>> {
        let Credentials { client: name, secret } = credentials;
        // Not logged if it cannot be a name: it may be a secret in the wrong field.
        let name = if clients::is_name(&name) { name } else { String::new() };
        let secret = if secret.len() <= secrets::MAX_LENGTH { secret } else { String::new() };
        let wanted = name.clone();
        let found = db.read(move |conn| clients::for_login(conn, &wanted)).await?;
        let (client, hashes) = found.map_or_else(Default::default, |(client, hashes)| (Some(client), hashes));
        let verdict = self.verdict(client.as_ref(), hashes, secret, address).await.inspect_err(|error| {
            tracing::warn!(client = name, %address, %error, "login not judged");
        })?;
        let judged = judge(client, verdict, &name);
        if let Err(refused) = &judged {
            tracing::warn!(client = name, %address, why = refused.0.why, "login refused");
        }
        Ok(judged)
    }

    async fn verdict(
        &self,
        client: Option<&Client>,
        hashes: Vec<String>,
        secret: String,
        address: IpAddr,
    ) -> Outcome<Verdict> {
        let client = client.map(|client| client.id);
        let known =
            |client: &Id| self.limits.trust(*client, address) && self.checker.remembers(&hashes, &secret, address);
        if let Some(client) = client.filter(known) {
            return Ok(self.limits.right(client, address).map_or_else(Verdict::Held, |()| Verdict::Right));
        }
        let attempt = match self.limits.begin(client, address) {
            Ok(attempt) => attempt,
            Err(seconds) => return Ok(Verdict::Held(seconds)),
        };
        let queue = attempt.queue();
        match self.checker.matches(hashes, secret, address, queue).await {
            Ok(false) => Ok(Verdict::Wrong),
            outcome => {
                attempt.forgive();
                outcome.map(|_| Verdict::Right)
            }
        }
    }
}

fn judge(client: Option<Client>, verdict: Verdict, name: &str) -> Result<Client, Refused> {
    let (why, client, error) = match (client, verdict) {
        (Some(client), Verdict::Right) if client.disabled_at.is_none() => return Ok(client),
        (client, Verdict::Held(seconds)) => (audited::HELD, client, LoginError::Limited(seconds)),
        (None, _) => ("unknown-client", None, LoginError::InvalidClient),
        (client, Verdict::Wrong) => ("wrong-secret", client, LoginError::InvalidClient),
        (client, Verdict::Right) => ("client-disabled", client, LoginError::InvalidClient),
    };
    let name = Some(name.to_owned()).filter(|name| client.is_none() && !name.is_empty());
    Err(Box::new((Refusal { why: why.to_owned(), name, client, request_id: None }, error)))
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
        // Anything may have been sent in place of a scope, a secret too: it is not recorded.
        Err(unknown) => Err(("unknown-scope".to_owned(), LoginError::InvalidScope(unknown.0))),
    }
}
