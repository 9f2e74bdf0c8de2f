//! Signing keys: RSA key pairs as files, published as a JSON Web Key Set (RFC 7517).
//!
//! The folder (mode 0700) holds one file a key (mode 0600, PKCS#8 PEM), called `<start>-<kid>.pem`. `start` is when the
//! key begins to sign, so a file that is there already is published before it is used; `kid` is the RFC 7638 thumbprint.
//! Several processes may share the folder: changes are made under a lock on `.lock` and by atomic renames, and each
//! process looks again regularly and when a token names a key it does not know. The public halves stay for ever, in
//! `archive/` ([`proof_keys`]).

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::Language;
use crate::auth::proof_keys::{self, ProofKey, ProofKeySet};
use crate::auth::{jws, key_files};
use crate::db::Moment;
use crate::problem::{Outcome, Problem};

/// How long a new key is published before it signs, and an old one after its last token died: verifiers that cache the
/// key set for a day never meet an unknown key.
pub const NOTICE_SECONDS: i64 = 24 * 3600;
/// Minimum pause between two reads of the folder on behalf of requests.
const LOOK_AGAIN_SECONDS: i64 = 5;
/// Verifiers may try every key: more than this are never published.
const MAX_KEYS: usize = 16;
/// RSA 2048: the least that RS256 may use (RFC 7518 §3.3), as base64url digits of the modulus.
const MIN_MODULUS_DIGITS: usize = 342;

/// One key pair.
pub struct Key {
    /// RFC 7638 SHA-256 thumbprint of the public key.
    pub kid: String,
    /// When it starts (or started) to sign, in UTC.
    pub start: Moment,
    pub(super) signing: EncodingKey,
    pub(super) verifying: DecodingKey,
    public: JsonWebKey,
}

/// The public half of a signing key (RFC 7517 §4, RFC 7518 §6.3.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw", "e": "AQAB"}))]
pub struct JsonWebKey {
    /// Key type, always `RSA`.
    #[schema(pattern = "^RSA$", max_length = 3)]
    pub kty: &'static str,
    /// What the key is for, always `sig`: signatures.
    #[serde(rename = "use")]
    #[schema(pattern = "^sig$", max_length = 3)]
    pub usage: &'static str,
    /// The one algorithm of this service's tokens, always `RS256`.
    #[schema(pattern = "^RS256$", max_length = 5)]
    pub alg: &'static str,
    /// RFC 7638 SHA-256 thumbprint; the `kid` of the tokens it signs.
    #[schema(pattern = "^[A-Za-z0-9_-]{43}$", max_length = 43)]
    pub kid: String,
    /// Modulus, base64url.
    #[schema(pattern = "^[A-Za-z0-9_-]+$", max_length = 1366)]
    pub n: String,
    /// Public exponent, base64url.
    #[schema(pattern = "^[A-Za-z0-9_-]+$", max_length = 16)]
    pub e: String,
}

/// The keys that verify this service's tokens, old and coming ones included (RFC 7517 §5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct JsonWebKeySet {
    /// Keys in the order in which they start to sign.
    #[schema(max_items = 16)]
    pub keys: Vec<JsonWebKey>,
}

impl Key {
    /// Reads a PKCS#8 PEM file's text.
    pub(super) fn parse(pem: &[u8], start: Moment) -> Result<Key, key_files::Failure> {
        let signing = EncodingKey::from_rsa_pem(pem)?;
        let jwk = Jwk::from_encoding_key(&signing, Algorithm::RS256)?;
        let kid = jwk.thumbprint(ThumbprintHash::SHA256)?;
        let AlgorithmParameters::RSA(parts) = jwk.algorithm else {
            return Err(Language::tell("key-not-rsa", &[]).into());
        };
        if parts.n.len() < MIN_MODULUS_DIGITS {
            return Err(Language::tell("key-too-short", &[]).into());
        }
        let verifying = DecodingKey::from_rsa_components(&parts.n, &parts.e)?;
        let public = JsonWebKey { kty: "RSA", usage: "sig", alg: "RS256", kid: kid.clone(), n: parts.n, e: parts.e };
        Ok(Key { kid, start, signing, verifying, public })
    }

