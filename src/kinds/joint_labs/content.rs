//! What is recorded of a joint lab or another joint platform (`docs/domain.md` §b2).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::forms::envelope::Reference;
use crate::kinds::shared::{Alias, DivisionCode, Evaluation, FundingItem, Party, Person, ShortText};
use crate::reference::term::{Disciplines, ResearchFields, terms};
use crate::reference::{Area, Day, LocalizedText, Money, Term};

terms! {
    ResearchDirections = "research-directions",
    PlatformTypes = "platform-types",
    JointLabLifecycles = "joint-lab-lifecycles",
}

/// 共建实验室及其他共建创新平台。A jointly built laboratory or another joint platform; both provinces sign it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct JointLab {
    /// 名称。Name.
    #[schema(required = true)]
    pub name: LocalizedText,
    /// 简称、别名。Short forms and other names.
    #[schema(max_items = 20)]
    pub aliases: Vec<Alias>,
    /// 生命周期：拟建、建设中、运行、整改、重组、撤销、取消。Lifecycle: planned, under construction, operating, rectifying,
    /// reorganised, closed, cancelled.
    #[schema(required = true)]
    pub lifecycle: Term<JointLabLifecycles>,
    /// 平台类型。Type of platform.
    #[schema(required = true)]
    pub platform_type: Term<PlatformTypes>,
    /// 主攻方向 D1–D3。Main directions D1 to D3.
    #[schema(max_items = 3)]
    pub directions: Vec<Term<ResearchDirections>>,
    /// 重点领域 F1–F5。Key fields F1 to F5.
    #[schema(required = true, min_items = 1, max_items = 5)]
    pub fields: Vec<Term<ResearchFields>>,
    /// 学科（GB/T 13745-2009）。Disciplines.
    #[schema(required = true, min_items = 1, max_items = 62)]
    pub disciplines: Vec<Term<Disciplines>>,
    /// 研究方向，1 至 5 条。Research topics, one to five.
    #[schema(required = true, min_items = 1, max_items = 5)]
    pub research_topics: Vec<ShortText>,
    /// 依托与共建单位。两省市各有且仅有一家现任牵头单位（lead），牵头单位须为独立法人；共建单位（co_building）一般不超过 6 家。
    /// Lead, co-building and supporting units: exactly one current lead in each province, a legal person; more than six
    /// co-building units give a warning.
    #[schema(required = true, min_items = 2, max_items = 100)]
    pub parties: Vec<Party>,
    /// 所依托的省部级重点实验室；川渝共建重点实验室至少一个。Provincial or ministerial key laboratories it is built on; at least
    /// one for a jointly built key laboratory.
    #[schema(max_items = 20)]
    pub base_labs: Vec<BaseLab>,
    /// 重庆方主任。Director on the Chongqing side.
    pub director_cq: Option<Person>,
    /// 四川方主任。Director on the Sichuan side.
    pub director_sc: Option<Person>,
    /// 共建协议签署日期；批准后必填。Day the agreement was signed; required from the approval on.
    pub agreement_signed_on: Option<Day>,
    /// 共建协议编号或存放处。Number or place of the agreement.
    #[schema(min_length = 1, max_length = 500, example = "川渝共建协议〔2023〕示例1号")]
    pub agreement_ref: Option<String>,
    /// 批准文号；批准后必填。Number of the approval; required from the approval on.
    #[schema(min_length = 1, max_length = 100, example = "示例发〔2023〕1号")]
    pub approval_no: Option<String>,
    /// 批准部门；批准后必填。Agencies that approved it; required from the approval on.
    #[schema(max_items = 10)]
    pub approving_agencies: Vec<Reference>,
    /// 批准日期；批准后必填。Day of the approval; required from the approval on.
    pub approved_on: Option<Day>,
    /// 建设开始日期。First day of the building period.
    pub build_start_on: Option<Day>,
    /// 建设期满日期（计划）。Planned last day of the building period.
    pub build_end_planned_on: Option<Day>,
    /// 投入运行日期。In operation since this day.
    pub operating_since: Option<Day>,
    /// 固定人员（人）。Permanent staff, persons.
    #[schema(minimum = 0, maximum = 100000, example = 120)]
    pub fixed_staff: Option<i32>,
    /// 场地面积（平方米，十进制字符串）。Area in square metres, a decimal string.
    pub area_m2: Option<Area>,
    /// 仪器设备总值（元）。Total value of instruments in yuan.
    pub instrument_value: Option<Money>,
    /// 经费，按年度和来源；各方可单独更新。Funds by year and source; each side may update alone.
    #[schema(max_items = 200)]
    pub funding: Vec<FundingItem>,
    /// 评估。Evaluations.
    #[schema(max_items = 50)]
    pub evaluations: Vec<Evaluation>,
    /// 实验室地址（GB/T 2260），一处或多处。Divisions of its premises, one or more.
    #[schema(required = true, min_items = 1, max_items = 20)]
    pub divisions: Vec<DivisionCode>,
    /// 重组后的承继实验室。The lab that took over after a reorganisation.
    pub successor: Option<Reference>,
    /// 备注；各方可单独更新。Remarks; each side may update alone.
    #[schema(min_length = 1, max_length = 2000, example = "示例数据")]
    pub remarks: Option<String>,
}

/// 所依托的省部级重点实验室。A key laboratory that the joint lab is built on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct BaseLab {
    /// 实验室名称。Name of the laboratory.
    #[schema(required = true)]
    pub name: LocalizedText,
    /// 实验室或其依托单位的记录。Record of the laboratory or its host organization.
    pub organization: Option<Reference>,
}
