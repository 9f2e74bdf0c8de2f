//! The Sichuan–Chongqing science and technology cooperation register.
//!
//! Data flows one way: a request enters through [`app`], is limited and rendered by [`api`], authenticated by [`auth`], and
//! goes into [`records`], the one pipeline that every kind of record passes. What differs between a joint lab and an
//! instrument is declared in [`kinds`]; long work is done in chunks by [`jobs`]; what was done is told by [`changes`] and proved by [`audit`]; code lists and checked
//! values are in [`mod@reference`]; [`db`] knows both engines and no domain word. [`contract`] is the published document, made
//! from the same declarations. [`demo`] fills an empty register. [`check`] lists what breaks a rule that came
//! later. [`cli`], [`config`], [`server`], [`health`] and [`telemetry`] are what an operator touches.
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
pub mod jobs;
pub mod kind;
pub mod kinds;
pub mod language;
pub mod problem;
pub mod reading;
pub mod records;
pub mod reference;
pub mod server;
pub mod service;
pub mod telemetry;
