//! What program and script have to agree on: written once, here or where the program uses it, and handed to the script.

use serde::Serialize;

use crate::audit::Usage;
use crate::report::html::{FIRST_ROWS, PAGE_SIZES, ages::AGES, row::SHOWN_CONTENTS};
use crate::report::words;
use crate::spreadsheet::{FORMULA_TRIGGERS, LINE_BREAKS};
use crate::support::visible::HIDDEN;

/// The constants.
#[derive(Debug, Serialize)]
pub(in crate::report::html) struct Shared {
    usages: Usages,
    ages: Ages,
    /// Contents in "Linked elsewhere?" before the rest is folded away.
    #[serde(rename = "shownContents")]
    shown_contents: usize,
    #[serde(rename = "pageSizes")]
    page_sizes: [usize; 3],
    /// That of them which a table begins with, and the rows of a summary in print.
    #[serde(rename = "firstRows")]
    first_rows: usize,
    hidden: Ranges,
    /// Characters with which a formula begins.
    #[serde(rename = "formulaTriggers")]
    formula_triggers: Vec<u32>,
    /// Characters that end a line.
    #[serde(rename = "lineBreaks")]
    line_breaks: Vec<u32>,
}

/// All usages: the word of the contract, and in words.
#[derive(Debug, Serialize)]
struct Usages {
    name: [&'static str; 7],
    words: [&'static str; 7],
}

/// Ranges of characters that draw nothing.
#[derive(Debug, Serialize)]
struct Ranges {
    first: Vec<u32>,
    last: Vec<u32>,
}

/// Classes of the age of files: the value of the facet, in words, and the days below which it ends.
#[derive(Debug, Serialize)]
struct Ages {
    value: Vec<&'static str>,
    words: Vec<&'static str>,
    days: Vec<Option<i64>>,
}

impl Shared {
    pub(in crate::report::html) fn new() -> Self {
        Self {
            usages: Usages { name: Usage::ALL.map(Usage::as_str), words: Usage::ALL.map(words::usage) },
            ages: Ages {
                value: AGES.iter().map(|class| class.value).collect(),
                words: AGES.iter().map(|class| class.words).collect(),
                days: AGES.iter().map(|class| class.days).collect(),
            },
            shown_contents: SHOWN_CONTENTS,
            page_sizes: PAGE_SIZES,
            first_rows: FIRST_ROWS,
            hidden: Ranges {
                first: HIDDEN.iter().map(|range| u32::from(*range.start())).collect(),
                last: HIDDEN.iter().map(|range| u32::from(*range.end())).collect(),
            },
            formula_triggers: FORMULA_TRIGGERS.map(u32::from).into(),
            line_breaks: LINE_BREAKS.map(u32::from).into(),
        }
    }
}
