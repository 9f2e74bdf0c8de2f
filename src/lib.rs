//! The Sichuan–Chongqing science and technology cooperation register.
pub mod api;
pub mod auth;
pub mod cli;
pub mod config;
pub mod db;
pub mod health;
pub mod kinds;
pub mod records;
pub mod reference;
pub mod server;
pub mod telemetry;
