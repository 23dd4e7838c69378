//! webhook_url
