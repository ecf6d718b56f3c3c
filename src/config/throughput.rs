//! Parses throughputs such as `10MB/s`.

/// How to write one.
pub(super) const EXAMPLES: &str = "use a throughput with its unit: 10MB/s, 10MiB/s or 80Mbit/s";

/// Returns bytes per second; `None` if the text is no throughput. `MB` is 10^6 bytes, `MiB` 2^20 bytes, and `Mbit` 10^6
/// bits. A number without a unit is refused.
pub(super) fn parse(text: &str) -> Option<u64> {
    let rate = text.trim().to_ascii_lowercase();
    let amount = rate.strip_suffix("/s")?.trim_end();
    let digits = amount.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = amount.split_at(digits);
    let (prefix, bits) = match unit.strip_suffix("bit") {
        Some(prefix) => (prefix, 1),
        None => (unit.strip_suffix('b')?, 8),
    };
    let (prefix, step) = prefix.strip_suffix('i').map_or((prefix, 1000_u128), |prefix| (prefix, 1024));
    let power = match prefix {
        "" if step == 1000 => 0,
        "k" => 1,
        "m" => 2,
        "g" => 3,
        _ => return None,
    };
    let (whole, fraction) = number.trim_end().split_once('.').unwrap_or((number.trim_end(), "0"));
    // a thousandth of a unit is precise enough, and keeps the numbers small
    let is_number = |digits: &str, most: usize| {
        (1..=most).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit())
    };
    if !is_number(whole, 9) || !is_number(fraction, 3) {
        return None;
    }
    let thousandths: u128 = format!("{whole}{fraction:0<3}").parse().ok()?;
    let bytes = thousandths * bits * step.pow(power) / 8000;
    u64::try_from(bytes).ok().filter(|bytes| *bytes > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_throughput_has_a_unit_per_second() {
        for (text, bytes) in [
            ("10MB/s", 10_000_000),
            ("10 MiB/s", 10 << 20),
            ("80Mbit/s", 10_000_000),
            ("1.5GB/s", 1_500_000_000),
            ("1gbit/s", 125_000_000),
            (" 512 kB/s ", 512_000),
            ("9B/s", 9),
            ("0.125MB/s", 125_000),
        ] {
            assert_eq!(parse(text), Some(bytes), "{text}");
        }
        for text in [
            "",
            "10",
            "10MB",
            "MB/s",
            "10/s",
            "0MB/s",
            "-1MB/s",
            "1.MB/s",
            "1.2345MB/s",
            "10 MB/h",
            "iB/s",
            "1iB/s",
            "9999999999GB/s",
            "1e3MB/s",
            "7bit/s",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
