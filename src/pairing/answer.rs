//! Matches as they are answered.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::forms::summary::RecordSummary;
use crate::reference::Day;

/// 对接建议。What may go together with a record.
#[derive(Serialize, ToSchema)]
pub struct PairingList {
    /// 计算所依据的变更流位置。The position of the feed that it was computed at.
    #[schema(minimum = 0, maximum = 9007199254740991_i64)]
    pub as_of_seq: i64,
    /// 判断期限所用的日期（Asia/Shanghai）。The day by which deadlines were judged.
    pub on: Day,
    /// 所用公式。The formula.
    #[schema(max_length = 40)]
    pub formula: &'static str,
    /// 各项的权重。The weights of the parts.
    pub weights: PairingWeights,
    /// 建议，得分高者在前，其后按 id。What was found, the best first, then by `id`.
    #[schema(max_items = 200)]
    pub items: Vec<PairingItem>,
}

/// 权重，各自合计为 1。The weights; each set adds up to 1.
#[derive(Serialize, ToSchema)]
pub struct PairingWeights {
    /// 需求与能力。Of a demand and a capability.
    #[schema(value_type = PairingParts)]
    pub capabilities: BTreeMap<&'static str, String>,
    /// 需求与仪器。Of a demand and an instrument.
    #[schema(value_type = PairingParts)]
    pub instruments: BTreeMap<&'static str, String>,
}

/// 一条建议。One that may match.
#[derive(Serialize, ToSchema)]
pub struct PairingItem {
    /// 记录概要。The record in short.
    #[schema(value_type = RecordSummary)]
    pub record: Box<RawValue>,
    /// 得分，0 至 1，两位小数。The score, from 0 to 1, with two places.
    #[schema(pattern = r"^(0\.[0-9]{2}|1\.00)$", max_length = 4, example = "0.82")]
    pub score: String,
    /// 各项得分。Its parts.
    #[schema(value_type = PairingParts)]
    pub parts: BTreeMap<&'static str, String>,
    /// 各项的依据：共同的领域、行业、词语、地区、合作方式与期限。What each part rests on: fields, industry, words, region, modes and days in common.
    #[schema(value_type = PairingEvidence)]
    pub evidence: BTreeMap<&'static str, Vec<String>>,
    /// 最能提高得分的两处改动。The two changes of one member of the capability that would raise the score most.
    #[schema(max_items = 2)]
    pub what_would_help: Vec<PairingHelp>,
    /// 不能对接的原因；仅在要求时列出。Why the two cannot be brought together; told only on request.
    #[schema(max_items = 4)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub excluded_by: Vec<PairingExclusion>,
}

/// 各项得分，0 至 1；仪器没有领域与行业两项。The parts of a score, each from 0 to 1; of an instrument without field and industry.
#[derive(Serialize, ToSchema)]
#[allow(dead_code)] // written as a map; this is its published form
pub struct PairingParts {
    /// 重点领域。Key fields.
    #[schema(pattern = r"^(0\.[0-9]{2}|1\.00)$", max_length = 4)]
    field: Option<String>,
    /// 行业。Industry.
    #[schema(pattern = r"^(0\.[0-9]{2}|1\.00)$", max_length = 4)]
    industry: Option<String>,
    /// 词语。Words.
    #[schema(pattern = r"^(0\.[0-9]{2}|1\.00)$", max_length = 4)]
    keywords: String,
    /// 地区。Region.
    #[schema(pattern = r"^(0\.[0-9]{2}|1\.00)$", max_length = 4)]
    region: String,
    /// 可用性。Availability.
    #[schema(pattern = r"^(0\.[0-9]{2}|1\.00)$", max_length = 4)]
    availability: String,
}

/// 各项的依据。What each part rests on.
#[derive(Serialize, ToSchema)]
#[allow(dead_code)] // written as a map; this is its published form
pub struct PairingEvidence {
    /// 共同的重点领域。Fields in common.
    #[schema(max_items = 5)]
    field: Option<Vec<PairingFact>>,
    /// 双方的行业，需求在前；一方未填的没有。The industries, that of the demand first; none where one of them has none.
    #[schema(max_items = 2)]
    industry: Option<Vec<PairingFact>>,
    /// 共同的词语（两字一组，或字母数字）。Words in common: pairs of characters, or runs of letters.
    #[schema(max_items = 50)]
    keywords: Vec<PairingFact>,
    /// 需求所在地，与所服务或安放之地。Where the demand is, and what is served or where the instrument stands.
    #[schema(max_items = 2)]
    region: Vec<PairingFact>,
    /// 共同的合作方式、截止日期与有效期；仪器的运行状态。Modes in common, deadline and last day; how an instrument runs.
    #[schema(max_items = 10)]
    availability: Vec<PairingFact>,
}

/// 一项依据：代码、词语或日期。A code, a word or a day.
#[derive(Serialize, ToSchema)]
#[schema(min_length = 1, max_length = 64, example = "轴承")]
#[allow(dead_code)] // written as a text; this is its published form
pub struct PairingFact(String);

/// 可与需求对接的记录种类。What a demand may be matched with.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[allow(dead_code)] // read as a word; this is its published form
pub enum PairingOffer {
    Capabilities,
    Instruments,
}

/// 一处改动。A change of one member.
#[derive(Serialize, ToSchema)]
pub struct PairingHelp {
    /// 能力供给的成员。Member of the capability.
    #[schema(max_length = 40)]
    pub member: &'static str,
    /// 应增加或改为的值。The value to add, or to change to.
    #[schema(max_length = 40)]
    pub value: String,
    /// 得分可提高多少。By how much the score would rise.
    #[schema(pattern = r"^(0\.[0-9]{2}|1\.00)$", max_length = 4, example = "0.20")]
    pub gain: String,
}

/// 不能对接的原因：一方未发布或不可供、一方已过期、一方两年未更新、能力只服务其他地区。Why two that might go together cannot: one of them is not open or
/// available, the last day of one is past, one was not changed for two years, the capability serves other places only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PairingExclusion {
    State,
    Deadline,
    Freshness,
    Region,
}
