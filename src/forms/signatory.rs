//! Who signs a decision for a province.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::db::Id;
use crate::forms::envelope::Reference;

/// 签署方：organization（登记簿中的单位）与 zh（自报名称）二者取一。Who signs: an `organization` of the register, or an office by
/// its name `zh`, which is then marked as stated by the client.
#[derive(Debug, Default, Clone, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SignatoryRequest {
    /// 已登记并生效的本省市单位，名称取自登记簿。An official organization of the confirming province; its name is taken from the
    /// register.
    pub organization: Option<Reference>,
    /// 自报的签署单位或职务名称（不写个人姓名）。Chinese name of an office, not of a person, as the client states it.
    #[schema(max_length = 200, min_length = 1)]
    pub zh: Option<String>,
    /// 自报的英文名称。Its English name.
    #[schema(max_length = 200, min_length = 1)]
    pub en: Option<String>,
}

/// 签署方。Who signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Signatory {
    /// 中文名称。Chinese name.
    #[schema(max_length = 200)]
    pub zh: String,
    /// 英文名称。English name.
    #[schema(max_length = 400)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
    /// 登记簿中的单位；自报的没有。The organization of the register, whose names are those of that day; none when stated.
    #[schema(value_type = Option<String>, format = "uuid", max_length = 36)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org_id: Option<Id>,
    /// 名称是否为客户端自报、未经核对。Whether the name is what the client said, which nobody checked.
    #[serde(default = "stated")]
    pub stated: bool,
}

/// Documents from before signatories were checked do not say so.
pub fn stated() -> bool {
    true
}
