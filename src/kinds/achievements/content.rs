//! What is recorded of an achievement (`docs/domain.md` §b6).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::forms::envelope::Reference;
use crate::kinds::shared::{Alias, Keyword, Person, ShortText};
use crate::reference::term::terms;
use crate::reference::{Day, LocalizedText, Money, Month, Term};

terms! {
    AchievementTypes = "achievement-types",
    AchievementOrigins = "achievement-origins",
    AchievementStages = "achievement-stages",
    TransferModes = "transfer-modes",
    IpRightKinds = "ip-right-kinds",
    IpRightStatuses = "ip-right-statuses",
    AchievementLifecycles = "achievement-lifecycles",
}

/// 科技成果及其转化。A scientific or technological achievement and what became of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Achievement {
    /// 成果名称。Name.
    #[schema(required = true)]
    pub name: LocalizedText,
    /// 简称、别名。Short forms and other names.
    #[schema(max_items = 20)]
    pub aliases: Vec<Alias>,
    /// 生命周期：登记、待转化、签约、已转化、撤销。Lifecycle: registered, offered, contracted, transformed, withdrawn.
    #[schema(required = true)]
    pub lifecycle: Term<AchievementLifecycles>,
    /// 成果登记号，12 位：地区或部门 3 位、年份 4 位、类型字母 1 位、流水号 4 位；全库唯一。Registration number, 12 characters: 3 of
    /// the place or department, 4 of the year, a type letter, 4 of the serial; unique in the register.
    #[schema(
        min_length = 12,
        max_length = 12,
        pattern = "^[0-9A-Z]{3}(19|20)[0-9]{2}[A-Z][0-9]{4}$",
        example = "9992022Y0001"
    )]
    pub registration_no: Option<String>,
    /// 成果类型。Type of achievement.
    #[schema(required = true)]
    pub achievement_type: Term<AchievementTypes>,
    /// 成果属性。Origin.
    pub origin: Option<Term<AchievementOrigins>>,
    /// 成果阶段。Stage.
    #[schema(required = true)]
    pub stage: Term<AchievementStages>,
    /// 完成单位，按排名；第一完成单位是记录的所有者。Completing units in their order; the first owns the record.
    #[schema(required = true, min_items = 1, max_items = 50)]
    pub completing_units: Vec<Reference>,
    /// 完成人，按排名。Completers in their order.
    #[schema(max_items = 50)]
    pub completers: Vec<Person>,
    /// 研究起始月份。Month in which the research began.
    pub start_month: Option<Month>,
    /// 研究终止月份。Month in which the research ended.
    pub end_month: Option<Month>,
    /// 关键词，至多 3 个。Keywords, at most 3.
    #[schema(required = true, min_items = 1, max_items = 3)]
    pub keywords: Vec<Keyword>,
    /// 评价。Evaluation.
    pub evaluation: Option<AchievementEvaluation>,
    /// 知识产权。Intellectual property rights.
    #[schema(max_items = 100)]
    pub ip_rights: Vec<IpRight>,
    /// 密级：只受理公开成果。Security level: only public achievements are registered.
    #[schema(required = true)]
    pub security_level: SecurityLevel,
    /// 来源项目（本库的联合项目）。Project it comes from, if that is a joint project of this register.
    pub source_project: Option<Reference>,
    /// 来源项目的名称与编号（不在本库的项目）。Name and number of the project it comes from, if that is not in this register.
    #[schema(min_length = 1, max_length = 300, pattern = r"^\S(.*\S)?$", example = "示例计划项目，编号 示例-0001")]
    pub source_project_text: Option<String>,
    /// 转化；签约或已转化时至少一项有合同。Transformations; at least one with a contract once it is contracted or transformed.
    #[schema(max_items = 100)]
    pub transformations: Vec<Transformation>,
    /// 备注。Remarks.
    #[schema(min_length = 1, max_length = 2000, example = "示例数据")]
    pub remarks: Option<String>,
}

/// 成果评价。Evaluation of an achievement.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AchievementEvaluation {
    /// 评价方式。How it was evaluated.
    #[schema(required = true)]
    pub mode: ShortText,
    /// 评价结论（水平）。Conclusion: the level it was found to have.
    pub conclusion: Option<ShortText>,
}

/// 一项知识产权。One intellectual property right.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct IpRight {
    /// 类别。Kind of right.
    #[schema(required = true)]
    pub kind: Term<IpRightKinds>,
    /// 申请号、专利号或登记号。Number of the application, patent or registration.
    #[schema(min_length = 1, max_length = 100, pattern = r"^\S(.*\S)?$", example = "示例-ZL-0001")]
    pub number: Option<String>,
    /// 状态。Status.
    pub status: Option<Term<IpRightStatuses>>,
}

/// 密级：公开。Security level: public.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SecurityLevel {
    #[default]
    Public,
}

/// 一次转化。One transformation; a contract and its amount are counted once for both provinces.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Transformation {
    /// 转化方式。Mode.
    #[schema(required = true)]
    pub mode: Term<TransferModes>,
    /// 转出单位。Transferor.
    pub transferor: Option<Reference>,
    /// 受让单位。Transferee.
    pub transferee: Option<Reference>,
    /// 技术合同编号，全库唯一；填写金额时必填。Number of the technology contract, unique in the register; required with amounts.
    #[schema(min_length = 1, max_length = 100, pattern = r"^\S(.*\S)?$", example = "示例合同-2024-0001")]
    pub contract_no: Option<String>,
    /// 合同签订日期；有合同时必填。Day the contract was signed; required with a contract.
    pub signed_on: Option<Day>,
    /// 合同金额（元）。Amount of the contract in yuan.
    pub amount: Option<Money>,
    /// 到账金额（元）。Amount received in yuan.
    pub received: Option<Money>,
}
