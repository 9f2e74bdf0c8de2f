#!/usr/bin/env bash
# What it shows: the crate brotli 9.1.1 at its levels 0 and 1 (which the format's own program knows as its fast ones) packs nothing of a
#   long JSON answer that is written record by record: what comes out is larger than what went in. Level 2 makes a fifteenth of it, and
#   levels 0 and 1 do too when the same bytes are written at once.
# Why it matters to such a register: a list is sent from stored texts, one piece a record. Who takes the lowest level to spare the
#   processor spends it on answers that grow, and no error tells: they unpack rightly.
# What we do about it: answers of many items are packed at level 2. Whoever wants levels 0 or 1 must join the pieces first.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
mkdir src
cat > Cargo.toml <<'TOML'
[package]
name = "levels"
version = "0.1.0"
edition = "2024"

[dependencies]
brotli = { version = "=9.1.1", default-features = false, features = ["std"] }
TOML
cat > src/main.rs <<'RS'
use std::io::{Read, Write};

fn packed(pieces: &[String], quality: i32) -> Vec<u8> {
    let params = brotli::enc::BrotliEncoderParams { quality, lgwin: 18, ..Default::default() };
    let mut writer = brotli::CompressorWriter::with_params(Vec::new(), 4096, &params);
    pieces.iter().for_each(|piece| writer.write_all(piece.as_bytes()).unwrap());
    writer.into_inner()
}

fn main() {
    let records: Vec<String> = (0..300).map(|number| format!("{{\"id\":{number},\"name\":\"Instrument {number}\"}},")).collect();
    let whole = [records.concat()];
    let mut changed = false;
    for quality in 0..=3 {
        let (pieces, at_once) = (packed(&records, quality), packed(&whole, quality));
        let mut back = Vec::new();
        brotli::Decompressor::new(&pieces[..], 4096).read_to_end(&mut back).unwrap();
        let (grew, same) = (pieces.len() > whole[0].len(), back == whole[0].as_bytes());
        println!("level {quality}: {} bytes become {} in pieces, {} at once; unpacked the same: {same}; guess: smaller", whole[0].len(), pieces.len(), at_once.len());
        changed |= grew != (quality < 2) || !same || at_once.len() * 4 > whole[0].len();
    }
    if changed {
        eprintln!("the behaviour changed");
        std::process::exit(1);
    }
}
RS
cargo run --release --quiet
