//! What is recorded of an R&D capability on offer (`docs/domain.md` §b10).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::forms::envelope::Reference;
use crate::kinds::shared::{Alias, Contact, DivisionCode, Person};
use crate::reference::term::{CooperationModes, Disciplines, Industries, ResearchFields, terms};
use crate::reference::{Day, LocalizedText, Term};

terms!(Maturities = "maturities", CapabilityLifecycles = "capability-lifecycles");

/// 研发能力供给。An R&D capability that an organization offers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Capability {
    /// 能力名称。Title.
    #[schema(required = true)]
    pub name: LocalizedText,
    /// 简称、别名。Short forms and other names.
    #[schema(max_items = 20)]
    pub aliases: Vec<Alias>,
    /// 生命周期：可供、暂停、过期、撤下。Lifecycle: available, paused, expired, closed.
    #[schema(required = true)]
    pub lifecycle: Term<CapabilityLifecycles>,
    /// 供给单位，即记录的所有者。Organization that offers it; it owns the record.
    #[schema(required = true, value_type = Reference)]
    pub organization: Option<Reference>,
    /// 团队负责人。Leader of the team.
    pub team_leader: Option<Person>,
    /// 说明。What it is, in words.
    #[schema(required = true, min_length = 1, max_length = 4000, example = "材料微观结构表征与失效分析（示例）")]
    pub description: String,
    /// 学科（GB/T 13745-2009）。Disciplines.
    #[schema(required = true, min_items = 1, max_items = 62)]
    pub disciplines: Vec<Term<Disciplines>>,
    /// 重点领域 F1–F5。Key fields F1 to F5.
    #[schema(required = true, min_items = 1, max_items = 5)]
    pub fields: Vec<Term<ResearchFields>>,
    /// 行业（GB/T 4754-2017，两位大类）。Industry, two-digit division of GB/T 4754-2017.
    pub industry: Option<Term<Industries>>,
    /// 成熟度：初期、中期、成熟应用阶段，或技术就绪度 1–9 级。Maturity: early, middle or mature, or a technology readiness level 1 to 9.
    #[schema(required = true)]
    pub maturity: Term<Maturities>,
    /// 支撑材料。What supports it.
    pub evidence: Option<Evidence>,
    /// 合作方式。Modes of cooperation.
    #[schema(required = true, min_items = 1, max_items = 6)]
    pub cooperation_modes: Vec<Term<CooperationModes>>,
    /// 报价说明。Prices, in words.
    #[schema(min_length = 1, max_length = 1000, example = "按项目面议（示例）")]
    pub price_note: Option<String>,
    /// 服务地区（GB/T 2260）。Divisions that it serves.
    #[schema(max_items = 100)]
    pub divisions_served: Vec<DivisionCode>,
    /// 有效期，含当日；可供的未到期，过期的已到期。Last day: an available one has not passed it, an expired one has.
    #[schema(required = true, value_type = Day)]
    pub valid_until: Option<Day>,
    /// 联系人，不公开。Contact, not public.
    pub contact: Option<Contact>,
    /// 备注。Remarks.
    #[schema(min_length = 1, max_length = 2000, example = "示例数据")]
    pub remarks: Option<String>,
}

/// 支撑一项研发能力的其他记录。Other records that support a capability.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Evidence {
    /// 科技成果。Achievements.
    #[schema(max_items = 200)]
    pub achievements: Vec<Reference>,
    /// 联合项目。Joint projects.
    #[schema(max_items = 200)]
    pub projects: Vec<Reference>,
    /// 共建实验室。Joint labs.
    #[schema(max_items = 50)]
    pub labs: Vec<Reference>,
    /// 共享仪器。Instruments.
    #[schema(max_items = 200)]
    pub instruments: Vec<Reference>,
}
