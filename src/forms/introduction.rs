//! Introductions as they are shown, with their history.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::db::{Id, Moment};
use crate::forms::bodies::PageInfo;
use crate::forms::envelope::SideCode;
use crate::forms::introduction_requests::{IntroductionReasons, IntroductionStates};
use crate::forms::summary::RecordSummary;
use crate::reference::{Day, Money, Term};

/// 需求方或供给方。The side of the demand, or that of the offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IntroductionSide {
    Demand,
    Offer,
}

/// 需求方、供给方或牵线人。A side, or a broker who stands between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IntroductionParty {
    Demand,
    Offer,
    Broker,
}

/// 对接：一项技术需求与一项研发能力（或一台共享仪器）之间的接洽。An introduction: a contact between a demand and a capability or an instrument.
#[derive(Serialize, ToSchema)]
pub struct Introduction {
    /// 标识（UUIDv7）。Identifier (UUIDv7).
    #[schema(value_type = String, format = "uuid", max_length = 36)]
    pub id: Id,
    /// 编号。Code.
    #[schema(pattern = "^ITR-[1-9][0-9]{3}-([0-9]{6}|[1-9][0-9]{6})-[0-9]$", max_length = 18)]
    pub code: String,
    /// 修订号，每办理一步加一；ETag 由它得出。Rises with every step; the ETag is made from it.
    #[schema(minimum = 1, maximum = 9007199254740991_i64)]
    pub revision: i64,
    /// 状态。State.
    #[schema(value_type = Term<IntroductionStates>)]
    pub state: String,
    /// 技术需求；已并入另一条的，为该条。The demand; one that was merged is shown as what it was merged into.
    pub demand: RecordSummary,
    /// 研发能力或共享仪器。The capability or instrument.
    pub offer: RecordSummary,
    /// 双方。Both sides.
    pub sides: IntroductionSides,
    /// 由哪一方提出。Who proposed it.
    pub proposed_by: IntroductionParty,
    /// 提出的客户端与单位；会暴露不公开单位时没有。The client that proposed it and its organization; absent where that would name an owner who is
    /// not named yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposer: Option<IntroductionActor>,
    /// 说明。Note.
    #[schema(max_length = 2000)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// 尚待答复的一方。The sides whose word it waits for.
    #[schema(max_items = 2)]
    pub awaiting: Vec<IntroductionSide>,
    /// 提出满 30 天仍未得双方答复。True when it has waited for more than 30 days; silence never accepts.
    pub overdue: bool,
    /// 谢绝或未成的原因。Why it was declined or failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ending: Option<IntroductionEnding>,
    /// 合同编号。Contract number.
    #[schema(max_length = 200)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contract_no: Option<String>,
    /// 合同金额（元）。Amount of the contract in yuan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// 签约日期。Day of signing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed_on: Option<Day>,
    /// 由此立项的联合研发项目。The joint project that came of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<RecordSummary>,
    /// 结果。What came of it.
    #[schema(max_length = 4000)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    /// 到达各状态的时间。When each state was reached.
    pub reached: IntroductionTimes,
    /// 提出时间（UTC）。When it was proposed (UTC).
    #[schema(value_type = String, format = "date-time", max_length = 24)]
    pub created_at: Moment,
    /// 最近一步的时间（UTC）。When its last step was made (UTC).
    #[schema(value_type = String, format = "date-time", max_length = 24)]
    pub updated_at: Moment,
}

/// 对接的双方。Both sides of an introduction.
#[derive(Serialize, ToSchema)]
pub struct IntroductionSides {
    /// 需求方。The side of the demand.
    pub demand: IntroductionOwner,
    /// 供给方。The side of the offer.
    pub offer: IntroductionOwner,
}

/// 对接的一方。One side of an introduction.
#[derive(Serialize, ToSchema)]
pub struct IntroductionOwner {
    /// 单位；不公开的单位在双方同意之前没有。The organization; absent of an owner who asked not to be named, until both sides accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<RecordSummary>,
    /// 所属省市。Its province.
    #[schema(value_type = SideCode)]
    pub province: String,
    /// 同意的时间（UTC）。When it accepted (UTC).
    #[schema(value_type = Option<String>, format = "date-time", max_length = 24)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted_at: Option<Moment>,
}

