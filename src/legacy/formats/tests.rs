//! Dates, times and numbers as people and spreadsheets write them.

use super::*;

fn seen(days: &[&str], numbers: &[&str]) -> Conventions {
    let mut conventions = Conventions::default();
    for day in days {
        conventions.add_date(day, || format!("`{day}`"));
    }
    for number in numbers {
        conventions.add_number(number, || format!("`{number}`"));
    }
    conventions
}

#[test]
fn the_order_of_day_and_month_is_inferred_from_the_values() {
    for (others, text, day) in [
        (&[][..], "2026-03-04", "2026-03-04"),
        (&[], "2026-03-04T23:59:01Z", "2026-03-04"),
        (&[], "2026/3/4 8:05", "2026-03-04"),
        (&[], "04.03.2026", "2026-03-04"),
        (&[], "4.3.26 08:05", "2026-03-04"),
        (&["03.25.2026"], "04.03.2026", "2026-04-03"),
        (&["3/25/2026"], "3/4/2026", "2026-03-04"),
        (&["25/03/2026"], "3/4/2026 12:00:00 AM", "2026-04-03"),
        (&["25-3-2026"], "3-4-2026", "2026-04-03"),
        (&["12/31/25", "31.12.2025"], "1/2/26", "2026-01-02"),
        (&[], "3/25/2026", "2026-03-25"),
        (&[], "4-Mar-26", "2026-03-04"),
        (&[], "Mar 4, 2026 8:05 PM", "2026-03-04"),
        (&[], "4. März 2026", "2026-03-04"),
        (&[], "04-Dez-2026", "2026-12-04"),
        (&[], "5/5/2026", "2026-05-05"),
    ] {
        let conventions = seen(&[others, &[text]].concat(), &[]);
        assert_eq!(conventions.problems(), [] as [&str; 0], "{text}");
        assert_eq!(conventions.day(text).map(|day| day.to_string()).as_deref(), Some(day), "{text} among {others:?}");
    }
    for text in [
        "",
        "46085",
        "2026-13-01",
        "31.02.2026",
        "25/25/2026",
        "3/4-2026",
        "3/4/226",
        "26-03-04",
        "########",
        "4 Foo 2026",
        "1,2,3",
    ] {
        assert_eq!(seen(&[text], &[]).day(text), None, "{text}");
    }
}

#[test]
fn an_unknown_or_contradictory_order_is_a_problem() {
    let open = seen(&["3/4/2026", "5/5/2026"], &[]).problems();
    assert_eq!(open, ["`3/4/2026` may have the day or the month first, and no date in the file shows which"]);
    let both = seen(&["3/25/2026", "3/4/2026", "25/3/2026"], &[]).problems();
    assert_eq!(both, ["some dates have the day first, others the month: `25/3/2026`, but `3/25/2026`"]);
}

#[test]
fn numbers_may_have_thousands_separators_and_zero_decimals() {
    for (others, text, value) in [
        (&[][..], "1234", Some(1234)),
        (&[], "-3.0", Some(-3)),
        (&[], "3,00", Some(3)),
        (&[], "0.000", Some(0)),
        (&[], "1,234", Some(1234)),
        (&[], "1.234", Some(1234)),
        (&[], "1.234.567", Some(1_234_567)),
        (&[], "1,234,567.0", Some(1_234_567)),
        (&[], "1 234", Some(1234)),
        (&[], "1\u{202F}234\u{202F}567,0", Some(1_234_567)),
        (&[], "12’345", Some(12345)),
        (&["1.234"], "3.000", Some(3000)),
        (&["7.0"], "3.000", Some(3)),
        (&["7,0"], "3.000", Some(3000)),
        (&["7.0"], "3,000", Some(3000)),
        (&[], "3.5", None),
        (&[], "12.34", None),
        (&[], "1234.567", None),
        (&[], "1,23,456", None),
        (&[], "1.234,5", None),
        (&[], "1.234'567", None),
        (&[], "many", None),
        (&[], "1e3", None),
        (&[], "", None),
    ] {
        let conventions = seen(&[], &[others, &[text]].concat());
        assert_eq!(conventions.problems(), [] as [&str; 0], "{text}");
        assert_eq!(conventions.number(text), value, "{text} among {others:?}");
    }
    let open = seen(&[], &["3.000", "12"]).problems();
    assert_eq!(open, ["`3.000` may have a thousands or a decimal separator, and no number in the file shows which"]);
    let both = seen(&[], &["1.234", "1,234"]).problems();
    assert_eq!(both, ["some numbers have points as thousands separators, others commas: `1.234`, but `1,234`"]);
}

#[test]
fn times_may_have_24_or_12_hours() {
    for (text, expected) in [
        ("08:05:09", Ok(Some("08:05:09"))),
        ("8:05", Ok(Some("08:05:00"))),
        ("8:05:09 PM", Ok(Some("20:05:09"))),
        ("12:05 am", Ok(Some("00:05:00"))),
        ("12:05 p.m.", Ok(Some("12:05:00"))),
        ("08:05:09.123456", Ok(Some("08:05:09"))),
        ("2026-03-04T08:05:09+01:00", Ok(Some("08:05:09"))),
        ("1/0/1900 8:05", Ok(Some("08:05:00"))),
        ("2026-03-04", Ok(None)),
        ("", Ok(None)),
        ("25:00", Err(())),
        ("13:00 PM", Err(())),
        ("8:05 o'clock", Err(())),
        ("8:05:09:10", Err(())),
    ] {
        let found = time(text).map(|time| time.map(|time| time.to_string()));
        assert_eq!(found, expected.map(|time| time.map(str::to_owned)), "{text}");
    }
}
