//! Signed figures: what everybody sees counted at a position of the feed, in one document that can be verified offline like the
//! [proof](crate::reading::proof) of a record (`docs/proof.md`).
//!
//! A document is kept: whoever asks the same again gets the same bytes, for ever, also when names are others by then. It has the figures as text, so that its bytes
//! survive; `jws` is a signature (RFC 7515, RS256) over the RFC 8785 text of all other members.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::api::query::Query;
use crate::auth::keys::Key;
use crate::db::schema::{changes, figures_proofs};
use crate::db::{Connection, Moment};
use crate::kind::register::Registered;
use crate::problem::{Code, Fault, Outcome, Problem};
use crate::reading::cache::Shelf;
use crate::reading::proof::payload;
use crate::reading::statistics::Statistics;
use crate::reading::statistics::statement::too_many;
use crate::records::actor::Actor;
use crate::records::sight::Sight;
use crate::reference::canonical::{self, hex};

/// The form of the document. A new format gets a new name, and verifiers keep supporting this one.
pub const FORMAT: &str = "chuanyu-figures-1";
/// Whose view is counted: what everybody may see.
pub const VIEW: &str = "public";
/// `typ` of the signature, which keeps it apart from access tokens and from proofs of records (RFC 8725 §3.11).
pub const TYPE: &str = "figures+jws";

/// 可离线核验的统计证明文件。Signed figures that can be verified offline.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct FiguresProof {
    /// 文件格式，固定为 chuanyu-figures-1。Form of this document, always `chuanyu-figures-1`.
    #[schema(pattern = "^chuanyu-figures-1$", max_length = 17)]
    pub format: String,
    /// 出具证明的服务。The service that issued it.
    #[schema(format = "uri", max_length = 300)]
    pub issuer: String,
    /// 出具时间（UTC）。When it was issued (UTC).
    #[schema(value_type = String, format = "date-time", max_length = 24)]
    pub issued_at: Moment,
    /// 所统计的记录种类。Kind of the records that were counted.
    #[schema(max_length = 40, pattern = "^[a-z-]+$")]
    pub kind: String,
    /// 统计条件，即查询参数。What was asked: the query, without the position.
    #[schema(max_length = 8000)]
    pub query: String,
    /// 统计所依据的变更流位置。The position of the feed that the figures are of.
    #[schema(minimum = 1, maximum = 9007199254740991_i64)]
    pub as_of_seq: i64,
    /// 该位置的时间（UTC）。When the feed came to that position (UTC).
    #[schema(value_type = String, format = "date-time", max_length = 24)]
    pub as_of: Moment,
    /// 所统计者，固定为 public：对所有人公开的记录。Whose view was counted, always `public`: what everybody may see.
    #[schema(pattern = "^public$", max_length = 6)]
    pub view: String,
    /// figures 的 SHA-256。SHA-256 over the bytes of `figures` in UTF-8.
    #[schema(pattern = "^sha-256:[0-9a-f]{64}$", max_length = 72)]
    pub digest: String,
    /// 统计结果：与 /statistics/{kind} 所答相同的 JSON 文本，不含列表地址。The figures: JSON as `/statistics/{kind}` answers it, without the
    /// addresses of lists, as text.
    #[schema(max_length = 4194304)]
    pub figures: String,
    /// 对其余全部成员的 RFC 8785 文本的签名（RFC 7515，RS256）。Compact JWS over the RFC 8785 text of all other members; its key is in
    /// `/.well-known/proof-keys.json`.
    #[schema(value_type = String, pattern = "^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$", max_length = 16777216)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jws: Option<String>,
}

/// Cells of one document: it is kept for ever.
const MOST_CELLS: usize = 1000;

/// What of a kind is to be signed, from the query of its statistics. Neither another position nor another form may stand in it, nor what
/// would tell the owner of a record: an owner may ask to be hidden later, and the document stays.
pub fn asked(kind: &'static Registered, query: &str) -> Outcome<Statistics> {
    let query = Query::parse(query)?;
    for name in ["as_of_seq", "format"].into_iter().filter(|name| query.has(name)) {
        query.refuse(Fault::parameter(name, "not-in-query"));
    }
    let asked = Statistics::read(kind, &query)?;
    if asked.filters.tells_owner && kind.anonymity.is_some() {
        let fault = Fault::parameter("query", "owner-not-signed");
        return Err(Problem::of_faults(Code::InvalidParameter, vec![fault]));
    }
    Ok(asked)
}

/// What is proved: figures of a position.
pub struct Wish {
    pub asked: Statistics,
    pub position: i64,
    /// The query as it was sent, without the position.
    pub query: String,
    pub issuer: String,
}

impl Wish {
    /// What tells this question from others.
    fn question(&self) -> String {
        let text = format!("{}\n{}\n{}", self.asked.kind.name, self.asked.meaning, self.position);
        hex(&Sha256::digest(text.as_bytes()))
    }

    /// The document that was made before.
    pub fn kept(&self, conn: &mut Connection) -> Outcome<Option<String>> {
        let document = figures_proofs::table.find(self.question()).select(figures_proofs::document);
        Ok(document.get_result(conn).optional()?)
    }

    /// Makes the document and signs it. Only outside a transaction.
    pub fn make(&self, actor: &Actor, key: &Key, shelf: &Shelf, conn: &mut Connection) -> Outcome<String> {
        let counted = self.asked.run(&Sight::Public, shelf, conn)?;
        if counted.cells.len() > MOST_CELLS {
            return Err(too_many(counted.cells.len() as i64, MOST_CELLS));
        }
        let position = shelf.follow(conn)?;
        let names = self.asked.names(&counted, &Sight::Public, (shelf, position), conn)?;
        let figures = self.asked.json(&counted, &names);
        let until = changes::table.filter(changes::seq.le(self.position)).order(changes::seq.desc());
        let mut proof = FiguresProof {
            format: FORMAT.to_owned(),
            issuer: self.issuer.clone(),
            issued_at: actor.at,
            kind: self.asked.kind.name.to_owned(),
            query: self.query.clone(),
            as_of_seq: self.position,
            as_of: until.select(changes::at).first(conn)?,
            view: VIEW.to_owned(),
            digest: canonical::digest_of(&figures),
            figures,
            jws: None,
        };
        proof.jws = Some(key.sign(TYPE, payload(&proof)?.as_bytes())?);
        serde_json::to_string(&proof).map_err(Problem::internal)
    }

    /// Keeps the document; returns the one that is kept, which may be another's.
    pub fn keep(&self, document: &str, actor: &Actor, conn: &mut Connection) -> Outcome<String> {
        if let Some(kept) = self.kept(conn)? {
            return Ok(kept);
        }
        let row = (
            figures_proofs::question.eq(self.question()),
            figures_proofs::kind.eq(self.asked.kind.name),
            figures_proofs::as_of_seq.eq(self.position),
            figures_proofs::document.eq(document),
            figures_proofs::client.eq(&actor.principal.client),
            figures_proofs::created_at.eq(actor.at),
        );
        diesel::insert_into(figures_proofs::table).values(row).execute(conn)?;
        Ok(document.to_owned())
    }
}
