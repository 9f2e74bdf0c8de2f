//! What is recorded of an organization (`docs/domain.md` §b1).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::forms::envelope::Reference;
use crate::kinds::shared::{Alias, Contact, DivisionCode};
use crate::reference::term::{Disciplines, Industries, OrganizationTypes, Zones, terms};
use crate::reference::{Day, LocalizedText, Ror, Term, Uscc};

terms!(OrganizationLifecycles = "organization-lifecycles");

/// 单位：高校、院所、企业、医院、部门以及非独立法人的实验室。An organization: university, institute, enterprise, hospital,
/// agency, or a laboratory without legal personality.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Organization {
    /// 单位名称。Name.
    #[schema(required = true)]
    pub name: LocalizedText,
    /// 简称、别名。Short forms and other names.
    #[schema(max_items = 20)]
    pub aliases: Vec<Alias>,
    /// 曾用名。Former names.
    #[schema(max_items = 50)]
    pub former_names: Vec<FormerName>,
    /// 生命周期：存续、合并、注销、误录。Lifecycle: active, merged, ended, withdrawn (registered in error).
    #[schema(required = true)]
    pub lifecycle: Term<OrganizationLifecycles>,
    /// 单位类型。Type of organization.
    #[schema(required = true)]
    pub r#type: Term<OrganizationTypes>,
    /// 是否独立法人。Whether it is a legal person of its own.
    #[schema(required = true, value_type = bool)]
    pub legal_person: Option<bool>,
    /// 统一社会信用代码（GB 32100-2015），全库唯一；中国内地独立法人应填。Unified social credit code (GB 32100-2015), unique in the
    /// register; expected of every legal person in mainland China.
    pub uscc: Option<Uscc>,
    /// 依托或上级单位；非独立法人应填。Host or parent organization; expected where there is no legal personality.
    pub parent: Option<Reference>,
    /// 注册地（GB/T 2260）。Division of the registered seat.
    #[schema(required = true)]
    pub division_registered: DivisionCode,
    /// 所在地（GB/T 2260）；不填即与注册地相同。Division of the actual seat; absent: the same as the registered one.
    pub division_located: Option<DivisionCode>,
    /// 所在功能区。Functional zones it lies in.
    #[schema(max_items = 20)]
    pub zones: Vec<Term<Zones>>,
    /// 所属行业（GB/T 4754-2017，两位大类）。Industry, two-digit division of GB/T 4754-2017.
    pub industry: Option<Term<Industries>>,
    /// 学科领域（GB/T 13745-2009，三位）。Disciplines, three digits of GB/T 13745-2009.
    #[schema(max_items = 62)]
    pub disciplines: Vec<Term<Disciplines>>,
    /// ROR 标识（完整网址），全库唯一。ROR id in its URL form, unique in the register.
    pub ror_id: Option<Ror>,
    /// 国家网络管理平台（NRII）单位标识 insCode，全库唯一。Unit code of the national instrument platform (NRII `insCode`), unique in
    /// the register.
    #[schema(
        min_length = 1,
        max_length = 64,
        pattern = "^[0-9A-Za-z_-]+$",
        example = "0123456789abcdef0123456789abcdef"
    )]
    pub nrii_unit_code: Option<String>,
    /// 成立日期。Day of establishment.
    pub established_on: Option<Day>,
    /// 终止日期；注销单位必填。Day it ended; required of an ended one.
    pub ended_on: Option<Day>,
    /// 承继单位；合并单位必填。Successor; required of a merged one.
    pub successor: Option<Reference>,
    /// 联系人，不公开。Contact, not public.
    pub contact: Option<Contact>,
    /// 备注。Remarks.
    #[schema(min_length = 1, max_length = 2000, example = "示例数据")]
    pub remarks: Option<String>,
}

/// 曾用名及停用日期。A former name and the day it ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct FormerName {
    /// 名称。The name.
    #[schema(required = true)]
    pub name: LocalizedText,
    /// 停用日期。Day on which the name was given up.
    pub ended_on: Option<Day>,
}
