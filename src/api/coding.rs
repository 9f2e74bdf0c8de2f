//! Content codings (RFC 9110 §8.4.1): which one a caller gets, and bytes in it.

use std::io::Write;

use actix_web::http::header::{ACCEPT_ENCODING, HeaderMap, Quality, QualityItem, from_comma_delimited};
use actix_web::web::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

/// How the bytes of an answer are coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    Brotli,
    Gzip,
    Identity,
}

/// How much is spent on making bytes fewer.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    gzip: u32,
    brotli: i32,
    /// Base-two logarithm of brotli's window: what its encoder holds in memory grows with it.
    window: i32,
}

/// For bytes that are packed once and sent often: the best below what takes seconds for a megabyte.
pub const THOROUGH: Effort = Effort { gzip: 9, brotli: 9, window: 22 };

/// For bytes that are packed for one answer. Higher levels cost a multiple and save little: records of a page resemble each other.
/// Brotli's levels 0 and 1 look at each piece for itself, and pack nothing when the pieces are small.
pub const QUICK: Effort = Effort { gzip: 2, brotli: 2, window: 18 };

impl Coding {
    /// In the order in which they are preferred when a caller takes them alike.
    pub const ALL: [Coding; 3] = [Coding::Brotli, Coding::Gzip, Coding::Identity];

    pub fn name(self) -> Option<&'static str> {
        match self {
            Coding::Brotli => Some("br"),
            Coding::Gzip => Some("gzip"),
            Coding::Identity => None,
        }
    }

    /// The one that the caller prefers (§12.5.3); the plain bytes when it accepts none of ours, which is allowed.
    pub fn wanted_by(headers: &HeaderMap) -> Coding {
        let fields = headers.get_all(ACCEPT_ENCODING);
        let wishes: Vec<QualityItem<String>> = from_comma_delimited(fields).unwrap_or_default();
        let weight = |name: &str| {
            wishes.iter().find(|wish| wish.item.trim().eq_ignore_ascii_case(name)).map(|wish| wish.quality)
        };
        let mut best = (Coding::Identity, Quality::ZERO);
        for coding in Coding::ALL {
            let weight = match coding.name() {
                Some(name) => weight(name).or_else(|| weight("*")),
                // Acceptable when not mentioned, but less than what is named.
                None => weight("identity"),
            };
            if let Some(weight) = weight.filter(|weight| *weight > best.1) {
                best = (coding, weight);
            }
        }
        best.0
    }

    /// Bytes, given in pieces, in this coding.
    pub fn pack(self, pieces: &[Bytes], effort: Effort) -> Bytes {
        let length = pieces.iter().map(Bytes::len).sum::<usize>();
        match self {
            Coding::Identity => pieces.concat().into(),
            Coding::Gzip => {
                let mut writer = GzEncoder::new(Vec::with_capacity(length / 8), Compression::new(effort.gzip));
                write_all(pieces, &mut writer);
                writer.finish().unwrap_or_default().into()
            }
            Coding::Brotli => {
                let params = brotli::enc::BrotliEncoderParams {
                    quality: effort.brotli,
                    lgwin: effort.window,
                    size_hint: length,
                    ..Default::default()
                };
                let mut writer = brotli::CompressorWriter::with_params(Vec::with_capacity(length / 8), 4096, &params);
                write_all(pieces, &mut writer);
                writer.into_inner().into()
            }
        }
    }
}

/// Writing to memory does not fail.
fn write_all(pieces: &[Bytes], writer: &mut impl Write) {
    for piece in pieces {
        let _ = writer.write_all(piece);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;
    use actix_web::test::TestRequest;

    #[::core::prelude::v1::test]
    fn the_form_follows_the_weights_of_the_request() {
        let cases = [
            ("", Coding::Identity),
            ("gzip, deflate, br, zstd", Coding::Brotli),
            ("gzip", Coding::Gzip),
            ("br;q=0.5, gzip;q=0.8", Coding::Gzip),
            ("br;q=0, gzip", Coding::Gzip),
            ("br;q=0, gzip;q=0", Coding::Identity),
            ("*;q=0", Coding::Identity),
            ("*", Coding::Brotli),
            ("br;q=0, *;q=0.1", Coding::Gzip),
            ("identity, gzip;q=0.5", Coding::Identity),
            ("gzip;q=x", Coding::Identity),
            ("GZIP ; q=1.0", Coding::Gzip),
            ("deflate", Coding::Identity),
        ];
        for (field, coding) in cases {
            let request = TestRequest::default().insert_header((ACCEPT_ENCODING, field)).to_http_request();
            assert_eq!(Coding::wanted_by(request.headers()), coding, "{field}");
        }
    }

    #[::core::prelude::v1::test]
    fn what_was_packed_is_the_same_when_unpacked() {
        let pieces: Vec<Bytes> = (0..300).map(|n| format!("{{\"id\":{n},\"名称\":\"仪器{n}\"}}").into()).collect();
        let whole = pieces.concat();
        for effort in [QUICK, THOROUGH] {
            let (mut gzip, mut brotli) = (Vec::new(), Vec::new());
            let packed = Coding::Gzip.pack(&pieces, effort);
            flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut gzip).unwrap();
            let packed = Coding::Brotli.pack(&pieces, effort);
            brotli::Decompressor::new(&packed[..], 4096).read_to_end(&mut brotli).unwrap();
            assert!(gzip == whole && brotli == whole && packed.len() * 2 < whole.len());
            assert_eq!(Coding::Identity.pack(&pieces, effort), whole);
        }
    }
}
