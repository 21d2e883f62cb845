//! tenancy-examples
