//! The binary against the loopback Confluence, over real HTTP: its output and exit statuses.

mod bad_input;
mod candidate_check;
mod credentials;
mod demo;
mod demo_kinds;
mod doctor;
mod duplicates;
mod file_systems;
mod hostile_texts;
mod incomplete;
pub(crate) mod processes;
mod requests;
mod usage;
