//! The proof of a record: one document from which anybody can verify, without this service, that exactly this content
//! was official, who agreed to it and when (`docs/rules.md` §3, §25).
//!
//! It carries the canonical text of the members that were signed, as text, so that its bytes survive; the digest over it;
//! the confirmations of that digest; the step that made it official. `jws` is a signature (RFC 7515, RS256) over the
//! RFC 8785 text of all other members, by a key whose public half is published for ever
//! ([`proof_keys`](crate::auth::proof_keys)). [`verify`] checks all of that offline.
//!
//! Refused: what was not official at the revision asked for (409), what the caller may not see (404).

pub mod verify;

use std::collections::BTreeMap;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::api::RecordRef;
use crate::auth::keys::Key;
use crate::db::schema::records;
use crate::db::{Connection, Id, Moment};
use crate::forms::envelope::{RecordState, SideCode};
use crate::forms::signatory::Signatory;
use crate::kind::Kind;
use crate::problem::{Code, Outcome, Problem};
use crate::reading::history;
use crate::records::actor::Actor;
use crate::records::loading;
use crate::records::official::{self, Step};
use crate::records::rows::{self, Head, Revision, Standing, state};
use crate::reference::canonical;

/// The form of the document. A new format gets a new name, and verifiers keep supporting this one.
pub const FORMAT: &str = "chuanyu-proof-1";
/// `typ` of the signature, which keeps it apart from access tokens (RFC 8725 §3.11).
pub const TYPE: &str = "proof+jws";

/// 可离线核验的证明文件。A proof that can be verified offline.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Proof {
    /// 文件格式，固定为 chuanyu-proof-1。Form of this document, always `chuanyu-proof-1`.
    #[schema(pattern = "^chuanyu-proof-1$", max_length = 15)]
    pub format: String,
    /// 出具证明的服务。The service that issued it.
    #[schema(format = "uri", max_length = 300)]
    pub issuer: String,
    /// 出具时间（UTC）。When it was issued (UTC).
    #[schema(value_type = String, format = "date-time", max_length = 24)]
    pub issued_at: Moment,
    /// 记录种类。Kind of the record.
    #[schema(max_length = 40, pattern = "^[a-z-]+$")]
    pub kind: String,
    /// 记录标识。Id of the record.
    #[schema(value_type = String, format = "uuid", max_length = 36)]
    pub id: Id,
    /// 记录编号。Code of the record.
    #[schema(pattern = "^[A-Z]{3}-[1-9][0-9]{3}-([0-9]{6}|[1-9][0-9]{6})-[0-9]$", max_length = 18)]
    pub code: String,
    /// 所证明的修订。The revision that is proved.
    #[schema(minimum = 1, maximum = 9007199254740991_i64)]
    pub revision: i64,
    /// 该修订时的状态。State of the record at that revision.
    #[schema(value_type = RecordState)]
    pub state: String,
    /// 须由其确认的省市。The provinces whose confirmation such a record needs: both for joint records.
    #[schema(value_type = Vec<SideCode>, min_items = 1, max_items = 2)]
    pub provinces: Vec<String>,
    /// 内容指纹：content 的 SHA-256。SHA-256 over the bytes of `content` in UTF-8: what was confirmed.
    #[schema(pattern = "^sha-256:[0-9a-f]{64}$", max_length = 72)]
    pub digest: String,
    /// 所签署的内容：RFC 8785 规范文本，逐字节保留。The signed members: their RFC 8785 text, byte for byte.
    #[schema(max_length = 4194304)]
    pub content: String,
    /// 不在签署之列、content 因而不含的成员。Members that are not signed and therefore not in `content`.
    #[schema(value_type = Vec<MemberName>, max_items = 100)]
    pub unsigned: Vec<String>,
    /// 使该内容生效的一步。The step that made this content official.
    pub made_official: ProofStep,
    /// 对该内容指纹的确认；可信客户端直接发布的单方记录没有。The confirmations of this digest; none on a single-owner record that
    /// a trusted client published or its owner changed since: then `made_official` says who.
    #[schema(max_items = 2)]
    pub confirmations: Vec<ProofConfirmation>,
    /// 出具时记录的现状。How the record stands at the time of the proof.
    pub present: ProofPresent,
    /// 对其余全部成员的 RFC 8785 文本的签名（RFC 7515，RS256）。Compact JWS over the RFC 8785 text of all other members;
    /// its key is in `/.well-known/proof-keys.json`.
    #[schema(value_type = String, pattern = "^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$", max_length = 16777216)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jws: Option<String>,
}

