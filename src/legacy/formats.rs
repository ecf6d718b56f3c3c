//! Formats of dates and numbers in a file, inferred from its own values. Spreadsheets rewrite both in the locale of their
//! user: 3/4/2026 is in March or in April, and 1.000 is one or a thousand.

use chrono::{NaiveDate, NaiveTime};

/// Beginnings of the names of months in English and German.
const MONTHS: [&[&str]; 12] = [
    &["jan"],
    &["feb"],
    &["mar", "mär", "mrz"],
    &["apr"],
    &["may", "mai"],
    &["jun"],
    &["jul"],
    &["aug"],
    &["sep"],
    &["oct", "okt"],
    &["nov"],
    &["dec", "dez"],
];
/// Texts for an unknown number or date, in any case.
const NOTHING: [&str; 7] = ["nan", "none", "null", "n/a", "na", "-", "–"];

/// Returns whether a cell means that a number or date is not known.
pub(super) fn is_nothing(text: &str) -> bool {
    text.is_empty() || NOTHING.contains(&text.to_lowercase().as_str())
}

/// Two alternative formats, each with the first value of the file that shows it.
#[derive(Debug, Default)]
struct FormatEvidence {
    one: Option<String>,
    other: Option<String>,
    /// A value that is valid in both formats and differs.
    ambiguous: Option<String>,
}

impl FormatEvidence {
    fn record(seen: &mut Option<String>, place: impl FnOnce() -> String) {
        if seen.is_none() {
            *seen = Some(place());
        }
    }

    /// Returns what cannot be decided: both formats occur, or only ambiguous values.
    fn problem(&self, both: &str, neither: &str) -> Option<String> {
        match (&self.one, &self.other, &self.ambiguous) {
            (Some(one), Some(other), _) => Some(format!("{both}: {one}, but {other}")),
            (None, None, Some(ambiguous)) => Some(format!("{ambiguous} {neither}")),
            _ => None,
        }
    }
}

/// The formats of dates and numbers in one file.
#[derive(Debug, Default)]
pub(super) struct Conventions {
    /// Whether the day (`one`) or the month (`other`) comes first, for each of the separators `/`, `-` and `.`.
    days: [FormatEvidence; 3],
    /// Whether the point (`one`) or the comma (`other`) separates thousands.
    thousands: FormatEvidence,
}

const DATE_SEPARATORS: [char; 3] = ['/', '-', '.'];

impl Conventions {
    /// Takes a date of the file into account; `place` describes it for people.
    pub(super) fn add_date(&mut self, text: &str, place: impl FnOnce() -> String) {
        if let Some(WrittenDate::Numbers { first, second, between, .. }) = WrittenDate::of(day_and_time(text).0) {
            let evidence = &mut self.days[between];
            match (first > 12, second > 12) {
                (true, false) => FormatEvidence::record(&mut evidence.one, place),
                (false, true) => FormatEvidence::record(&mut evidence.other, place),
                (false, false) if first != second => FormatEvidence::record(&mut evidence.ambiguous, place),
                _ => {}
            }
        }
    }

    /// Takes a number of the file into account.
    pub(super) fn add_number(&mut self, text: &str, place: impl FnOnce() -> String) {
        match number(text) {
            Some(WrittenNumber { point_groups: Some(true), .. }) => {
                FormatEvidence::record(&mut self.thousands.one, place);
            }
            Some(WrittenNumber { point_groups: Some(false), .. }) => {
                FormatEvidence::record(&mut self.thousands.other, place);
            }
            Some(WrittenNumber { otherwise: Some(_), .. }) => {
                FormatEvidence::record(&mut self.thousands.ambiguous, place);
            }
            _ => {}
        }
    }