    /// A compact JWS of `payload` (RFC 7515 §7.1) with this type in its header.
    pub fn sign(&self, typ: &str, payload: &[u8]) -> Outcome<String> {
        jws::sign(&self.signing, &self.kid, typ, payload)
    }

    /// The public half, as it is archived.
    pub(super) fn of_proofs(&self) -> ProofKey {
        let JsonWebKey { kid, n, e, .. } = self.public.clone();
        ProofKey::new(kid, n, e, self.start)
    }
}

/// The keys as files say, shared by all threads.
pub struct Keys {
    folder: PathBuf,
    token_seconds: u32,
    loaded: RwLock<Arc<Loaded>>,
    looked_at: AtomicI64,
    looking: Mutex<()>,
}

struct Loaded {
    files: Vec<PathBuf>,
    archive: Vec<PathBuf>,
    /// By start, then kid; never empty.
    keys: Vec<Arc<Key>>,
    by_kid: HashMap<String, Arc<Key>>,
    /// The public halves of all keys that ever signed here, by start.
    of_proofs: Vec<ProofKey>,
}

/// What [`Keys::rotate`] did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotation {
    /// The coming key, or the one that signs from now on.
    pub kid: String,
    /// When it starts to sign.
    pub start: Moment,
    /// False when a coming key was there already and none was made.
    pub made: bool,
    /// The keys whose last token died long ago and which were removed.
    pub pruned: Vec<String>,
}

impl Keys {
    /// Opens the folder, making it and a first key when there is none. `token_seconds` is the longest life of a token.
    /// Fails when the folder or a key in it cannot be read.
    pub fn open(folder: impl Into<PathBuf>, token_seconds: u32) -> Outcome<Keys> {
        let folder = folder.into();
        let files = key_files::open(&folder).map_err(Problem::internal)?;
        Keys::of(folder, files, token_seconds)
    }

    /// [`Keys::open`] of a folder that must hold a key: it makes none.
    pub fn existing(folder: impl Into<PathBuf>, token_seconds: u32) -> Outcome<Keys> {
        let folder = folder.into();
        let files = key_files::existing(&folder).map_err(Problem::internal)?;
        Keys::of(folder, files, token_seconds)
    }

    fn of(folder: PathBuf, files: Vec<PathBuf>, token_seconds: u32) -> Outcome<Keys> {
        let loaded = Loaded::read(&folder, files).map_err(Problem::internal)?;
        let (loaded, looked_at) = (RwLock::new(Arc::new(loaded)), AtomicI64::new(Moment::now().seconds()));
        Ok(Keys { folder, token_seconds, loaded, looked_at, looking: Mutex::new(()) })
    }

    /// Where the files are.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The key that signs now: the last one whose start has come.
    pub fn signer(&self) -> Arc<Key> {
        let loaded = self.loaded();
        loaded.keys[signing(&loaded.keys, Moment::now())].clone()
    }

    /// The published key with this id. An unknown one triggers a read of the folder, at most every 5 s.
    pub fn find(&self, kid: &str) -> Option<Arc<Key>> {
        let known = self.loaded().by_kid.get(kid).cloned();
        if known.is_some() || Moment::now().seconds() < self.looked_at.load(Ordering::Relaxed) + LOOK_AGAIN_SECONDS {
            return known;
        }
        self.refresh();
        self.loaded().by_kid.get(kid).cloned()
    }

    /// Whether `kid` is published: a cached token is refused once its key is gone.
    pub fn publishes(&self, kid: &str) -> bool {
        self.loaded().by_kid.contains_key(kid)
    }

    /// Every published key, in the order of their starts.
    pub fn all(&self) -> Vec<Arc<Key>> {
        self.loaded().keys.clone()
    }

    /// The public halves, for partners that check tokens themselves.
    pub fn published(&self) -> JsonWebKeySet {
        JsonWebKeySet { keys: self.loaded().keys.iter().map(|key| key.public.clone()).collect() }
    }

    /// The public halves of all keys that ever signed here, for those who check proofs.
    pub fn of_proofs(&self) -> ProofKeySet {
        ProofKeySet::in_order(self.loaded().of_proofs.clone())
    }

