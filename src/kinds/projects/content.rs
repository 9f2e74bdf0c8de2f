//! What is recorded of a joint R&D project (`docs/domain.md` §b5).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::forms::envelope::Reference;
use crate::kinds::shared::{Alias, Party, Person};
use crate::reference::term::{Disciplines, Industries, ResearchFields, terms};
use crate::reference::{Day, LocalizedText, Measure, Money, Term};

terms!(ProjectPlans = "project-plans", ActivityTypes = "activity-types", ProjectLifecycles = "project-lifecycles");

/// 联合研发项目。A joint R&D project with units of both provinces; both sign it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Project {
    /// 项目名称。Title.
    #[schema(required = true)]
    pub name: LocalizedText,
    /// 简称、别名。Short forms and other names.
    #[schema(max_items = 20)]
    pub aliases: Vec<Alias>,
    /// 生命周期：申报、立项、在研、暂停、验收、结题、未立项、终止、撤销。Lifecycle: proposed, approved, in progress, suspended, in
    /// acceptance, completed, rejected, terminated, revoked.
    #[schema(required = true)]
    pub lifecycle: Term<ProjectLifecycles>,
    /// 计划类别。Plan it belongs to.
    #[schema(required = true)]
    pub plan: Term<ProjectPlans>,
    /// 项目编号，在计划内唯一；立项后必填。Project number, unique in its plan; required from the approval on.
    #[schema(min_length = 1, max_length = 60, pattern = r"^\S(.*\S)?$", example = "CSTB2022-示例-0001")]
    pub project_no: Option<String>,
    /// 承担与参与单位及经费份额；至少两家不同单位、两省市各至少一家，至少一家现任牵头单位（lead）。Units and their shares of the
    /// budget: at least two different organizations, one of each province, and at least one current lead.
    #[schema(required = true, min_items = 2, max_items = 100)]
    pub parties: Vec<Party>,
    /// 项目负责人。Principal.
    #[schema(required = true, value_type = Person)]
    pub principal: Option<Person>,
    /// 重点领域 F1–F5。Key fields F1 to F5.
    #[schema(required = true, min_items = 1, max_items = 5)]
    pub fields: Vec<Term<ResearchFields>>,
    /// 学科（GB/T 13745-2009）。Disciplines.
    #[schema(required = true, min_items = 1, max_items = 62)]
    pub disciplines: Vec<Term<Disciplines>>,
    /// 行业（GB/T 4754-2017，两位大类）。Industry, two-digit division of GB/T 4754-2017.
    pub industry: Option<Term<Industries>>,
    /// 研发活动类型。Type of R&D activity.
    pub activity_type: Option<Term<ActivityTypes>>,
    /// 开始日期。First day.
    #[schema(required = true, value_type = Day)]
    pub start_on: Option<Day>,
    /// 计划结束日期。Planned last day.
    #[schema(required = true, value_type = Day)]
    pub end_planned_on: Option<Day>,
    /// 实际结束日期；结题或终止后必填。Actual last day; required of a completed or terminated one.
    pub end_actual_on: Option<Day>,
    /// 总经费（元）。Total budget in yuan.
    #[schema(required = true, value_type = Money)]
    pub budget_total: Option<Money>,
    /// 重庆财政经费（元）。Part from public funds of Chongqing.
    pub budget_cq: Option<Money>,
    /// 四川财政经费（元）。Part from public funds of Sichuan.
    pub budget_sc: Option<Money>,
    /// 自筹经费（元）。Part from the units' own funds.
    pub budget_own: Option<Money>,
    /// 研究目标。Objectives.
    #[schema(
        required = true,
        min_length = 1,
        max_length = 4000,
        example = "研制川渝协同的智能网联汽车测试平台（示例）"
    )]
    pub objectives: String,
    /// 考核指标。Deliverables that are measured.
    #[schema(max_items = 100)]
    pub deliverables: Vec<Deliverable>,
    /// 合作协议编号或存放处；立项后必填。Number or place of the cooperation agreement; required from the approval on.
    #[schema(min_length = 1, max_length = 500, example = "合作协议（示例）")]
    pub agreement_ref: Option<String>,
    /// 任务书编号。Number of the task agreement.
    #[schema(min_length = 1, max_length = 100, example = "任务书〔2022〕示例1号")]
    pub task_book_no: Option<String>,
    /// 延期，按批准先后排列，以最后一次为准。Extensions in the order of their decisions; the last one counts.
    #[schema(max_items = 20)]
    pub extensions: Vec<Extension>,
    /// 验收；结题后必填。Acceptance; required of a completed one.
    pub acceptance: Option<Acceptance>,
    /// 关联的实验室、仪器、成果、需求。Related labs, instruments, achievements and demand.
    pub linked: Option<Linked>,
    /// 备注；各方可单独更新。Remarks; each side may update alone.
    #[schema(min_length = 1, max_length = 2000, example = "示例数据")]
    pub remarks: Option<String>,
}

/// 一项考核指标。One measured deliverable.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Deliverable {
    /// 指标名称。What is measured.
    #[schema(required = true, min_length = 1, max_length = 200, pattern = r"^\S(.*\S)?$", example = "发明专利申请")]
    pub indicator: String,
    /// 单位。Unit.
    #[schema(required = true, min_length = 1, max_length = 20, pattern = r"^\S(.*\S)?$", example = "项")]
    pub unit: String,
    /// 目标值（十进制字符串）。Value to reach, a decimal string.
    #[schema(required = true)]
    pub value: Measure,
}

/// 一次延期。One extension.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Extension {
    /// 批准延期日期。Day of the decision.
    #[schema(required = true, value_type = Day)]
    pub decided_on: Option<Day>,
    /// 延期后的结束日期，不早于计划结束日期。New last day, not before the planned one.
    #[schema(required = true, value_type = Day)]
    pub end_on: Option<Day>,
    /// 原因。Reason.
    #[schema(required = true, min_length = 1, max_length = 1000, example = "设备到货推迟（示例）")]
    pub reason: String,
}

/// 验收。Acceptance.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Acceptance {
    /// 验收日期。Day of the acceptance.
    #[schema(required = true, value_type = Day)]
    pub accepted_on: Option<Day>,
    /// 结果：通过、不通过。Result: pass, fail.
    #[schema(required = true)]
    pub result: AcceptanceResult,
    /// 验收报告编号或存放处。Number or place of the report.
    #[schema(min_length = 1, max_length = 500, example = "验收报告（示例）")]
    pub report: Option<String>,
}

/// 验收结果：通过、不通过。Result of an acceptance: pass, fail.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AcceptanceResult {
    #[default]
    Pass,
    Fail,
}

/// 与项目有关的其他记录。Other records that the project is related to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Linked {
    /// 共建实验室。Joint labs.
    #[schema(max_items = 50)]
    pub labs: Vec<Reference>,
    /// 共享仪器。Instruments.
    #[schema(max_items = 200)]
    pub instruments: Vec<Reference>,
    /// 科技成果。Achievements.
    #[schema(max_items = 200)]
    pub achievements: Vec<Reference>,
    /// 来源技术需求。The technology demand it answers.
    pub demand: Option<Reference>,
}
