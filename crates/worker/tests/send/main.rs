//! One POST against receivers that behave, misbehave, or are not there: the exact outcome each
//! time, and never more than one request.

mod answers;
mod broken;
mod receiver;
mod sending;
mod tls;
