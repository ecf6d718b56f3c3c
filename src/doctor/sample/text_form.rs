//! The form of a text, without the text.

use super::vocabulary::is_parameter;

/// Describes a text by a class that many texts have in common.
pub(in crate::doctor) fn form_of(text: &str) -> String {
    if let Some(format) = date_format(text) {
        return format!("date {format}");
    }
    if let Some(parameters) = path_parameters(text) {
        return match parameters.as_str() {
            "" => "path".to_owned(),
            parameters => format!("path?{parameters}"),
        };
    }
    let class = if text.is_empty() {
        "empty"
    } else if digits(text) {
        "digits"
    } else if text.strip_prefix("att").is_some_and(digits) {
        "att{digits}"
    } else if uuid(text) {
        "uuid"
    } else if text.split_once(':').is_some_and(|(number, rest)| digits(number) && uuid(rest)) {
        "{digits}:{uuid}"
    } else if text.len() >= 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        "hexadecimal"
    } else if text.starts_with("http://") || text.starts_with("https://") {
        "address"
    } else if text.starts_with('<') {
        "markup"
    } else if text.starts_with(['{', '[']) {
        "json"
    } else if text.chars().all(|c| c.is_alphanumeric() || "-_.~".contains(c)) {
        "word"
    } else {
        "text"
    };
    class.to_owned()
}

/// Returns a text of a form, for documents of the same shape. Texts with another number differ.
#[cfg(test)]
pub(super) fn text_of(form: &str, length: usize, number: usize) -> String {
    let padded = |filler: char| {
        let number = number.to_string();
        let missing = length.saturating_sub(number.len());
        std::iter::repeat_n(filler, missing).chain(number.chars()).collect::<String>()
    };
    match form {
        "empty" => String::new(),
        "digits" => padded('1'),
        "att{digits}" => format!("att{}", padded('1').get(3..).filter(|digits| !digits.is_empty()).unwrap_or("1")),
        "uuid" => format!("00000000-0000-0000-0000-{number:012}"),
        "{digits}:{uuid}" => format!("712020:00000000-0000-0000-0000-{number:012}"),
        "hexadecimal" => padded('a'),
        "address" => format!("http://127.0.0.1/{number}"),
        "markup" => "<p>1</p>".to_owned(),
        "json" => "{}".to_owned(),
        "text" => format!("a {}", padded('a')),
        form if form.starts_with("date ") => {
            let format = &form["date ".len()..];
            let format = format.replace("YYYY-MM-DD", "2026-01-02").replace("hh:mm", "03:04").replace("ss", "05");
            format.replace("±hhmm", "+0000").replace("±03:04", "+00:00").replace('S', "0")
        }
        form if form.starts_with("path") => format!("/path/{number}"),
        _ => padded('a'),
    }
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn uuid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

/// Returns the format of a date or a point in time: `YYYY-MM-DDThh:mm:ss.SSSZ`.
fn date_format(text: &str) -> Option<String> {
    let zeros: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let rest = zeros.strip_prefix("0000-00-00")?;
    let date = "YYYY-MM-DD";
    let Some(time) = rest.strip_prefix(['T', ' ']) else { return rest.is_empty().then(|| date.to_owned()) };
    let separator = &rest[..1];
    let rest = time.strip_prefix("00:00")?;
    let (seconds, rest) = rest.strip_prefix(":00").map_or(("", rest), |rest| (":ss", rest));
    let fraction = rest.strip_prefix('.').map_or(0, |rest| rest.bytes().take_while(|byte| *byte == b'0').count());
    let zone = rest.strip_prefix('.').map_or(rest, |rest| &rest[fraction..]);
    let fraction = if fraction == 0 { String::new() } else { format!(".{}", "S".repeat(fraction)) };
    let zone = match zone {
        "" => "",
        "Z" => "Z",
        "+00:00" | "-00:00" => "±hh:mm",
        "+0000" | "-0000" => "±hhmm",
        _ => return None,
    };
    Some(format!("{date}{separator}hh:mm{seconds}{fraction}{zone}"))
}

/// Returns the names of the parameters of a path, sorted; those that the API does not have are counted only.
fn path_parameters(text: &str) -> Option<String> {
    let path = text.strip_prefix('/').filter(|path| !path.contains(char::is_whitespace))?;
    let query = path.split_once('?').map_or("", |(_, query)| query);
    let mut names: Vec<&str> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').map_or(pair, |(name, _)| name))
        .map(|name| if is_parameter(name) { name } else { "{parameter}" })
        .collect();
    names.sort_unstable();
    names.dedup();
    Some(names.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_is_recognised_and_a_text_of_it_can_be_made() {
        for (text, form) in [
            ("", "empty"),
            ("4711", "digits"),
            ("att4711", "att{digits}"),
            ("Quarterly figures", "text"),
            ("report.pdf", "word"),
            ("<p>Salaries</p>", "markup"),
            ("2026-11-29T02:34:10.123Z", "date YYYY-MM-DDThh:mm:ss.SSSZ"),
            ("2026-11-29T02:34:10.123+02:00", "date YYYY-MM-DDThh:mm:ss.SSS±hh:mm"),
            ("2026-11-29T02:34Z", "date YYYY-MM-DDThh:mmZ"),
            ("2026-11-29", "date YYYY-MM-DD"),
            ("2026-11-29 at noon", "text"),
            ("712020:0c9f1b1e-0000-4000-8000-000000000001", "{digits}:{uuid}"),
            ("0c9f1b1e-0000-4000-8000-000000000001", "uuid"),
            ("8a7f808a5d1c1a2b015d1c1a2b010001", "hexadecimal"),
            ("https://wiki.example.com/x", "address"),
            ("/display/DOCS/Salaries", "path"),
            ("/rest/api/content/scan?cursor=content:1&limit=50&secretName=1", "path?cursor&limit&{parameter}"),
        ] {
            assert_eq!(form_of(text), form, "{text}");
            let made = text_of(form, text.len(), 7);
            assert_eq!(form_of(&made).split('?').next(), form.split('?').next(), "{made}");
        }
    }
}
