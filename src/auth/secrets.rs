//! Client secrets: made by us or given by the operator, kept only as Argon2id (RFC 9106).
//!
//! Parameters are the OWASP minimum (Password Storage Cheat Sheet: 19 MiB, t=2, p=1). They are stored in each hash, so
//! they can be raised without breaking old ones.

use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use argon2::password_hash::PasswordHasher;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use moka::sync::Cache;
use subtle::ConstantTimeEq;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::api::rate::network;
use crate::auth::MAX_LIVE_SECRETS;
use crate::problem::{Fault, Outcome, Problem};

/// The least number of characters of a secret chosen by the operator.
pub const MIN_GIVEN_LENGTH: usize = 12;
/// The greatest number of bytes of a secret; a longer one is never compared.
pub const MAX_LENGTH: usize = 256;

/// Argon2 runs at once: each takes a core for some 20 ms, and 19 MiB that stay allocated for the next run.
const RUNS_AT_ONCE: usize = 2;
/// Strangers that may wait for Argon2; one more is answered with 503.
const STRANGERS_WAITING: usize = 16;
/// Clients that may wait: not more than are served before a caller gives up.
const CLIENTS_WAITING: usize = 64;
/// How long a login waits for Argon2 before it is answered with 503.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a secret that was right is recognised without Argon2, counted from its last use.
const REMEMBERED_FOR: Duration = Duration::from_secs(3600);
/// Secrets remembered, each at an address; more than any register has clients.
const REMEMBERED: u64 = 10_000;

/// A new secret with its hash, made outside the transaction that stores it. The text is shown once and never stored.
pub struct Secret {
    plain: String,
    hash: String,
}

impl Secret {
    /// A secret of 32 random bytes, base64url.
    pub fn random() -> Outcome<Secret> {
        Secret::hashed(URL_SAFE_NO_PAD.encode(random_bytes()?))
    }

    /// A secret chosen elsewhere: 12 characters to 256 bytes, visible ASCII; else 422.
    pub fn given(plain: String) -> Outcome<Secret> {
        if plain.chars().count() < MIN_GIVEN_LENGTH || plain.len() > MAX_LENGTH {
            let fault = Fault::at("/secret", "secret-length").arg("min", MIN_GIVEN_LENGTH).arg("max", MAX_LENGTH);
            return Err(Problem::invalid(vec![fault]));
        }
        // RFC 6749 appendix A.2: VSCHAR.
        if !plain.bytes().all(|byte| matches!(byte, 0x20..=0x7e)) {
            return Err(Problem::invalid(vec![Fault::at("/secret", "secret-characters")]));
        }
        Secret::hashed(plain)
    }

    /// The text to hand to the partner.
    pub fn reveal(&self) -> &str {
        &self.plain
    }

    pub(super) fn hash(&self) -> &str {
        &self.hash
    }

    fn hashed(plain: String) -> Outcome<Secret> {
        let hash = hasher().hash_password(plain.as_bytes()).map_err(Problem::internal)?.to_string();
        Ok(Secret { plain, hash })
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A secret as it was shown at an address: in every way in which it can be read.
pub struct Shown {
    /// One reading, or two where what was sent may be encoded or not.
    pub readings: Vec<String>,
    /// The address it came from.
    pub address: IpAddr,
}

/// In which queue a login waits for Argon2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queue {
    /// A registered client that does not fail from its address, and hardly from any other.
    Clients,
    /// Everything else: one runs at a time and few wait, so that a flood of wrong logins leaves room for right ones.
    Strangers,
}

/// Compares secrets on the blocking pool, a few at a time.
///
/// The memory of a run is reused. Freed, it would pile up: threads of the pool come and go, and glibc keeps what each
/// of them freed.
pub struct Checker {
    runs: Arc<Semaphore>,
    /// The one slot for strangers.
    strangers: Arc<Semaphore>,
    waiting: Semaphore,
    clients_waiting: Semaphore,
    memories: Arc<Mutex<Vec<Vec<Block>>>>,
    remembered: Remembered,
}

/// A slot to run Argon2; released when the run is over, even if its caller has gone.
struct Turn {
    _run: OwnedSemaphorePermit,
    _stranger: Option<OwnedSemaphorePermit>,
}

impl Checker {
    /// A checker that remembers nothing yet.
    pub fn new() -> Outcome<Checker> {
        Ok(Checker {
            runs: Arc::new(Semaphore::new(RUNS_AT_ONCE)),
            strangers: Arc::new(Semaphore::new(1)),
            waiting: Semaphore::new(STRANGERS_WAITING),
            clients_waiting: Semaphore::new(CLIENTS_WAITING),
            memories: Arc::default(),
            remembered: Remembered::new()?,
        })
    }

