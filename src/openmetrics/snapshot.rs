//! The metrics of a snapshot.

use super::metric::{Metric, MetricSample, RunEnd, metrics_of_job};

/// What a file says about a snapshot.
#[derive(Debug, Clone)]
pub struct SnapshotMetrics {
    pub run: RunEnd,
    /// `None` unless the snapshot is complete.
    pub measured: Option<MeasuredPages>,
}

/// The pages that a complete snapshot measured.
#[derive(Debug, Clone)]
pub struct MeasuredPages {
    pub pages: u64,
    /// Id of each finding and its number of pages; a finding whose data was not read is left out.
    pub findings: Vec<(&'static str, u64)>,
}

/// The metrics, in the order of the file.
pub(super) static METRICS: &[Metric<SnapshotMetrics>] = metrics_of_job! {
    "confluence_snapshot", "snapshot";
    Metric {
        name: "confluence_snapshot_pages",
        unit: None,
        labels: &[],
        help: "Pages that were measured.",
        samples: |snapshot| snapshot.measured.as_ref().map(|measured| MetricSample::only(measured.pages)).unwrap_or_default(),
    },
    Metric {
        name: "confluence_snapshot_finding_pages",
        unit: None,
        labels: &["finding"],
        help: "Pages of each finding; no value for a finding whose data was not read.",
        samples: |snapshot| {
            let findings = snapshot.measured.iter().flat_map(|measured| &measured.findings);
            findings.map(|(id, pages)| MetricSample::new([*id], *pages)).collect()
        },
    },
};
