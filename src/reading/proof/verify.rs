//! Whether a proof of a record or of figures holds, found out offline: from the file and a set of public keys, and from nothing else.
//! A key inside the file is never trusted.
//!
//! Called by `chuanyu verify`. Everything that is wrong is named, each in a sentence. What to check by hand, with the tools
//! of any Unix, stands in `docs/proof.md`.

use std::fmt;

use serde_json::Value;

use crate::api::{Language, strict_json};
use crate::auth::jws::Jws;
use crate::auth::proof_keys::{ProofKey, ProofKeySet};
use crate::forms::signatory::Signatory;
use crate::kind::Owner;
use crate::kind::diff::diff;
use crate::kind::register::Register;
use crate::reading::proof::{FORMAT, Proof, ProofConfirmation, ProofStep, TYPE};
use crate::reading::statistics::proof::{self as figures, FiguresProof, VIEW};
use crate::records::rows::{PROVINCES, state};
use crate::reference::canonical;

/// At most this many places of a changed document are named.
const MOST_NAMED: usize = 10;

/// A document that holds, and the key it was signed with.
pub struct Verified {
    what: Verifiable,
    key: ProofKey,
}

enum Verifiable {
    Record(Box<Proof>),
    Figures(Box<FiguresProof>),
}

/// Everything found wrong with a proof; never empty.
pub type Faults = Vec<String>;

/// Checks a proof: its signature under one of `keys`, that the visible members are the signed ones, the digest, the
/// confirmations.
pub fn verify(file: &[u8], keys: &ProofKeySet, register: &Register) -> Result<Verified, Faults> {
    let (visible, jws) = take_apart(file).map_err(|fault| vec![fault])?;
    let (signed, kind, key) = check_signature(&jws, keys).map_err(|fault| vec![fault])?;
    let changed = differences(&visible, &signed);
    if !changed.is_empty() {
        return Err(changed);
    }
    let format = signed["format"].as_str().unwrap_or_default().to_owned();
    let not_whole = |error: serde_json::Error| vec![tell("not-whole", &[("why", &error)])];
    // A signature of the one type is worth nothing on a document of the other.
    let (what, faults) = match (format.as_str(), kind) {
        (FORMAT, TYPE) => {
            let proof: Proof = serde_json::from_value(signed).map_err(not_whole)?;
            let faults = [check_content(&proof), check_confirmations(&proof, register)].concat();
            (Verifiable::Record(Box::new(proof)), faults)
        }
        (figures::FORMAT, figures::TYPE) => {
            let proof: FiguresProof = serde_json::from_value(signed).map_err(not_whole)?;
            let faults = check_figures(&proof);
            (Verifiable::Figures(Box::new(proof)), faults)
        }
        _ => {
            return Err(vec![tell("format", &[("format", &format), ("known", &[FORMAT, figures::FORMAT].join(", "))])]);
        }
    };
    if faults.is_empty() { Ok(Verified { what, key }) } else { Err(faults) }
}

/// The visible members and the signature.
fn take_apart(file: &[u8]) -> Result<(Value, String), String> {
    let mut visible = strict_json::object(file).map_err(|problem| {
        let place = problem.said().faults.first().map(|fault| format!("{} at {:?}", fault.code, fault.place));
        tell("no-object", &[("why", &place.unwrap_or_default())])
    })?;
    match visible.as_object_mut().and_then(|members| members.remove("jws")) {
        Some(Value::String(jws)) => Ok((visible, jws)),
        _ => Err(tell("no-jws", &[])),
    }
}

/// What was signed, the type of the signature and its key.
fn check_signature(jws: &str, keys: &ProofKeySet) -> Result<(Value, &'static str, ProofKey), String> {
    let jws = Jws::parse(jws).map_err(|fault| tell("jws-shape", &[("why", &fault)]))?;
    let types = [TYPE, figures::TYPE];
    let Some(kind) = types.into_iter().find(|kind| jws.header.is_of_type(kind)) else {
        return Err(tell("jws-type", &[("type", &types.join(", "))]));
    };
    let kid = &jws.header.kid;
    let key = keys.find(kid).ok_or_else(|| tell("unknown-key", &[("kid", kid)]))?;
    let verifying = key.verifying().map_err(|error| tell("unusable-key", &[("kid", kid), ("why", &error)]))?;
    let payload = jws.verified(&verifying).ok_or_else(|| tell("jws-broken", &[("kid", kid)]))?;
    let signed = strict_json::object(&payload).map_err(|_| tell("signed-no-object", &[]))?;
    match canonical::text(&signed) {
        Ok(text) if text.as_bytes() == payload => Ok((signed, kind, key.clone())),
        _ => Err(tell("signed-not-canonical", &[])),
    }
}

