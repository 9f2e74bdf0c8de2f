//! The Sichuan–Chongqing science and technology cooperation register.
pub mod api;
pub mod auth;
pub mod db;
pub mod kinds;
pub mod records;
pub mod reference;
