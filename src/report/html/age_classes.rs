//! Age classes: ranges of the time since the last change of a file.

use crate::report::wording::UNKNOWN;

pub(super) struct AgeClass {
    /// Upper limit in days, exclusive; `None` for the oldest class and for the unknown age.
    pub(super) days: Option<i64>,
    /// Facet value in URLs.
    pub(super) value: &'static str,
    pub(super) words: &'static str,
}

/// All classes, youngest first; the last is the unknown age.
pub(super) const AGES: [AgeClass; 9] = [
    AgeClass { days: Some(30), value: "under-1m", words: "under 1 month" },
    AgeClass { days: Some(90), value: "1m-3m", words: "1 to 3 months" },
    AgeClass { days: Some(180), value: "3m-6m", words: "3 to 6 months" },
    AgeClass { days: Some(365), value: "6m-1y", words: "6 to 12 months" },
    AgeClass { days: Some(730), value: "1y-2y", words: "1 to 2 years" },
    AgeClass { days: Some(1095), value: "2y-3y", words: "2 to 3 years" },
    AgeClass { days: Some(1825), value: "3y-5y", words: "3 to 5 years" },
    AgeClass { days: None, value: "over-5y", words: "5 years and more" },
    AgeClass { days: None, value: UNKNOWN, words: UNKNOWN },
];
