//! Where values come from, and the sentence for one that cannot be used.

use std::path::Path;

use figment::error::Kind;
use figment::providers::{Format, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Error, Figment, Metadata, Profile, Provider, Source};

use crate::config::{Preset, Setting, Settings, TABLE};

/// What the names of environment variables begin with.
pub const ENVIRONMENT_PREFIX: &str = "CHUANYU_";

/// Variables with our prefix that are no settings of the service: the name of the TOML file (`--config`) and the password
/// that `docker-compose.yml` puts into the database's URL.
const OTHER_VARIABLES: [&str; 2] = ["CHUANYU_CONFIG", "CHUANYU_DB_PASSWORD"];

/// Variables of the test suite, which starts the binary with them set.
const TEST_PREFIX: &str = "CHUANYU_TEST_";

const ENVIRONMENT: &str = "environment";
const FLAGS: &str = "flags";

/// Values given on the command line, as `(setting, text)`.
#[derive(Debug, Clone, Default)]
pub struct Flags(pub Vec<(&'static str, String)>);

impl Settings {
    /// Reads defaults, the file, the environment of this process and the flags. The error is a sentence for the operator.
    pub fn load(file: Option<&Path>, flags: &Flags) -> Result<Settings, String> {
        let mut environment = Vec::new();
        for (name, value) in std::env::vars_os() {
            let Some(name) = name.to_str().filter(|name| name.starts_with(ENVIRONMENT_PREFIX)) else { continue };
            let value = value.into_string().map_err(|_| format!("environment variable {name}: not UTF-8"))?;
            environment.push((name.to_owned(), value));
        }
        Settings::from_sources(file, &environment, flags)
    }

    /// [`Settings::load`] with an environment of the caller's choice; names without our prefix are ignored.
    pub fn from_sources(
        file: Option<&Path>,
        environment: &[(String, String)],
        flags: &Flags,
    ) -> Result<Settings, String> {
        let mut figment = Figment::from(Layer::defaults());
        if let Some(file) = file {
            let toml = Toml::file_exact(file);
            refuse_unknown_names(file, &toml)?;
            figment = figment.merge(toml);
        }
        let figment = figment.merge(Layer::environment(environment)?).merge(Layer::flags(flags)?);
        let settings: Settings = figment.extract().map_err(|errors| sentences(errors.into_iter().map(explain)))?;
        let bad = settings.out_of_range();
        if bad.is_empty() {
            return Ok(settings);
        }
        Err(sentences(bad.into_iter().map(|(name, what)| {
            let place = figment.find_metadata(name).map_or_else(String::new, |metadata| place(metadata, name));
            format!("setting `{name}`{place}: {what}")
        })))
    }
}

/// One source of values, already in the type that the setting wants.
struct Layer {
    name: &'static str,
    values: Dict,
}

impl Layer {
    fn defaults() -> Layer {
        let values = TABLE.iter().filter_map(|setting| {
            let value: Value = match setting.default {
                Preset::Text(text) => text.into(),
                Preset::Number(number) => number.into(),
                Preset::Switch(on) => on.into(),
                Preset::List => Vec::<Value>::new().into(),
                Preset::Unset(_) => return None,
            };
            Some((setting.name.to_owned(), value))
        });
        Layer { name: "defaults", values: values.collect() }
    }

    /// An empty variable counts as not set, because compose files and service managers cannot leave one out.
    fn environment(variables: &[(String, String)]) -> Result<Layer, String> {
        let mut values = Dict::new();
        let mut faults = Vec::new();
        for (variable, text) in variables {
            let Some(name) = variable.strip_prefix(ENVIRONMENT_PREFIX) else { continue };
            if OTHER_VARIABLES.contains(&variable.as_str()) || variable.starts_with(TEST_PREFIX) {
                continue;
            }
            match find(&name.to_ascii_lowercase()).filter(|setting| setting.variable() == *variable) {
                None => faults.push(format!("unknown environment variable {variable}{}", guess_variable(name))),
                Some(_) if text.trim().is_empty() => {}
                Some(setting) => match read(setting, text) {
                    Ok(value) => _ = values.insert(setting.name.to_owned(), value),
                    Err(what) => {
                        faults.push(format!("setting `{}`, from environment variable {variable}: {what}", setting.name))
                    }
                },
            }
        }
        if faults.is_empty() { Ok(Layer { name: ENVIRONMENT, values }) } else { Err(sentences(faults)) }
    }

    fn flags(flags: &Flags) -> Result<Layer, String> {
        let mut values = Dict::new();
        for (name, text) in &flags.0 {
            let setting = find(name).ok_or_else(|| format!("unknown setting `{name}`"))?;
            let value = read(setting, text)
                .map_err(|what| format!("setting `{name}`, from flag --{}: {what}", name.replace('_', "-")))?;
            values.insert(setting.name.to_owned(), value);
        }
        Ok(Layer { name: FLAGS, values })
    }
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.name)
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        Ok(Map::from([(Profile::Default, self.values.clone())]))
    }
}

