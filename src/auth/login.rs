//! A login with client credentials (RFC 6749 §4.4): limits, secret, scopes, token.

use std::net::IpAddr;

use crate::auth::Access;
use crate::auth::audited::{self, Refusal};
use crate::auth::clients::{self, Client};
use crate::auth::scopes::Scopes;
use crate::auth::secrets::{self, Shown};
use crate::auth::tokens::Minted;
use crate::db::{Db, Id};
use crate::problem::{Outcome, Problem};

/// What a client shows at the token endpoint.
pub struct Credentials {
    /// The `client_id`.
    pub client: String,
    /// The `client_secret` in every way in which it can be read, the likelier one first. Never logged.
    pub secrets: Vec<String>,
}

/// Why a login failed.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// No such client, a wrong secret, or a disabled client; which of them is not disclosed.
    #[error("unknown client, wrong secret or disabled client")]
    InvalidClient,
    /// None of the scopes asked for exists and was granted to this client; the first of them.
    #[error("scope {0} is unknown or not granted to this client, and so are all others asked for")]
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
    #[expect(clippy::too_many_arguments, reason = "what the protocol, the connection and the log each know of a login")]
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
        let Credentials { client: name, mut secrets } = credentials;
        // Not logged if it cannot be a name: it may be a secret in the wrong field.
        let name = if clients::is_name(&name) { name } else { String::new() };
        secrets.retain(|secret| secret.len() <= secrets::MAX_LENGTH);
        if secrets.is_empty() {
            secrets.push(String::new());
        }
        let wanted = name.clone();
        let found = db.read(move |conn| clients::for_login(conn, &wanted)).await?;
        let (client, hashes) = found.map_or_else(Default::default, |(client, hashes)| (Some(client), hashes));
        let shown = Shown { readings: secrets, address };
        let verdict = self.verdict(client.as_ref(), hashes, shown).await.inspect_err(|error| {
            tracing::warn!(client = name, %address, %error, "login not judged");
        })?;
        let judged = judge(client, verdict, &name);
        if let Err(refused) = &judged {
            tracing::warn!(client = name, %address, why = refused.0.why, "login refused");
        }
        Ok(judged)
    }

    /// Each reading of the secret counts as an attempt, so that two readings allow neither more guesses nor more Argon2 work a
    /// minute.
    async fn verdict(&self, client: Option<&Client>, hashes: Vec<String>, shown: Shown) -> Outcome<Verdict> {
        let (client, address) = (client.map(|client| client.id), shown.address);
        let known = |client: &Id| self.limits.trust(*client, address) && self.checker.remembers(&hashes, &shown);
        if let Some(client) = client.filter(known) {
            return Ok(self.limits.right(client, address).map_or_else(Verdict::Held, |()| Verdict::Right));
        }
        let attempt = match self.limits.begin(client, address, shown.readings.len() as u32) {
            Ok(attempt) => attempt,
            Err(seconds) => return Ok(Verdict::Held(seconds)),
        };
        let queue = attempt.queue();
        match self.checker.matches(hashes, shown, queue).await {
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

/// The scopes that a client gets: those it has among those it asks for, or all when it asks for none (RFC 6749 §3.3: the
/// answer says which). The error is for the audit log and for the client.
fn granted(client: &Client, scope: Option<&str>) -> Result<Scopes, (String, LoginError)> {
    let asked = scope.unwrap_or_default();
    let Some(first) = asked.split_ascii_whitespace().next() else {
        return Ok(client.scopes);
    };
    let known = Scopes::known(asked);
    let granted = client.scopes.and(known);
    if !granted.is_empty() {
        return Ok(granted);
    }
    // Anything may have been sent in place of a scope, a secret too: it is not recorded.
    let why = match known.iter().next() {
        Some(scope) => format!("scope-not-granted {}", scope.name),
        None => "unknown-scope".to_owned(),
    };
    Err((why, LoginError::InvalidScope(first.to_owned())))
}
