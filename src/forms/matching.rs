//! Names that are matched, and spellings that are accepted, as they are sent and answered.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::db::{Id, Moment};
use crate::forms::envelope::Reference;
use crate::forms::summary::RecordSummary;

/// 待匹配的单位名称。Names of organizations to be matched.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"names": ["重庆大学材料学院", "Univ Elect Sci & Technol China", "西南交同大学"]}))]
pub struct MatchRequest {
    /// 名称或标识，至多 500 个。Names or identifiers, at most 500.
    #[schema(required = true, min_items = 1, max_items = 500)]
    pub names: Vec<MatchedText>,
    /// 每个名称至多给出几个候选（默认 5）。Most candidates for each name; 5 when absent.
    #[schema(minimum = 1, maximum = 20)]
    pub limit: Option<i64>,
    /// 候选的最低得分（默认 0.50）。The least score of a candidate; 0.50 when absent.
    #[schema(pattern = r"^(0(\.[0-9]{1,2})?|1(\.0{1,2})?)$", max_length = 4, example = "0.50")]
    pub min_score: Option<String>,
}

/// 一个名称、统一社会信用代码、ROR 或编号。A name, a social credit code, a ROR id or a record's code.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[schema(min_length = 1, max_length = 200, example = "重庆大学材料学院")]
#[serde(transparent)]
pub struct MatchedText(pub String);

/// 每个名称的匹配结果，次序同请求。What each name means, in the order of the request.
#[derive(Serialize, ToSchema)]
pub struct MatchList<'a> {
    /// 各名称的结果。What each name means.
    #[schema(max_items = 500)]
    pub items: Vec<MatchAnswer<'a>>,
}

/// 一个名称的匹配结果。What a name means.
#[derive(Serialize, ToSchema)]
pub struct MatchAnswer<'a> {
    /// 所问的名称。The name that was asked.
    #[schema(max_length = 200)]
    pub q: &'a str,
    /// 结论：选定（chosen）、几个难分（ambiguous）、没有把握（none）。What came out: one was chosen; several are as likely; none is likely
    /// enough.
    pub outcome: MatchOutcome,
    /// 候选单位，最可能者在前。Organizations that may be meant, the most likely first.
    #[schema(max_items = 20)]
    pub items: Vec<MatchCandidate<'a>>,
}

/// 匹配结论。What came out of matching a name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MatchOutcome {
    Chosen,
    Ambiguous,
    #[default]
    None,
}

/// 一个候选单位。An organization that may be meant.
#[derive(Serialize, ToSchema)]
pub struct MatchCandidate<'a> {
    /// 单位概要；已并入他单位的，为承继单位。The organization in short; for one that was merged, its successor.
    #[schema(value_type = RecordSummary)]
    pub organization: &'a RawValue,
    /// 得分，0 至 1。How sure that is, from 0 to 1.
    #[schema(pattern = r"^(0\.[0-9]{2}|1\.00)$", max_length = 4, example = "0.93")]
    pub score: String,
    /// 对上的名称。The name of it that was found.
    #[schema(max_length = 400, example = "重庆大学")]
    pub matched: &'a str,
    /// 所问名称中余下的部分。What is left of the name that was asked.
    #[schema(max_length = 400, example = "材料学院")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rest: Option<&'a str>,
    /// 依据。Why it was found.
    pub reason: MatchReason,
    /// 是否选定：至多一个。Whether it was chosen; at most one is.
    pub chosen: bool,
}

/// 依据：identifier 标识；accepted_spelling 本系统已认可的写法；name、alias、former_name 现名、简称、曾用名；merged 已并入单位的名称；spelling 写法不同；
/// short_form 通行简称；name_inside 含有名称；mistyped 笔误；similar 一字之差。Why: an identifier; a spelling that the caller's system accepted; its name, a
/// short or other name, what it was called; a name of one merged into it; another spelling; a usual short form; a name that stands in
/// the text; a slip of the keyboard; a name one character apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MatchReason {
    Identifier,
    AcceptedSpelling,
    Name,
    Alias,
    FormerName,
    Merged,
    Spelling,
    ShortForm,
    NameInside,
    Mistyped,
    Similar,
}

/// 认可一种写法。A spelling to be accepted.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"spelling": "重大材料院", "organization": {"code": "ORG-2026-000001-1"}}))]
pub struct AcceptedSpellingRequest {
    /// 来源系统中的写法。How the source system writes it.
    #[schema(required = true, min_length = 1, max_length = 200, example = "重大材料院")]
    pub spelling: String,
    /// 所指单位。The organization that it means.
    #[schema(required = true)]
    pub organization: Reference,
}

/// 来源系统已认可的写法。A spelling that a source system has accepted.
#[derive(Serialize, ToSchema)]
pub struct AcceptedSpelling {
    /// 标识。Identifier.
    #[schema(value_type = String, format = "uuid", max_length = 36)]
    pub id: Id,
    /// 来源系统。The source system.
    #[schema(max_length = 63)]
    pub source_system: String,
    /// 写法。The spelling.
    #[schema(max_length = 200)]
    pub spelling: String,
    /// 所指单位；已并入他单位的，为承继单位。The organization that it means; for one that was merged, its successor.
    pub organization: RecordSummary,
    /// 认可的客户端。The client that accepted it.
    #[schema(max_length = 63)]
    pub client: String,
    /// 时间（UTC）。When (UTC).
    #[schema(value_type = String, format = "date-time", max_length = 24)]
    pub created_at: Moment,
}

/// 已认可写法的一页。A page of accepted spellings.
#[derive(Serialize, ToSchema)]
pub struct AcceptedSpellingPage {
    /// 写法，按认可先后。Spellings, in the order in which they were accepted.
    #[schema(max_items = 200)]
    pub items: Vec<AcceptedSpelling>,
    pub page: crate::forms::bodies::PageInfo,
}
