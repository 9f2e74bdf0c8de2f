//! What every kind promises.
