//! One metric: its name and meaning, how its samples are computed, and how they are written.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::line;
use crate::support::visible_text::visible;

/// A metric of one run, computed from `T`.
pub struct Metric<T: 'static> {
    /// Ends in the unit, if it has one.
    pub name: &'static str,
    pub unit: Option<&'static str>,
    /// Names of the labels besides `site`.
    pub labels: &'static [&'static str],
    /// One sentence without quotation marks and backslashes, which the two formats escape differently.
    pub help: &'static str,
    /// Returns the samples; none if the value is not known.
    pub(super) samples: fn(&T) -> Vec<MetricSample>,
}

/// A value, and the values of the metric's own labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MetricSample {
    labels: Vec<String>,
    value: SampleValue,
}

/// A number as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SampleValue {
    Count(u64),
    /// Written in seconds, to the millisecond.
    Duration(TimeDelta),
}

impl MetricSample {
    pub(super) fn new<const N: usize>(labels: [&str; N], value: u64) -> Self {
        Self { labels: labels.map(str::to_owned).into(), value: SampleValue::Count(value) }
    }

    /// Returns the only sample of a metric without labels of its own.
    pub(super) fn only(value: u64) -> Vec<Self> {
        vec![Self::new([], value)]
    }

    pub(super) fn duration(time: TimeDelta) -> Vec<Self> {
        vec![Self { labels: Vec::new(), value: SampleValue::Duration(time) }]
    }

    /// Returns a time as seconds since 1970.
    pub(super) fn moment(time: DateTime<Utc>) -> Vec<Self> {
        Self::duration(time - DateTime::UNIX_EPOCH)
    }
}

impl std::fmt::Display for SampleValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Count(count) => write!(f, "{count}"),
            Self::Duration(time) => {
                let milliseconds = time.num_milliseconds().max(0);
                write!(f, "{}.{:03}", milliseconds / 1000, milliseconds % 1000)
            }
        }
    }
}

impl<T> Metric<T> {
    /// Writes the metric with its samples, or nothing if it has none.
    ///
    /// Two samples with the same labels would make readers refuse the entire file, and a site can have two spaces whose
    /// keys look the same: only the first of them is written.
    pub(super) fn write(&self, text: &mut String, site: &str, of: &T) {
        let mut samples: BTreeMap<Vec<String>, SampleValue> = BTreeMap::new();
        for MetricSample { labels, value } in (self.samples)(of) {
            samples.entry(labels).or_insert(value);
        }
        if samples.is_empty() {
            return;
        }
        let name = self.name;
        line(text, format_args!("# HELP {name} {}", self.help));
        line(text, format_args!("# TYPE {name} gauge"));
        if let Some(unit) = self.unit {
            line(text, format_args!("# UNIT {name} {unit}"));
        }
        for (labels, value) in samples {
            let own = self.labels.iter().zip(&labels).map(|(label, value)| format!(",{label}=\"{}\"", escape(value)));
            line(text, format_args!("{name}{{site=\"{}\"{}}} {value}", escape(site), own.collect::<String>()));
        }
    }

    /// Writes the metric's row in the documentation.
    pub(super) fn document(&self, table: &mut String) {
        let labels: Vec<String> = self.labels.iter().map(|label| format!("`{label}`")).collect();
        line(table, format_args!("| `{}` | {} | {} |", self.name, labels.join(", "), self.help));
    }
}

/// Returns the value of a label between quotation marks. Hidden characters become visible, because readers split lines
/// at different characters.
fn escape(value: &str) -> String {
    visible(value).replace('\\', "\\\\").replace('"', "\\\"")
}

/// How a run ended: the metrics that every run has.
#[derive(Debug, Clone)]
pub struct RunEnd {
    pub complete: bool,
    pub exit_code: u8,
    pub started_at: DateTime<Utc>,
    pub finished_at: DateTime<Utc>,
    /// `None` if the run failed before it had a result.
    pub requests: Option<u64>,
}

impl RunEnd {
    /// A run that failed without a result.
    pub fn failed(exit_code: u8, started_at: DateTime<Utc>, finished_at: DateTime<Utc>) -> Self {
        Self { complete: false, exit_code, started_at, finished_at, requests: None }
    }
}

/// Returns the metrics of a job: first those about its last run, whose names begin with the prefix, then its own.
macro_rules! metrics_of_job {
    ($prefix:literal, $job:literal; $($own:expr),+ $(,)?) => {
        &[
            Metric {
                name: concat!($prefix, "_complete"),
                unit: None,
                labels: &[],
                help: concat!("1 if the last ", $job, " read everything, 0 if it is incomplete or failed."),
                samples: |metrics| MetricSample::only(u64::from(metrics.run.complete)),
            },
            Metric {
                name: concat!($prefix, "_exit_status"),
                unit: None,
                labels: &[],
                help: concat!("Exit status of the last ", $job, "."),
                samples: |metrics| MetricSample::only(u64::from(metrics.run.exit_code)),
            },
            Metric {
                name: concat!($prefix, "_started_timestamp_seconds"),
                unit: Some("seconds"),
                labels: &[],
                help: concat!("When the last ", $job, " started, in seconds since 1970."),
                samples: |metrics| MetricSample::moment(metrics.run.started_at),
            },
            Metric {
                name: concat!($prefix, "_finished_timestamp_seconds"),
                unit: Some("seconds"),
                labels: &[],
                help: concat!("When the last ", $job, " finished reading, in seconds since 1970."),
                samples: |metrics| MetricSample::moment(metrics.run.finished_at),
            },
            Metric {
                name: concat!($prefix, "_duration_seconds"),
                unit: Some("seconds"),
                labels: &[],
                help: concat!("How long the last ", $job, " read the site."),
                samples: |metrics| MetricSample::duration(metrics.run.finished_at - metrics.run.started_at),
            },
            Metric {
                name: concat!($prefix, "_requests"),
                unit: None,
                labels: &[],
                help: concat!("Requests that the last ", $job, " sent, including retries."),
                samples: |metrics| metrics.run.requests.map(MetricSample::only).unwrap_or_default(),
            },
            Metric {
                name: concat!($prefix, "_program_info"),
                unit: None,
                labels: &["version"],
                help: "Always 1; the label is the version of this program that wrote the file.",
                samples: |_| vec![MetricSample::new([env!("CARGO_PKG_VERSION")], 1)],
            },
            $($own),+
        ]
    };
}

pub(super) use metrics_of_job;