    /// Reads the folder and loads what changed. When that fails, the keys known so far stay in use.
    pub fn refresh(&self) {
        let Ok(_looking) = self.looking.try_lock() else {
            return;
        };
        self.looked_at.store(Moment::now().seconds(), Ordering::Relaxed);
        let fresh = key_files::list(&self.folder).and_then(|files| {
            let known = self.loaded();
            let same = files == known.files && proof_keys::files(&self.folder)? == known.archive;
            if same { Ok(None) } else { Loaded::read(&self.folder, files).map(Some) }
        });
        match fresh {
            Ok(None) => {}
            Ok(Some(fresh)) => {
                tracing::info!(keys = fresh.keys.len(), "signing keys changed");
                *self.loaded.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(fresh);
            }
            Err(error) => tracing::error!(%error, "signing keys cannot be read; the known ones stay in use"),
        }
    }

    /// Makes a new key, published at once. It signs after [`NOTICE_SECONDS`], or with `now` at once, for emergencies; the
    /// old one still verifies until its last token died, unless its file is deleted. Removes keys that no token needs.
    pub fn rotate(&self, now: bool) -> Outcome<Rotation> {
        let _lock = key_files::lock(&self.folder).map_err(Problem::internal)?;
        self.refresh();
        let keys = self.all();
        let moment = Moment::now();
        let coming = keys.last().filter(|key| !now && key.start > moment).map(|key| (key.kid.clone(), key.start));
        let made = coming.is_none();
        let (kid, start) = match coming {
            Some(coming) => coming,
            None if keys.len() >= MAX_KEYS => return Err(Problem::internal(Language::tell("too-many-keys", &[]))),
            None => {
                let start = if now { moment } else { moment.plus_seconds(NOTICE_SECONDS) };
                (key_files::make(&self.folder, start).map_err(Problem::internal)?, start)
            }
        };
        let pruned = self.outlived(&keys, moment);
        for key in &pruned {
            key_files::remove(&self.folder, key).map_err(Problem::internal)?;
        }
        self.refresh();
        Ok(Rotation { kid, start, made, pruned: pruned.iter().map(|key| key.kid.clone()).collect() })
    }

    /// Keys whose successor took over so long ago that neither a token nor a verifier's cache needs them.
    fn outlived(&self, keys: &[Arc<Key>], now: Moment) -> Vec<Arc<Key>> {
        let rest = NOTICE_SECONDS + i64::from(self.token_seconds);
        let pairs = keys.iter().zip(keys.iter().skip(1));
        pairs.filter(|(_, next)| next.start.plus_seconds(rest) < now).map(|(key, _)| key.clone()).collect()
    }

    fn loaded(&self) -> Arc<Loaded> {
        self.loaded.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Loaded {
    fn read(folder: &Path, files: Vec<PathBuf>) -> Result<Loaded, key_files::Failure> {
        let keys = in_order(&files)?;
        if keys.is_empty() {
            return Err(Language::tell("key-folder-empty", &[]).into());
        }
        let by_kid = keys.iter().map(|key| (key.kid.clone(), key.clone())).collect();
        // Archived before one of them signs: proofs are checked long after its private half is gone.
        let of_proofs = proof_keys::keep(folder, keys.iter().map(|key| key.of_proofs()).collect())?;
        Ok(Loaded { files, archive: proof_keys::files(folder)?, keys, by_kid, of_proofs })
    }
}

/// The keys of these files by start, then kid.
fn in_order(files: &[PathBuf]) -> Result<Vec<Arc<Key>>, key_files::Failure> {
    let mut keys = files.iter().map(|file| key_files::read(file).map(Arc::new)).collect::<Result<Vec<_>, _>>()?;
    keys.sort_by(|a, b| (a.start, &a.kid).cmp(&(b.start, &b.kid)));
    Ok(keys)
}

/// The keys of a folder, each with whether it is the one that signs now. Nothing is made or written.
pub fn look(folder: &Path) -> Outcome<Vec<(Arc<Key>, bool)>> {
    let files = key_files::existing(folder).map_err(Problem::internal)?;
    let keys = in_order(&files).map_err(Problem::internal)?;
    let signer = signing(&keys, Moment::now());
    Ok(keys.into_iter().enumerate().map(|(position, key)| (key, position == signer)).collect())
}

/// The position of the key that signs at `now`; the first one when none has started yet (another machine's clock).
fn signing(keys: &[Arc<Key>], now: Moment) -> usize {
    keys.iter().rposition(|key| key.start <= now).unwrap_or(0)
}
