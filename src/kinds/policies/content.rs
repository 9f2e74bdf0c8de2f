//! What is recorded of a policy document (`docs/domain.md` §b7).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::forms::envelope::Reference;
use crate::kinds::shared::{Alias, DivisionCode, Party, Precision, ShortText};
use crate::reference::term::{Zones, terms};
use crate::reference::{Day, LocalizedText, Term};

terms! {
    PolicyKinds = "policy-kinds",
    PolicyRecognitions = "policy-recognitions",
    PolicyLifecycles = "policy-lifecycles",
}

/// 政策文件：川渝联合印发，或一方印发。A policy document: of both provinces together, or of one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// 标题。Title.
    #[schema(required = true)]
    pub name: LocalizedText,
    /// 简称、别名。Short forms and other names.
    #[schema(max_items = 20)]
    pub aliases: Vec<Alias>,
    /// 生命周期：起草、征求意见、印发、施行、失效、废止、中止。Lifecycle: drafting, consulting, issued, in force, expired, repealed,
    /// abandoned.
    #[schema(required = true)]
    pub lifecycle: Term<PolicyLifecycles>,
    /// 类别：川渝联合（joint）由两省市确认，重庆或四川的由该方确认；首次生效后不可更改。Kind: a joint one is confirmed by both provinces,
    /// one of Chongqing or Sichuan by that side; it cannot change once the record was official.
    #[schema(required = true)]
    pub policy_kind: Term<PolicyKinds>,
    /// 发文字号，每个发文机关内唯一；印发后必填。Document number, unique for each issuer; required once it is issued.
    #[schema(min_length = 1, max_length = 100, pattern = r"^\S(.*\S)?$", example = "川府发〔2023〕7号")]
    pub document_no: Option<String>,
    /// 索引号。Index number.
    #[schema(min_length = 1, max_length = 100, pattern = r"^\S(.*\S)?$", example = "示例/2023-00001")]
    pub index_no: Option<String>,
    /// 发文机关，按署名次序，角色均为 issuer，不填起止日期。联合文件两省市各至少一家；一方的文件至少一家本方机关，不得有对方机关，其中第一家是
    /// 记录的所有者。Issuers in the order of the document, all in the role `issuer`, without dates. A joint document has at
    /// least one of each province; one of a single side has at least one of that side and none of the other, and the first of
    /// them owns the record.
    #[schema(required = true, min_items = 1, max_items = 50)]
    pub parties: Vec<Party>,
    /// 互认：不涉及、互认。Recognition by the other side: none, mutual.
    pub recognition: Option<Term<PolicyRecognitions>>,
    /// 主题。Topics.
    #[schema(required = true, min_items = 1, max_items = 10)]
    pub topics: Vec<ShortText>,
    /// 适用区域，至少一个。Where it applies: at least one place.
    #[schema(required = true)]
    pub applies_to: AppliesTo,
    /// 起草日期；精度为年或月时填该年、月的首日。Day it was drafted; of a year or month its first day.
    pub drafted_on: Option<Day>,
    /// 起草日期的精度，不填为日。How exactly that day is known; to the day unless told.
    pub drafted_on_precision: Option<Precision>,
    /// 征求意见开始日期。First day of the consultation.
    pub consultation_from: Option<Day>,
    /// 征求意见截止日期。Last day of the consultation.
    pub consultation_to: Option<Day>,
    /// 印发日期；精度为年或月时填该年、月的首日；印发后必填。Day of issue; of a year or month its first day; required once it is issued.
    pub issued_on: Option<Day>,
    /// 印发日期的精度，不填为日。How exactly that day is known; to the day unless told.
    pub issued_on_precision: Option<Precision>,
    /// 施行日期；施行后必填。First day in force; required from then on.
    pub effective_from: Option<Day>,
    /// 失效日期，自该日起不再施行；失效后必填。Day on which it is no longer in force; required of an expired one.
    pub effective_to: Option<Day>,
    /// 所替代或废止的文件。Documents that this one replaces or repeals.
    #[schema(max_items = 20)]
    pub replaces: Vec<Reference>,
    /// 替代或废止本文件的文件；废止后必填。Document that replaces or repeals this one; required of a repealed one.
    pub replaced_by: Option<Reference>,
    /// 全文网址。Address of the full text.
    #[schema(
        format = "uri",
        min_length = 10,
        max_length = 2048,
        pattern = r"^https?://[!-~]+$",
        example = "https://policy.example.org/2023/7"
    )]
    pub text_url: Option<String>,
    /// 解读网址。Address of an interpretation.
    #[schema(
        format = "uri",
        min_length = 10,
        max_length = 2048,
        pattern = r"^https?://[!-~]+$",
        example = "https://policy.example.org/2023/7/notes"
    )]
    pub interpretation_url: Option<String>,
    /// 备注；各方可单独更新。Remarks; each side may update alone.
    #[schema(min_length = 1, max_length = 2000, example = "示例数据")]
    pub remarks: Option<String>,
}

/// 适用区域：行政区划或功能区，合计至少一个。Where a policy applies: divisions or functional zones, at least one of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AppliesTo {
    /// 行政区划（GB/T 2260）。Divisions.
    #[schema(max_items = 100)]
    pub divisions: Vec<DivisionCode>,
    /// 功能区。Functional zones.
    #[schema(max_items = 50)]
    pub zones: Vec<Term<Zones>>,
}
