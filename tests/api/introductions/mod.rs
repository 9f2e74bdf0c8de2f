//! Introductions between demands and offers: the way from a proposal to a contract, who may go it, and what it counts.

mod figures;
mod hidden;
mod records;
mod ways;

use chuanyu::kinds::shared::demo_org_id;
use serde_json::{Value, json};

use crate::support::contents::*;
use crate::support::flows::{path, revision};
use crate::support::*;

/// 赛力斯集团股份有限公司 (Chongqing) and 四川大学 among the demo organizations.
const SERES: u32 = 46;
const SCU: u32 = 64;
const SICHUAN: &str = "510000";
const WRITES: &str = "records:read records:write changes:read";

/// A client of the enterprise that has the demands.
fn seres(app: &TestApp) -> Caller {
    app.new_client("seres-plm", Some(demo_org_id(SERES)), Some(CHONGQING), WRITES)
}

/// A client of an organization that has nothing to do with either side.
fn broker(app: &TestApp) -> Caller {
    app.new_client("cq-neighbour", Some(demo_org_id(2)), Some(CHONGQING), WRITES)
}

/// An official demand of the enterprise.
async fn wanted(app: &TestApp, disclosure: &str) -> Value {
    let content = demand().with("/organization", json!({"id": demo_org_id(SERES)}));
    app.published("demands", content.with("/name_disclosure", disclosure)).await
}

/// An official capability of the university in Sichuan.
async fn offered(app: &TestApp) -> Value {
    let agency = app.client("sc-agency");
    let content = capability().with("/organization", json!({"id": demo_org_id(SCU)}));
    let draft = agency.create("capabilities", content).await;
    agency.transition("capabilities", &draft, "active", None).await.expect(200)
}

/// Proposes an introduction at the demand.
async fn propose(caller: &Caller, demand: &Value, offer: &Value) -> Answer {
    let body = json!({"offer": {"id": offer["id"]}});
    caller.post(&format!("{}/introductions", path("demands", demand)), body).await
}

/// Moves an introduction, in the revision last seen.
async fn step(caller: &Caller, introduction: &Value, body: Value) -> Answer {
    let place = format!("{}/transitions", path("introductions", introduction));
    caller.post(&place, body).if_match(revision(introduction)).await
}

async fn shown(caller: &Caller, introduction: &Value) -> Value {
    caller.get(&path("introductions", introduction)).await.expect(200)
}

fn contract() -> Value {
    json!({"to": "contracted", "contract_no": "示例-2026-001", "signed_on": "2026-02-01",
           "amount": {"amount": "1200000.50", "currency": "CNY"}})
}

/// What may follow, as the history says.
async fn legal(caller: &Caller, introduction: &Value) -> Vec<String> {
    let history = caller.get(&format!("{}/transitions", path("introductions", introduction))).await.expect(200);
    history["legal"].as_array().unwrap().iter().map(|one| one["to"].as_str().unwrap().to_owned()).collect()
}

/// An introduction in this state, with the clients of both sides.
async fn in_state(app: &TestApp, state: &str, (demand_side, offer_side): (&Caller, &Caller)) -> Value {
    let (demand, offer) = (wanted(app, "show").await, offered(app).await);
    if state == "proposed" {
        return propose(&app.client("cq-university"), &demand, &offer).await.expect(201);
    }
    let mut introduction = propose(offer_side, &demand, &offer).await.expect(201);
    let declined = json!({"to": "declined", "reason_code": "terms"});
    let steps = match state {
        "accepted_one_side" => vec![],
        "declined" => vec![declined],
        "accepted" => vec![json!({"to": "accepted"})],
        "contracted" => vec![json!({"to": "accepted"}), contract()],
        "failed" => vec![json!({"to": "accepted"}), json!({"to": "failed", "reason_code": "funding"})],
        _ => vec![json!({"to": "accepted"}), contract(), json!({"to": "finished", "result": "样件通过试验（示例）"})],
    };
    for body in steps {
        introduction = step(demand_side, &introduction, body).await.expect(200);
    }
    assert_eq!(introduction["state"], state);
    introduction
}
