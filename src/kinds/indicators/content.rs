//! What is recorded of an indicator (`docs/domain.md` §b8).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::forms::envelope::Reference;
use crate::kinds::shared::Alias;
use crate::kinds::shared::figures::Scope;
use crate::reference::term::{QuantityUnits, terms};
use crate::reference::{LocalizedText, Term};

terms! {
    IndicatorLifecycles = "indicator-lifecycles",
    ValueTypes = "indicator-value-types",
    Directions = "indicator-directions",
    Aggregations = "indicator-aggregations",
    Frequencies = "indicator-frequencies",
    RecordKinds = "record-kinds",
}

/// 指标：衡量什么、以什么单位衡量。An indicator: what is measured, and in which unit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Indicator {
    /// 指标名称。Name.
    #[schema(required = true)]
    pub name: LocalizedText,
    /// 简称、别名。Short forms and other names.
    #[schema(max_items = 20)]
    pub aliases: Vec<Alias>,
    /// 生命周期：使用中、停用。Lifecycle: in use, retired.
    #[schema(required = true)]
    pub lifecycle: Term<IndicatorLifecycles>,
    /// 定义与统计口径。What exactly is counted or measured.
    #[schema(required = true, min_length = 1, max_length = 4000, example = "经认定且在有效期内的高新技术企业数量。")]
    pub definition: String,
    /// 责任单位，即记录的所有者。Agency responsible for the definition; it owns the record.
    #[schema(required = true, value_type = Reference)]
    pub responsible_agency: Option<Reference>,
    /// 单位，须与数值类型相符；已有目标或数值引用本指标时不可更改。Unit, of the type of value; it cannot change while targets or observations
    /// refer to the indicator.
    #[schema(required = true)]
    pub unit: Term<QuantityUnits>,
    /// 数值类型：数量、金额、百分比、增长率；与单位同样不可更改。Type of value: count, amount, per cent, growth; kept like the unit.
    #[schema(required = true)]
    pub value_type: Term<ValueTypes>,
    /// 方向：越高越好、越低越好。Direction: higher or lower is better.
    #[schema(required = true)]
    pub direction: Term<Directions>,
    /// 汇总方式：求和、取最新、不汇总。How values of several places or periods are put together: sum, last, none.
    #[schema(required = true)]
    pub aggregation: Term<Aggregations>,
    /// 总览中与之并列的记录种类；两者各自列出，从不相加。Kinds of record that the overview counts beside it; both are shown, and never
    /// mixed.
    #[schema(max_items = 12)]
    pub counterpart_kinds: Vec<Term<RecordKinds>>,
    /// 频率：年、季、一次性。Frequency: year, quarter, once.
    #[schema(required = true)]
    pub frequency: Term<Frequencies>,
    /// 填报任务：哪个单位应填报哪些地方的数值、期末后几日内。Who owes the observations of which places, and how many days after the period.
    #[schema(max_items = 50)]
    pub reporting: Vec<ReportingDuty>,
    /// 备注；各方可单独更新。Remarks; each side may update alone.
    #[schema(min_length = 1, max_length = 2000, example = "示例数据")]
    pub remarks: Option<String>,
}

/// 一项填报任务：每一期（按指标的频率）一个数值。A duty to report: one observation of each period, as often as the indicator says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ReportingDuty {
    /// 范围。Places it is about.
    #[schema(required = true)]
    pub scope: Scope,
    /// 责任单位。Agency that owes it.
    #[schema(required = true, value_type = Reference)]
    pub agency: Option<Reference>,
    /// 期末后应在几日内填报并生效。Days after the end of a period until which it is timely.
    #[schema(required = true, minimum = 0, maximum = 366, example = 60)]
    pub due_days: i32,
    /// 首年。First year that is owed.
    #[schema(required = true, minimum = 1950, maximum = 2100, example = 2023)]
    pub since: i32,
}
