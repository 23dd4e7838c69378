//! What the end-to-end tests share: world, receiver, client.
