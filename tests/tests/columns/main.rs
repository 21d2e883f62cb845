//! Whatever a table may look like: types, names, keys, and roots of other kinds.

#![allow(dead_code, reason = "columns that no test looks at")]

mod again;
mod chrono;
mod floats;
mod json;
mod kept;
mod moments;
mod names;
mod refused;
mod roots;
mod types;
