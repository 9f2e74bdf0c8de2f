//! Signing keys: first start, change-over, removal.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::sync::Arc;

use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use serde_json::json;

use crate::auth::key_files;
use crate::auth::keys::{self, Keys, NOTICE_SECONDS};
use crate::auth::proof_keys::ProofKeySet;
use crate::auth::tests::{World, claims, temporary_folder};
use crate::db::Moment;

/// Moves a key's start, as if time had passed.
fn shift(keys: &Keys, kid: &str, start: Moment) {
    let file = key_files::list(keys.folder()).unwrap();
    let file = file.iter().find(|file| key_files::read(file).unwrap().kid == kid).unwrap();
    let stamp = start.to_string().replace(['-', ':', '.'], "");
    std::fs::rename(file, keys.folder().join(format!("{stamp}-{kid}.pem"))).unwrap();
    keys.refresh();
}

#[test]
fn the_thumbprint_is_that_of_rfc_7638_section_3_1() {
    let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhM\
             stn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn\
             1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
    let jwk: Jwk =
        serde_json::from_value(json!({"kty": "RSA", "e": "AQAB", "alg": "RS256", "kid": "2011-04-29", "n": n}))
            .unwrap();
    assert_eq!(jwk.thumbprint(ThumbprintHash::SHA256).unwrap(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

#[test]
fn processes_that_start_together_agree_on_one_key_that_nobody_else_reads() {
    let folder = temporary_folder().join("keys");
    let start = |_| {
        let folder = folder.clone();
        std::thread::spawn(move || Keys::open(folder, 900).unwrap().signer().kid.clone())
    };
    let starts: Vec<_> = (0..4).map(start).collect();
    let kids: Vec<String> = starts.into_iter().map(|start| start.join().unwrap()).collect();
    assert!(kids.iter().all(|kid| *kid == kids[0]));
    let files = key_files::list(&folder).unwrap();
    assert_eq!(files.len(), 1);
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&folder), mode(&files[0])), (0o700, 0o600));
    std::fs::remove_dir_all(folder.parent().unwrap()).unwrap();
}

#[actix_web::test]
async fn a_new_key_is_published_a_day_before_it_signs_and_the_old_one_goes_a_day_after() {
    let world = World::start().await;
    let (client, keys) = (world.reader(), world.access.keys());
    let old = keys.signer();
    let token = world.token(&client);
    let rotation = keys.rotate(false).unwrap();
    assert!(rotation.made && rotation.pruned.is_empty());
    assert_eq!(keys.published().keys.len(), 2);
    assert_eq!(keys.signer().kid, old.kid, "not yet");
    let again = keys.rotate(false).unwrap();
    assert_eq!((again.made, &again.kid), (false, &rotation.kid), "one coming key is enough");

    let now = Moment::now();
    shift(keys, &old.kid, now.plus_seconds(-3 * NOTICE_SECONDS));
    shift(keys, &rotation.kid, now.plus_seconds(-10));
    assert_eq!(keys.signer().kid, rotation.kid);
    assert!(world.access.tokens().verify(&token).is_ok(), "tokens of the old key live on");
    assert!(world.access.tokens().verify(&world.token(&client)).is_ok());

    shift(keys, &rotation.kid, now.plus_seconds(-NOTICE_SECONDS - 900 - 5));
    assert_eq!(keys.rotate(false).unwrap().pruned, std::slice::from_ref(&old.kid));
    assert!(!keys.publishes(&old.kid));
    let of_proofs = keys.of_proofs();
    assert!(of_proofs.find(&old.kid).is_some(), "what it signed can be checked for ever");
    assert_eq!(of_proofs, ProofKeySet::of_folder(keys.folder()).unwrap(), "also by another process");
    assert!(world.access.tokens().verify(&token).is_err(), "also a remembered token ends with its key");
}

#[actix_web::test]
async fn an_emergency_key_signs_at_once_and_other_processes_learn_it() {
    let world = World::start().await;
    let other = Arc::new(Keys::open(world.access.keys().folder(), 900).unwrap());
    let rotation = world.access.keys().rotate(true).unwrap();
    assert_eq!(world.access.keys().signer().kid, rotation.kid);
    assert!(other.find(&rotation.kid).is_none(), "looked a moment ago");
    other.refresh();
    assert!(other.find(&rotation.kid).is_some());
    assert_eq!(other.signer().kid, rotation.kid);
}

