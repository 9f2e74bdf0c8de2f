//! Which CSV file feeds which vocabulary.
//!
//! The files in `data/reference` are the collected code lists, plus `own-lists.csv` for the lists of this register (states,
//! roles, lifecycles). `division-changes.csv` goes back to 2002 and names the basis of every line. They are compiled in; a file that cannot be read is a programming error that the
//! first test meets, so reading panics instead of answering.

use std::collections::HashMap;

use super::{divisions, vocabularies::Entry};

/// Name and titles of a vocabulary.
pub(super) struct Title {
    pub name: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
}

const fn title(name: &'static str, zh: &'static str, en: &'static str) -> Title {
    Title { name, zh, en }
}

macro_rules! file {
    ($name:literal) => {
        include_str!(concat!("../../data/reference/", $name, ".csv"))
    };
}

/// The files that hold several lists: column `list` → vocabulary. A list without a line here is a test failure.
const LISTS: &[(&str, Title)] = &[
    ("direction", title("research-directions", "主攻方向", "Research directions")),
    ("field", title("research-fields", "重点领域", "Research fields")),
    ("common", title("commons", "五共", "The five commons")),
    ("major_special", title("major-specials", "重大专项", "Major special programmes")),
    ("org_type", title("organization-types", "单位类型", "Organization types")),
    ("lab_type", title("platform-types", "平台类型", "Platform types")),
    ("evaluation_grade", title("evaluation-grades", "评估等级", "Evaluation grades")),
    ("alliance_type", title("alliance-types", "联盟类型", "Alliance types")),
    ("instrument_source", title("instrument-sources", "仪器来源", "Instrument sources")),
    ("instrument_class", title("instrument-classes", "仪器类别（通用/专用）", "Instrument classes")),
    ("running_status", title("running-statuses", "运行状态", "Running statuses")),
    ("share_mode", title("share-modes", "共享模式", "Share modes")),
    ("instrument_affiliation", title("instrument-affiliations", "附属关系", "Instrument affiliations")),
    ("funding_source", title("funding-sources", "经费来源", "Funding sources")),
    ("service_mode", title("service-modes", "服务方式", "Service modes")),
    ("satisfaction", title("satisfaction-grades", "满意度", "Satisfaction grades")),
    ("service_user_type", title("service-user-types", "用户类型", "Service user types")),
    ("service_purpose", title("service-purposes", "服务用途", "Service purposes")),
    ("nrii_audit_status", title("nrii-audit-statuses", "国家平台审核状态", "Audit statuses of the national platform")),
    ("nrii_record_type", title("nrii-record-types", "国家平台记录类型", "Record types of the national platform")),
    ("achievement_type", title("achievement-types", "成果类型", "Achievement types")),
    ("achievement_origin", title("achievement-origins", "成果属性", "Achievement origins")),
    ("achievement_stage", title("achievement-stages", "成果阶段", "Achievement stages")),
    ("transfer_mode", title("transfer-modes", "转化方式", "Transfer modes")),
    ("project_plan", title("project-plans", "计划类别", "Project plans")),
    ("activity_type", title("activity-types", "研发活动类型", "R&D activity types")),
    ("cooperation_mode", title("cooperation-modes", "合作方式", "Cooperation modes")),
    ("record_state", title("record-states", "记录状态", "Record states")),
    ("party_role", title("party-roles", "参与单位角色", "Party roles")),
    ("project_role", title("project-roles", "项目单位角色", "Project roles")),
    ("ip_right_kind", title("ip-right-kinds", "知识产权类别", "Kinds of intellectual property right")),
    ("ip_right_status", title("ip-right-statuses", "知识产权状态", "Statuses of intellectual property rights")),
    ("policy_kind", title("policy-kinds", "政策类别", "Kinds of policy")),
    ("policy_recognition", title("policy-recognitions", "政策互认", "Recognition of policies")),
    ("demand_type", title("demand-types", "需求类型", "Types of demand")),
    ("name_disclosure", title("name-disclosures", "是否公开单位", "Disclosure of names")),
    ("maturity", title("maturities", "成熟度", "Maturities")),
    ("organization_lifecycle", title("organization-lifecycles", "单位生命周期", "Organization lifecycle")),
    ("joint_lab_lifecycle", title("joint-lab-lifecycles", "共建实验室生命周期", "Joint lab lifecycle")),
    ("alliance_lifecycle", title("alliance-lifecycles", "联盟生命周期", "Alliance lifecycle")),
    ("instrument_lifecycle", title("instrument-lifecycles", "仪器生命周期", "Instrument lifecycle")),
    ("project_lifecycle", title("project-lifecycles", "项目生命周期", "Project lifecycle")),
    ("achievement_lifecycle", title("achievement-lifecycles", "成果生命周期", "Achievement lifecycle")),
    ("policy_lifecycle", title("policy-lifecycles", "政策生命周期", "Policy lifecycle")),
    ("demand_lifecycle", title("demand-lifecycles", "技术需求生命周期", "Demand lifecycle")),
    ("capability_lifecycle", title("capability-lifecycles", "研发能力生命周期", "Capability lifecycle")),
];

