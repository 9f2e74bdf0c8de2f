//! What is recorded of an alliance (`docs/domain.md` §b3).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::forms::envelope::Reference;
use crate::kinds::shared::{Alias, Party, Review};
use crate::reference::term::{Industries, ResearchFields, terms};
use crate::reference::{Day, LocalizedText, Term};

terms!(AllianceTypes = "alliance-types", AllianceLifecycles = "alliance-lifecycles");

/// 联盟：高校、高新区、产业园区、创新基地等。An alliance of universities, high-tech zones, industrial parks or innovation
/// bases; both provinces sign it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Alliance {
    /// 名称。Name.
    #[schema(required = true)]
    pub name: LocalizedText,
    /// 简称、别名。Short forms and other names.
    #[schema(max_items = 20)]
    pub aliases: Vec<Alias>,
    /// 生命周期：筹建、运行、暂停、解散。Lifecycle: preparing, active, suspended, dissolved.
    #[schema(required = true)]
    pub lifecycle: Term<AllianceLifecycles>,
    /// 联盟类型。Type of alliance.
    #[schema(required = true)]
    pub alliance_type: Term<AllianceTypes>,
    /// 牵头、理事长、秘书处及成员单位；至少一家现任牵头单位（lead），两省市各至少一家。Lead, chair, secretariat and member units: at
    /// least one current lead, and at least one party of each province.
    #[schema(required = true, min_items = 2, max_items = 100)]
    pub parties: Vec<Party>,
    /// 协议（章程）签署日期；运行后必填。Day the charter was signed; required once the alliance is active.
    pub charter_signed_on: Option<Day>,
    /// 协议（章程）编号或存放处。Number or place of the charter.
    #[schema(min_length = 1, max_length = 500, example = "联盟章程（示例）")]
    pub charter_ref: Option<String>,
    /// 备案部门。Agency it is filed with.
    pub filing_agency: Option<Reference>,
    /// 备案号。Number of the filing.
    #[schema(min_length = 1, max_length = 100, example = "示例备〔2021〕1号")]
    pub filing_no: Option<String>,
    /// 备案日期。Day of the filing.
    pub filed_on: Option<Day>,
    /// 重点领域 F1–F5。Key fields F1 to F5.
    #[schema(max_items = 5)]
    pub fields: Vec<Term<ResearchFields>>,
    /// 行业（GB/T 4754-2017，两位大类）。Industries, two-digit divisions of GB/T 4754-2017.
    #[schema(max_items = 97)]
    pub industries: Vec<Term<Industries>>,
    /// 年度总结与复审。Yearly reports and reviews.
    #[schema(max_items = 50)]
    pub reviews: Vec<Review>,
    /// 备注；各方可单独更新。Remarks; each side may update alone.
    #[schema(min_length = 1, max_length = 2000, example = "示例数据")]
    pub remarks: Option<String>,
}
