//! What is recorded of a technology demand (`docs/domain.md` §b9).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::forms::envelope::Reference;
use crate::kinds::shared::{Alias, Contact, DivisionCode};
use crate::reference::term::{CooperationModes, Industries, ResearchFields, terms};
use crate::reference::{Day, LocalizedText, Measure, Money, Term};

terms!(DemandTypes = "demand-types", NameDisclosures = "name-disclosures", DemandLifecycles = "demand-lifecycles");

/// 产业技术需求。An industrial technology demand.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Demand {
    /// 需求名称。Title.
    #[schema(required = true)]
    pub name: LocalizedText,
    /// 简称、别名。Short forms and other names.
    #[schema(max_items = 20)]
    pub aliases: Vec<Alias>,
    /// 生命周期：发布、对接中、已签约、已解决、过期、关闭。Lifecycle: open, matching, matched, solved, expired, closed.
    #[schema(required = true)]
    pub lifecycle: Term<DemandLifecycles>,
    /// 需求单位，即记录的所有者。Organization that has the demand; it owns the record.
    #[schema(required = true, value_type = Reference)]
    pub organization: Option<Reference>,
    /// 是否公开需求单位：不公开（hide）时，公开视图没有单位、联系人、来源系统与内容指纹，按这些筛选也查不到。Whether the organization is
    /// named in public: with `hide` the public view has neither the organization nor contact, source system and digest, and
    /// filters by these do not find it.
    #[schema(required = true)]
    pub name_disclosure: Term<NameDisclosures>,
    /// 需求类型。Type of demand.
    #[schema(required = true)]
    pub demand_type: Term<DemandTypes>,
    /// 难题描述。The problem, in words.
    #[schema(required = true, min_length = 1, max_length = 4000, example = "高温工况下电驱系统轴承寿命不足（示例）")]
    pub problem_text: String,
    /// 技术指标。Technical targets.
    #[schema(required = true, min_items = 1, max_items = 50)]
    pub technical_targets: Vec<TechnicalTarget>,
    /// 行业（GB/T 4754-2017，两位大类）。Industry, two-digit division of GB/T 4754-2017.
    #[schema(required = true)]
    pub industry: Term<Industries>,
    /// 重点领域 F1–F5。Key fields F1 to F5.
    #[schema(required = true, min_items = 1, max_items = 5)]
    pub fields: Vec<Term<ResearchFields>>,
    /// 所在地区（GB/T 2260）。Division where the demand is.
    #[schema(required = true)]
    pub division: DivisionCode,
    /// 拟投入（元）。Intended investment in yuan.
    pub intended_investment: Option<Money>,
    /// 合作方式。Modes of cooperation.
    #[schema(required = true, min_items = 1, max_items = 6)]
    pub cooperation_modes: Vec<Term<CooperationModes>>,
    /// 截止日期，含当日；发布中的需求未到期，过期的已到期。Last day: an open demand has not passed it, an expired one has.
    #[schema(required = true, value_type = Day)]
    pub deadline_on: Option<Day>,
    /// 是否“卡脖子”难题。Whether it is a bottleneck.
    pub bottleneck: Option<bool>,
    /// 知识产权约定。Terms on intellectual property.
    #[schema(min_length = 1, max_length = 2000, example = "成果归双方共有（示例）")]
    pub ip_terms: Option<String>,
    /// 联系人，不公开。Contact, not public.
    pub contact: Option<Contact>,
    /// 备注。Remarks.
    #[schema(min_length = 1, max_length = 2000, example = "示例数据")]
    pub remarks: Option<String>,
}

/// 一项技术指标。One technical target.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TechnicalTarget {
    /// 指标名称。What is measured.
    #[schema(required = true, min_length = 1, max_length = 200, pattern = r"^\S(.*\S)?$", example = "轴承寿命")]
    pub indicator: String,
    /// 单位；无量纲时写 1。Unit; 1 where there is none.
    #[schema(required = true, min_length = 1, max_length = 20, pattern = r"^\S(.*\S)?$", example = "h")]
    pub unit: String,
    /// 目标值（十进制字符串）。Value to reach, a decimal string.
    #[schema(required = true)]
    pub value: Measure,
    /// 对标水平。Level that it is measured against.
    #[schema(min_length = 1, max_length = 200, pattern = r"^\S(.*\S)?$", example = "国际先进（示例）")]
    pub benchmark: Option<String>,
}