    /// Returns the formats that the values leave open or contradict.
    pub(super) fn problems(&self) -> Vec<String> {
        let days = self.days.iter().zip(DATE_SEPARATORS).filter_map(|(evidence, between)| match between {
            // with points, the day always comes first
            '.' if evidence.one.is_none() && evidence.other.is_none() => None,
            _ => evidence.problem(
                "some dates have the day first, others the month",
                "may have the day or the month first, and no date in the file shows which",
            ),
        });
        let numbers = self.thousands.problem(
            "some numbers have points as thousands separators, others commas",
            "may have a thousands or a decimal separator, and no number in the file shows which",
        );
        days.chain(numbers).collect()
    }

    /// Parses a date.
    pub(super) fn day(&self, text: &str) -> Option<NaiveDate> {
        match WrittenDate::of(day_and_time(text).0)? {
            WrittenDate::Known(day) => Some(day),
            WrittenDate::Numbers { first, second, between, year } => {
                let evidence = &self.days[between];
                let is_day_first =
                    evidence.one.is_some() || (evidence.other.is_none() && DATE_SEPARATORS[between] == '.');
                let (day, month) = if is_day_first { (first, second) } else { (second, first) };
                NaiveDate::from_ymd_opt(year, month, day)
            }
        }
    }

    /// Parses a whole number.
    pub(super) fn number(&self, text: &str) -> Option<i64> {
        let WrittenNumber { value, otherwise, is_point, .. } = number(text)?;
        let point_groups = self.thousands.one.is_some();
        Some(otherwise.filter(|_| is_point != point_groups).unwrap_or(value))
    }
}

/// Splits a text into the date and the time, which may be empty.
fn day_and_time(text: &str) -> (&str, &str) {
    let Some(colon) = text.find(':') else { return (text, "") };
    let hour = text[..colon].trim_end_matches(|c: char| c.is_ascii_digit()).len();
    (text[..hour].trim_end_matches(['T', ',', ' ', '\u{A0}', '\u{202F}']), &text[hour..])
}

/// A date as it is written.
enum WrittenDate {
    Known(NaiveDate),
    /// Day and month, in an order that this text alone does not show.
    Numbers {
        first: u32,
        second: u32,
        between: usize,
        year: i32,
    },
}

impl WrittenDate {
    fn of(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
        let &[first, second, third] = parts.as_slice() else { return None };
        let known = |year, month: Option<u32>, day: &str| {
            NaiveDate::from_ymd_opt(year, month?, day.parse().ok()?).map(Self::Known)
        };
        if first.len() == 4 && first.bytes().all(|byte| byte.is_ascii_digit()) {
            return known(first.parse().ok()?, second.parse().ok().or_else(|| month(second)), third);
        }
        let year = year(third)?;
        match (first.parse(), second.parse()) {
            (Ok(_), Err(_)) => known(year, month(second), first),
            (Err(_), Ok(_)) => known(year, month(first), second),
            (Ok(first), Ok(second)) => {
                let mut between = text.chars().filter(|c| !c.is_ascii_digit() && *c != ' ');
                let (one, other) = (between.next()?, between.next()?);
                let between = DATE_SEPARATORS.iter().position(|between| *between == one && one == other)?;
                // 26-03-04 could also begin with the year
                if third.len() == 2 && DATE_SEPARATORS[between] == '-' {
                    return None;
                }
                Some(Self::Numbers { first, second, between, year })
            }
            (Err(_), Err(_)) => None,
        }
    }
}

fn month(name: &str) -> Option<u32> {
    let name = name.to_lowercase();
    let place = MONTHS.iter().position(|months| months.iter().any(|month| name.starts_with(month)))?;
    u32::try_from(place + 1).ok()
}

/// Parses a year. Confluence did not exist before 2000, so two digits are of this century.
fn year(text: &str) -> Option<i32> {
    let year: i32 = text.parse().ok()?;
    match text.len() {
        4 => Some(year),
        2 => Some(2000 + year),
        _ => None,
    }
}

