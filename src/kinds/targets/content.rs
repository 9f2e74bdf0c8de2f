//! What is recorded of a target (`docs/domain.md` §b8, `docs/rules.md` §28).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::forms::envelope::Reference;
use crate::kinds::shared::figures::{Origin, Scope};
use crate::kinds::shared::{Alias, Party};
use crate::reference::term::terms;
use crate::reference::values::quantity;
use crate::reference::{LocalizedText, Quantity, Term};

terms!(TargetLifecycles = "target-lifecycles", TargetPaths = "target-paths");

/// 目标：某一范围在某年应达到的指标数值。A target: which value of an indicator is wanted of a scope in a year.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Target {
    /// 名称。Name.
    #[schema(required = true)]
    pub name: LocalizedText,
    /// 简称、别名。Short forms and other names.
    #[schema(max_items = 20)]
    pub aliases: Vec<Alias>,
    /// 生命周期：拟定、确定、已调整、取消；同一指标、范围和年份只有一个确定的目标。Lifecycle: proposed, set, replaced, dropped; an
    /// indicator has one target that is set for a scope and year.
    #[schema(required = true)]
    pub lifecycle: Term<TargetLifecycles>,
    /// 指标。Indicator.
    #[schema(required = true, value_type = Reference)]
    pub indicator: Option<Reference>,
    /// 范围；涉及两省市的由两方确认，首次生效后归属不可更改。Places it is about; one of both provinces is confirmed by both, and whose it
    /// is cannot change once the record was official.
    #[schema(required = true)]
    pub scope: Scope,
    /// 责任单位，角色均为 lead；范围涉及的每一方至少一家，一方目标的第一家为记录的所有者。Responsible agencies, all in the role `lead`: at
    /// least one of each side of the scope; the first of a single side owns the record.
    #[schema(required = true, min_items = 1, max_items = 50)]
    pub parties: Vec<Party>,
    /// 目标年。Year in which it is to be reached.
    #[schema(required = true, minimum = 1990, maximum = 2100, example = 2027)]
    pub target_year: i32,
    /// 目标期的首年（年均增长等）。First year of the period, of an average growth for example.
    #[schema(minimum = 1990, maximum = 2100, example = 2023)]
    pub period_from: Option<i32>,
    /// 目标值，单位与指标一致。The value that is wanted, in the indicator's unit.
    #[schema(required = true)]
    #[serde(deserialize_with = "quantity::with_bounds")]
    pub quantity: Quantity,
    /// 基期数值。Where it starts from.
    pub baseline: Option<Baseline>,
    /// 路径：不填为只看目标年。How it is to be reached; without one only the target year counts.
    pub path: Option<Term<TargetPaths>>,
    /// 提出该目标的政策文件；与来源至少填一项。Policy that set it; this or the origin is needed.
    pub policy: Option<Reference>,
    /// 来源；与政策文件至少填一项。Where it is written; this or the policy is needed.
    pub origin: Option<Origin>,
    /// 原文含义不明之处；有此项的目标不作判断。What is unclear in the words of the source; while it stands, nothing is judged by the target.
    #[schema(min_length = 1, max_length = 1000, pattern = r"^\S(.*\S)?$", example = "原文一个指标名称后有两个数值。")]
    pub ambiguity: Option<String>,
    /// 占用的位置（范围与年份），由服务计算，所填内容不予采用；仅确定的目标有。Place that only one target of the indicator may take: scope
    /// and year. Computed by the service (what is sent is not looked at), of a target that is set.
    #[schema(read_only, min_length = 1, max_length = 800, pattern = r"^\S+$", example = "500000@2027")]
    pub slot: Option<String>,
    /// 备注；各方可单独更新。Remarks; each side may update alone.
    #[schema(min_length = 1, max_length = 2000, example = "示例数据")]
    pub remarks: Option<String>,
}

/// 基期：年份与数值。The base of a target: its year and the value then.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Baseline {
    /// 基期年份，早于目标年。Base year, before the target year.
    #[schema(required = true, minimum = 1950, maximum = 2100, example = 2022)]
    pub year: i32,
    /// 基期数值，单位与指标一致。The value in that year, in the indicator's unit.
    #[schema(required = true)]
    #[serde(deserialize_with = "quantity::with_bounds")]
    pub quantity: Quantity,
}
