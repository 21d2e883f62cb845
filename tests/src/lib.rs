//! tenancy-tests
