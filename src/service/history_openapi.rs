//! The operations of [`history_routes`](crate::service::history_routes) as the contract describes them, for every kind.

use serde_json::{Map, Value, json};

use crate::api::openapi::{self, parameter};
use crate::kind::Kind;
use crate::kind::components::component_of;
use crate::reading::history::RevisionDiff;
use crate::reading::proof::Proof;
use crate::service::history_routes::MOST;
use crate::service::openapi::{WithExample, operation, reference, revision_number};

/// The component schemas of their answers.
pub(super) fn components() -> Map<String, Value> {
    component_of::<RevisionDiff>().into_iter().chain(component_of::<Proof>()).collect()
}

/// The paths below an item of a kind.
pub(super) fn paths(kind: &Kind, item: &str) -> [(String, Value); 2] {
    [
        (format!("{item}/revisions/{{number}}/diff"), json!({"get": diff(kind)})),
        (format!("{item}/proof"), json!({"get": proof(kind)})),
    ]
}

fn diff(kind: &Kind) -> Value {
    let to = parameter(
        "query",
        "to",
        "比较到哪次修订，默认为现行内容。The revision to compare to; the present one unless given.",
        revision_schema(),
    );
    operation(
        kind,
        "show",
        "_revision_diff",
        &format!("{}两次修订的差异", kind.label.zh),
        &format!("What differs between two revisions of {}", kind.label.one()),
    )
    .describe("逐成员比较两次修订后生效的内容；等长数组逐项比较，否则整体列出。Compares the contents in force after two revisions member by member; arrays of equal length element by element, others whole. 依次应用全部差异，即可由前者得到后者。Making all of the changes to the first gives the second.")
    .secured("records:read")
    .parameters(vec![reference(kind), revision_number().with_example(json!(2)), to])
    .ok(openapi::json_response("差异。The differences.", "RevisionDiff"))
    .errors(&[400, 401, 403, 404, 429, 500, 503])
    .finish()
}

fn proof(kind: &Kind) -> Value {
    let revision = parameter(
        "query",
        "revision",
        "证明哪次修订，默认为当前修订；已撤销的记录为撤销前的修订。The revision to prove; the present one unless given, of a withdrawn record the last one before.",
        revision_schema(),
    );
    operation(
        kind,
        "show",
        "_proof",
        &format!("{}的证明文件", kind.label.zh),
        &format!("Proof of {} that can be verified offline", kind.label.one()),
    )
    .describe("所签署内容的规范文本、内容指纹、各方确认与生效步骤，由本服务签名（RFC 7515）。The signed content as canonical text, its digest, the confirmations and the step that made it official, signed by the service. 核验：`chuanyu verify`，或见 docs/proof.md；公钥在 `/.well-known/proof-keys.json`。To verify: `chuanyu verify`, or by hand as docs/proof.md says. 该修订未生效时返回 409。A revision that was not official answers 409.")
    .secured("records:read")
    .parameters(vec![reference(kind), revision])
    .ok(openapi::json_response("证明文件。The proof.", "Proof"))
    .errors(&[400, 401, 403, 404, 409, 429, 500, 503])
    .finish()
}

/// `as_of`, which the operation that shows a record takes.
pub(super) fn as_of() -> Value {
    parameter(
        "query",
        "as_of",
        "返回当时生效的内容（RFC 3339，不得晚于现在）；当时未生效返回 404，已撤销返回 410。The record as it was official at that moment (RFC 3339, not to come): 404 when it was not official then, 410 when it was withdrawn by then. 不能与 expand 同用，且没有 pending_changes 与 warnings。Not with `expand`; without `pending_changes` and `warnings`.",
        json!({"type": "string", "format": "date-time", "maxLength": 35}),
    )
}

fn revision_schema() -> Value {
    json!({"type": "integer", "format": "int64", "minimum": 1, "maximum": MOST})
}
