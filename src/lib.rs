//! The Sichuan–Chongqing science and technology cooperation register.
pub mod api;
pub mod cli;
pub mod config;
pub mod db;
pub mod health;
pub mod server;
pub mod telemetry;
