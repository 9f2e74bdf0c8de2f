use crate::config::*;

fn environment(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn from_environment(pairs: &[(&str, &str)]) -> Result<Settings, String> {
    Settings::from_sources(None, &environment(pairs), &Flags::default())
}

fn from_file(text: &str) -> Result<Settings, String> {
    let name = format!("chuanyu-settings-{}-{:?}.toml", std::process::id(), std::thread::current().id());
    let path = std::env::temp_dir().join(name);
    std::fs::write(&path, text).unwrap();
    let result = Settings::from_sources(Some(&path), &[], &Flags::default());
    std::fs::remove_file(&path).unwrap();
    result
}

#[test]
fn without_any_source_the_defaults_are_a_working_embedded_service() {
    let settings = from_environment(&[]).unwrap();
    assert_eq!(settings.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(settings.public_url(), "http://127.0.0.1:8080");
    assert_eq!(settings.database_url.to_string(), "sqlite:var/chuanyu.db");
    assert!(settings.database_url.target().is_sqlite() && settings.public_read && settings.demo_secret.is_none());
    assert!(settings.trusted_proxies.is_empty() && settings.cors_origins.is_empty());
    assert!(settings.workers() >= 1);
    assert_eq!(settings.pool().patience, Duration::from_millis(2000));
}

#[test]
fn a_flag_wins_over_the_environment_and_the_environment_over_the_file() {
    let path = std::env::temp_dir().join(format!("chuanyu-order-{}.toml", std::process::id()));
    std::fs::write(&path, "workers = 3\npool_size = 3\ntoken_seconds = 300\nhsts = true").unwrap();
    let variables = environment(&[("CHUANYU_WORKERS", "4"), ("CHUANYU_POOL_SIZE", "4"), ("PATH", "/bin")]);
    let settings = Settings::from_sources(Some(&path), &variables, &Flags(vec![("workers", "5".into())])).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert_eq!((settings.workers, settings.pool_size, settings.token_seconds), (5, 4, 300));
    assert!(settings.hsts);
}

#[test]
fn an_unknown_variable_is_named_with_the_one_that_was_meant() {
    let message = from_environment(&[("CHUANYU_DATABSE_URL", "sqlite:a.db")]).unwrap_err();
    assert_eq!(message, "unknown environment variable CHUANYU_DATABSE_URL; did you mean CHUANYU_DATABASE_URL?");
    assert!(from_environment(&[("CHUANYU_listen", "127.0.0.1:1")]).unwrap_err().contains("CHUANYU_LISTEN?"));
    assert!(!from_environment(&[("CHUANYU_QQQQ", "1")]).unwrap_err().contains("did you mean"));
}

#[test]
fn an_unknown_name_in_the_file_is_named_with_the_one_that_was_meant() {
    let message = from_file("lisen = '127.0.0.1:9'\nxyzzy = 1").unwrap_err();
    assert!(message.contains("unknown setting `lisen`") && message.contains("did you mean listen?"), "{message}");
    assert!(message.contains("unknown setting `xyzzy`"), "{message}");
}

#[test]
fn a_bad_value_names_the_setting_and_its_source() {
    for (variable, value, words) in [
        ("CHUANYU_LISTEN", "localhost", "socket address"),
        ("CHUANYU_WORKERS", "many", "`many` is not a whole number"),
        ("CHUANYU_WORKERS", "1000", "not between 0 and 256"),
        ("CHUANYU_TOKEN_SECONDS", "5", "not between 60 and 3600"),
        ("CHUANYU_PUBLIC_READ", "perhaps", "neither `true` nor `false`"),
        ("CHUANYU_LOG_FORMAT", "xml", "`xml` is none of human, json"),
        ("CHUANYU_LOG_LEVEL", "loud", "`loud` is none of error"),
        ("CHUANYU_PUBLIC_URL", "register.example.org", "not an origin"),
        ("CHUANYU_PUBLIC_URL", "https://example.org/register", "not an origin"),
        ("CHUANYU_CONTACT", "the operator", "neither an e-mail address nor a page"),
        ("CHUANYU_CONTACT", "ftp://example.org/help", "neither an e-mail address nor a page"),
        ("CHUANYU_CORS_ORIGINS", "https://a.example, *", "not an origin"),
        ("CHUANYU_TRUSTED_PROXIES", "10.0.0.0/8,proxy", "`proxy` is neither"),
        ("CHUANYU_DATABASE_URL", "mysql://h/db", "unknown scheme"),
        ("CHUANYU_READ_PER_MINUTE", "99999999999", "u32"),
    ] {
        let message = from_environment(&[(variable, value)]).unwrap_err();
        let name = variable.trim_start_matches("CHUANYU_").to_lowercase();
        assert!(message.contains(&format!("setting `{name}`, from environment variable {variable}")), "{message}");
        assert!(message.contains(words), "{message}");
    }
    let message = from_file("pool_size = 'eight'").unwrap_err();
    assert!(message.contains("setting `pool_size`, from ") && message.contains(".toml: "), "{message}");
    let flags = Flags(vec![("pool_size", "0".into())]);
    let message = Settings::from_sources(None, &[], &flags).unwrap_err();
    assert_eq!(message, "setting `pool_size`, from flag --pool-size: 0 is not between 1 and 500");
}

#[test]
fn every_bad_variable_is_reported_at_once() {
    let message = from_environment(&[("CHUANYU_WORKERS", "x"), ("CHUANYU_HSTS", "x"), ("CHUANYU_QQQQ", "x")]);
    assert_eq!(message.unwrap_err().lines().count(), 3);
}

#[test]
fn a_missing_or_broken_file_is_an_error() {
    let missing = Settings::from_sources(Some("no/such.toml".as_ref()), &[], &Flags::default());
    assert!(missing.unwrap_err().starts_with("no/such.toml: No such file"));
    let message = from_file("demo_secret = 'hunter2\nlisten =").unwrap_err();
    assert!(message.contains("is not TOML") && !message.contains("hunter2"), "{message}");
}

#[test]
fn secrets_are_never_shown() {
    let url = "postgres://register:hunter2@db:5432/register?password=hunter2";
    let settings = from_environment(&[("CHUANYU_DEMO_SECRET", "hunter2"), ("CHUANYU_DATABASE_URL", url)]).unwrap();
    assert_eq!(settings.demo_secret.as_ref().map(Secret::reveal), Some("hunter2"));
    assert!(!format!("{settings:?}").contains("hunter2"), "{settings:?}");
    for text in ["demo_secret = 20261122", "demo_secret = ['20261122']", "database_url = 20261122"] {
        let message = from_file(text).unwrap_err();
        assert!(!message.contains("20261122"), "{message}");
    }
    let message = from_environment(&[("CHUANYU_DATABASE_URL", "mysql://u:hunter2@h/db?password=hunter2")]).unwrap_err();
    assert!(!message.contains("hunter2"), "{message}");
}

#[test]
fn a_secret_of_digits_stays_text_and_an_empty_variable_counts_as_unset() {
    let settings = from_environment(&[("CHUANYU_DEMO_SECRET", "0123")]).unwrap();
    assert_eq!(settings.demo_secret.as_ref().map(Secret::reveal), Some("0123"));
    assert!(from_environment(&[("CHUANYU_DEMO_SECRET", ""), ("CHUANYU_WORKERS", " ")]).unwrap().demo_secret.is_none());
}

#[test]
fn lists_are_separated_by_commas_and_networks_hold_addresses() {
    let settings = from_environment(&[("CHUANYU_TRUSTED_PROXIES", "10.0.0.0/8, ::1,192.0.2.7")]).unwrap();
    let is_trusted = |address: &str| is_in(&settings.trusted_proxies, address.parse().unwrap());
    assert!(is_trusted("10.1.2.3") && is_trusted("::1") && is_trusted("::ffff:10.1.2.3") && is_trusted("192.0.2.7"));
    assert!(!is_trusted("192.0.2.8") && !is_trusted("::2"));
    assert!(from_file("cors_origins = ['https://a.example:8443']").is_ok());
}

#[test]
fn a_service_on_all_addresses_is_called_by_the_loopback_address() {
    let settings = from_environment(&[("CHUANYU_LISTEN", "0.0.0.0:9000")]).unwrap();
    assert_eq!(settings.public_url(), "http://127.0.0.1:9000");
    let settings = from_environment(&[("CHUANYU_PUBLIC_URL", "https://Register.Example.org/")]).unwrap();
    assert_eq!(settings.public_url(), "https://register.example.org");
}
