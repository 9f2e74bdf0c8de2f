//! What went wrong, in one form: `application/problem+json` (RFC 9457).
//!
//! A function that fails returns a [`Problem`]: a [`Code`] that clients may match, arguments for its sentence and every
//! fault of the request at once. The status of a code is decided here and nowhere else. The sentence, its language, the
//! request id and the `type` URL are added where the answer leaves the service (`api::render`), because only there the
//! request is known.

use std::fmt;

use actix_web::http::StatusCode;
use serde_json::{Map, Value};

/// The result of everything that may end in a problem.
pub type Outcome<T> = Result<T, Problem>;

/// Where in the request a fault stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// RFC 6901 §6 fragment into the body, such as `#/name/zh`.
    Pointer(String),
    /// A query or path parameter.
    Parameter(String),
    /// A header field.
    Header(&'static str),
}

/// One fault of a request. Its sentence is the message `fault-{code}` of the locales.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub place: Place,
    pub code: &'static str,
    pub args: Vec<(&'static str, String)>,
    /// What the client probably meant, for names and codes that do not exist.
    pub did_you_mean: Option<String>,
}

impl Fault {
    /// A fault in the body; `pointer` is written without the `#`, as in `/name/zh`.
    pub fn at(pointer: impl fmt::Display, code: &'static str) -> Fault {
        Fault { place: Place::Pointer(format!("#{pointer}")), code, args: Vec::new(), did_you_mean: None }
    }

    pub fn parameter(name: impl Into<String>, code: &'static str) -> Fault {
        Fault { place: Place::Parameter(name.into()), code, args: Vec::new(), did_you_mean: None }
    }

    pub fn header(name: &'static str, code: &'static str) -> Fault {
        Fault { place: Place::Header(name), code, args: Vec::new(), did_you_mean: None }
    }

    /// Adds an argument of the fault's sentence.
    pub fn arg(mut self, name: &'static str, value: impl fmt::Display) -> Fault {
        self.args.push((name, value.to_string()));
        self
    }

    pub fn did_you_mean(mut self, guess: Option<impl Into<String>>) -> Fault {
        self.did_you_mean = guess.map(Into::into);
        self
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident $name:literal $status:literal,)+) => {
        /// The stable key of a problem: the `code` member and the last part of its `type` URL.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$doc])* $variant,)+ }

        impl Code {
            pub const ALL: &'static [Code] = &[$(Code::$variant,)+];

            /// The kebab-case key, for example `revision-conflict`.
            pub fn name(self) -> &'static str {
                match self { $(Code::$variant => $name,)+ }
            }

            /// The HTTP status this code is always answered with.
            pub fn status(self) -> StatusCode {
                let status: u16 = match self { $(Code::$variant => $status,)+ };
                StatusCode::from_u16(status).expect("the table holds valid statuses")
            }
        }
    };
}

codes! {
    // 400: the request could not be read
    MalformedBody "malformed-body" 400,
    MalformedRequest "malformed-request" 400,
    InvalidCode "invalid-code" 400,
    UnknownParameter "unknown-parameter" 400,
    InvalidParameter "invalid-parameter" 400,
    InvalidHeader "invalid-header" 400,
    CursorMismatch "cursor-mismatch" 400,
    // 401, 403: who is calling, and what they may do
    Unauthenticated "unauthenticated" 401,
    InvalidToken "invalid-token" 401,
    InsufficientScope "insufficient-scope" 403,
    OtherOrganization "other-organization" 403,
    OtherProvince "other-province" 403,
    FourEyes "four-eyes" 403,
    OwnRecord "own-record" 403,
    // 404 to 410: the target
    NotFound "not-found" 404,
    NotOfficialThen "not-official-then" 404,
    UnknownPath "unknown-path" 404,
    MethodNotAllowed "method-not-allowed" 405,
    NotAcceptable "not-acceptable" 406,
    RequestTimeout "request-timeout" 408,
    Withdrawn "withdrawn" 410,
    // 409: the state of the target
    RegisterRestored "register-restored" 409,
    IllegalTransition "illegal-transition" 409,
    CosignedField "cosigned-field" 409,
    DigestMismatch "digest-mismatch" 409,
    AlreadyConfirmed "already-confirmed" 409,
    NotAwaitingConfirmation "not-awaiting-confirmation" 409,
    ChangeRequestOpen "change-request-open" 409,
    ChangeRequestConflicted "change-request-conflicted" 409,
    TakeBackFirst "take-back-first" 409,
    DuplicateIdentifier "duplicate-identifier" 409,
    AlreadyExists "already-exists" 409,
    SpellingAccepted "spelling-accepted" 409,
    AlreadyIntroduced "already-introduced" 409,
    IllegalStep "illegal-step" 409,
    NotOpen "not-open" 409,
    MergeClash "merge-clash" 409,
    InUse "in-use" 409,
    NotADraft "not-a-draft" 409,
    NotOfficial "not-official" 409,
    RequestInProgress "request-in-progress" 409,
    // conditions and content
    RevisionConflict "revision-conflict" 412,
    BodyTooLarge "body-too-large" 413,
    UriTooLong "uri-too-long" 414,
    UnsupportedMediaType "unsupported-media-type" 415,
    ExpectationFailed "expectation-failed" 417,
    ValidationFailed "validation-failed" 422,
    BeforeHistory "before-history" 422,
    PositionToCome "position-to-come" 422,
    MissingCounterparty "missing-counterparty" 422,
    IdempotencyKeyReused "idempotency-key-reused" 422,
    RuleViolated "rule-violated" 422,
    PreconditionRequired "precondition-required" 428,
    QuotaExceeded "quota-exceeded" 429,
    HeadersTooLarge "headers-too-large" 431,
    // ours
    Internal "internal" 500,
    Unavailable "unavailable" 503,
    NotReady "not-ready" 503,
}