fn find(name: &str) -> Option<&'static Setting> {
    TABLE.iter().find(|setting| setting.name == name)
}

/// Text from the environment or a flag, in the type of the setting. Never guessed: a secret of digits stays text.
fn read(setting: &Setting, text: &str) -> Result<Value, String> {
    let text = text.trim();
    match setting.default {
        Preset::Text(_) | Preset::Unset(_) => Ok(text.into()),
        Preset::Number(_) => {
            text.parse::<u64>().map(Value::from).map_err(|_| format!("`{text}` is not a whole number"))
        }
        Preset::Switch(_) => match text.to_ascii_lowercase().as_str() {
            "true" | "on" | "yes" | "1" => Ok(true.into()),
            "false" | "off" | "no" | "0" => Ok(false.into()),
            _ => Err(format!("`{text}` is neither `true` nor `false`")),
        },
        Preset::List => {
            let items: Vec<&str> = text.split(',').map(str::trim).filter(|item| !item.is_empty()).collect();
            Ok(items.into())
        }
    }
}

fn refuse_unknown_names(file: &Path, toml: &impl Provider) -> Result<(), String> {
    let shown = file.display();
    std::fs::read_to_string(file).map_err(|error| format!("{shown}: {error}"))?;
    // The parser quotes the line it stumbled over in further lines, and that may be the one with a secret.
    let data = toml.data().map_err(|error| {
        let message = error.kind.to_string();
        format!("{shown} is not TOML: {}", message.lines().next().unwrap_or_default())
    })?;
    let names = data.values().flat_map(|values| values.keys());
    let faults: Vec<String> = names
        .filter(|name| find(name).is_none())
        .map(|name| format!("unknown setting `{name}` in {shown}{}", guess(name, |setting| setting.name.to_owned())))
        .collect();
    if faults.is_empty() { Ok(()) } else { Err(sentences(faults)) }
}

fn guess_variable(name: &str) -> String {
    guess(&name.to_ascii_lowercase(), Setting::variable)
}

/// `; did you mean …?` for the most similar setting, or nothing when none is similar.
fn guess(name: &str, shown: impl Fn(&Setting) -> String) -> String {
    let likeness = |setting: &Setting| strsim::jaro_winkler(setting.name, name);
    let best = TABLE.iter().max_by(|one, other| likeness(one).total_cmp(&likeness(other)));
    match best.filter(|setting| likeness(setting) > 0.75) {
        Some(setting) => format!("; did you mean {}?", shown(setting)),
        None => String::new(),
    }
}

/// A fault found by serde, without the value when that may be a secret.
fn explain(error: Error) -> String {
    let name = error.path.first().cloned().unwrap_or_default();
    let place = error.metadata.as_ref().map_or_else(String::new, |metadata| place(metadata, &name));
    let is_secret = find(&name).is_some_and(Setting::is_secret);
    let what = match error.kind {
        Kind::InvalidType(_, wanted) | Kind::InvalidValue(_, wanted) if is_secret => format!("it must be {wanted}"),
        Kind::InvalidType(got, wanted) | Kind::InvalidValue(got, wanted) => format!("{got} found, {wanted} wanted"),
        Kind::UnknownVariant(got, known) => format!("`{got}` is none of {}", known.join(", ")),
        kind => kind.to_string(),
    };
    format!("setting `{name}`{place}: {what}")
}

/// `, from …` for the source of a value.
fn place(metadata: &Metadata, name: &str) -> String {
    match (metadata.name.as_ref(), &metadata.source) {
        (_, Some(Source::File(path))) => format!(", from {}", path.display()),
        (ENVIRONMENT, _) => format!(", from environment variable {ENVIRONMENT_PREFIX}{}", name.to_ascii_uppercase()),
        (FLAGS, _) => format!(", from flag --{}", name.replace('_', "-")),
        _ => String::new(),
    }
}

fn sentences(faults: impl IntoIterator<Item = String>) -> String {
    faults.into_iter().collect::<Vec<String>>().join("\n")
}
