//! The folder of signing keys: names, modes, locks and atomic writes. Used by [`keys`](crate::auth::keys),
//! [`proof_keys`](crate::auth::proof_keys), and the command that keeps the number of restores beside them.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, NaiveDateTime};

use crate::api::Language;
use crate::auth::keys::Key;
use crate::db::{Id, Moment};

/// Why a file or the folder could not be read or written.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The start of a key as its file's name gives it, in UTC.
const START: &str = "%Y%m%dT%H%M%S%3fZ";

/// The key files of `folder`, which is made with a first key when there is none. Processes that start together agree on
/// one key, because they take the lock one after the other.
pub fn open(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(at(folder))?;
    let found = list(folder)?;
    if !found.is_empty() {
        return Ok(found);
    }
    let _lock = lock(folder)?;
    if list(folder)?.is_empty() {
        make(folder, Moment::now())?;
    }
    list(folder)
}

/// The key files of a folder that must hold one: for commands that use the keys of a service and must not make one
/// where the service does not look.
pub fn existing(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    match list(folder) {
        Ok(found) if !found.is_empty() => Ok(found),
        Err(_) if folder.exists() => list(folder),
        _ => Err(Language::tell("no-key", &[("folder", folder.display().to_string())]).into()),
    }
}

/// The key files, sorted. A `.pem` file with another kind of name is an error: it would silently not be used.
pub fn list(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(at(folder))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "pem") {
            start_of(&path)?;
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Reads one key.
pub fn read(file: &Path) -> Result<Key, Failure> {
    let start = start_of(file)?;
    let mode = fs::metadata(file).map_err(at(file))?.permissions().mode();
    if mode & 0o077 != 0 {
        tracing::warn!(file = %file.display(), mode = format!("{:o}", mode & 0o777), "others may read a signing key");
    }
    let pem = fs::read(file).map_err(at(file))?;
    Key::parse(&pem, start).map_err(|error| format!("{}: {error}", file.display()).into())
}

/// Locks out other processes that change the folder; released when dropped, also when the process dies.
pub fn lock(folder: &Path) -> Result<File, Failure> {
    must_be_ours(folder)?;
    let path = folder.join(".lock");
    let file =
        OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&path).map_err(at(&path))?;
    file.lock().map_err(at(&path))?;
    Ok(file)
}

/// Refuses a folder of another user, before anything in it is opened for writing. The service could not read what we
/// made there and would silently go on with the keys it knows; and root would follow any link which that user placed.
pub(super) fn must_be_ours(folder: &Path) -> Result<(), Failure> {
    let owner = fs::metadata(folder).map_err(at(folder))?.uid();
    // A new file shows who we are there, also on a network drive that maps root to nobody.
    let probe = temporary(folder);
    let made = OpenOptions::new().create_new(true).write(true).mode(0o600).open(&probe).map_err(at(&probe))?;
    let removed = fs::remove_file(&probe).map_err(at(&probe));
    if made.metadata()?.uid() == owner {
        return removed;
    }
    let args = [("folder", folder.display().to_string()), ("uid", owner.to_string())];
    Err(Language::tell("key-folder-of-other", &args).into())
}

fn temporary(folder: &Path) -> PathBuf {
    folder.join(format!(".{}.tmp", Id::new()))
}

/// Makes an RSA 2048 key that signs from `start`; returns its kid. The caller holds the lock.
pub fn make(folder: &Path, start: Moment) -> Result<String, Failure> {
    let pair = KeyPair::generate(KeySize::Rsa2048)?;
    let pem = pem(pair.as_der()?.as_ref());
    let kid = Key::parse(pem.as_bytes(), start)?.kid;
    write(folder, &name(start, &kid), pem.as_bytes())?;
    Ok(kid)
}

/// Removes a key's file. The caller holds the lock.
pub fn remove(folder: &Path, key: &Key) -> Result<(), Failure> {
    let of_key = |file: &&PathBuf| read(file).is_ok_and(|found| found.kid == key.kid);
    for file in list(folder)?.iter().filter(of_key) {
        fs::remove_file(file).map_err(at(file))?;
    }
    Ok(())
}

/// Keeps a file beside the keys, in a folder that is made when there is none.
pub fn keep(folder: &Path, name: &str, content: &[u8]) -> Result<(), Failure> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(at(folder))?;
    write(folder, name, content)
}

/// Writes a file that is there whole or not at all, and that survives a power cut.
pub(super) fn write(folder: &Path, name: &str, content: &[u8]) -> Result<(), Failure> {
    let temporary = temporary(folder);
    let mut file =
        OpenOptions::new().create_new(true).write(true).mode(0o600).open(&temporary).map_err(at(&temporary))?;
    let written = file.write_all(content).and_then(|()| file.sync_all()).map_err(at(folder));
    if let Err(error) = written.and_then(|()| fs::rename(&temporary, folder.join(name)).map_err(at(folder))) {
        // What is left is a useless temporary file at worst.
        let _ = fs::remove_file(&temporary);
        return Err(error);
    }
    Ok(File::open(folder)?.sync_all()?)
}

/// RFC 7468 text of a PKCS#8 key.
fn pem(der: &[u8]) -> String {
    let base64 = STANDARD.encode(der);
    let mut text = String::from("-----BEGIN PRIVATE KEY-----\n");
    for position in (0..base64.len()).step_by(64) {
        text.push_str(&base64[position..base64.len().min(position + 64)]);
        text.push('\n');
    }
    text.push_str("-----END PRIVATE KEY-----\n");
    text
}

fn name(start: Moment, kid: &str) -> String {
    let start = DateTime::from_timestamp_millis(start.millis()).unwrap_or_default();
    format!("{}-{kid}.pem", start.format(START))
}

fn start_of(file: &Path) -> Result<Moment, Failure> {
    let name = file.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
    let start = name.split_once('-').and_then(|(start, _)| NaiveDateTime::parse_from_str(start, START).ok());
    match start {
        Some(start) => Ok(Moment::from_millis(start.and_utc().timestamp_millis())),
        None => Err(Language::tell("key-file-name", &[("file", file.display().to_string())]).into()),
    }
}

pub(super) fn at(path: &Path) -> impl FnOnce(std::io::Error) -> Failure {
    move |error| format!("{}: {error}", path.display()).into()
}
