//! Records brought to a state, in the fewest words.

use serde_json::{Value, json};

use super::answer::Answer;
use super::callers::Caller;

/// `/api/v1/{kind}/{id}` of a record.
pub fn path(kind: &str, record: &Value) -> String {
    format!("/api/v1/{kind}/{}", record["id"].as_str().expect("a record"))
}

pub fn revision(record: &Value) -> i64 {
    record["revision"].as_i64().expect("a record")
}

/// `/api/v1/change-requests/{id}` of a change request.
pub fn place(request: &Value) -> String {
    format!("/api/v1/change-requests/{}", request["id"].as_str().expect("a change request"))
}

impl Caller {
    /// A draft of this kind.
    pub async fn create(&self, kind: &str, content: impl Into<Value>) -> Value {
        self.post(&format!("/api/v1/{kind}"), content).await.expect(201)
    }

    pub async fn show(&self, kind: &str, record: &Value) -> Answer {
        self.get(&path(kind, record)).await
    }

    /// Moves a record to another state, in the revision last seen.
    pub async fn transition(&self, kind: &str, record: &Value, to: &str, reason: Option<&str>) -> Answer {
        let body = match reason {
            Some(reason) => json!({"to": to, "reason": reason}),
            None => json!({"to": to}),
        };
        self.post(&format!("{}/transitions", path(kind, record)), body).if_match(revision(record)).await
    }

    /// Confirms what `record` shows.
    pub async fn confirm(&self, kind: &str, record: &Value) -> Answer {
        let body = json!({"decision": "confirm", "digest": record["digest"]});
        self.post(&format!("{}/confirmations", path(kind, record)), body).await
    }

    pub async fn decline(&self, kind: &str, record: &Value, reason: &str) -> Answer {
        let body = json!({"decision": "decline", "digest": record["digest"], "reason": reason});
        self.post(&format!("{}/confirmations", path(kind, record)), body).await
    }

    /// A record that waits for confirmation.
    pub async fn submit(&self, kind: &str, content: impl Into<Value>) -> Value {
        let draft = self.create(kind, content).await;
        self.transition(kind, &draft, "submitted", None).await.expect(200)
    }

    /// Proposes a change of a record, in the revision last seen.
    pub async fn propose(&self, kind: &str, record: &Value, patch: Value) -> Answer {
        let body = json!({"patch": patch, "reason": "双方商定"});
        self.post(&format!("{}/change-requests", path(kind, record)), body).if_match(revision(record)).await
    }

    /// Confirms or declines what a change request shows.
    pub async fn say(&self, word: &str, request: &Value) -> Answer {
        let body = json!({"decision": word, "digest": request["digest"], "reason": "已核对"});
        self.post(&format!("{}/confirmations", place(request)), body).await
    }

    /// The change request that waits on a record.
    pub async fn waiting_on(&self, kind: &str, record: &Value) -> Value {
        let now = self.show(kind, record).await.expect(200);
        self.get(now["pending_changes"]["links"][0].as_str().expect("one that waits")).await.expect(200)
    }

    /// Takes a change request back.
    pub async fn recall(&self, request: &Value) -> Answer {
        self.post(&format!("{}/transitions", place(request)), json!({"to": "recalled", "reason": "另议"})).await
    }
}

impl super::TestApp {
    /// A joint record that `cq-university` submitted and both agencies confirmed.
    pub async fn active_joint(&self, kind: &str, content: impl Into<Value>) -> Value {
        let submitted = self.client("cq-university").submit(kind, content).await;
        self.client("cq-agency").confirm(kind, &submitted).await.expect(201);
        self.client("sc-agency").confirm(kind, &submitted).await.expect(201);
        self.client("cq-university").show(kind, &submitted).await.expect(200)
    }

    /// Another client of Chongqing's agency that may confirm.
    pub fn second_of_chongqing(&self) -> Caller {
        let agency = Some(chuanyu::kinds::shared::demo_org_id(53));
        let scopes = "records:read records:write records:confirm records:publish";
        self.new_client(&format!("cq-second-{}", super::contents::next()), agency, Some(super::CHONGQING), scopes)
    }

    /// A single-owner record that the agency of Chongqing published at once.
    pub async fn published(&self, kind: &str, content: impl Into<Value>) -> Value {
        let agency = self.client("cq-agency");
        let draft = agency.create(kind, content).await;
        agency.transition(kind, &draft, "active", None).await.expect(200)
    }
}
