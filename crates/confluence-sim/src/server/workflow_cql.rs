//! CQL fields of Comala on Cloud, and relative times with `now(…)`.

use chrono::{DateTime, TimeDelta, Utc};

use crate::workflow::{Decision, PageWorkflow};

/// The fields, which the search does not know without the app.
pub(super) const FIELDS: [&str; 5] = ["cw_state", "cw_final", "cw_enabled", "cw_approver", "cw_expires"];

/// Whether the workflow of a page has one of the values. State names are case-sensitive.
pub(super) fn holds(field: &str, page: Option<&PageWorkflow>, equals: impl Fn(&str) -> bool) -> bool {
    let yes_or_no = |yes: bool| equals(if yes { "true" } else { "false" });
    match (field, page) {
        ("cw_enabled", page) => yes_or_no(page.is_some()),
        ("cw_final", Some(page)) => yes_or_no(page.is_final),
        ("cw_state", Some(page)) => equals(&page.state),
        ("cw_approver", Some(page)) => {
            let approvers = page.approvals.iter().flat_map(|approval| &approval.approvers);
            approvers.filter(|(_, decision)| *decision == Decision::Pending).any(|(name, _)| equals(name))
        }
        _ => false,
    }
}

/// Parses a call of `now` at the beginning of `tokens` and returns its value and the remaining tokens: `now()` becomes
/// `now`, `now("7d")` becomes `now7d`.
pub(super) fn now_call(tokens: &[String]) -> Option<(String, &[String])> {
    match tokens {
        [now, open, close, rest @ ..] if is_call(now, open) && close == ")" => Some(("now".to_owned(), rest)),
        [now, open, shift, close, rest @ ..] if is_call(now, open) && close == ")" => {
            shifted(shift)?;
            Some((format!("now{shift}"), rest))
        }
        _ => None,
    }
}

fn is_call(now: &str, open: &str) -> bool {
    now.eq_ignore_ascii_case("now") && open == "("
}

/// Returns the time that a value of [`now_call`] means.
pub(super) fn time(value: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    match value.strip_prefix("now")? {
        "" => Some(now),
        shift => Some(now + shifted(shift)?),
    }
}

/// Parses `7d`, `-4w` or `12h`.
fn shifted(shift: &str) -> Option<TimeDelta> {
    let (number, unit) = shift.split_at_checked(shift.len().checked_sub(1)?)?;
    let number: i64 = number.parse().ok()?;
    match unit {
        "h" => TimeDelta::try_hours(number),
        "d" => TimeDelta::try_days(number),
        "w" => TimeDelta::try_weeks(number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_relative_to_now() {
        let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let (value, rest) = now_call(&words("now ( 7d ) and")).map(|(value, rest)| (value, rest.to_vec())).unwrap();
        assert_eq!((time(&value, now), rest), (Some(now + TimeDelta::days(7)), vec!["and".to_owned()]));
        assert_eq!(now_call(&words("NOW ( )")).map(|(value, _)| time(&value, now)), Some(Some(now)));
        assert_eq!(now_call(&words("now ( soon )")), None);
        assert_eq!(time("2026-01-01", now), None);
    }
}
