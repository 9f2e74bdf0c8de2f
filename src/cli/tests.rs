use clap::{CommandFactory, Parser};

use crate::cli::*;

#[test]
fn the_commands_and_flags_fit_together() {
    Cli::command().debug_assert();
}

#[test]
fn settings_may_stand_before_and_after_the_command() {
    let before = Cli::try_parse_from(["chuanyu", "--listen", "127.0.0.1:1", "serve", "--workers=2"]).unwrap();
    assert_eq!(before.flags.0, [("listen", "127.0.0.1:1".to_owned()), ("workers", "2".to_owned())]);
    assert!(matches!(before.command, Command::Serve { demo: false }));
}

#[test]
fn every_command_of_the_manual_is_understood() {
    for line in [
        "serve --demo",
        "migrate",
        "migrate --status",
        "migrate --revert",
        "openapi",
        "client list",
        "client add cq-stb",
        "client disable cq-stb",
        "client delete cq-stb",
        "client rotate-secret cq-stb",
        "client set-organization cq-stb ORG-2026-000001-1 --for-province",
        "agency add ORG-2026-000001-1",
        "agency remove ORG-2026-000001-1",
        "agency list",
        "key rotate",
        "key list",
        "token cq-stb --scopes records:read",
        "check",
        "check confirmers waiting",
        "redact-contact INS-2026-000001-3",
        "restored",
        "restored --after 3",
        "jobs list --all",
        "jobs show 0198f3a2-7c1e-7d4b-9a53-2f0c6b1e8d11",
        "jobs cancel 0198f3a2-7c1e-7d4b-9a53-2f0c6b1e8d11",
        "jobs retry 0198f3a2-7c1e-7d4b-9a53-2f0c6b1e8d11",
        "jobs skip 0198f3a2-7c1e-7d4b-9a53-2f0c6b1e8d11",
        "rebuild-projections",
        "demo load",
        "healthcheck",
    ] {
        let words = std::iter::once("chuanyu").chain(line.split(' '));
        assert!(Cli::try_parse_from(words).is_ok(), "{line}");
    }
}

#[test]
fn no_secret_is_a_flag() {
    assert!(Cli::try_parse_from(["chuanyu", "serve", "--demo-secret", "x"]).is_err());
}

#[test]
fn the_help_names_every_command_and_every_setting() {
    let help = Cli::command().render_long_help().to_string();
    for word in [
        "serve",
        "migrate",
        "openapi",
        "client",
        "agency",
        "key",
        "token",
        "check",
        "jobs",
        "restored",
        "rebuild-projections",
        "demo",
        "Exit status",
    ] {
        assert!(help.contains(word), "{word}");
    }
    for setting in crate::config::TABLE {
        if let Some(flag) = setting.flag() {
            assert!(help.contains(&format!("--{flag}")), "{flag}");
        }
    }
}
