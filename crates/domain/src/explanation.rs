//! explanation
