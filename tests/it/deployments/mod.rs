//! Every kind of Confluence gives the same verdicts, bytes and metrics for the same site.

mod access;
mod audits;
mod data_center;
mod served;
mod snapshots;
