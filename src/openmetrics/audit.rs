//! The metrics of an audit.

use super::StorageMetrics;
use super::metric::{Metric, MetricSample, RunEnd, metrics_of_job};
use super::storage::{LabelFigures, UsageFigures};

/// What a file says about an audit.
#[derive(Debug, Clone)]
pub struct AuditMetrics {
    pub run: RunEnd,
    /// Units of work that were planned and not read; `None` if the run failed before it had a result.
    pub unread_units: Option<u64>,
    /// `None` unless the run is complete.
    pub storage: Option<StorageMetrics>,
}

/// The metrics, in the order of the file.
pub(super) static METRICS: &[Metric<AuditMetrics>] = metrics_of_job! {
    "confluence_audit", "audit";
    Metric {
        name: "confluence_audit_unread_units",
        unit: None,
        labels: &[],
        help: "Units of work that the last audit planned and did not read.",
        samples: |audit| audit.unread_units.map(MetricSample::only).unwrap_or_default(),
    },
    Metric {
        name: "confluence_storage_files",
        unit: None,
        labels: &["space", "usage"],
        help: "Files without those in the trash.",
        samples: |audit| by_usage(audit, |sums| sums.files),
    },
    Metric {
        name: "confluence_storage_bytes",
        unit: Some("bytes"),
        labels: &["space", "usage"],
        help: "Bytes of all versions of these files, as far as their size is known.",
        samples: |audit| by_usage(audit, |sums| sums.bytes),
    },
    Metric {
        name: "confluence_storage_old_version_bytes",
        unit: Some("bytes"),
        labels: &["space"],
        help: "The part of these bytes that is in old versions.",
        samples: |audit| by_space(audit, |space| Some(space.old_bytes)),
    },
    Metric {
        name: "confluence_storage_unknown_size_versions",
        unit: None,
        labels: &["space"],
        help: "Versions whose size is not known, including those in the trash: no other figure includes their bytes.",
        samples: |audit| by_space(audit, |space| Some(space.unknown_sizes)),
    },
    Metric {
        name: "confluence_storage_trash_files",
        unit: None,
        labels: &["space"],
        help: "Files in the trash or on pages in the trash; no value where not all of the trash could be listed.",
        samples: |audit| by_space(audit, |space| space.trash.map(|trash| trash.files)),
    },
    Metric {
        name: "confluence_storage_trash_bytes",
        unit: Some("bytes"),
        labels: &["space"],
        help: "Bytes of all versions of the files in the trash.",
        samples: |audit| by_space(audit, |space| space.trash.map(|trash| trash.bytes)),
    },
    Metric {
        name: "confluence_storage_quota_bytes",
        unit: Some("bytes"),
        labels: &[],
        help: "Storage that the plan includes, if it is set with --quota.",
        samples: |audit| {
            audit.storage.as_ref().and_then(|storage| storage.quota).map(MetricSample::only).unwrap_or_default()
        },
    },
};

fn by_usage(audit: &AuditMetrics, value: fn(&UsageFigures) -> u64) -> Vec<MetricSample> {
    let spaces = audit.storage.iter().flat_map(|storage| &storage.spaces);
    let of_space = |(label, space): (&String, &LabelFigures)| -> Vec<MetricSample> {
        let usages = space.by_usage.iter();
        usages.map(|(usage, sums)| MetricSample::new([label.as_str(), usage], value(sums))).collect()
    };
    spaces.flat_map(of_space).collect()
}

fn by_space(audit: &AuditMetrics, value: fn(&LabelFigures) -> Option<u64>) -> Vec<MetricSample> {
    let spaces = audit.storage.iter().flat_map(|storage| &storage.spaces);
    spaces.filter_map(|(label, space)| Some(MetricSample::new([label.as_str()], value(space)?))).collect()
}
