//! Small types of several kinds. Every field documents itself: these texts are the API reference.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::forms::envelope::Reference;
use crate::reference::term::{EvaluationGrades, FundingSources};
use crate::reference::{LocalizedText, Money, Orcid, Term};

/// 一个简短条目（1 至 200 字）。One short entry of 1 to 200 characters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(min_length = 1, max_length = 200, pattern = r"^\S(.*\S)?$", example = "智能网联汽车感知")]
pub struct ShortText(pub String);

/// 一个关键词（1 至 50 字，不含逗号、顿号、分号）。One keyword of 1 to 50 characters, without commas and semicolons.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(
    min_length = 1,
    max_length = 50,
    pattern = r"^[^\s,;，；、]([^,;，；、]*[^\s,;，；、])?$",
    example = "智能网联汽车"
)]
pub struct Keyword(pub String);

/// 日期的精度：年、月、日。How exactly a day is known: to the year, the month, the day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Precision {
    Year,
    Month,
    #[default]
    Day,
}

/// 行政区划代码（GB/T 2260，六位）；尽量到区县一级，两省市以外写省级代码。Division code of GB/T 2260, six digits, at county
/// level where known; outside the two provinces the code of the province.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(format = "division", pattern = "^[1-9][0-9]{5}$", min_length = 6, max_length = 6, example = "500106")]
pub struct DivisionCode(pub String);

/// 省级行政区划代码（GB/T 2260）。Province code of GB/T 2260.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(format = "division", pattern = "^[1-9][0-9]0000$", min_length = 6, max_length = 6, example = "500000")]
pub struct ProvinceCode(pub String);

/// 别名或简称。Another name or an acronym.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Alias {
    /// 语言标签（BCP 47）。Language tag (BCP 47).
    #[schema(
        required = true,
        pattern = "^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$",
        min_length = 2,
        max_length = 30,
        example = "zh"
    )]
    pub lang: String,
    /// 别名。The name in that language.
    #[schema(required = true, min_length = 1, max_length = 200, pattern = r"^\S(.*\S)?$", example = "重大")]
    pub value: String,
}

/// 联系人；仅管理部门可见，不在公开视图中。Whom to contact; left out of the public view.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Contact {
    /// 联系人或联系部门。Name of the person or office.
    #[schema(min_length = 1, max_length = 100, example = "设备处")]
    pub name: Option<String>,
    /// 电话。Telephone number.
    #[schema(format = "phone", min_length = 5, max_length = 32, pattern = r"^[0-9+() -]+$", example = "023-65100000")]
    pub phone: Option<String>,
    /// 电子邮箱。E-mail address.
    #[schema(
        format = "email",
        min_length = 3,
        max_length = 254,
        pattern = r"^[^@\s]+@[^@\s]+$",
        example = "office@example.org"
    )]
    pub email: Option<String>,
}

/// 人员（主任、负责人）。A person in a public role: director, principal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Person {
    /// 姓名。Name.
    #[schema(required = true)]
    pub name: LocalizedText,
    /// 所在单位。The organization the person belongs to.
    pub organization: Option<Reference>,
    /// ORCID 标识（不含网址）。ORCID iD, the bare number.
    pub orcid: Option<Orcid>,
}

/// 一年一个来源的经费。Funds of one year from one source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct FundingItem {
    /// 年度。Year of the funds.
    #[schema(required = true, minimum = 1990, maximum = 2100, example = 2023)]
    pub year: i32,
    /// 经费来源。Where the funds come from.
    #[schema(required = true)]
    pub source: Term<FundingSources>,
    /// 出资方所在省市。Province that the funds come from.
    pub province: Option<ProvinceCode>,
    /// 金额（元）。Amount in yuan.
    #[schema(required = true)]
    pub amount: Money,
}

/// 一次评估。One evaluation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Evaluation {
    /// 评估年度。Year of the evaluation.
    #[schema(required = true, minimum = 1990, maximum = 2100, example = 2025)]
    pub year: i32,
    /// 评估等级。Grade.
    #[schema(required = true)]
    pub grade: Term<EvaluationGrades>,
    /// 评估结论或处理意见。What was decided upon it.
    #[schema(min_length = 1, max_length = 1000, example = "继续支持")]
    pub decision: Option<String>,
}

/// 一次年度总结或复审。One yearly report or review.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Review {
    /// 年度。Year reviewed.
    #[schema(required = true, minimum = 1990, maximum = 2100, example = 2025)]
    pub year: i32,
    /// 结果。Result.
    #[schema(required = true, min_length = 1, max_length = 1000, example = "合格")]
    pub result: String,
}
