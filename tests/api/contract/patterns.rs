//! What the document says of texts is what the service accepts: its patterns against the real endpoint, by generation.

use serde_json::{Value, json};

use super::document::{document, validator};
use crate::support::contents::instrument;
use crate::support::flows::path;
use crate::support::*;

/// Characters of every class that a pattern tells apart, and neighbours of them.
const CHARACTERS: &str = "\u{1}\t\n\u{b}\u{d}\u{1f} a\u{7e}\u{7f}\u{85}\u{9f}\u{a0}\u{a1}\u{ad}\u{34f}\u{61b}\u{61c}\u{1160}\u{1680}\u{180e}\u{2002}\u{200a}\u{200b}\u{200e}\u{2010}\u{2027}\u{2028}\u{202a}\u{202e}\u{202f}\u{2030}\u{205f}\u{2060}\u{2066}\u{206f}\u{3000}\u{3001}\u{3164}中\u{fdd0}\u{fdf0}\u{fe0f}\u{feff}\u{ffa0}\u{fff0}\u{fff9}\u{fffd}\u{ffff}\u{20bb7}";

#[apply(api_test)]
async fn the_service_accepts_the_texts_that_the_document_allows_and_no_others(app: TestApp) {
    let document = document();
    let fits = validator(&document, &json!({"$ref": "#/components/schemas/InstrumentPatch"}));
    let agency = app.client("cq-agency");
    let draft = agency.post("/api/v1/instruments", instrument()).await.expect(201);
    let place = path("instruments", &draft);
    let (mut accepted, mut refused, mut revision) = (0, 0, 1);
    for c in CHARACTERS.chars() {
        for text in [format!("{c}"), format!("字{c}字"), format!("字{c}")] {
            for member in ["remarks", "manufacturer"] {
                let patch = json!({member: text});
                let answer = agency.patch(&place, patch.clone()).if_match(revision).await;
                assert_eq!(answer.status() == 200, fits.is_valid(&patch), "{member} {text:?}: {}", answer.text());
                match answer.status() {
                    200 => {
                        let record: Value = answer.json();
                        revision = record["revision"].as_i64().unwrap();
                        accepted += 1;
                    }
                    status => {
                        assert_eq!(status, 422, "{member} {text:?}");
                        refused += 1;
                    }
                }
            }
        }
    }
    assert!(accepted > 60 && refused > 120, "{accepted} accepted, {refused} refused");
}