    /// Whether a reading of the secret was shown at the same address and belonged to one of `hashes` less than an hour ago. Costs
    /// no Argon2, so a client in regular use never queues. It answers at once, so the number of calls must be limited.
    pub fn remembers(&self, hashes: &[String], shown: &Shown) -> bool {
        let fits = |secret: &String| hashes.iter().any(|hash| self.remembered.fits(hash, secret, shown.address));
        shown.readings.iter().any(fits)
    }

    /// Whether a reading of what is shown belongs to one of `hashes`.
    ///
    /// A failed comparison costs as many Argon2 runs for each reading as a client can have secrets, also for a client that does
    /// not exist, so that timing discloses no names. Fails with 503 when too many logins are waiting.
    pub async fn matches(&self, hashes: Vec<String>, shown: Shown, queue: Queue) -> Outcome<bool> {
        let turn = self.turn(queue).await?;
        let address = shown.address;
        let memories = self.memories.clone();
        let compared = actix_web::web::block(move || {
            let _turn = turn;
            let mut memory = memories.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
            let mut right = |secret: &String| {
                let position = compare(&hashes, secret, &mut memory)?;
                Some((hashes[position].clone(), secret.clone()))
            };
            let right = shown.readings.iter().find_map(&mut right);
            memories.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
            right
        });
        let right = compared.await.map_err(Problem::internal)?;
        let found = right.is_some();
        if let Some((hash, secret)) = right {
            self.remembered.add(hash, address, &secret);
        }
        Ok(found)
    }

    async fn turn(&self, queue: Queue) -> Outcome<Turn> {
        match queue {
            Queue::Clients => {
                let _place = self.clients_waiting.try_acquire().map_err(Problem::unavailable)?;
                Ok(Turn { _run: patiently(&self.runs).await?, _stranger: None })
            }
            Queue::Strangers => {
                let place = self.waiting.try_acquire().map_err(Problem::unavailable)?;
                let stranger = patiently(&self.strangers).await?;
                drop(place);
                Ok(Turn { _run: patiently(&self.runs).await?, _stranger: Some(stranger) })
            }
        }
    }
}

async fn patiently(semaphore: &Arc<Semaphore>) -> Outcome<OwnedSemaphorePermit> {
    let turn = tokio::time::timeout(PATIENCE, semaphore.clone().acquire_owned()).await;
    turn.map_err(Problem::unavailable)?.map_err(Problem::internal)
}

/// Secrets that were right, each as a digest under a key that lives and dies with this process, by the stored hash it
/// fits and the network where it was shown: guesses from elsewhere learn nothing here, and a secret that was replaced
/// or has expired is no longer looked up by its hash.
struct Remembered {
    key: hmac::Key,
    digests: Cache<(String, IpAddr), hmac::Tag>,
}

impl Remembered {
    fn new() -> Outcome<Remembered> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &random_bytes()?);
        let digests = Cache::builder().max_capacity(REMEMBERED).time_to_live(REMEMBERED_FOR).build();
        Ok(Remembered { key, digests })
    }

    fn add(&self, hash: String, address: IpAddr, secret: &str) {
        self.digests.insert((hash, network(address)), hmac::sign(&self.key, secret.as_bytes()));
    }

    /// A match restarts its hour; a failed attempt does not.
    fn fits(&self, hash: &str, secret: &str, address: IpAddr) -> bool {
        let place = (hash.to_owned(), network(address));
        // The comparison is constant-time.
        let fits = |digest: &hmac::Tag| hmac::verify(&self.key, secret.as_bytes(), digest.as_ref()).is_ok();
        let known = self.digests.get(&place).filter(fits);
        let found = known.is_some();
        if let Some(digest) = known {
            self.digests.insert(place, digest);
        }
        found
    }
}

