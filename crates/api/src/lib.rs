//! HTTP in: authenticate, validate, one store call, answer.
