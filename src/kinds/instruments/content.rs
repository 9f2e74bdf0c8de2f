//! What is recorded of a shared instrument (`docs/domain.md` §b4); names of the national platform (NRII) are given in
//! each field.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::forms::envelope::Reference;
use crate::kinds::shared::{Alias, Contact, DivisionCode, ShortText};
use crate::reference::term::{Disciplines, FundingSources, terms};
use crate::reference::{Day, LocalizedText, Money, Term};

terms! {
    InstrumentCategories = "instrument-categories",
    InstrumentSources = "instrument-sources",
    InstrumentClasses = "instrument-classes",
    RunningStatuses = "running-statuses",
    ShareModes = "share-modes",
    Affiliations = "instrument-affiliations",
    ServiceUserTypes = "service-user-types",
    InstrumentLifecycles = "instrument-lifecycles",
}

/// 共享大型科研仪器（单台套）。A shared large research instrument (one set).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Instrument {
    /// 仪器名称（NRII cname、ename）。Name.
    #[schema(required = true)]
    pub name: LocalizedText,
    /// 简称、别名。Short forms and other names.
    #[schema(max_items = 20)]
    pub aliases: Vec<Alias>,
    /// 生命周期：登记、开放、暂停开放、退网/报废。Lifecycle: registered, open, suspended, retired.
    #[schema(required = true)]
    pub lifecycle: Term<InstrumentLifecycles>,
    /// 所属单位（NRII insCode），即记录的所有者。Host organization, which owns the record.
    #[schema(required = true, value_type = Reference)]
    pub host: Option<Reference>,
    /// 所属内部门（NRII insideDepart）。Department inside the host.
    #[schema(min_length = 1, max_length = 200, example = "分析测试中心")]
    pub department: Option<String>,
    /// 单位内编号（NRII innerId），在所属单位内唯一。Number inside the host, unique there (PIDINST InventoryNumber).
    #[schema(required = true, min_length = 1, max_length = 100, pattern = r"^\S(.*\S)?$", example = "CQU-EM-0042")]
    pub inner_no: String,
    /// 出厂编号。Serial number of the maker (PIDINST SerialNumber).
    #[schema(min_length = 1, max_length = 100, pattern = r"^\S(.*\S)?$", example = "SN-000042")]
    pub serial_no: Option<String>,
    /// 持久标识：Handle 或 DOI（不含网址），全库唯一。Persistent identifier: handle or DOI without the URL, unique in the register.
    #[schema(
        min_length = 3,
        max_length = 255,
        pattern = r"^[0-9]+(\.[0-9A-Za-z]+)*/[!-~]+$",
        example = "21.T11998/0000-001A-3905-1"
    )]
    pub pid: Option<String>,
    /// 仪器分类编码（GB/T 32847，六位；990000 为其他；NRII instrCategory）。Category code, six digits; 990000 is other.
    #[schema(required = true)]
    pub category: Term<InstrumentCategories>,
    /// 仪器来源：购置、研制、赠送、其他（NRII instrSource）。How it was obtained.
    #[schema(required = true)]
    pub source: Term<InstrumentSources>,
    /// 原值（元），大于 0；NRII worth 以万元计，精确到百元，有元值时以元值为准。Original value in yuan, above 0; NRII sends 万元 with two
    /// decimals, exact to 100 yuan only, so the owner's yuan value goes first.
    #[schema(required = true, value_type = Money)]
    pub original_value: Option<Money>,
    /// 购置经费来源（NRII funds）。Sources of the purchase funds.
    #[schema(max_items = 10)]
    pub funding_sources: Vec<Term<FundingSources>>,
    /// 生产厂商（NRII manufacturer）。Manufacturer.
    #[schema(required = true, min_length = 1, max_length = 200, pattern = r"^\S(.*\S)?$", example = "JEOL")]
    pub manufacturer: String,
    /// 产地国别（ISO 3166-1 两位字母；NRII nation）。Country of origin, ISO 3166-1 alpha-2.
    #[schema(min_length = 2, max_length = 2, pattern = "^[A-Z]{2}$", example = "JP")]
    pub origin_country: Option<String>,
    /// 规格型号（NRII instrVersion）。Model.
    #[schema(required = true, min_length = 1, max_length = 200, pattern = r"^\S(.*\S)?$", example = "JEM-2100F")]
    pub model: String,
    /// 启用日期（NRII beginDate）。Day it was commissioned.
    #[schema(required = true, value_type = Day)]
    pub commissioned_on: Option<Day>,
    /// 退网或报废日期；退网/报废时必填。Day it was decommissioned; required of a retired one.
    pub decommissioned_on: Option<Day>,
    /// 仪器类别：通用或专用（NRII type）。General or special purpose.
    #[schema(required = true)]
    pub instrument_class: Term<InstrumentClasses>,
    /// 年定额机时（小时）；不填按通用 1400、专用 800 计。Rated hours a year; 1,400 for general and 800 for special purpose unless
    /// told (教高司条函〔2000〕010号).
    #[schema(minimum = 1, maximum = 8784, example = 1400)]
    pub rated_hours: Option<i32>,
    /// 主要技术指标（NRII technical）。Technical specification.
    #[schema(required = true, min_length = 1, max_length = 4000, example = "点分辨率 0.19 nm，加速电压 200 kV")]
    pub technical: String,
    /// 主要功能（NRII function）。What it does.
    #[schema(required = true, min_length = 1, max_length = 4000, example = "材料微观形貌与晶体结构分析")]
    pub functions: String,
    /// 主要附件及样品要求（NRII accessories）。Accessories.
    #[schema(min_length = 1, max_length = 4000, example = "能谱仪（EDS）")]
    pub accessories: Option<String>,
    /// 测量量。Measured variables (PIDINST).
    #[schema(max_items = 50)]
    pub measured_variables: Vec<ShortText>,
    /// 主要学科领域（GB/T 13745-2009；NRII subject）。Disciplines.
    #[schema(required = true, min_items = 1, max_items = 62)]
    pub disciplines: Vec<Term<Disciplines>>,
    /// 服务内容（NRII serviceContent）。Services offered.
    #[schema(required = true, min_length = 1, max_length = 4000, example = "高分辨成像、选区电子衍射、能谱分析")]
    pub service_content: String,
    /// 对外开放共享规定（NRII requirement）。Rules of access.
    #[schema(required = true, min_length = 1, max_length = 4000, example = "提前两个工作日预约；由操作员上机")]
    pub access_rules: String,
    /// 参考收费标准（NRII fee）。Fees, in words.
    #[schema(required = true, min_length = 1, max_length = 4000, example = "校外用户每小时 600 元（示例）")]
    pub fee_note: String,
    /// 预约服务网址（NRII serviceUrl）。Address for bookings.
    #[schema(
        format = "uri",
        min_length = 10,
        max_length = 2048,
        pattern = r"^https?://[!-~]+$",
        example = "https://share.example.org/instruments/42"
    )]
    pub booking_url: Option<String>,
    /// 价目。Prices.
    #[schema(max_items = 50)]
    pub prices: Vec<Price>,
    /// 共享模式：1 内部共享、2 外部共享、3 不共享（NRII shareMode）。Share mode: 1 internal, 2 external, 3 not shared.
    #[schema(required = true)]
    pub share_mode: Term<ShareModes>,
    /// 运行状态（NRII status）。Running status.
    #[schema(required = true)]
    pub running_status: Term<RunningStatuses>,
    /// 附属关系（NRII instrBelongsType）。What it is part of.
    #[schema(required = true)]
    pub affiliation: Term<Affiliations>,
    /// 附属名称（NRII instrBelongsName、resourceName）；除“不附属”外必填。Name of what it is part of; required unless it is not
    /// affiliated.
    #[schema(min_length = 1, max_length = 200, pattern = r"^\S(.*\S)?$", example = "分析测试中心")]
    pub affiliation_name: Option<String>,
    /// 是否海关监管（NRII instrSupervise）。Whether it is under customs supervision.
    #[schema(required = true, value_type = bool)]
    pub customs_supervised: Option<bool>,
    /// 海关监管信息；受监管时必填，否则不得填写。Customs data; required under supervision, refused otherwise.
    pub customs: Option<Customs>,
    /// 安放地址（GB/T 2260；NRII province、city、county）。Division where it stands.
    #[schema(required = true)]
    pub division: DivisionCode,
    /// 详细安放地点（NRII street）。Street, building, room.
    #[schema(
        required = true,
        min_length = 1,
        max_length = 200,
        pattern = r"^\S(.*\S)?$",
        example = "重庆大学A区（示例）"
    )]
    pub place: String,
    /// 联系人，不公开。Contact, not public.
    pub contact: Option<Contact>,
    /// 备注。Remarks.
    #[schema(min_length = 1, max_length = 2000, example = "示例数据")]
    pub remarks: Option<String>,
}

