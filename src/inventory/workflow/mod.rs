//! The workflow state of pages, from whatever the site offers (`comala.md`).

mod state;

pub use state::{DueWindow, WorkflowPage, WorkflowReading, WorkflowSource, WorkflowState};