/// Everything that a failed request reports.
#[derive(Debug)]
pub struct Problem(Box<Said>);

/// The parts of a [`Problem`], boxed so that `Result<T, Problem>` stays one word wide.
#[derive(Debug)]
pub struct Said {
    pub code: Code,
    /// Arguments of the sentence `problem-{code}-detail`.
    pub args: Vec<(&'static str, String)>,
    /// Every fault found, reported together.
    pub faults: Vec<Fault>,
    /// Members beside those of RFC 9457, such as `current_revision`.
    pub members: Map<String, Value>,
    /// Extra header fields of the answer, such as `Allow` or `WWW-Authenticate`.
    pub headers: Vec<(&'static str, String)>,
    /// Whether the transaction is committed all the same, because the refusal itself must be recorded.
    pub commits: bool,
    /// The cause, for the log only.
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Problem {
    pub fn new(code: Code) -> Problem {
        let (args, faults, headers) = (Vec::new(), Vec::new(), Vec::new());
        Problem(Box::new(Said { code, args, faults, members: Map::new(), headers, commits: false, source: None }))
    }

    /// A body with faults: 422 with all of them.
    pub fn invalid(faults: Vec<Fault>) -> Problem {
        Problem::of_faults(Code::ValidationFailed, faults)
    }

    pub fn of_faults(code: Code, faults: Vec<Fault>) -> Problem {
        let mut problem = Problem::new(code).arg("count", faults.len());
        problem.0.faults = faults;
        problem
    }

    /// 500 whose cause goes to the log and nowhere else.
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Problem {
        let mut problem = Problem::new(Code::Internal);
        problem.0.source = Some(source.into());
        problem
    }

    /// 503 for a cause that will pass; the client may try again after a second.
    pub fn unavailable(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Problem {
        let mut problem = Problem::new(Code::Unavailable).header("Retry-After", "1");
        problem.0.source = Some(source.into());
        problem
    }

    /// 422 for a content that a constraint of the database refused before any rule did; the log names the constraint.
    pub fn rule_violated(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Problem {
        let mut problem = Problem::new(Code::RuleViolated);
        problem.0.source = Some(source.into());
        problem
    }

    /// 409 for a key that another request took at the same moment.
    pub fn taken(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Problem {
        let mut problem = Problem::new(Code::AlreadyExists);
        problem.0.source = Some(source.into());
        problem
    }

    /// Adds an argument of the problem's sentence.
    pub fn arg(mut self, name: &'static str, value: impl fmt::Display) -> Problem {
        self.0.args.push((name, value.to_string()));
        self
    }

    /// Adds a member to the body beside those of RFC 9457.
    pub fn member(mut self, name: &'static str, value: impl Into<Value>) -> Problem {
        self.0.members.insert(name.to_owned(), value.into());
        self
    }

    pub fn header(mut self, name: &'static str, value: impl fmt::Display) -> Problem {
        self.0.headers.push((name, value.to_string()));
        self
    }

    /// The same refusal, but the transaction that it ends is committed.
    pub fn committed(mut self) -> Problem {
        self.0.commits = true;
        self
    }

    /// Whether the request itself is refused, rather than lost to a concurrent write or to a failure.
    pub fn is_refusal(&self) -> bool {
        self.code().status().is_client_error() && self.code() != Code::RevisionConflict
    }

    /// Gives every fault another place, for a body that stands inside a larger one.
    pub fn place_faults(&mut self, place: impl Fn(Place) -> Place) {
        for fault in &mut self.0.faults {
            fault.place = place(fault.place.clone());
        }
    }

    pub fn code(&self) -> Code {
        self.0.code
    }

    pub fn said(&self) -> &Said {
        &self.0
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.code.name())?;
        for (name, value) in &self.0.args {
            write!(f, ", {name} {value}")?;
        }
        for fault in &self.0.faults {
            write!(f, "; {} at {:?}", fault.code, fault.place)?;
        }
        match &self.0.source {
            Some(source) => write!(f, ": {source}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Problem {}