/// 一项价目。One price.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Price {
    /// 用户类型：内部、外部。For internal or external users.
    #[schema(required = true)]
    pub user_type: Term<ServiceUserTypes>,
    /// 计价单位：小时、样品、项目。Charged by the hour, by the sample or by the project.
    #[schema(required = true)]
    pub unit: PriceUnit,
    /// 单价（元）。Price in yuan.
    #[schema(required = true)]
    pub amount: Money,
}

/// 计价单位：小时、样品、项目。What a price is charged for: an hour, a sample, a project.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PriceUnit {
    #[default]
    Hour,
    Sample,
    Project,
}

/// 海关监管信息（NRII 记录类型 5）。Customs data of an instrument under supervision (NRII record type 5).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Customs {
    /// 进口报关单编号。Number of the import declaration.
    #[schema(
        required = true,
        min_length = 1,
        max_length = 40,
        pattern = "^[0-9A-Z]+$",
        example = "800120231000000001"
    )]
    pub declaration_no: String,
    /// 报关单商品项号。Item number in the declaration.
    #[schema(required = true, minimum = 1, maximum = 999, example = 1)]
    pub item_no: i32,
    /// 进口日期。Day of import.
    #[schema(required = true, value_type = Day)]
    pub imported_on: Option<Day>,
}
