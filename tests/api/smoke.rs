//! The service answers at all, and every kind takes its example.

use chuanyu::kinds::register;

use crate::support::contents::content_of;
use crate::support::*;

#[apply(api_test)]
async fn every_kind_takes_a_record_and_shows_it(app: TestApp) {
    let agency = app.client("cq-agency");
    for kind in register().kinds() {
        let draft = agency.create(kind.name, content_of(kind.name)).await;
        assert_eq!(agency.show(kind.name, &draft).await.expect(200), draft);
    }
}

#[apply(api_test)]
async fn records_come_to_be_active(app: TestApp) {
    assert_eq!(app.active_joint("joint-labs", contents::joint_lab()).await["state"], "active");
    assert_eq!(app.published("instruments", contents::instrument()).await["state"], "active");
    assert!(!app.anonymous().get("/api/v1/instruments").await.items().is_empty());
}
