//! Tokens and the network: what never leaves the program, and where requests may go.

mod network;
mod token;
