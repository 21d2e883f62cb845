//! Whatever a table may look like: types, names, keys, and roots of other kinds.

#![allow(dead_code, reason = "columns that no test looks at")]

mod chrono;
mod kept;
mod moments;
mod names;
mod refused;
mod roots;
mod types;
