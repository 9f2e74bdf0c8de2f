//! The document and Swagger UI's files as they are sent: compressed on request, each form with its own tag.

use std::io::Read;

use crate::support::*;

const FORMS: [(&str, &str); 3] = [("br", "br"), ("gzip, br;q=0", "gzip"), ("br;q=0, gzip;q=0, *;q=0.5", "")];

const ADDRESSES: [&str; 2] = ["/openapi.json", "/docs/swagger-ui.css"];

fn unpacked(coding: &str, bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    match coding {
        "br" => brotli::Decompressor::new(bytes, 4096).read_to_end(&mut plain).map(drop).unwrap(),
        "gzip" => flate2::read::GzDecoder::new(bytes).read_to_end(&mut plain).map(drop).unwrap(),
        _ => plain.extend_from_slice(bytes),
    }
    plain
}

#[apply(api_test)]
async fn every_form_has_the_same_bytes_inside_and_a_tag_of_its_own(app: TestApp) {
    let anonymous = app.anonymous();
    for address in ADDRESSES {
        let plain = anonymous.get(address).header("accept-encoding", "identity").await;
        let mut tags = Vec::new();
        for (wish, coding) in FORMS {
            let answer = anonymous.get(address).header("accept-encoding", wish).await;
            assert_eq!(answer.status(), 200, "{address} {wish}");
            assert_eq!(answer.has_header("content-encoding"), !coding.is_empty(), "{address} {wish}");
            if !coding.is_empty() {
                assert_eq!(answer.header("content-encoding"), coding, "{address} {wish}");
                assert!(answer.bytes().len() * 4 < plain.bytes().len(), "{address} {wish}: {}", answer.bytes().len());
            }
            assert!(unpacked(coding, answer.bytes()) == plain.bytes(), "{address} {wish}");
            assert!(answer.header("vary").to_lowercase().contains("accept-encoding"), "{address} {wish}");
            assert!(answer.header("cache-control").contains("max-age"), "{address} {wish}");
            let head = anonymous.head(address).header("accept-encoding", wish).await;
            for name in ["etag", "content-length", "content-type", "vary"] {
                assert_eq!(head.header(name), answer.header(name), "{name} of {address} {wish}");
            }
            tags.push(answer.header("etag").to_owned());
        }
        tags.dedup();
        assert_eq!(tags.len(), FORMS.len(), "{address}: {tags:?}");
        for tag in &tags {
            let again = anonymous.get(address).header("accept-encoding", "br").header("if-none-match", tag).await;
            assert_eq!((again.status(), again.bytes().len()), (304, 0), "{address} {tag}");
            assert_eq!(again.header("etag"), tag, "{address}");
            assert!(again.header("vary").to_lowercase().contains("accept-encoding"), "{address}");
        }
        let other = anonymous.get(address).header("if-none-match", "\"0123456789abcdef\"").await;
        assert_eq!(other.status(), 200, "{address}");
    }
}
