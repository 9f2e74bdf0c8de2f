//! The Sichuan–Chongqing science and technology cooperation register.
pub mod api;
pub mod config;
pub mod db;
pub mod health;
pub mod telemetry;
