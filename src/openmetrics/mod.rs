//! The file of `--openmetrics`: the figures of one run for the textfile collector of Prometheus' `node_exporter`.
//!
//! The collector reads the text format of Prometheus; others read `OpenMetrics`. The file is valid in both: all metrics
//! are gauges (`info` exists only in `OpenMetrics`), no sample has a time (the collector refuses them), and `# UNIT` and
//! `# EOF`, which `OpenMetrics` has, are comments for the collector.
//!
//! A figure that is not known has no sample: a missing series is a gap in a graph, and 0 would be a statement.

mod audit;
mod file;
mod metric;
mod snapshot;
mod storage;

use std::fmt::Write as _;

pub use audit::AuditMetrics;
pub use file::{check_writable, write};
pub use metric::{Metric, RunEnd};
pub use snapshot::{MeasuredPages, SnapshotMetrics};
pub use storage::StorageMetrics;

/// Everything that one file has: of an audit, of a snapshot, or of both in one run.
#[derive(Debug, Default)]
pub struct MetricsPage {
    /// Address of the site, the label `site` of every sample.
    pub site: String,
    pub audit: Option<AuditMetrics>,
    pub snapshot: Option<SnapshotMetrics>,
}

impl MetricsPage {
    /// Returns the content of the file.
    pub fn text(&self) -> String {
        let mut text = String::new();
        if let Some(audit) = &self.audit {
            for metric in audit::METRICS {
                metric.write(&mut text, &self.site, audit);
            }
        }
        if let Some(snapshot) = &self.snapshot {
            for metric in snapshot::METRICS {
                metric.write(&mut text, &self.site, snapshot);
            }
        }
        text.push_str("# EOF\n");
        text
    }
}

/// Returns the name of every metric that a file may have.
pub fn names() -> impl Iterator<Item = &'static str> {
    audit::METRICS.iter().map(|metric| metric.name).chain(snapshot::METRICS.iter().map(|metric| metric.name))
}

/// Returns the table of metrics of `docs/monitoring.md`.
pub fn documentation() -> String {
    let mut table = String::from("| Metric | Labels | Value |\n|---|---|---|\n");
    for metric in audit::METRICS {
        metric.document(&mut table);
    }
    for metric in snapshot::METRICS {
        metric.document(&mut table);
    }
    table
}

/// Writes a line; writing to a string cannot fail.
fn line(text: &mut String, words: std::fmt::Arguments<'_>) {
    let _ = writeln!(text, "{words}");
}

#[cfg(test)]
mod tests;
