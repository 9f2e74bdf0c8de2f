//! What is recorded of an indicator (`docs/domain.md` §b8).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::forms::envelope::Reference;
use crate::kinds::shared::Alias;
use crate::reference::term::{QuantityUnits, terms};
use crate::reference::{LocalizedText, Term};

terms! {
    IndicatorLifecycles = "indicator-lifecycles",
    ValueTypes = "indicator-value-types",
    Directions = "indicator-directions",
    Aggregations = "indicator-aggregations",
    Frequencies = "indicator-frequencies",
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
    /// 频率：年、季、一次性。Frequency: year, quarter, once.
    #[schema(required = true)]
    pub frequency: Term<Frequencies>,
    /// 备注；各方可单独更新。Remarks; each side may update alone.
    #[schema(min_length = 1, max_length = 2000, example = "示例数据")]
    pub remarks: Option<String>,
}
