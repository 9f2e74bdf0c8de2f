//! The Sichuan–Chongqing science and technology cooperation register.
//!
//! Data flows one way: a request enters through [`app`], is limited and rendered by [`api`] and authenticated by [`auth`].
//! [`service`] is the HTTP of every kind of record: it reads by [`reading`], changes contents by [`records`], and lets the
//! provinces confirm by [`agreement`]; demands and offers are brought together by [`pairing`] and [`introductions`]. What a kind is stands in [`kind`], what differs between a joint lab and an instrument in
//! [`kinds`]. Changes are published by [`changes`] and recorded by [`audit`]; long work is done by [`jobs`]; code lists and
//! checked values are in [`mod@reference`]; [`db`] knows both engines and no domain word. [`contract`] is the published
//! document, [`demo`] the example register, [`check`] lists what breaks a rule that came later. [`cli`], [`config`],
//! [`server`], [`health`] and [`telemetry`] are what an operator touches. `docs/architecture.md` shows the floors that these
//! rooms stand on.

pub mod agreement;
pub mod api;
pub mod app;
pub mod audit;
pub mod auth;
pub mod changes;
pub mod check;
pub mod cli;
pub mod config;
pub mod contract;
pub mod db;
pub mod demo;
pub mod forms;
pub mod health;
pub mod introductions;
pub mod jobs;
pub mod kind;
pub mod kinds;
pub mod language;
pub mod matching;
pub mod pairing;
pub mod problem;
pub mod progress;
pub mod reading;
pub mod records;
pub mod reference;
pub mod server;
pub mod service;
pub mod telemetry;
