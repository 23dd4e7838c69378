//! include
