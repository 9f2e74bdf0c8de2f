//! Whether a proof holds, found out offline: from the file and a set of public keys, and from nothing else. A key inside
//! the file is never believed.
//!
//! Called by `chuanyu verify`. Everything that is wrong is named, each in a sentence. What to check by hand, with the tools
//! of any Unix, stands in `docs/proof.md`.

use std::fmt;

use serde_json::Value;

use super::{FORMAT, Proof, TYPE};
use crate::api::strict_json;
use crate::auth::jws::Jws;
use crate::auth::proof_keys::{ProofKey, ProofKeySet};
use crate::records::diff::diff;
use crate::records::kind::Owner;
use crate::records::model::{PROVINCES, state};
use crate::records::signatory::Signatory;
use crate::records::{Register, canonical};

/// At most this many places of a changed document are named.
const MOST_NAMED: usize = 10;

/// A proof that holds, and the key it was signed with.
pub struct Verified {
    proof: Proof,
    key: ProofKey,
}

/// Everything found wrong with a proof; never empty.
pub type Faults = Vec<String>;

/// Checks a proof: its signature under one of `keys`, that the visible members are the signed ones, the digest, the
/// confirmations.
pub fn verify(file: &[u8], keys: &ProofKeySet, register: &Register) -> Result<Verified, Faults> {
    let (visible, jws) = take_apart(file).map_err(|fault| vec![fault])?;
    let (signed, key) = check_signature(&jws, keys).map_err(|fault| vec![fault])?;
    let changed = differences(&visible, &signed);
    if !changed.is_empty() {
        return Err(changed);
    }
    let format = signed["format"].as_str().unwrap_or_default();
    if format != FORMAT {
        return Err(vec![format!("its format is `{format}`; this program knows `{FORMAT}`")]);
    }
    let proof: Proof = serde_json::from_value(signed)
        .map_err(|error| vec![format!("what is signed is not a whole proof: {error}")])?;
    let faults: Faults = [check_content(&proof), check_confirmations(&proof, register)].concat();
    if faults.is_empty() { Ok(Verified { proof, key }) } else { Err(faults) }
}

/// The visible members and the signature.
fn take_apart(file: &[u8]) -> Result<(Value, String), String> {
    let mut visible = strict_json::object(file).map_err(|problem| {
        let place = problem.said().faults.first().map(|fault| format!("{} at {:?}", fault.code, fault.place));
        format!("the file is not one JSON object without repeated members: {}", place.unwrap_or_default())
    })?;
    match visible.as_object_mut().and_then(|members| members.remove("jws")) {
        Some(Value::String(jws)) => Ok((visible, jws)),
        _ => Err("the file has no signature: its member `jws` is missing or no text".to_owned()),
    }
}

fn check_signature(jws: &str, keys: &ProofKeySet) -> Result<(Value, ProofKey), String> {
    let jws = Jws::parse(jws).map_err(|fault| format!("`jws` is no signature of this service: {fault}"))?;
    if !jws.header.is_of_type(TYPE) {
        return Err(format!("`jws` is a signature of something else: its type is not {TYPE}"));
    }
    let kid = &jws.header.kid;
    let key = keys.find(kid).ok_or_else(|| format!("it is signed with the key {kid}, which is not in the key set"))?;
    let verifying = key.verifying().map_err(|error| format!("the key {kid} cannot be used: {error}"))?;
    let payload = jws
        .verified(&verifying)
        .ok_or_else(|| format!("the signature does not hold: `jws` was changed, or was not made with the key {kid}"))?;
    let signed = strict_json::object(&payload).map_err(|_| "what is signed is no JSON object".to_owned())?;
    match canonical::text(&signed) {
        Ok(text) if text.as_bytes() == payload => Ok((signed, key.clone())),
        _ => Err("what is signed is not canonical JSON (RFC 8785)".to_owned()),
    }
}

/// The members that are not as they were signed.
fn differences(visible: &Value, signed: &Value) -> Faults {
    let all = diff(signed, visible);
    let mut faults: Faults = all
        .iter()
        .take(MOST_NAMED)
        .map(|one| match (&one.before, &one.after) {
            (Some(_), None) => format!("the member {} was taken away: it is signed", one.pointer),
            (None, _) => format!("the member {} was added: it is not signed", one.pointer),
            _ => format!("the member {} was changed: it is not what was signed", one.pointer),
        })
        .collect();
    if all.len() > MOST_NAMED {
        faults.push(format!("and {} more", all.len() - MOST_NAMED));
    }
    faults
}

