//! What surrounds the code: the README's settings, the compose file, the image, the scripts, the recipe for proofs and the process itself.

#![allow(clippy::unwrap_used)]

mod citations;
mod container;
mod floors;
mod process;
mod proof;
mod readme;

use std::path::{Path, PathBuf};

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn text(name: &str) -> String {
    std::fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}