/// The members that are not as they were signed.
fn differences(visible: &Value, signed: &Value) -> Faults {
    let all = diff(signed, visible);
    let mut faults: Faults = all
        .iter()
        .take(MOST_NAMED)
        .map(|one| {
            let what = match (&one.before, &one.after) {
                (Some(_), None) => "member-gone",
                (None, _) => "member-added",
                _ => "member-changed",
            };
            tell(what, &[("pointer", &one.pointer)])
        })
        .collect();
    if all.len() > MOST_NAMED {
        faults.push(tell("more", &[("number", &(all.len() - MOST_NAMED))]));
    }
    faults
}

/// The content is canonical, is what the digest is over, and was official.
fn check_content(proof: &Proof) -> Faults {
    let mut faults = Faults::new();
    let digest = canonical::digest_of(&proof.content);
    if digest != proof.digest {
        faults.push(tell("other-digest", &[("found", &digest), ("digest", &proof.digest)]));
    }
    let content = strict_json::object(proof.content.as_bytes()).unwrap_or_default();
    if canonical::text(&content).ok().as_deref() != Some(&proof.content) {
        faults.push(tell("content-not-canonical", &[]));
    }
    for name in proof.unsigned.iter().filter(|name| content.get(name.as_str()).is_some()) {
        faults.push(tell("unsigned-member", &[("name", name)]));
    }
    if !state::PUBLIC.contains(&proof.state.as_str()) {
        faults.push(tell("not-official", &[("state", &proof.state), ("revision", &proof.revision)]));
    }
    faults
}

/// The figures are what the digest is over, and of the position that the document names.
fn check_figures(proof: &FiguresProof) -> Faults {
    let mut faults = Faults::new();
    let digest = canonical::digest_of(&proof.figures);
    if digest != proof.digest {
        faults.push(tell("other-figures", &[("found", &digest), ("digest", &proof.digest)]));
    }
    if proof.view != VIEW {
        faults.push(tell("other-view", &[("view", &proof.view)]));
    }
    let figures = strict_json::object(proof.figures.as_bytes()).unwrap_or_default();
    if figures["as_of_seq"] != proof.as_of_seq {
        faults.push(tell("other-position", &[("found", &figures["as_of_seq"]), ("position", &proof.as_of_seq)]));
    }
    faults
}

/// Every province whose word is needed confirmed this digest.
fn check_confirmations(proof: &Proof, register: &Register) -> Faults {
    let mut faults = Faults::new();
    let content = strict_json::object(proof.content.as_bytes()).unwrap_or_default();
    let joint = register.kind(&proof.kind).map(|kind| kind.owner(&content) == Owner::Parties);
    let needed: Vec<&str> = match joint {
        Some(true) => PROVINCES.to_vec(),
        _ => proof.provinces.iter().map(String::as_str).collect(),
    };
    if needed.is_empty() || needed.iter().any(|province| !PROVINCES.contains(province)) {
        faults.push(tell("strange-provinces", &[("provinces", &format!("{needed:?}"))]));
    }
    for one in &proof.confirmations {
        if one.digest != proof.digest {
            faults.push(tell("word-of-other-content", &[("province", &one.province), ("digest", &one.digest)]));
        }
        if one.decision != "confirm" {
            faults.push(tell("no-yes", &[("province", &one.province), ("decision", &one.decision)]));
        }
    }
    // A trusted client may publish a single-owner record without a confirmation; a joint one needs both, always.
    let may_be_published = joint == Some(false) && proof.confirmations.is_empty();
    for province in needed.iter().filter(|_| !may_be_published) {
        if proof.confirmations.iter().filter(|one| one.province == **province).count() != 1 {
            faults.push(tell("not-confirmed-once", &[("province", province)]));
        }
    }
    faults
}

impl fmt::Display for Verified {
    /// What was verified, in plain words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lines().join("\n"))
    }
}