/// 内容中成员的名称。Name of a member of a content.
#[derive(ToSchema)]
#[schema(max_length = 100, pattern = "^[a-z][a-z0-9_]*$", example = "remarks")]
pub struct MemberName(#[allow(dead_code)] /* only its published form is used */ String);

/// 历史中的一步。A step of the history.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ProofStep {
    /// 修订号。Number of the revision.
    #[schema(minimum = 1, maximum = 9007199254740991_i64)]
    pub revision: i64,
    /// 动作。What was done.
    #[schema(max_length = 40)]
    pub action: String,
    /// 客户端。The client that did it.
    #[schema(max_length = 63)]
    pub client: String,
    /// 客户端所属单位。Its organization.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<ProofOrganization>,
    /// 客户端所属省市。Its province.
    #[schema(value_type = Option<SideCode>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub province: Option<String>,
    /// 原因。Why.
    #[schema(max_length = 2000)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// 请求标识。Id of the request that did it.
    #[schema(value_type = String, format = "uuid", max_length = 36)]
    pub request_id: Id,
    /// 时间（UTC）。When (UTC).
    #[schema(value_type = String, format = "date-time", max_length = 24)]
    pub at: Moment,
}

/// 一方的确认。The confirmation of one province.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ProofConfirmation {
    /// 省市。Province.
    #[schema(value_type = SideCode)]
    pub province: String,
    /// 决定，固定为 confirm。The decision, always `confirm`.
    #[schema(pattern = "^confirm$", max_length = 7)]
    pub decision: String,
    /// 所确认的内容指纹。The digest that was confirmed.
    #[schema(pattern = "^sha-256:[0-9a-f]{64}$", max_length = 72)]
    pub digest: String,
    /// 由此产生的修订。The revision it brought.
    #[schema(minimum = 1, maximum = 9007199254740991_i64)]
    pub revision: i64,
    /// 作出确认的客户端。The confirming client.
    #[schema(max_length = 63)]
    pub client: String,
    /// 客户端所属单位。Its organization.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<ProofOrganization>,
    /// 签署方；stated 为 true 时系客户端自报。Who signed; what is `stated` is what the client said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signatory: Option<Signatory>,
    /// 说明。What the province said with it.
    #[schema(max_length = 2000)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// 请求标识。Id of the request.
    #[schema(value_type = String, format = "uuid", max_length = 36)]
    pub request_id: Id,
    /// 时间（UTC）。When (UTC).
    #[schema(value_type = String, format = "date-time", max_length = 24)]
    pub at: Moment,
}

/// 单位。An organization, with its name at the time of the proof.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ProofOrganization {
    /// 标识。Its id.
    #[schema(value_type = String, format = "uuid", max_length = 36)]
    pub id: Id,
    /// 中文名称；调用方无权查看时省略。Its Chinese name; absent when the caller may not see the organization.
    #[schema(max_length = 200)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_zh: Option<String>,
    /// 英文名称。Its English name.
    #[schema(max_length = 400)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_en: Option<String>,
}

/// 记录现状。How a record stands.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ProofPresent {
    /// 当前修订号。Its revision.
    #[schema(minimum = 1, maximum = 9007199254740991_i64)]
    pub revision: i64,
    /// 当前状态。Its state.
    #[schema(value_type = RecordState)]
    pub state: String,
    /// 现行内容的指纹；与 digest 相同即仍然有效。Digest of the content in force; the same as `digest` while that is.
    #[schema(pattern = "^sha-256:[0-9a-f]{64}$", max_length = 72)]
    pub digest: String,
}

/// A requested proof.
pub struct Wish<'a> {
    pub wanted: &'a RecordRef,
    /// The present revision when none is named; of a withdrawn record the last one before it was.
    pub revision: Option<i64>,
    pub issuer: &'a str,
}

