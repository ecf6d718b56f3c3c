//! How a file writes days and numbers, as far as its own values tell. Spreadsheets rewrite both as their users write them:
//! 3/4/2026 is in March or in April, and 1.000 is one or a thousand.

use chrono::{NaiveDate, NaiveTime};

/// Names of months begin so, in English and German.
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
/// What stands for a number or a day that is not known, whatever its case.
const NOTHING: [&str; 7] = ["nan", "none", "null", "n/a", "na", "-", "–"];

/// Whether a cell says that a number or a day is not known.
pub(super) fn is_nothing(text: &str) -> bool {
    text.is_empty() || NOTHING.contains(&text.to_lowercase().as_str())
}

/// One of two ways to write something, with the first value that shows each.
#[derive(Debug, Default)]
struct Way {
    one: Option<String>,
    other: Option<String>,
    /// A value that means something else by the one than by the other.
    open: Option<String>,
}

impl Way {
    fn see(seen: &mut Option<String>, place: impl FnOnce() -> String) {
        if seen.is_none() {
            *seen = Some(place());
        }
    }

    /// What cannot be decided: both ways are there, or values that mean something else by each, and neither.
    fn problem(&self, both: &str, neither: &str) -> Option<String> {
        match (&self.one, &self.other, &self.open) {
            (Some(one), Some(other), _) => Some(format!("{both}: {one}, but {other}")),
            (None, None, Some(open)) => Some(format!("{open} {neither}")),
            _ => None,
        }
    }
}

/// The ways of one file.
#[derive(Debug, Default)]
pub(super) struct Conventions {
    /// The day or the month first, for each of `/`, `-` and `.`.
    days: [Way; 3],
    /// The point or the comma between thousands.
    thousands: Way,
}

const BETWEEN: [char; 3] = ['/', '-', '.'];

impl Conventions {
    /// Looks at the text of a day; `place` says which it is, for people.
    pub(super) fn see_day(&mut self, text: &str, place: impl FnOnce() -> String) {
        if let Some(Written::Numbers { first, second, between, .. }) = Written::of(day_and_time(text).0) {
            let way = &mut self.days[between];
            match (first > 12, second > 12) {
                (true, false) => Way::see(&mut way.one, place),
                (false, true) => Way::see(&mut way.other, place),
                (false, false) if first != second => Way::see(&mut way.open, place),
                _ => {}
            }
        }
    }

    /// Looks at the text of a number.
    pub(super) fn see_number(&mut self, text: &str, place: impl FnOnce() -> String) {
        match number(text) {
            Some(Number { point_groups: Some(true), .. }) => Way::see(&mut self.thousands.one, place),
            Some(Number { point_groups: Some(false), .. }) => Way::see(&mut self.thousands.other, place),
            Some(Number { otherwise: Some(_), .. }) => Way::see(&mut self.thousands.open, place),
            _ => {}
        }
    }

    /// What the values leave open, or say in two ways.
    pub(super) fn problems(&self) -> Vec<String> {
        let days = self.days.iter().zip(BETWEEN).filter_map(|(way, between)| match between {
            // nobody writes the month first with points between
            '.' if way.one.is_none() && way.other.is_none() => None,
            _ => way.problem(
                "some dates have the day first, others the month",
                "has the day or the month first, and no date of the file tells which",
            ),
        });
        let numbers = self.thousands.problem(
            "some numbers have points between thousands, others commas",
            "has thousands or decimals, and no number of the file tells which",
        );
        days.chain(numbers).collect()
    }

    /// The day that a text names.
    pub(super) fn day(&self, text: &str) -> Option<NaiveDate> {
        match Written::of(day_and_time(text).0)? {
            Written::Known(day) => Some(day),
            Written::Numbers { first, second, between, year } => {
                let way = &self.days[between];
                let is_day_first = way.one.is_some() || (way.other.is_none() && BETWEEN[between] == '.');
                let (day, month) = if is_day_first { (first, second) } else { (second, first) };
                NaiveDate::from_ymd_opt(year, month, day)
            }
        }
    }

    /// The whole number that a text means.
    pub(super) fn number(&self, text: &str) -> Option<i64> {
        let Number { value, otherwise, is_point, .. } = number(text)?;
        let point_groups = self.thousands.one.is_some();
        Some(otherwise.filter(|_| is_point != point_groups).unwrap_or(value))
    }
}

/// The parts of a text with a day and maybe a time.
fn day_and_time(text: &str) -> (&str, &str) {
    let Some(colon) = text.find(':') else { return (text, "") };
    let hour = text[..colon].trim_end_matches(|c: char| c.is_ascii_digit()).len();
    (text[..hour].trim_end_matches(['T', ',', ' ', '\u{A0}', '\u{202F}']), &text[hour..])
}

/// A day as it is written.
enum Written {
    Known(NaiveDate),
    /// The day and the month, in an order that this text does not tell.
    Numbers {
        first: u32,
        second: u32,
        between: usize,
        year: i32,
    },
}

impl Written {
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
                let between = BETWEEN.iter().position(|between| *between == one && one == other)?;
                // 26-03-04 may begin with the year as well
                if third.len() == 2 && BETWEEN[between] == '-' {
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

/// Confluence is of this century.
fn year(text: &str) -> Option<i32> {
    let year: i32 = text.parse().ok()?;
    match text.len() {
        4 => Some(year),
        2 => Some(2000 + year),
        _ => None,
    }
}

/// The time in a text, with 24 hours or twice 12. Zones are not converted: the script wrote local times without any.
/// `Err` when there is something that is no time.
pub(super) fn time(text: &str) -> Result<Option<NaiveTime>, ()> {
    let (day, time) = day_and_time(text);
    if time.is_empty() {
        return Ok(None);
    }
    // a time alone, in a spreadsheet, is one of the day 0
    if !day.is_empty() && Written::of(day).is_none() {
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
struct Number {
    value: i64,
    /// Whether the point stands between thousands, and the comma before decimals, or the other way round; `None` where the
    /// text does not tell.
    point_groups: Option<bool>,
    /// Its value by the other way: 1.000 is a thousand where the point stands between thousands, and one elsewhere.
    otherwise: Option<i64>,
    /// Which of the two it has, where it has one of two meanings.
    is_point: bool,
}

/// Understands a number with or without marks between its thousands, and with decimals that are all zero.
fn number(text: &str) -> Option<Number> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let groups: Vec<&str> = digits.split(|c: char| !c.is_ascii_digit()).collect();
    let marks: Vec<char> = digits.chars().filter(|c| !c.is_ascii_digit()).collect();
    if groups.iter().any(|group| group.is_empty()) {
        return None;
    }
    let value = |groups: &[&str]| groups.concat().parse::<i64>().ok().map(|value| sign * value);
    let told = |groups: &[&str], point_groups: Option<bool>| {
        Some(Number { value: value(groups)?, point_groups, otherwise: None, is_point: false })
    };
    let is_grouped = |groups: &[&str]| {
        let begins = (1..=3).contains(&groups[0].len()) && !groups[0].starts_with('0');
        groups.len() == 1 || (begins && groups[1..].iter().all(|group| group.len() == 3))
    };
    let (Some((last, whole)), Some((&end, before))) = (groups.split_last(), marks.split_last()) else {
        return told(&groups, None);
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
        (true, true) => {
            Some(Number { value: value(&groups)?, point_groups: None, otherwise: value(whole), is_point: end == '.' })
        }
        (true, false) => told(&groups, is_decimal_mark(end).then_some(end == '.')),
        (false, true) => told(whole, Some(end == ',')),
        (false, false) => None,
    }
}

#[cfg(test)]
mod tests;