#[actix_web::test]
async fn when_the_folder_cannot_be_read_the_known_keys_stay() {
    let world = World::start().await;
    let keys = world.access.keys();
    let client = world.reader();
    std::fs::write(keys.folder().join("mine.pem"), "nonsense").unwrap();
    keys.refresh();
    assert!(world.access.tokens().verify(&world.forge(&world.header(), &claims(&client))).is_ok());
    let fault = Keys::open(keys.folder(), 900).err().unwrap();
    assert!(fault.to_string().contains("mine.pem"), "a start with a wrong file fails and names it: {fault}");
}

#[actix_web::test]
async fn an_archive_that_was_meddled_with_is_named_at_the_start() {
    let world = World::start().await;
    let keys = world.access.keys();
    let (kid, archive) = (keys.signer().kid.clone(), keys.folder().join("archive"));
    let kept = std::fs::read_to_string(archive.join(format!("{kid}.jwk"))).unwrap();
    for spoiled in ["nonsense".to_owned(), kept.replace("AQAB", "AQAC"), kept.replace(&kid, "mine")] {
        std::fs::write(archive.join("other.jwk"), spoiled).unwrap();
        let fault = Keys::open(keys.folder(), 900).err().unwrap();
        assert!(fault.to_string().contains("other.jwk"), "{fault}");
        keys.refresh();
        assert_eq!(keys.of_proofs().keys.len(), 1, "the known ones stay");
    }
    std::fs::remove_file(archive.join("other.jwk")).unwrap();
    Keys::open(keys.folder(), 900).unwrap();
}

#[actix_web::test]
async fn who_looks_for_keys_makes_none() {
    let world = World::start().await;
    let folder = world.folder.join("elsewhere");
    for outcome in [keys::look(&folder).err(), Keys::existing(&folder, 900).err()] {
        assert!(outcome.unwrap().to_string().contains("elsewhere"));
    }
    assert!(!folder.exists());
    std::fs::create_dir(&folder).unwrap();
    assert!(keys::look(&folder).is_err() && Keys::existing(&folder, 900).is_err());
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
    let kid = world.access.keys().signer().kid.clone();
    let archive = world.access.keys().folder().join("archive");
    std::fs::remove_dir_all(&archive).unwrap();
    let found = keys::look(world.access.keys().folder()).unwrap();
    assert_eq!((found.len(), &found[0].0.kid, found[0].1), (1, &kid, true));
    assert!(!archive.exists());
}

#[actix_web::test]
async fn nobody_but_its_owner_changes_a_key_folder_and_root_follows_no_link_in_it() {
    let world = World::start().await;
    let keys = world.access.keys();
    let owner = |path: &std::path::Path| std::fs::metadata(path).unwrap().uid();
    let (mine, victim) = (owner(keys.folder()), world.folder.join("victim"));
    std::fs::write(&victim, "of root").unwrap();
    std::os::unix::fs::symlink(&victim, keys.folder().join(".lock")).unwrap();
    std::fs::remove_dir_all(keys.folder().join("archive")).unwrap();
    // Only root may give a folder away; for anybody else it stays ours and nothing is refused.
    if std::os::unix::fs::chown(keys.folder(), Some(12_345), Some(12_345)).is_err() {
        assert!(keys.rotate(false).is_ok());
        return;
    }
    let before = key_files::list(keys.folder()).unwrap();
    let refused = keys.rotate(false).unwrap_err().to_string();
    assert!(refused.contains("run the command as that user"), "{refused}");
    assert_eq!(Keys::existing(keys.folder(), 900).unwrap().all().len(), 1, "who only reads is let in");
    assert_eq!(owner(&victim), mine);
    assert_eq!(key_files::list(keys.folder()).unwrap(), before);
    let left: Vec<_> = std::fs::read_dir(keys.folder()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "the key and the link: {left:?}");
    std::os::unix::fs::chown(keys.folder(), Some(mine), None).unwrap();
    assert!(keys.rotate(false).is_ok());
}
