//! Introductions as they are proposed and moved.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::forms::envelope::Reference;
use crate::forms::introduction::{IntroductionParty, IntroductionSide};
use crate::reference::term::terms;
use crate::reference::{Day, Money, Term};

terms!(IntroductionStates = "introduction-states", IntroductionReasons = "introduction-reasons");

/// 为一项需求提出对接。An introduction proposed for a demand.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DemandIntroductionRequest {
    /// 研发能力或共享仪器。The capability or instrument.
    #[schema(required = true)]
    pub offer: Reference,
    /// 说明，参与各方均可见。A note that all who see the introduction read.
    #[schema(min_length = 1, max_length = 2000)]
    pub note: Option<String>,
    /// 以何身份提出；默认为调用方所代表的一方，否则为牵线人。For whom; when absent, for the side that the caller speaks for, else as a broker.
    pub proposed_by: Option<IntroductionParty>,
}

/// 为一项研发能力提出对接。An introduction proposed for a capability.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CapabilityIntroductionRequest {
    /// 技术需求。The demand.
    #[schema(required = true)]
    pub demand: Reference,
    /// 说明，参与各方均可见。A note that all who see the introduction read.
    #[schema(min_length = 1, max_length = 2000)]
    pub note: Option<String>,
    /// 以何身份提出；默认为调用方所代表的一方，否则为牵线人。For whom; when absent, for the side that the caller speaks for, else as a broker.
    pub proposed_by: Option<IntroductionParty>,
}

/// 办理一次对接。A step of an introduction.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct IntroductionMove {
    /// 目标状态。The state to move to.
    #[schema(required = true)]
    pub to: Term<IntroductionStates>,
    /// 代表哪一方；调用方可代表双方时必填。For which side; required of a caller that speaks for both.
    pub side: Option<IntroductionSide>,
    /// 谢绝或未成的原因，必填；recalled 只用于提出方撤回。Why it is declined or failed, required there; `recalled` is for its proposer alone.
    pub reason_code: Option<Term<IntroductionReasons>>,
    /// 原因说明；reason_code 为 other 时必填。The reason in words; required with `other`.
    #[schema(min_length = 1, max_length = 2000)]
    pub reason: Option<String>,
    /// 合同编号；签约时与 project 至少填一项。Contract number; contracting needs this or `project`.
    #[schema(min_length = 1, max_length = 200, pattern = r"^\S(.*\S)?$", example = "示例-2026-001")]
    pub contract_no: Option<String>,
    /// 合同金额（元）。Amount of the contract in yuan.
    pub amount: Option<Money>,
    /// 签约日期，签约时必填。Day of signing, required when contracting.
    pub signed_on: Option<Day>,
    /// 由此立项的联合研发项目（已生效）。The joint project that came of it, an official one.
    pub project: Option<Reference>,
    /// 结果，完成时必填。What came of it, required when finishing.
    #[schema(min_length = 1, max_length = 4000)]
    pub result: Option<String>,
}
