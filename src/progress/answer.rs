//! How far a target is reached, as it is answered. Every member that it was computed from is there.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::db::Id;
use crate::forms::envelope::Reference;
use crate::kinds::indicators::content::{Aggregations, Directions, ValueTypes};
use crate::kinds::observations::Period;
use crate::kinds::observations::content::{ObservationQualities, ObservationRanks};
use crate::kinds::shared::Precision;
use crate::kinds::shared::figures::{Origin, Scope};
use crate::kinds::targets::Baseline;
use crate::kinds::targets::content::TargetPaths;
use crate::progress::judge::Verdict;
use crate::reference::term::QuantityUnits;
use crate::reference::values::quantity::Bounds;
use crate::reference::{Day, LocalizedText, Quantity, Term};

/// The formula that answers are made by; another one gets another name (`docs/indicators.md`).
pub const FORMULA: &str = "progress-1";

/// 没有结果的原因，见 docs/indicators.md：指标已不存在、没有确定的目标、目标含义不明、没有基期、没有数值、各部分没有同一期的数值、数值含义不明、数值不是自基期起的年均、范围有重叠、单位不同、目标不大于零、基期等于目标、基期不大于零、用语没有界限、数值早于基期、目标未定路径、路径超过五十年、只有一年中的几季。
/// Why there is no result: the indicator is no more; no target that is set; its words are unclear; no base; no observation; none of one period for all
/// parts; the only observation is unclear; it is no average since the base; places that overlap cannot be summed; another unit; the
/// target is zero or less; the base may equal the target; the base is zero or less; the words set no limits; the observation is older than the
/// base; the target has no path; the path is longer than fifty years; only some quarters of a year are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoAnswer {
    NoIndicator,
    NoTarget,
    AmbiguousTarget,
    NoBaseline,
    NoObservation,
    NoCommonPeriod,
    AmbiguousObservation,
    NotAnAverage,
    OverlappingScopes,
    IncomparableUnit,
    TargetZero,
    BaselineEqualsTarget,
    BaselineZero,
    NoLimits,
    ObservationBeforeBaseline,
    NoPath,
    PathTooLong,
    PartOfYear,
}

/// 目标完成情况。How far a target is reached.
#[derive(Debug, Serialize, ToSchema)]
pub struct Progress {
    /// 计算所依据的变更流位置。The position of the feed that it was computed at.
    #[schema(minimum = 0, maximum = 9007199254740991_i64)]
    pub as_of_seq: i64,
    /// 所用公式。The formula it was computed by.
    #[schema(max_length = 40)]
    pub formula: &'static str,
    /// 指标；已撤销而目标仍在的没有。The indicator; absent where it was withdrawn while the target stands.
    pub indicator: Option<ProgressIndicator>,
    pub scope: Scope,
    /// 目标年。Target year.
    #[schema(minimum = 1990, maximum = 2100)]
    pub year: i32,
    /// 目标；没有确定的目标时没有。The target; absent where none is set.
    pub target: Option<ProgressTarget>,
    /// 所用的数值：一个，或相加的各部分。The observations used: one, or the parts of a sum.
    #[schema(max_items = 500)]
    pub observations: Vec<ProgressObservation>,
    /// 求和所缺的地方。Places without an observation, for want of which there is no sum.
    #[schema(max_items = 500)]
    pub missing: Vec<MissingPlace>,
    /// 数值（或其和）可能的区间；没有界限时没有。The interval that the observation, or their sum, lies in; absent where there are no limits.
    pub observed: Option<Bounds>,
    /// 数值所至的最后一日。Last day of the observed period.
    pub observed_to: Option<Day>,
    /// 数值是否已到目标年末。Whether the observed period ends with the target year, or still stops short of it.
    pub is_due: bool,
    /// 判断：区间内每个值都达到目标为 met，都未达到为 not_met，否则为 undecidable。`met` if every possible value meets the target, `not_met` if
    /// none does.
    pub verdict: Option<Verdict>,
    /// 没有判断的原因。Why there is no verdict.
    pub no_verdict: Option<NoAnswer>,
    /// 数值占目标的比例区间（1 为相等），向外舍入至四位小数。The observed value as a share of the target, 1 where equal; rounded outwards to four
    /// places.
    pub ratio: Option<Bounds>,
    /// 没有比例的原因。Why there is no ratio.
    pub no_ratio: Option<NoAnswer>,
    /// 自基期起已完成的路程区间，即数值减基期之差与目标减基期之差的比。How much of the way from the base to the target is done.
    pub way: Option<Bounds>,
    /// 没有路程的原因。Why there is none.
    pub no_way: Option<NoAnswer>,
    /// 与路径相比；目标未定路径时没有。Compared with the path; absent where the target has none.
    pub path: Option<ProgressPath>,
    /// 未与路径相比的原因。Why it was not compared with a path.
    pub no_path: Option<NoAnswer>,
}

impl Progress {
    pub fn of(as_of_seq: i64, indicator: Option<ProgressIndicator>, scope: Scope, year: i32) -> Progress {
        Progress {
            as_of_seq,
            formula: FORMULA,
            indicator,
            scope,
            year,
            target: None,
            observations: Vec::new(),
            missing: Vec::new(),
            observed: None,
            observed_to: None,
            is_due: false,
            verdict: None,
            no_verdict: None,
            ratio: None,
            no_ratio: None,
            way: None,
            no_way: None,
            path: None,
            no_path: None,
        }
    }
}

