//! Security of the token and of network access.

mod network;
mod token;