/// The position of the hash that `secret` belongs to.
fn compare(hashes: &[String], secret: &str, memory: &mut Vec<Block>) -> Option<usize> {
    let dummy: &str = &DUMMY;
    let candidates = hashes.iter().map(String::as_str).chain(std::iter::repeat(dummy)).take(MAX_LIVE_SECRETS);
    candidates.enumerate().find_map(|(position, hash)| {
        let equal = fits(hash, secret, memory).unwrap_or(false);
        (equal && position < hashes.len()).then_some(position)
    })
}

/// Argon2 of `secret` with the parameters and the salt of `hash`, compared in constant time.
fn fits(hash: &str, secret: &str, memory: &mut Vec<Block>) -> argon2::password_hash::Result<bool> {
    let hash = PasswordHash::new(hash)?;
    let (Some(salt), Some(expected)) = (&hash.salt, &hash.hash) else {
        return Ok(false);
    };
    let algorithm = Algorithm::try_from(hash.algorithm.as_str())?;
    let version = hash.version.map(Version::try_from).transpose()?.unwrap_or_default();
    let argon2 = Argon2::new(algorithm, version, Params::try_from(&hash)?);
    let blocks = argon2.params().block_count();
    if memory.len() < blocks {
        memory.resize(blocks, Block::new());
    }
    let mut output = vec![0; expected.len()];
    argon2.hash_password_into_with_memory(secret.as_bytes(), salt, &mut output, &mut memory[..blocks])?;
    Ok(output.ct_eq(expected.as_ref()).into())
}

/// The hash of a random secret, compared when there is no client.
static DUMMY: LazyLock<String> = LazyLock::new(|| {
    let random = |length: usize| STANDARD_NO_PAD.encode(&random_bytes().unwrap_or_default()[..length]);
    let (params, salt, output) = (Params::DEFAULT, random(16), random(32));
    format!("$argon2id$v=19$m={},t={},p={}${salt}${output}", params.m_cost(), params.t_cost(), params.p_cost())
});

fn random_bytes() -> Outcome<[u8; 32]> {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes).map_err(Problem::internal)?;
    Ok(bytes)
}

