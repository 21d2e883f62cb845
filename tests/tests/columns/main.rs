//! Whatever a table may look like: types, names, keys, and roots of other kinds.

mod names;
mod roots;
mod types;
