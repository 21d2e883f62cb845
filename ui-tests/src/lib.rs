//! tenancy-ui-tests