/// 没有数值的地方：行政区划或功能区代码。A place without an observation: code of a division or zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(min_length = 3, max_length = 40, example = "500106")]
pub struct MissingPlace(pub String);

/// 指标。The indicator.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ProgressIndicator {
    /// 记录标识。Identifier.
    #[schema(value_type = String, format = "uuid", max_length = 36)]
    pub id: Id,
    /// 记录编号。Code.
    #[schema(pattern = "^[A-Z]{3}-[1-9][0-9]{3}-([0-9]{6}|[1-9][0-9]{6})-[0-9]$", max_length = 18)]
    pub code: String,
    /// 指标名称。Name.
    pub name: LocalizedText,
    /// 单位。Unit.
    pub unit: Term<QuantityUnits>,
    /// 数值类型。Type of value.
    pub value_type: Term<ValueTypes>,
    /// 方向。Direction.
    pub direction: Term<Directions>,
    /// 汇总方式。Aggregation.
    pub aggregation: Term<Aggregations>,
}

/// 目标。The target.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ProgressTarget {
    /// 记录标识。Identifier.
    #[schema(value_type = String, format = "uuid", max_length = 36)]
    pub id: Id,
    /// 记录编号。Code.
    #[schema(pattern = "^[A-Z]{3}-[1-9][0-9]{3}-([0-9]{6}|[1-9][0-9]{6})-[0-9]$", max_length = 18)]
    pub code: String,
    /// 名称。Name.
    pub name: LocalizedText,
    /// 目标值。The value that is wanted.
    pub quantity: Quantity,
    /// 目标期的首年。First year of the period.
    #[schema(minimum = 1990, maximum = 2100)]
    pub period_from: Option<i32>,
    /// 基期。The base.
    pub baseline: Option<Baseline>,
    /// 路径。The path.
    pub path: Option<Term<TargetPaths>>,
    /// 原文含义不明之处。What is unclear in its words.
    #[schema(min_length = 1, max_length = 1000)]
    pub ambiguity: Option<String>,
    /// 政策文件。The policy that set it.
    pub policy: Option<Reference>,
    /// 来源与原文。Where it is written, and in which words.
    pub origin: Option<Origin>,
    /// 目标年。Its year.
    #[serde(skip_serializing)]
    #[schema(ignore)]
    pub target_year: i32,
    /// 范围。Its places.
    #[serde(skip_serializing)]
    #[schema(ignore)]
    pub scope: Scope,
    /// 指标。Its indicator.
    #[serde(skip_serializing)]
    #[schema(ignore)]
    pub indicator: Reference,
}

/// 所用的数值。An observation that was used.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ProgressObservation {
    /// 记录标识。Identifier.
    #[schema(value_type = String, format = "uuid", max_length = 36)]
    pub id: Id,
    /// 记录编号。Code.
    #[schema(pattern = "^[A-Z]{3}-[1-9][0-9]{3}-([0-9]{6}|[1-9][0-9]{6})-[0-9]$", max_length = 18)]
    pub code: String,
    /// 名称。Name.
    pub name: LocalizedText,
    /// 范围。Places.
    pub scope: Scope,
    /// 期间。Period.
    pub period: Option<Period>,
    /// 截至日期。As-of day.
    pub as_of_on: Option<Day>,
    /// 截至日期的精度。How exactly that day is known.
    pub as_of_on_precision: Option<Precision>,
    /// 累计起点。First day of a cumulative figure.
    pub cumulative_since: Option<Day>,
    /// 数值。The value.
    pub quantity: Quantity,
    /// 采用程度。Rank.
    pub rank: Term<ObservationRanks>,
    /// 采用程度的理由。Reason of the rank.
    #[schema(min_length = 1, max_length = 1000)]
    pub rank_reason: Option<String>,
    /// 质量。Quality.
    pub quality: Term<ObservationQualities>,
    /// 来源与原文。Where it comes from, and in which words.
    pub origin: Origin,
}

/// 与路径相比。Compared with the path.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProgressPath {
    /// 路径。The rule.
    pub rule: Term<TargetPaths>,
    /// 自基期末至数值所至，最少与最多经过的月数。Months from the end of the base year to the end of what was observed: the least and the most.
    #[schema(minimum = 0, maximum = 2000)]
    pub months_from: u32,
    /// 最多经过的月数。The most months.
    #[schema(minimum = 0, maximum = 2000)]
    pub months_to: u32,
    /// 自基期末至目标年末的月数。Months from the end of the base year to the end of the target year.
    #[schema(minimum = 1, maximum = 2000)]
    pub months: u32,
    /// 届时应有的数值区间，向外舍入至六位小数。The interval of what the path asks for by then, rounded outwards to six places.
    pub expected: Bounds,
    /// 判断。Whether it keeps up with the path.
    pub verdict: PathVerdict,
}

/// 与路径相比：跟上、落后、无法判断。Compared with the path: on track, behind, undecidable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PathVerdict {
    OnTrack,
    Behind,
    Undecidable,
}

impl From<Verdict> for PathVerdict {
    fn from(verdict: Verdict) -> PathVerdict {
        match verdict {
            Verdict::Met => PathVerdict::OnTrack,
            Verdict::NotMet => PathVerdict::Behind,
            Verdict::Undecidable => PathVerdict::Undecidable,
        }
    }
}
