//! Sizes in flags. A number without a unit is refused: whether it means bytes or megabytes would be a guess. Errors do not
//! repeat the text: clap does.

/// How to write the storage of a plan.
const PLAN: &str = "use a size such as 2GB, 250GB or 1TB";
/// How to write any other size.
const SIZE: &str = "use a size such as 500MB, 1GB (10^9 bytes) or 1GiB (2^30 bytes)";

/// Parses the storage of a plan, such as `2GB`, `250GB` or `1.5TB`. All units are powers of 1024, as in Atlassian's
/// plans.
pub fn parse_plan_size(text: &str) -> Result<u64, String> {
    parse(text, |_| true).map_err(|problem| match problem {
        SizeProblem::NoUnit => "a size needs a unit, such as 2GB, 250GB or 1TB".to_owned(),
        SizeProblem::Invalid => PLAN.to_owned(),
    })
}

/// Parses a size such as `500MB`, `1GB` or `1.5GiB`. As in the standards, `GB` is a power of 1000 and `GiB` one of 1024.
pub fn parse_size(text: &str) -> Result<u64, String> {
    parse(text, |unit| unit.ends_with("IB")).map_err(|problem| match problem {
        SizeProblem::NoUnit => "a size needs a unit, such as 500MB, 1GB (10^9 bytes) or 1GiB (2^30 bytes)".to_owned(),
        SizeProblem::Invalid => SIZE.to_owned(),
    })
}

enum SizeProblem {
    NoUnit,
    Invalid,
}

/// Parses a size. `is_binary` decides by the unit, in upper case, whether it is a power of 1024.
fn parse(text: &str, is_binary: impl Fn(&str) -> bool) -> Result<u64, SizeProblem> {
    let upper = text.trim().to_ascii_uppercase();
    let digits = upper.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(upper.len());
    let (number, unit) = upper.split_at(digits);
    if unit.is_empty() && number.chars().any(|c| c.is_ascii_digit()) {
        return Err(SizeProblem::NoUnit);
    }
    let power = match unit.trim_end_matches("IB").trim_end_matches('B') {
        "" if unit == "B" => 0,
        "K" => 1,
        "M" => 2,
        "G" => 3,
        "T" => 4,
        _ => return Err(SizeProblem::Invalid),
    };
    let unit = if is_binary(unit) { 1024_u128 } else { 1000 }.pow(power);
    let (integer, fraction) = number.trim().split_once('.').unwrap_or((number.trim(), "0"));
    let parse = |digits: &str| digits.parse::<u64>().ok().map(u128::from);
    let scale = 10u128.checked_pow(u32::try_from(fraction.len()).unwrap_or(u32::MAX));
    parse(integer)
        .zip(parse(fraction))
        .zip(scale)
        .and_then(|((integer, fraction), scale)| u64::try_from(integer * unit + fraction * unit / scale).ok())
        .filter(|&bytes| bytes > 0)
        .ok_or(SizeProblem::Invalid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_of_plans_have_a_unit_and_are_powers_of_1024() {
        for (text, bytes) in
            [("2GB", 2 << 30), ("250 gb", 250 << 30), ("1.5T", 3 << 39), ("1024B", 1024), ("1KiB", 1024)]
        {
            assert_eq!(parse_plan_size(text), Ok(bytes), "{text}");
        }
    }

    #[test]
    fn other_sizes_are_powers_of_1000_unless_their_unit_says_otherwise() {
        for (text, bytes) in [
            ("1GB", 1_000_000_000),
            ("1GiB", 1 << 30),
            ("1.5 gib", 3 << 29),
            ("500mb", 500_000_000),
            ("0.5KB", 500),
            ("2T", 2_000_000_000_000),
            ("1TiB", 1 << 40),
            ("12B", 12),
        ] {
            assert_eq!(parse_size(text), Ok(bytes), "{text}");
        }
    }

    #[test]
    fn a_size_without_a_unit_says_what_to_write() {
        for text in ["", "GB", "two GB", "2XB", "-1GB", "0", "0GB", "2", "250.5", "99999999999999999999T", "1.x GB"] {
            assert!(parse_plan_size(text).is_err_and(|why| why.contains("1TB")), "{text}");
            assert!(parse_size(text).is_err_and(|why| why.contains("1GiB (2^30 bytes)")), "{text}");
        }
        assert_eq!(parse_plan_size("2"), Err("a size needs a unit, such as 2GB, 250GB or 1TB".to_owned()));
    }
}