/// 办理的客户端与其单位。A client and its organization.
#[derive(Serialize, ToSchema)]
pub struct IntroductionActor {
    /// 客户端。The client.
    #[schema(max_length = 63)]
    pub client: String,
    /// 单位。Its organization.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<RecordSummary>,
}

/// 谢绝或未成。How an introduction ended without a result.
#[derive(Serialize, ToSchema)]
pub struct IntroductionEnding {
    /// 原因。Why.
    #[schema(value_type = Term<IntroductionReasons>)]
    pub reason_code: String,
    /// 原因说明。The reason in words.
    #[schema(max_length = 2000)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// 由谁结束。Who ended it.
    pub side: IntroductionParty,
}

/// 到达各状态的时间（UTC），未到达者没有。When each state was reached (UTC); absent where it was not.
#[derive(Serialize, ToSchema)]
pub struct IntroductionTimes {
    /// 提出。Proposed.
    #[schema(value_type = String, format = "date-time", max_length = 24)]
    pub proposed: Moment,
    /// 一方同意。Accepted by one side.
    #[schema(value_type = Option<String>, format = "date-time", max_length = 24)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted_one_side: Option<Moment>,
    /// 双方同意。Accepted by both.
    #[schema(value_type = Option<String>, format = "date-time", max_length = 24)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted: Option<Moment>,
    /// 签约。Contracted.
    #[schema(value_type = Option<String>, format = "date-time", max_length = 24)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contracted: Option<Moment>,
    /// 完成。Finished.
    #[schema(value_type = Option<String>, format = "date-time", max_length = 24)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished: Option<Moment>,
    /// 谢绝。Declined.
    #[schema(value_type = Option<String>, format = "date-time", max_length = 24)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declined: Option<Moment>,
    /// 未成。Failed.
    #[schema(value_type = Option<String>, format = "date-time", max_length = 24)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<Moment>,
}

/// 对接列表的一页，提出早者优先。A page of introductions, those proposed first first.
#[derive(Serialize, ToSchema)]
pub struct IntroductionPage {
    /// 对接。The introductions.
    #[schema(max_items = 200)]
    pub items: Vec<Introduction>,
    /// 分页。Paging.
    pub page: PageInfo,
}

/// 对接的一步。A step of an introduction.
#[derive(Serialize, ToSchema)]
pub struct IntroductionStep {
    /// 此步的修订号。The revision that it brought.
    #[schema(minimum = 1, maximum = 9007199254740991_i64)]
    pub revision: i64,
    /// 到达的状态。The state after it.
    #[schema(value_type = Term<IntroductionStates>)]
    pub to: String,
    /// 由谁办理。For whom it was made.
    pub side: IntroductionParty,
    /// 办理的客户端与单位；会暴露不公开单位时没有。The client that made it; absent where that would name an owner who is not named yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<IntroductionActor>,
    /// 原因。Why.
    #[schema(value_type = Option<Term<IntroductionReasons>>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason_code: Option<String>,
    /// 原因说明。The reason in words.
    #[schema(max_length = 2000)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// 时间（UTC）。When (UTC).
    #[schema(value_type = String, format = "date-time", max_length = 24)]
    pub at: Moment,
}

/// 调用方当前可办理的一步。A step that the caller may make now.
#[derive(Serialize, ToSchema)]
pub struct LegalIntroductionStep {
    /// 到达的状态。The state that it leads to.
    #[schema(value_type = Term<IntroductionStates>)]
    pub to: &'static str,
    /// 可代表的一方；提出方撤回时为提出方。For whom the caller may make it; of taking back, the proposer.
    #[schema(max_items = 3)]
    pub sides: Vec<IntroductionParty>,
    /// 是否只能以撤回（recalled）办理。Whether only `recalled` may be given as the reason.
    pub only_recalled: bool,
}

/// 对接的历史与可办理的步骤。The steps made, and those that the caller may make now.
#[derive(Serialize, ToSchema)]
pub struct IntroductionHistory {
    /// 历史，由早到晚。What was done, oldest first.
    #[schema(max_items = 8)]
    pub items: Vec<IntroductionStep>,
    /// 调用方当前可办理的步骤。What the caller may do now.
    #[schema(max_items = 3)]
    pub legal: Vec<LegalIntroductionStep>,
}
