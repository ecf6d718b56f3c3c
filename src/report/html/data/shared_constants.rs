//! Constants that program and script share. They are defined once in the program and passed to the script.

use serde::Serialize;

use crate::audit::{ReasonKind, Usage};
use crate::report::explanation::{self, PhraseTexts, SentenceForms, TopicHeadings};
use crate::report::html::{FIRST_ROWS, PAGE_SIZES, age_classes::AGES, shown_file::SHOWN_CONTENTS};
use crate::report::wording;
use crate::spreadsheet::{FORMULA_TRIGGERS, LINE_BREAKS};
use crate::support::visible_text::HIDDEN;

#[derive(Debug, Serialize)]
pub(in crate::report::html) struct SharedConstants {
    usages: UsageTexts,
    ages: AgeClassTexts,
    /// Number of contents in "Linked elsewhere?" before the rest is collapsed.
    #[serde(rename = "shownContents")]
    shown_contents: usize,
    #[serde(rename = "pageSizes")]
    page_sizes: [usize; 3],
    /// The initial page size, and the number of rows in a printed summary.
    #[serde(rename = "firstRows")]
    first_rows: usize,
    hidden: CharacterRanges,
    /// Characters that can begin a formula.
    #[serde(rename = "formulaTriggers")]
    formula_triggers: Vec<u32>,
    /// Characters that end a line.
    #[serde(rename = "lineBreaks")]
    line_breaks: Vec<u32>,
    explanation: ExplanationTexts,
}

/// The texts that explain a file.
#[derive(Debug, Serialize)]
struct ExplanationTexts {
    sentences: SentenceForms,
    topics: TopicHeadings,
    #[serde(flatten)]
    phrases: PhraseTexts,
    /// The kinds of reasons, and what to do about each.
    kinds: Vec<ReasonKind>,
    remedies: Vec<&'static str>,
    #[serde(rename = "maxContents")]
    max_contents: usize,
    /// After this number of days, a scan is too old to delete files on its word.
    #[serde(rename = "freshDays")]
    fresh_days: i64,
}

impl ExplanationTexts {
    fn new() -> Self {
        Self {
            sentences: SentenceForms,
            topics: TopicHeadings::new(),
            phrases: PhraseTexts::new(),
            kinds: ReasonKind::ALL.into(),
            remedies: explanation::remedies().into(),
            max_contents: explanation::MAX_CONTENTS,
            fresh_days: explanation::FRESH_DAYS,
        }
    }
}

/// All usages: as in the CSV files, and as displayed.
#[derive(Debug, Serialize)]
struct UsageTexts {
    name: [&'static str; 7],
    words: [&'static str; 7],
    meaning: [&'static str; 7],
}

/// Ranges of hidden characters.
#[derive(Debug, Serialize)]
struct CharacterRanges {
    first: Vec<u32>,
    last: Vec<u32>,
}

/// Age classes of files: facet value, label, and upper limit in days, exclusive.
#[derive(Debug, Serialize)]
struct AgeClassTexts {
    value: Vec<&'static str>,
    words: Vec<&'static str>,
    days: Vec<Option<i64>>,
}

impl SharedConstants {
    pub(in crate::report::html) fn new() -> Self {
        Self {
            usages: UsageTexts {
                name: Usage::ALL.map(Usage::as_str),
                words: Usage::ALL.map(wording::usage),
                meaning: Usage::ALL.map(wording::meaning),
            },
            ages: AgeClassTexts {
                value: AGES.iter().map(|class| class.value).collect(),
                words: AGES.iter().map(|class| class.words).collect(),
                days: AGES.iter().map(|class| class.days).collect(),
            },
            shown_contents: SHOWN_CONTENTS,
            page_sizes: PAGE_SIZES,
            first_rows: FIRST_ROWS,
            hidden: CharacterRanges {
                first: HIDDEN.iter().map(|range| u32::from(*range.start())).collect(),
                last: HIDDEN.iter().map(|range| u32::from(*range.end())).collect(),
            },
            formula_triggers: FORMULA_TRIGGERS.map(u32::from).into(),
            line_breaks: LINE_BREAKS.map(u32::from).into(),
            explanation: ExplanationTexts::new(),
        }
    }
}
