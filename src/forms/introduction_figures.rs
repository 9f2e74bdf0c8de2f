//! The figures that are counted from introductions.

use serde::Serialize;
use utoipa::ToSchema;

use crate::forms::introduction_requests::{IntroductionReasons, IntroductionStates};
use crate::reference::{Money, Term};

/// 对接统计：漏斗。Figures of introductions: the funnel.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub struct IntroductionFigures {
    /// 统计所依据的变更流位置。The position of the feed that it was counted at.
    #[schema(minimum = 0, maximum = 9007199254740991_i64)]
    pub as_of_seq: i64,
    /// 计入的对接数。How many introductions are counted.
    #[schema(minimum = 0, maximum = 9007199254740991_i64)]
    pub total: i64,
    /// 曾到达各状态者。How many ever reached each state.
    #[schema(max_items = 7)]
    pub reached: Vec<IntroductionCount>,
    /// 现处于各状态者。How many are in each state now.
    #[schema(max_items = 7)]
    pub now: Vec<IntroductionCount>,
    /// 谢绝与未成者，按原因。Those declined or failed, by reason.
    #[schema(max_items = 40)]
    pub endings: Vec<IntroductionEndingCount>,
    /// 已签约与已完成者的合同金额合计。The amounts of those contracted or finished now, added up.
    pub contracted_amount: Money,
    /// 其中填报金额者。How many of them give an amount.
    #[schema(minimum = 0, maximum = 9007199254740991_i64)]
    pub amounts_given: i64,
    /// 各步之间的天数中位数。The median of days between steps.
    #[schema(max_items = 4)]
    pub medians: Vec<IntroductionMedian>,
}

/// 一个状态的对接数。How many introductions, of a state.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub struct IntroductionCount {
    /// 状态。The state.
    #[schema(value_type = Term<IntroductionStates>)]
    pub state: &'static str,
    /// 数目。Their number.
    #[schema(minimum = 0, maximum = 9007199254740991_i64)]
    pub count: i64,
}

/// 一种结局的对接数。How many introductions ended so.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub struct IntroductionEndingCount {
    /// 状态：谢绝或未成。Declined or failed.
    #[schema(value_type = Term<IntroductionStates>)]
    pub state: String,
    /// 原因。Why.
    #[schema(value_type = Term<IntroductionReasons>)]
    pub reason_code: String,
    /// 数目。Their number.
    #[schema(minimum = 0, maximum = 9007199254740991_i64)]
    pub count: i64,
}

/// 两步之间天数的中位数。The median of days between two steps.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub struct IntroductionMedian {
    /// 起点状态。The state from which it is counted.
    #[schema(value_type = Term<IntroductionStates>)]
    pub from: &'static str,
    /// 终点状态。The state to which it is counted.
    #[schema(value_type = Term<IntroductionStates>)]
    pub to: &'static str,
    /// 到达过两个状态的对接数。How many reached both.
    #[schema(minimum = 0, maximum = 9007199254740991_i64)]
    pub count: i64,
    /// 天数中位数，两位小数；没有时略去。Days, with two places; absent of none.
    #[schema(pattern = r"^[0-9]{1,7}\.[0-9]{2}$", max_length = 12, example = "3.50")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<String>,
}
