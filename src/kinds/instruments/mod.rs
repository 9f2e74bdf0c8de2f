//! Shared instruments (共享仪器): single large research instruments, owned by their host.

pub mod content;
mod rules;

pub use content::{Customs, Instrument, Price, PriceUnit};

use serde_json::{Value, json};

use crate::kind::findings::Findings;
use crate::kind::shapes::{Code, Day, Divisions, Flag, Integer, Money, Reference, Term, Terms, Text};
use crate::kind::{self, Kind, Lifecycle, Member, Ownership, Unique};
use crate::kinds::shared::declare::{declare, filter, sortable};
use crate::kinds::shared::demo_org_id;
use crate::kinds::shared::members::{label, owned_by};

pub static KIND: Kind = Kind {
    about: label(
        "两地开放共享的大型科研仪器（单台套）。",
        "Large research instruments that both provinces share, one record a set.",
    ),
    ownership: Ownership::Single(|content| owned_by(content, "/host")),
    unsigned: &["contact", "remarks"],
    private: &["contact"],
    sets: &["/aliases", "/funding_sources", "/measured_variables", "/disciplines", "/prices"],
    lifecycle: Lifecycle {
        vocabulary: "instrument-lifecycles",
        steps: &[
            ("registered", "open"),
            ("registered", "retired"),
            ("open", "suspended"),
            ("suspended", "open"),
            ("open", "retired"),
            ("suspended", "retired"),
        ],
        ended: &["retired"],
        successor: None,
        predecessors: None,
    },
    searched: &[
        "/inner_no",
        "/serial_no",
        "/manufacturer",
        "/model",
        "/technical",
        "/functions",
        "/accessories",
        "/measured_variables/*",
        "/service_content",
        "/department",
        "/place",
    ],
    members: MEMBERS,
    orders: &[("category", "commissioned_on"), ("host_id", "commissioned_on")],
    uniques: &[Unique { scheme: "inner_no", at: &["/inner_no", "/host/id"] }, Unique { scheme: "pid", at: &["/pid"] }],
    vary: "/inner_no",
    example,
    check,
    ..declare!(Instrument, "instruments")
};

fn check(content: Value, findings: &mut Findings) -> Value {
    kind::check::<Instrument>(rules::with_rated_hours(content), findings)
}

const MEMBERS: &[Member] = &[
    sortable!("lifecycle", &Term("instrument-lifecycles"), ("生命周期", "Lifecycle")),
    filter!("host", &Reference("organizations"), ("所属单位", "Host organization")),
    filter!("inner_no", &Text, ("单位内编号", "Number inside the host")),
    filter!("serial_no", &Text, ("出厂编号", "Serial number")),
    filter!("pid", &Text, ("持久标识", "Persistent identifier")),
    sortable!("category", &Term("instrument-categories"), ("分类编码", "Category code")),
    filter!("source", &Term("instrument-sources"), ("仪器来源", "How it was obtained")),
    sortable!("original_value", &Money, ("原值", "Original value")),
    filter!("funding_source", &Terms("funding-sources"), ("购置经费来源", "Source of funds"))
        .at(&["/funding_sources/*"]),
    filter!("manufacturer", &Text, ("生产厂商", "Manufacturer")),
    filter!("origin_country", &Code(None), ("产地国别", "Country of origin")),
    filter!("model", &Text, ("规格型号", "Model")),
    sortable!("commissioned_on", &Day, ("启用日期", "Day it was commissioned")),
    filter!("decommissioned_on", &Day, ("退网或报废日期", "Day it was decommissioned")),
    filter!("instrument_class", &Term("instrument-classes"), ("通用或专用", "General or special purpose")),
    sortable!("rated_hours", &Integer, ("年定额机时", "Rated hours a year")),
    filter!("discipline", &Terms("disciplines"), ("学科", "Discipline")).at(&["/disciplines/*"]),
    filter!("share_mode", &Term("share-modes"), ("共享模式", "Share mode")),
    filter!("running_status", &Term("running-statuses"), ("运行状态", "Running status")),
    filter!("affiliation", &Term("instrument-affiliations"), ("附属关系", "What it is part of")),
    filter!("customs_supervised", &Flag, ("是否海关监管", "Whether under customs supervision")),
    filter!("division", &Divisions, ("安放地址，含下级", "Division where it stands, with all below")),
];

/// A real model at a real host; that the host owns it, and every figure, is invented and marked as an example.
fn example() -> Value {
    json!({
        "name": {"zh": "场发射透射电子显微镜", "en": "Field emission transmission electron microscope"},
        "aliases": [{"lang": "zh", "value": "场发射透射电镜"}],
        "lifecycle": "open",
        "host": {"id": demo_org_id(1)},
        "department": "分析测试中心",
        "inner_no": "CQU-EM-0042",
        "category": "010100",
        "source": "1",
        "original_value": {"amount": "5569700.00", "currency": "CNY"},
        "funding_sources": ["1"],
        "manufacturer": "JEOL",
        "origin_country": "JP",
        "model": "JEM-2100F",
        "commissioned_on": "2012-10-11",
        "instrument_class": "2",
        "technical": "加速电压 200 kV，点分辨率 0.19 nm（示例）",
        "functions": "材料微观形貌与晶体结构分析",
        "accessories": "能谱仪（EDS）",
        "measured_variables": ["晶格间距"],
        "disciplines": ["430"],
        "service_content": "高分辨成像、选区电子衍射、能谱分析",
        "access_rules": "提前两个工作日预约，由操作员上机（示例）",
        "fee_note": "校外用户每小时 600 元（示例）",
        "booking_url": "https://share.example.org/instruments/1",
        "prices": [
            {"user_type": "130", "unit": "hour", "amount": {"amount": "600.00", "currency": "CNY"}},
            {"user_type": "120", "unit": "hour", "amount": {"amount": "300.00", "currency": "CNY"}}
        ],
        "share_mode": "2",
        "running_status": "1",
        "affiliation": "1",
        "affiliation_name": "分析测试中心",
        "customs_supervised": false,
        "division": "500106",
        "place": "重庆大学（示例地点）",
        "remarks": "示例数据，数值均为虚构。Example data; all figures are invented."
    })
}