/// Parses the time in a text, with 24 or 12 hours. Time zones are ignored: the script writes local times without one.
/// Returns `Err` if the text has a time that cannot be parsed.
pub(super) fn time(text: &str) -> Result<Option<NaiveTime>, ()> {
    let (day, time) = day_and_time(text);
    if time.is_empty() {
        return Ok(None);
    }
    // a spreadsheet writes a time alone with a day 0, which is not a date
    if !day.is_empty() && WrittenDate::of(day).is_none() {
        return Err(());
    }
    let clock = time.find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.').unwrap_or(time.len());
    let (clock, rest) = (&time[..clock], time[clock..].trim().to_ascii_lowercase());
    let mut parts = clock.split(':');
    let mut next = || parts.next().map(|part| part.split('.').next().unwrap_or_default().parse::<u32>());
    let (Some(Ok(hour)), Some(Ok(minute))) = (next(), next()) else { return Err(()) };
    let second = next().unwrap_or(Ok(0)).map_err(|_| ())?;
    let hour = match rest.replace('.', "").as_str() {
        "am" if (1..=12).contains(&hour) => hour % 12,
        "pm" if (1..=12).contains(&hour) => hour % 12 + 12,
        "" | "z" | "utc" => hour,
        zone if zone.starts_with(['+', '-']) && zone[1..].bytes().all(|b| b.is_ascii_digit() || b == b':') => hour,
        _ => return Err(()),
    };
    if next().is_some() {
        return Err(());
    }
    NaiveTime::from_hms_opt(hour, minute, second).map(Some).ok_or(())
}

/// A whole number as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct WrittenNumber {
    value: i64,
    /// Whether the point separates thousands and the comma decimals (`true`), or the other way round; `None` if the text does
    /// not show it.
    point_groups: Option<bool>,
    /// The value if its separator is a decimal one: 1.000 is a thousand if the point separates thousands, and one otherwise.
    otherwise: Option<i64>,
    /// Whether the separator is a point, for a number with two meanings.
    is_point: bool,
}

/// Parses a number with or without thousands separators, and with decimals only if they are all zero.
fn number(text: &str) -> Option<WrittenNumber> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let groups: Vec<&str> = digits.split(|c: char| !c.is_ascii_digit()).collect();
    let marks: Vec<char> = digits.chars().filter(|c| !c.is_ascii_digit()).collect();
    if groups.iter().any(|group| group.is_empty()) {
        return None;
    }
    let value = |groups: &[&str]| groups.concat().parse::<i64>().ok().map(|value| sign * value);
    let unambiguous = |groups: &[&str], point_groups: Option<bool>| {
        Some(WrittenNumber { value: value(groups)?, point_groups, otherwise: None, is_point: false })
    };
    let is_grouped = |groups: &[&str]| {
        let begins = (1..=3).contains(&groups[0].len()) && !groups[0].starts_with('0');
        groups.len() == 1 || (begins && groups[1..].iter().all(|group| group.len() == 3))
    };
    let (Some((last, whole)), Some((&end, before))) = (groups.split_last(), marks.split_last()) else {
        return unambiguous(&groups, None);
    };
    let is_decimal_mark = |mark: char| mark == '.' || mark == ',';
    let is_one_mark = |marks: &[char]| marks.iter().all(|mark| *mark == marks[0]);
    let groups_thousands =
        |mark: char| is_decimal_mark(mark) || matches!(mark, ' ' | '\u{A0}' | '\u{202F}' | '\'' | '’');
    let has_zeros = is_decimal_mark(end) && last.bytes().all(|byte| byte == b'0') && !before.contains(&end);
    let is_whole = groups_thousands(end) && is_one_mark(&marks) && is_grouped(&groups);
    let is_decimal =
        has_zeros && is_one_mark(before) && before.iter().all(|mark| groups_thousands(*mark)) && is_grouped(whole);
    match (is_whole, is_decimal) {
        (true, true) => Some(WrittenNumber {
            value: value(&groups)?,
            point_groups: None,
            otherwise: value(whole),
            is_point: end == '.',
        }),
        (true, false) => unambiguous(&groups, is_decimal_mark(end).then_some(end == '.')),
        (false, true) => unambiguous(whole, Some(end == ',')),
        (false, false) => None,
    }
}

#[cfg(test)]
mod tests;