impl Verified {
    fn lines(&self) -> Vec<String> {
        let Verified { what, key } = self;
        let (mut lines, issuer, at) = match what {
            Verifiable::Record(proof) => (of_record(proof), &proof.issuer, proof.issued_at),
            Verifiable::Figures(proof) => (of_figures(proof), &proof.issuer, proof.issued_at),
        };
        lines.push(tell("signed", &[("issuer", issuer), ("at", &at)]));
        let from = key.signs_from.map(|at| tell("key-from", &[("at", &at)])).unwrap_or_default();
        let until = key.signs_until.map(|at| tell("key-until", &[("at", &at)])).unwrap_or_default();
        lines.push(tell("key", &[("kid", &key.kid), ("from", &from), ("until", &until)]));
        lines
    }
}

fn of_record(proof: &Proof) -> Vec<String> {
    let Proof { code, kind, id, revision, state, digest, .. } = proof;
    let record: [Arg; 5] = [("code", code), ("kind", kind), ("id", id), ("revision", revision), ("state", state)];
    let unsigned = list(&proof.unsigned);
    let content: [Arg; 2] = [("bytes", &proof.content.len()), ("unsigned", &unsigned)];
    let mut lines = vec![
        tell("holds", &[]),
        tell("record", &record),
        tell("content", &content),
        tell("digest", &[("digest", digest)]),
    ];
    lines.extend(proof.confirmations.iter().map(confirmed));
    lines.push(official(&proof.made_official));
    if proof.confirmations.is_empty() {
        lines.push(tell("published", &[]));
    }
    let present = &proof.present;
    let same = if present.digest == proof.digest { "same-content" } else { "another-content" };
    let same = tell(same, &[]);
    lines.push(tell("standing", &[("revision", &present.revision), ("state", &present.state), ("same", &same)]));
    lines
}

fn of_figures(proof: &FiguresProof) -> Vec<String> {
    let FiguresProof { kind, query, as_of_seq, as_of, digest, figures, .. } = proof;
    let asked: [Arg; 2] = [("kind", kind), ("query", query)];
    let position: [Arg; 2] = [("position", as_of_seq), ("at", as_of)];
    vec![
        tell("holds", &[]),
        tell("figures", &asked),
        tell("position", &position),
        tell("figures-digest", &[("digest", digest)]),
        figures.clone(),
    ]
}

type Arg<'a> = (&'static str, &'a dyn fmt::Display);

/// The sentence `cli-proof-{key}` in the language of the command line.
fn tell(key: &str, args: &[Arg]) -> String {
    let args: Vec<(&'static str, String)> = args.iter().map(|(name, value)| (*name, value.to_string())).collect();
    Language::tell(&format!("proof-{key}"), &args)
}

fn confirmed(one: &ProofConfirmation) -> String {
    let office = one.signatory.as_ref().map(office).unwrap_or_default();
    let who = who(&one.client, one.organization.as_ref().and_then(|org| org.name_zh.as_deref()));
    let place = tell("place", &[("province", &one.province)]);
    let args: [Arg; 5] =
        [("place", &place), ("at", &one.at), ("who", &who), ("office", &office), ("request", &one.request_id)];
    tell("confirmed", &args)
}

fn official(made: &ProofStep) -> String {
    let who = who(&made.client, made.organization.as_ref().and_then(|org| org.name_zh.as_deref()));
    let args: [Arg; 5] = [
        ("revision", &made.revision),
        ("action", &made.action),
        ("at", &made.at),
        ("who", &who),
        ("request", &made.request_id),
    ];
    tell("official", &args)
}

/// An organization of the register signs; an office named by the client is only a statement.
fn office(signatory: &Signatory) -> String {
    match (signatory.stated, signatory.org_id) {
        (false, Some(id)) => tell("office", &[("zh", &signatory.zh), ("id", &id)]),
        _ => tell("stated-office", &[("zh", &signatory.zh)]),
    }
}

fn who(client: &str, organization: Option<&str>) -> String {
    match organization {
        Some(name) => tell("organization", &[("name", &name), ("client", &client)]),
        None => tell("client", &[("client", &client)]),
    }
}

fn list(names: &[String]) -> String {
    if names.is_empty() { tell("nothing", &[]) } else { names.join(", ") }
}
