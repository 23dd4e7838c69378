//! The words and rules of the business. No I/O, no clock, no environment, no randomness:
//! what those would tell comes in as an argument.

pub mod actor;
pub mod address;
pub mod api_key;
pub mod attempt;
pub mod audit;
pub mod email;
pub mod explanation;
pub mod export;
pub mod flag;
pub mod id;
pub mod import;
pub mod include;
pub mod lane;
pub mod list;
pub mod name;
pub mod notification;
pub mod outcome;
pub mod payload;
pub mod requester;
pub mod retry;
pub mod role;
pub mod sealing;
pub mod search;
pub mod signature;
pub mod stage;
pub mod summary;
pub mod warning;
pub mod webhook_url;