/// Makes the proof of a revision and signs it.
pub fn make(kind: &Kind, wish: &Wish, actor: &Actor, key: &Key, conn: &mut Connection) -> Outcome<Proof> {
    let now = loading::known(kind, wish.wanted, &actor.sight(), conn)?.head;
    let number = match wish.revision {
        Some(number) => number,
        // A withdrawn record was official until its withdrawal, whatever happened to it later.
        None if now.state == state::WITHDRAWN => official::last_before_withdrawal(now.id, conn)?
            .filter(|_| now.published_at.is_some())
            .map_or(now.revision, |step| step.number),
        None => now.revision,
    };
    let step = history::step(kind, &now, number, actor, conn)?;
    let mut proof = unsigned(kind, &now, &step, actor, conn)?;
    proof.issuer = wish.issuer.to_owned();
    proof.jws = Some(key.sign(TYPE, payload(&proof)?.as_bytes())?);
    Ok(proof)
}

/// The text of a document that is signed: everything but the signature.
pub fn payload(proof: &impl Serialize) -> Outcome<String> {
    let mut value = serde_json::to_value(proof).map_err(Problem::internal)?;
    value.as_object_mut().into_iter().for_each(|members| drop(members.remove("jws")));
    canonical::text(&value)
}

fn unsigned(kind: &Kind, now: &Head, step: &Step, actor: &Actor, conn: &mut Connection) -> Outcome<Proof> {
    let head = step.head(now, conn)?;
    let provinces = head.provinces();
    let confirmations = step.confirmations(&provinces, conn)?;
    let confirmed = !confirmations.is_empty() || !head.joint;
    if !step.is_official() || !confirmed {
        return Err(Problem::new(Code::NotOfficial).arg("revision", head.revision).arg("state", &head.state));
    }
    let content: Value = serde_json::from_str(&step.text).map_err(Problem::internal)?;
    let text = canonical::signed_text(&content, kind.unsigned)?;
    if canonical::digest_of(&text) != step.digest {
        return Err(Problem::internal(format!(
            "revision {} of {} lost what its digest is over",
            head.revision, head.code
        )));
    }
    let made = step.made_official(conn)?;
    let orgs = confirmations.iter().map(|one| one.org_id).chain([made.org_id]).flatten().collect();
    let orgs = organizations(orgs, actor, conn)?;
    Ok(Proof {
        format: FORMAT.to_owned(),
        issuer: String::new(),
        issued_at: actor.at,
        kind: kind.name.to_owned(),
        id: head.id,
        provinces: provinces.into_iter().map(str::to_owned).collect(),
        revision: head.revision,
        digest: step.digest.clone(),
        content: text,
        unsigned: kind.unsigned.iter().map(|name| (*name).to_owned()).collect(),
        made_official: proof_step(made, &orgs),
        confirmations: confirmations.into_iter().map(|one| proof_confirmation(one, &orgs)).collect(),
        present: ProofPresent { revision: now.revision, state: now.state.clone(), digest: now.digest.clone() },
        jws: None,
        code: head.code,
        state: head.state,
    })
}

type Organizations = BTreeMap<Id, ProofOrganization>;

fn proof_step(step: Revision, orgs: &Organizations) -> ProofStep {
    ProofStep {
        revision: step.number,
        action: step.action,
        client: step.client,
        organization: step.org_id.and_then(|id| orgs.get(&id)).cloned(),
        province: step.province,
        reason: step.reason,
        request_id: step.request_id,
        at: step.at,
    }
}

fn proof_confirmation(made: rows::Confirmation, orgs: &Organizations) -> ProofConfirmation {
    ProofConfirmation {
        signatory: made.signatory(),
        province: made.province,
        decision: made.decision,
        digest: made.digest,
        revision: made.revision,
        client: made.client,
        organization: made.org_id.and_then(|id| orgs.get(&id)).cloned(),
        reason: made.reason,
        request_id: made.request_id,
        at: made.at,
    }
}

/// The organizations with these ids, named as far as the caller may see them.
fn organizations(ids: Vec<Id>, actor: &Actor, conn: &mut Connection) -> Outcome<Organizations> {
    let rows: Vec<(Standing, String, Option<String>)> = records::table
        .filter(records::id.eq_any(&ids))
        .select((Standing::as_select(), records::name_zh, records::name_en))
        .load(conn)?;
    let unnamed = ids.into_iter().map(|id| (id, ProofOrganization { id, name_zh: None, name_en: None }));
    let named = rows.into_iter().filter(|(row, ..)| actor.sight().sees(row));
    let named = named.map(|(row, zh, en)| (row.id, ProofOrganization { id: row.id, name_zh: Some(zh), name_en: en }));
    Ok(unnamed.chain(named).collect())
}
