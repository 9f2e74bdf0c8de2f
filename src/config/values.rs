//! The types of settings that are more than a number or a word.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use actix_web::http::Uri;
use ipnet::IpNet;
use serde::Deserialize;
use serde::de::{Deserializer, Error};

use crate::db::Target;
use crate::db::connection::redact;

/// A value that is never shown; [`Secret::reveal`] is the only way to it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Secret, D::Error> {
        match String::deserialize(deserializer)? {
            text if text.trim().is_empty() => Err(D::Error::custom("must not be empty")),
            text => Ok(Secret(text)),
        }
    }
}

/// The database's URL; shown without its password.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl {
    target: Target,
    shown: String,
}

impl DatabaseUrl {
    pub fn target(&self) -> &Target {
        &self.target
    }
}

impl FromStr for DatabaseUrl {
    type Err = String;

    fn from_str(url: &str) -> Result<DatabaseUrl, String> {
        Ok(DatabaseUrl { target: Target::parse(url)?, shown: redact(url) })
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Scheme, host and port of a web address, as in RFC 6454: no path, no slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Origin {
    type Err = String;

    fn from_str(text: &str) -> Result<Origin, String> {
        let wrong = || format!("`{text}` is not an origin such as `https://register.example.org`");
        let uri: Uri = text.parse().map_err(|_| wrong())?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else { return Err(wrong()) };
        let is_plain = uri.path() == "/" && uri.query().is_none() && !text.contains(['@', '#', '*']);
        if !matches!(scheme, "http" | "https") || authority.host().is_empty() || !is_plain {
            return Err(wrong());
        }
        Ok(Origin(format!("{scheme}://{}", authority.as_str().to_ascii_lowercase())))
    }
}

/// An address (`192.0.2.1`) or a network (`192.0.2.0/24`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network(pub IpNet);

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Network, String> {
        let network = text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
        network.map(Network).ok_or_else(|| format!("`{text}` is neither an address nor a network such as `10.0.0.0/8`"))
    }
}

/// Where the operator can be reached: an e-mail address or a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contact {
    Email(String),
    Page(String),
}

impl FromStr for Contact {
    type Err = String;

    fn from_str(text: &str) -> Result<Contact, String> {
        let plain = text.len() <= 254
            && text.bytes().all(|byte| matches!(byte, 0x21..=0x7e))
            && !text.contains(['<', '>', '"']);
        let page = text.parse::<Uri>().ok().filter(|uri| uri.authority().is_some());
        if plain && page.is_some_and(|uri| matches!(uri.scheme_str(), Some("http" | "https"))) {
            return Ok(Contact::Page(text.to_owned()));
        }
        match text.split_once('@') {
            Some((name, host))
                if plain && !name.is_empty() && host.contains('.') && !host.contains(['@', '/', ':']) =>
            {
                Ok(Contact::Email(text.to_owned()))
            }
            _ => Err(format!(
                "`{text}` is neither an e-mail address nor a page such as `https://register.example.org/help`"
            )),
        }
    }
}

macro_rules! read_by_parsing {
    ($($type:ty)+) => {$(
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$type, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
            }
        }
    )+};
}

read_by_parsing! { DatabaseUrl Origin Network Contact }

/// How log events are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Human,
    Json,
}

/// The least important events that are logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}
