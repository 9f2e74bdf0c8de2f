//! One flag for each setting, made from the settings table.

use clap::{Arg, ArgMatches, Args, Command, Error, FromArgMatches};

use crate::config::{Setting, TABLE};

/// The settings given on the command line, as `(setting, text)`. Checked with all other sources, not by clap.
#[derive(Debug, Clone, Default)]
pub(super) struct SettingFlags(pub Vec<(&'static str, String)>);

/// Shown by `-h` too; the others only by `--help`.
const COMMON: [&str; 4] = ["listen", "database_url", "public_url", "log_level"];

fn flagged() -> impl Iterator<Item = (&'static Setting, String)> {
    TABLE.iter().filter_map(|setting| Some((setting, setting.flag()?)))
}

impl Args for SettingFlags {
    fn augment_args(command: Command) -> Command {
        command.args(flagged().map(|(setting, flag)| {
            Arg::new(setting.name)
                .long(flag)
                .value_name("VALUE")
                .help(setting.meaning.trim())
                .help_heading("Settings")
                .global(true)
                .hide_short_help(!COMMON.contains(&setting.name))
        }))
    }

    fn augment_args_for_update(command: Command) -> Command {
        SettingFlags::augment_args(command)
    }
}

impl FromArgMatches for SettingFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<SettingFlags, Error> {
        let given =
            flagged().filter_map(|(setting, _)| Some((setting.name, matches.get_one::<String>(setting.name)?.clone())));
        Ok(SettingFlags(given.collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = SettingFlags::from_arg_matches(matches)?;
        Ok(())
    }
}
