//! The public halves of the keys that sign proofs, kept for ever.
//!
//! A token lives minutes, a proof for decades; the private half of a key is removed when its last token has expired. So
//! the public half is written to `archive/<kid>.jwk` in the key folder as soon as a key is seen there, before it signs,
//! and is published from then on. Nothing removes it but the operator, who does so when a private key was stolen:
//! proofs signed with it then no longer hold. The folder must be backed up.
//!
//! A folder that cannot be written (keys brought from elsewhere) does not stop the service: its keys are published
//! while they are there, and a warning is logged that they are not archived.

use std::collections::BTreeSet;
use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::Language;
use crate::auth::key_files::{self, Failure};
use crate::db::Moment;

/// The folder inside the key folder.
const ARCHIVE: &str = "archive";

/// The public half of a key that signs proofs (RFC 7517 §4), with its time of use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw", "e": "AQAB", "signs_from": "2026-09-01T01:00:00.000Z"}))]
pub struct ProofKey {
    /// Key type, always `RSA`.
    #[schema(pattern = "^RSA$", max_length = 3)]
    pub kty: String,
    /// What the key is for, always `sig`: signatures.
    #[serde(rename = "use", default)]
    #[schema(pattern = "^sig$", max_length = 3)]
    pub usage: String,
    /// The algorithm of the signatures, always `RS256`.
    #[serde(default)]
    #[schema(pattern = "^RS256$", max_length = 5)]
    pub alg: String,
    /// RFC 7638 SHA-256 thumbprint; the `kid` in the header of the proofs it signed.
    #[schema(pattern = "^[A-Za-z0-9_-]{43}$", max_length = 43)]
    pub kid: String,
    /// Modulus, base64url.
    #[schema(pattern = "^[A-Za-z0-9_-]+$", max_length = 1366)]
    pub n: String,
    /// Public exponent, base64url.
    #[schema(pattern = "^[A-Za-z0-9_-]+$", max_length = 16)]
    pub e: String,
    /// When it starts (or started) to sign (UTC).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = "date-time", max_length = 24)]
    pub signs_from: Option<Moment>,
    /// When the next one takes (or took) over (UTC); absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "date-time", max_length = 24)]
    pub signs_until: Option<Moment>,
}

/// Every key that ever signed here (RFC 7517 §5), for those who check proofs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProofKeySet {
    /// Keys in the order in which they start to sign.
    #[schema(max_items = 10000)]
    pub keys: Vec<ProofKey>,
}

impl ProofKey {
    pub(super) fn new(kid: String, n: String, e: String, start: Moment) -> ProofKey {
        let (kty, usage, alg) = ("RSA".to_owned(), "sig".to_owned(), "RS256".to_owned());
        ProofKey { kty, usage, alg, kid, n, e, signs_from: Some(start), signs_until: None }
    }

    /// Refuses a key whose name is not its own thumbprint, so that no other key can be passed off under a known name.
    fn checked(self) -> Result<ProofKey, Failure> {
        let thumbprint = format!(r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#, self.e, self.n);
        let thumbprint = URL_SAFE_NO_PAD.encode(digest(&SHA256, thumbprint.as_bytes()));
        match self.kty == "RSA" && self.kid == thumbprint {
            true => Ok(self),
            false => Err(Language::tell("key-not-thumbprint", &[("kid", self.kid)]).into()),
        }
    }

    pub fn verifying(&self) -> Result<DecodingKey, Failure> {
        Ok(DecodingKey::from_rsa_components(&self.n, &self.e)?)
    }
}

impl ProofKeySet {
    /// The keys by their start, each used until the next one starts.
    pub(super) fn in_order(mut keys: Vec<ProofKey>) -> ProofKeySet {
        keys.sort_by(|one, other| (one.signs_from, &one.kid).cmp(&(other.signs_from, &other.kid)));
        let starts: Vec<Option<Moment>> = keys.iter().skip(1).map(|key| key.signs_from).collect();
        keys.iter_mut().zip(starts).for_each(|(key, until)| key.signs_until = until);
        ProofKeySet { keys }
    }

    /// A JSON Web Key Set as text: `/.well-known/proof-keys.json`, or any other of RSA keys named by their thumbprints.
    pub fn parse(text: &str) -> Result<ProofKeySet, Failure> {
        let set: ProofKeySet = serde_json::from_str(text)?;
        Ok(ProofKeySet { keys: set.keys.into_iter().map(ProofKey::checked).collect::<Result<_, _>>()? })
    }

    /// The keys that the archive of a key folder holds; none when there is no archive.
    pub fn of_folder(folder: &Path) -> Result<ProofKeySet, Failure> {
        Ok(ProofKeySet::in_order(archived(folder)?))
    }

    pub fn find(&self, kid: &str) -> Option<&ProofKey> {
        self.keys.iter().find(|key| key.kid == kid)
    }
}

/// Writes the keys that the archive lacks, and returns all it holds.
pub(super) fn keep(folder: &Path, present: Vec<ProofKey>) -> Result<Vec<ProofKey>, Failure> {
    let mut all = archived(folder)?;
    let missing: Vec<ProofKey> = present.into_iter().filter(|key| !all.contains(key)).collect();
    for key in &missing {
        if let Err(error) = write(folder, key) {
            tracing::error!(kid = key.kid, %error, "a public key cannot be kept: proofs signed with it will not outlive it");
        }
    }
    let renewed: BTreeSet<&String> = missing.iter().map(|key| &key.kid).collect();
    all.retain(|key| !renewed.contains(&key.kid));
    all.extend(missing);
    Ok(all)
}

fn write(folder: &Path, key: &ProofKey) -> Result<(), Failure> {
    key_files::must_be_ours(folder)?;
    let archive = folder.join(ARCHIVE);
    DirBuilder::new().recursive(true).mode(0o700).create(&archive).map_err(key_files::at(&archive))?;
    key_files::write(&archive, &format!("{}.jwk", key.kid), &serde_json::to_vec_pretty(key)?)
}

/// The files of the archive, sorted; none when there is no archive.
pub(super) fn files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let archive = folder.join(ARCHIVE);
    let entries = match fs::read_dir(&archive) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(key_files::at(&archive))?,
    };
    let mut files = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, Failure>>()?;
    files.retain(|path| path.extension().is_some_and(|extension| extension == "jwk"));
    files.sort();
    Ok(files)
}

fn archived(folder: &Path) -> Result<Vec<ProofKey>, Failure> {
    let read = |path: &PathBuf| {
        let text = fs::read_to_string(path).map_err(key_files::at(path))?;
        let key: Result<ProofKey, Failure> = serde_json::from_str(&text).map_err(Into::into);
        Ok(key.and_then(ProofKey::checked).map_err(|error| format!("{}: {error}", path.display()))?)
    };
    files(folder)?.iter().map(read).collect()
}
