//! A record in short: what a reference points to.

use serde::Serialize;
use utoipa::ToSchema;

use crate::db::Id;
use crate::forms::envelope::RecordState;

/// 被引用记录的概要。What a reference points to, in short.
#[derive(Serialize, ToSchema)]
pub struct RecordSummary {
    /// 记录标识。Identifier.
    #[schema(value_type = String, format = "uuid", max_length = 36)]
    pub id: Id,
    /// 记录编号。Code.
    #[schema(pattern = "^[A-Z]{3}-[1-9][0-9]{3}-([0-9]{6}|[1-9][0-9]{6})-[0-9]$", max_length = 18)]
    pub code: String,
    /// 记录种类。Kind of the record.
    #[schema(max_length = 40)]
    pub kind: String,
    /// 办理状态。State.
    #[schema(value_type = RecordState)]
    pub state: String,
    /// 名称。Name in both languages.
    pub name: SummaryName,
    /// 被引用的记录已并入本记录：其标识。Id of the record that is referred to, where that was merged into this one.
    #[schema(value_type = Option<String>, format = "uuid", max_length = 36)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_place_of: Option<Id>,
}

/// 名称。The name of a record.
#[derive(Serialize, ToSchema)]
pub struct SummaryName {
    /// 中文名称。Chinese name.
    #[schema(max_length = 200)]
    pub zh: String,
    /// 英文名称。English name.
    #[schema(max_length = 200)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
}

impl RecordSummary {
    #[expect(clippy::too_many_arguments, reason = "the columns of a row, in its order")]
    pub fn new(id: Id, code: String, kind: String, state: String, zh: String, en: Option<String>) -> RecordSummary {
        RecordSummary { id, code, kind, state, name: SummaryName { zh, en }, in_place_of: None }
    }
}