fn hasher() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_carry_the_owasp_parameters_and_a_salt_of_their_own() {
        let (one, two) = (Secret::given("a secret of ours".into()).unwrap(), Secret::given("a secret of ours".into()));
        assert!(one.hash().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", one.hash());
        assert_ne!(one.hash(), two.unwrap().hash());
        assert!(!format!("{one:?}").contains("ours"));
    }

    #[test]
    fn short_long_and_invisible_secrets_are_refused() {
        for bad in
            ["short".to_owned(), "x".repeat(257), "中文密码中文密码中文密码".to_owned(), "tab\tseparated!".to_owned()]
        {
            assert!(Secret::given(bad).is_err());
        }
        assert_eq!(Secret::random().unwrap().reveal().len(), 43);
    }

    #[test]
    fn every_live_secret_matches_and_nothing_else_does() {
        let (one, two) = (Secret::random().unwrap(), Secret::random().unwrap());
        let hashes = [one.hash().to_owned(), two.hash().to_owned()];
        let memory = &mut Vec::new();
        assert_eq!(compare(&hashes, one.reveal(), memory), Some(0));
        assert_eq!(compare(&hashes, two.reveal(), memory), Some(1));
        assert_eq!(compare(&hashes, "something else", memory), None);
        assert_eq!((compare(&[], one.reveal(), memory), compare(&[], "", memory)), (None, None));
        assert_eq!(memory.len(), Params::DEFAULT.block_count(), "one memory for all of them");
    }

    #[test]
    fn a_name_that_does_not_exist_costs_real_runs() {
        let memory = &mut Vec::new();
        assert!(!fits(&DUMMY, "a secret of ours", memory).unwrap(), "readable, and nobody's");
        assert_eq!(memory.len(), Params::DEFAULT.block_count());
    }

    #[test]
    fn hashes_with_other_parameters_still_open() {
        let costly = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(20 * 1024, 1, 1, None).unwrap());
        for (hasher, secret) in [(costly, "of other days"), (hasher(), "of these days")] {
            let hash = hasher.hash_password(secret.as_bytes()).unwrap().to_string();
            let memory = &mut vec![Block::new(); 8];
            assert!(fits(&hash, secret, memory).unwrap() && !fits(&hash, "another one", memory).unwrap());
        }
    }

    fn shown(secret: &str) -> Shown {
        Shown { readings: vec![secret.to_owned()], address: IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1)) }
    }

    #[test]
    fn a_secret_that_we_make_reads_the_same_encoded_or_not() {
        for _ in 0..200 {
            let secret = Secret::random().unwrap();
            assert!(secret.reveal().bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
            assert_eq!(crate::auth::form::value(secret.reveal()).as_deref(), Some(secret.reveal()));
        }
    }

    #[actix_web::test]
    async fn a_right_secret_is_remembered_where_it_was_shown_and_a_wrong_one_is_not() {
        let checker = Checker::new().unwrap();
        let (right, other) = (Secret::random().unwrap(), Secret::random().unwrap());
        let hashes = vec![right.hash().to_owned()];
        let matches = |secret: &Secret| checker.matches(hashes.clone(), shown(secret.reveal()), Queue::Clients);
        let remembers = |secret: &Secret, address: &str| {
            let shown = Shown { address: address.parse().unwrap(), ..shown(secret.reveal()) };
            checker.remembers(&hashes, &shown)
        };
        assert!(!remembers(&right, "192.0.2.1"), "not yet");
        assert!(matches(&right).await.unwrap() && !matches(&other).await.unwrap());
        assert!(remembers(&right, "192.0.2.1") && !remembers(&other, "192.0.2.1"));
        assert!(remembers(&right, "::ffff:192.0.2.1"), "the same address");
        assert!(!remembers(&right, "192.0.2.2"), "elsewhere");
        assert!(!checker.remembers(&[other.hash().to_owned()], &shown(right.reveal())), "once its hash is gone");
    }

    #[actix_web::test]
    async fn clients_that_wait_are_bounded_too() {
        let checker = Checker::new().unwrap();
        let hashes = || vec![Secret::random().unwrap().hash().to_owned()];
        let taken = checker.runs.clone().acquire_many_owned(RUNS_AT_ONCE as u32).await.unwrap();
        let wrong = |_| checker.matches(Vec::new(), shown("wrong"), Queue::Clients);
        let waiting = futures_util::future::join_all((0..CLIENTS_WAITING).map(wrong));
        let one_more = async {
            let begin = std::time::Instant::now();
            let refused = checker.matches(hashes(), shown("wrong"), Queue::Clients).await;
            drop(taken);
            (refused, begin.elapsed())
        };
        let (answers, (refused, waited)) = futures_util::future::join(waiting, one_more).await;
        assert_eq!(refused.unwrap_err().code(), crate::problem::Code::Unavailable);
        assert!(waited < PATIENCE / 2, "told at once: {waited:?}");
        assert!(answers.iter().any(Result::is_ok));
    }

    #[actix_web::test]
    async fn clients_pass_strangers_who_are_few_and_use_the_memory_of_one_run() {
        let checker = Checker::new().unwrap();
        let stranger = || checker.matches(Vec::new(), shown("wrong"), Queue::Strangers);
        let flood = futures_util::future::join_all((0..STRANGERS_WAITING + 8).map(|_| stranger()));
        let secret = Secret::random().unwrap();
        let client = async {
            let hashes = vec![secret.hash().to_owned()];
            let right = checker.matches(hashes, shown(secret.reveal()), Queue::Clients).await;
            (right.unwrap(), STRANGERS_WAITING - checker.waiting.available_permits())
        };
        let (answers, (right, still_waiting)) = futures_util::future::join(flood, client).await;
        assert!(right && still_waiting > 0, "strangers that came earlier still wait");
        let refused = answers.iter().filter(|answer| answer.is_err()).count();
        assert!((1..=8).contains(&refused), "{refused}");
        assert!(checker.memories.lock().unwrap().len() <= RUNS_AT_ONCE);
    }
}
