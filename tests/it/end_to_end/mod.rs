//! The binary against the loopback Confluence, over real HTTP: what people get, and how every run ends.

mod bad_input;
mod demo;
mod doctor;
mod duplicates;
mod hostile_texts;
mod incomplete;
mod places;
pub(crate) mod processes;
mod requests;
mod second_look;
mod usage;
