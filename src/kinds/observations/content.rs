//! What is recorded of an observation (`docs/domain.md` §b8, `docs/rules.md` §28).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::forms::envelope::Reference;
use crate::kinds::shared::figures::{Origin, Scope};
use crate::kinds::shared::{Alias, Party, Precision};
use crate::reference::term::terms;
use crate::reference::values::quantity;
use crate::reference::{Day, LocalizedText, Quantity, Term};

terms! {
    ObservationLifecycles = "observation-lifecycles",
    ObservationRanks = "observation-ranks",
    ObservationQualities = "observation-qualities",
}

/// 数值：某一范围在某一期间或截至某日的指标数值。An observation: which value of an indicator was found of a scope, in a period or as of
/// a day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Observation {
    /// 名称。Name.
    #[schema(required = true)]
    pub name: LocalizedText,
    /// 简称、别名。Short forms and other names.
    #[schema(max_items = 20)]
    pub aliases: Vec<Alias>,
    /// 生命周期：有效、撤回。Lifecycle: recorded, retracted.
    #[schema(required = true)]
    pub lifecycle: Term<ObservationLifecycles>,
    /// 指标。Indicator.
    #[schema(required = true, value_type = Reference)]
    pub indicator: Option<Reference>,
    /// 范围；涉及两省市的由两方确认，首次生效后归属不可更改。Places it is about; one of both provinces is confirmed by both, and whose it
    /// is cannot change once the record was official.
    #[schema(required = true)]
    pub scope: Scope,
    /// 责任单位，角色均为 lead；范围涉及的每一方至少一家，一方数值的第一家为记录的所有者。Responsible agencies, all in the role `lead`: at
    /// least one of each side of the scope; the first of a single side owns the record.
    #[schema(required = true, min_items = 1, max_items = 50)]
    pub parties: Vec<Party>,
    /// 期间；与截至日期填且只填一项。Period; either this or the as-of day.
    pub period: Option<Period>,
    /// 截至日期；精度为年或月时填该年、月的首日。As-of day; of a year or month its first day.
    pub as_of_on: Option<Day>,
    /// 截至日期的精度，不填为日。How exactly that day is known; to the day unless told.
    pub as_of_on_precision: Option<Precision>,
    /// 累计起点：自该日起累计。First day of a cumulative figure.
    pub cumulative_since: Option<Day>,
    /// 数值，单位与指标一致。The value, in the indicator's unit.
    #[schema(required = true)]
    #[serde(deserialize_with = "quantity::with_bounds")]
    pub quantity: Quantity,
    /// 来源。Where it comes from.
    #[schema(required = true)]
    pub origin: Origin,
    /// 采用程度：首选、一般、不采用；同一指标、范围和期间只有一个首选。Rank: preferred, normal, deprecated; an indicator has one
    /// preferred observation for a scope and period.
    #[schema(required = true)]
    pub rank: Term<ObservationRanks>,
    /// 采用程度的理由；不采用的必填。Reason of the rank; required of a deprecated one.
    #[schema(min_length = 1, max_length = 1000, example = "与统计公报不一致。")]
    pub rank_reason: Option<String>,
    /// 质量：初步、最终、修订、含义不明。Quality: provisional, final, revised, ambiguous.
    #[schema(required = true)]
    pub quality: Term<ObservationQualities>,
    /// 口径说明。How it was counted.
    #[schema(min_length = 1, max_length = 2000, example = "含筹建中的平台（示例）。")]
    pub method_note: Option<String>,
    /// 占用的位置（范围与期间；不同精度的日期、不同起点的累计值各占其位），由服务计算，所填内容不予采用；仅有效的首选数值有。Place that only one observation of the indicator may
    /// take: scope and period, a day as exactly as it is known, and the start of a cumulative figure. Computed by the service (what is sent is not looked at), of a preferred one that is recorded.
    #[schema(read_only, min_length = 1, max_length = 800, pattern = r"^\S+$", example = "500000@2023-03-30")]
    pub slot: Option<String>,
    /// 备注；各方可单独更新。Remarks; each side may update alone.
    #[schema(min_length = 1, max_length = 2000, example = "示例数据")]
    pub remarks: Option<String>,
}

/// 期间：一年或其中一季。A period: a year, or a quarter of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Period {
    /// 年份。Year.
    #[schema(required = true, minimum = 1950, maximum = 2100, example = 2023)]
    pub year: i32,
    /// 季度。Quarter.
    #[schema(minimum = 1, maximum = 4, example = 1)]
    pub quarter: Option<i32>,
}
