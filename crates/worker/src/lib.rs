//! HTTP out: claim, send, record.
