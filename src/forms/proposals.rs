//! The bodies of change requests: proposing, restoring, taking back.

use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::api::query::GREATEST;

/// 撤回变更申请。Taking a proposal back.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RecallRequest {
    /// 目标：只能是 recalled。Where to: `recalled` only.
    #[schema(required = true, value_type = RecallWord)]
    pub to: String,
    /// 原因。Why.
    #[schema(required = true, max_length = 2000, min_length = 1)]
    pub reason: String,
}

/// 撤回。Recalled.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code)] // describes the allowed word
pub enum RecallWord {
    Recalled,
}

/// 恢复早先的内容。Bringing an earlier content back.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RestorationRequest {
    /// 其内容应恢复的修订号。The revision whose content is to be in force again.
    #[schema(required = true, minimum = 1, maximum = 9007199254740991_i64)]
    pub revision: i64,
    /// 原因。Why.
    #[schema(required = true, max_length = 2000, min_length = 1)]
    pub reason: String,
}

/// What a proposal to change a record says; its patch is the kind's own.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChangeProposal {
    pub patch: Option<Value>,
    pub restore: Option<i64>,
    pub reason: String,
}

/// The schema of a proposal whose patch has this schema.
pub fn proposal_schema(mut patch: Value) -> Value {
    patch["description"] = json!("RFC 7396 合并补丁。Merge patch over the present content (RFC 7396).");
    json!({
        "type": "object",
        "description": "变更申请：patch 与 restore 二者取一。A proposed change: either `patch` or `restore`.",
        "additionalProperties": false,
        "required": ["reason"],
        "minProperties": 2,
        "maxProperties": 2,
        "properties": {
            "patch": patch,
            "restore": {
                "type": "integer", "format": "int64", "minimum": 1, "maximum": GREATEST,
                "description": "恢复为该修订号的内容。Back to the content of this revision.",
            },
            "reason": {"type": "string", "minLength": 1, "maxLength": 2000, "description": "原因。Why."},
        },
    })
}