/// The content is canonical, is what the digest is over, and was official.
fn check_content(proof: &Proof) -> Faults {
    let mut faults = Faults::new();
    let digest = canonical::digest_of(&proof.content);
    if digest != proof.digest {
        faults.push(format!("the content has the digest {digest}, not {}", proof.digest));
    }
    let content = strict_json::object(proof.content.as_bytes()).unwrap_or_default();
    if canonical::text(&content).ok().as_deref() != Some(&proof.content) {
        faults.push("the content is not canonical JSON (RFC 8785)".to_owned());
    }
    for name in proof.unsigned.iter().filter(|name| content.get(name.as_str()).is_some()) {
        faults.push(format!("the content has the member `{name}`, which is not signed by the provinces"));
    }
    if !state::PUBLIC.contains(&proof.state.as_str()) {
        faults.push(format!("the record was {} at revision {}: not official", proof.state, proof.revision));
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
        faults.push(format!("it names the provinces {needed:?}, which do not keep this register"));
    }
    for one in &proof.confirmations {
        if one.digest != proof.digest {
            faults.push(format!("the confirmation of {} is of another digest: {}", one.province, one.digest));
        }
        if one.decision != "confirm" {
            faults.push(format!("the decision of {} is `{}`", one.province, one.decision));
        }
    }
    // A trusted client may publish a single-owner record without a confirmation; a joint one needs both, always.
    let may_be_published = joint == Some(false) && proof.confirmations.is_empty();
    for province in needed.iter().filter(|_| !may_be_published) {
        if proof.confirmations.iter().filter(|one| one.province == **province).count() != 1 {
            faults.push(format!("{province} has not confirmed it exactly once"));
        }
    }
    faults
}

impl fmt::Display for Verified {
    /// What was verified, in plain words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Verified { proof, key } = self;
        writeln!(f, "The proof holds.")?;
        writeln!(
            f,
            "Record     {} ({}, {}), revision {}, {}",
            proof.code, proof.kind, proof.id, proof.revision, proof.state
        )?;
        writeln!(
            f,
            "Content    {} bytes of canonical JSON; not part of it: {}",
            proof.content.len(),
            list(&proof.unsigned)
        )?;
        writeln!(f, "Digest     {}, recomputed from the content", proof.digest)?;
        for one in &proof.confirmations {
            let office = one.signatory.as_ref().map(office).unwrap_or_default();
            let who = who(&one.client, one.organization.as_ref().and_then(|org| org.name_zh.as_deref()));
            writeln!(
                f,
                "Confirmed  by {} on {}: {who}{office}, request {}",
                place(&one.province),
                one.at,
                one.request_id
            )?;
        }
        let made = &proof.made_official;
        let who = who(&made.client, made.organization.as_ref().and_then(|org| org.name_zh.as_deref()));
        writeln!(
            f,
            "Official   since revision {} ({}) on {}: {who}, request {}",
            made.revision, made.action, made.at, made.request_id
        )?;
        if proof.confirmations.is_empty() {
            writeln!(f, "           without a confirmation: a single-owner record, published by its own province")?;
        }
        let present = &proof.present;
        let same = if present.digest == proof.digest { "the same content" } else { "ANOTHER content" };
        writeln!(f, "Standing   when the proof was issued: revision {}, {}, {same}", present.revision, present.state)?;
        writeln!(f, "Signed     by {} on {}", proof.issuer, proof.issued_at)?;
        let from = key.signs_from.map(|from| format!(", used from {from}")).unwrap_or_default();
        let until = key.signs_until.map(|until| format!(" until {until}")).unwrap_or_default();
        write!(f, "Key        {}{from}{until}", key.kid)
    }
}

/// An organization of the register signs; an office that the client named is no more than its word.
fn office(signatory: &Signatory) -> String {
    match (signatory.stated, signatory.org_id) {
        (false, Some(id)) => format!(", signed as {} ({id})", signatory.zh),
        _ => format!(", which called itself \"{}\" (stated by the client, not checked)", signatory.zh),
    }
}

fn who(client: &str, organization: Option<&str>) -> String {
    organization.map_or_else(|| format!("client {client}"), |name| format!("{name} (client {client})"))
}

fn place(province: &str) -> String {
    match province {
        "500000" => "Chongqing (500000)".to_owned(),
        "510000" => "Sichuan (510000)".to_owned(),
        other => other.to_owned(),
    }
}

fn list(names: &[String]) -> String {
    if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
}
