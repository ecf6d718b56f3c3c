//! Checks and tools of the workspace.

fn main() {}