/// One line of a file, by column name.
pub(super) type Row = HashMap<String, String>;

/// Every vocabulary with its entries.
pub(super) fn read() -> Vec<(&'static Title, Vec<Entry>)> {
    const DIVISIONS: Title = title("divisions", "行政区划（GB/T 2260）", "Administrative divisions (GB/T 2260)");
    const ZONES: Title = title("zones", "功能区", "Functional zones");
    const DISCIPLINES: Title = title("disciplines", "学科（GB/T 13745-2009）", "Disciplines (GB/T 13745-2009)");
    const INDUSTRIES: Title = title("industries", "行业（GB/T 4754-2017）", "Industries (GB/T 4754-2017)");
    const INSTRUMENTS: Title = title("instrument-categories", "仪器分类", "Instrument categories");
    const USCC: Title = title("uscc-categories", "统一社会信用代码机构类别", "USCC categories (GB 32100-2015)");

    let divisions =
        divisions::entries(rows(file!("divisions")), rows(file!("division-changes")), rows(file!("provinces")));
    let mut all: Vec<(&'static Title, Vec<Entry>)> = vec![
        (&DIVISIONS, divisions),
        (&ZONES, entries(file!("zones"), &["type", "provinces", "related_divisions"])),
        (&DISCIPLINES, entries(file!("disciplines"), &["group", "group_zh", "group_en"])),
        (&INDUSTRIES, entries(file!("industries"), &["level"])),
        (&INSTRUMENTS, entries(file!("instrument-categories"), &["level", "confidence"])),
        (&USCC, uscc_categories(rows(file!("uscc-categories")))),
    ];
    let mut lists: HashMap<String, Vec<Entry>> = HashMap::new();
    for row in [file!("cooperation-fields"), file!("enumerations"), file!("own-lists")].into_iter().flat_map(rows) {
        let list = row["list"].clone();
        lists.entry(list).or_default().push(entry(row, &["basis"]));
    }
    all.extend(LISTS.iter().map(|(list, title)| (title, lists.remove(*list).unwrap_or_default())));
    assert!(lists.is_empty(), "lists without a vocabulary: {:?}", lists.keys());
    all
}

pub(super) fn rows(text: &str) -> Vec<Row> {
    csv::Reader::from_reader(text.as_bytes())
        .deserialize()
        .collect::<Result<_, _>>()
        .expect("the compiled-in code lists are well-formed: tested")
}

fn entries(text: &str, attributes: &[&'static str]) -> Vec<Entry> {
    rows(text).into_iter().map(|row| entry(row, attributes)).collect()
}

/// An entry of the columns most files share, plus the named further columns where they are filled.
fn entry(mut row: Row, attributes: &[&'static str]) -> Entry {
    let mut filled = |column: &str| row.remove(column).filter(|value| !value.is_empty());
    let mut entry = Entry::new(filled("code").unwrap_or_default(), filled("name_zh").unwrap_or_default());
    entry.en = filled("name_en");
    entry.parent = filled("parent");
    entry.attributes = attributes.iter().filter_map(|name| Some((*name, filled(name)?))).collect();
    entry
}

/// GB 32100-2015 defines a category only together with its authority, so the code is both characters, such as `91`.
fn uscc_categories(rows: Vec<Row>) -> Vec<Entry> {
    rows.into_iter()
        .map(|row| {
            let code = format!("{}{}", row["authority_code"], row["category_code"]);
            let mut entry = Entry::new(code, row["category_zh"].as_str());
            entry.en = Some(row["category_en"].clone());
            entry.attributes = ["authority_code", "authority_zh"].map(|name| (name, row[name].clone())).into();
            entry
        })
        .collect()
}
