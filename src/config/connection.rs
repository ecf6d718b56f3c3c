//! How the site is reached, and as whom: the three values without a default, and where the token may come from.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use confluence_client::{ConnectionSettings, Credentials};
use secrecy::SecretString;

use super::base_url;
use super::key::Key;
use super::keys::{API_TOKEN, API_USER, BASE_URL, CONNECTION};
use super::layers::{FILE_NAME, Flags, Layers, Surroundings, open_to_others};
use super::values;
use super::warning::Warning;
use crate::cli::SiteArgs;
use crate::error::Failure;

/// Settings for a site, with the name of this program in every request.
pub(super) fn settings(base_url: String, user: String, token: SecretString) -> ConnectionSettings {
    ConnectionSettings {
        user_agent: concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")).to_owned(),
        ..ConnectionSettings::new(base_url, Credentials::basic(user, token))
    }
}

/// Sets the token where a flag says where to read it; gives remarks on the file.
pub(super) fn set_token(
    flags: &mut Flags,
    site: &SiteArgs,
    around: &mut Surroundings<'_>,
) -> Result<Option<Warning>, Failure> {
    if let Some(path) = &site.token_file {
        let path = around.working_directory.join(path);
        flags.set("--token-file", read_token_file(&path)?);
        return Ok(open_to_others(&path));
    }
    if site.token_stdin {
        flags.set("--token-stdin", read_token(&mut around.stdin)?);
    }
    Ok(None)
}

/// The settings that the layers give.
pub(super) fn from_layers(layers: &Layers, warnings: &mut Vec<Warning>) -> Result<ConnectionSettings, Failure> {
    let mut missing = Vec::new();
    let mut filled = |key: &'static Key| -> Result<(String, String), Failure> {
        let Some(value) = layers.get(key) else {
            missing.push(format!("`{}` is not set", key.name));
            return Ok(Default::default());
        };
        let (text, origin) = (values::text(key, &value)?.unwrap_or_default(), values::origin(&value));
        if text.is_empty() {
            missing.push(format!("`{}` is empty ({origin})", key.name));
        } else if values::is_placeholder(&text) {
            missing.push(format!("`{}` is not filled in ({origin})", key.name));
        }
        warnings.extend(quoted(key, &text, &origin));
        Ok((text, origin))
    };
    let (base_url, base_url_origin) = filled(&BASE_URL)?;
    let (user, user_origin) = filled(&API_USER)?;
    let (token, token_origin) = filled(&API_TOKEN)?;
    if !missing.is_empty() {
        return Err(not_configured(&missing, layers));
    }
    let base_url = base_url::normalize(&base_url, &base_url_origin)?;
    check_user(&user, &user_origin)?;
    let mut settings = settings(base_url, user, checked_token(token, &token_origin)?);
    layers.set(CONNECTION, &mut settings)?;
    Ok(settings)
}

fn quoted(key: &Key, text: &str, origin: &str) -> Option<Warning> {
    let in_quotes = |quote| text.len() > 1 && text.starts_with(quote) && text.ends_with(quote);
    (in_quotes('"') || in_quotes('\'')).then(|| Warning::Quoted { key: key.name, origin: origin.to_owned() })
}

/// One message for all that is missing, so that nobody mends one value after the other.
fn not_configured(missing: &[String], layers: &Layers) -> Failure {
    let hints = layers.warnings.iter().filter_map(Warning::misspelt);
    let facts: Vec<_> = missing.iter().cloned().chain(hints).collect();
    let failure = Failure::usage(format!("the site cannot be read yet: {}", facts.join("; ")));
    if let Some(file) = &layers.file {
        return failure
            .because(format!("the configuration file is {}", file.display()))
            .remedy("fill it in, or set CONFLUENCE_BASE_URL, CONFLUENCE_API_USER and CONFLUENCE_API_TOKEN");
    }
    let places: Vec<_> = layers.looked_for.iter().map(|path| path.display().to_string()).collect();
    failure.because(format!("no configuration file was found; looked for {}", places.join(", "))).remedy(format!(
        "copy {FILE_NAME}.template to {FILE_NAME} and fill it in; to look around first, run the command `demo`"
    ))
}

fn read_token_file(path: &Path) -> Result<String, Failure> {
    let failure = |why: String| Failure::usage(format!("--token-file: {} cannot be read", path.display())).because(why);
    let mut file = File::open(path).map_err(|error| failure(error.to_string()))?;
    read_token(&mut file)
}

/// All that there is, without blanks around it. What is too long for a token is not read to its end.
fn read_token(from: &mut dyn Read) -> Result<String, Failure> {
    const LONGEST: u64 = 16 * 1024;
    let mut text = String::new();
    from.take(LONGEST)
        .read_to_string(&mut text)
        .map_err(|error| Failure::usage("the API token cannot be read").because(error.to_string()))?;
    Ok(text.trim_start_matches('\u{feff}').trim().to_owned())
}

/// Refuses an account that no site knows by the way it is written, where its origin can be named. Its text is not shown:
/// the token may stand in its place.
fn check_user(user: &str, origin: &str) -> Result<(), Failure> {
    let Some(problem) = problem_of_user(user) else { return Ok(()) };
    Err(Failure::usage(format!("{origin}: `api_user` cannot be used"))
        .because(problem)
        .remedy("write the e-mail address of the account and nothing else, as in: api_user = me@example.com"))
}

fn problem_of_user(user: &str) -> Option<String> {
    if user.starts_with("ATATT") || user.starts_with("ATCTT") {
        return Some("it is an API token, which belongs under `api_token`".to_owned());
    }
    if let Some(c) = user.chars().find(|c| is_invisible(*c)) {
        return Some(format!("it holds a character that nobody sees (U+{:04X})", u32::from(c)));
    }
    if user.split_whitespace().skip(1).any(|word| word.starts_with(['#', ';'])) {
        return Some("it holds a comment, and comments need a line of their own".to_owned());
    }
    if user.contains(char::is_whitespace) {
        return Some("it holds blanks".to_owned());
    }
    let mark = user.chars().find(|c| "<>[](){}:,\\".contains(*c))?;
    Some(format!("it holds `{mark}`, which no account has"))
}

/// Characters that take no room, such as those that come along when text is copied from a page.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffd}' | '\u{e0000}'..='\u{e0fff}'
        )
}

/// A token that could not be sent is refused here, where its origin can be named. Its text is never shown.
fn checked_token(token: String, origin: &str) -> Result<SecretString, Failure> {
    let failure = |why: &str| {
        Failure::usage(format!("{origin}: `api_token` cannot be used"))
            .because(why)
            .remedy("copy the token again, in one piece and without anything around it")
    };
    if !token.chars().all(|c| c.is_ascii_graphic()) {
        return Err(failure("it holds blanks, line breaks or other characters that no token has"));
    }
    let lower = token.to_ascii_lowercase();
    if ["api_token", "confluence_api_token"]
        .iter()
        .any(|name| lower.strip_prefix(name).is_some_and(|rest| rest.starts_with(['=', ':'])))
    {
        return Err(failure("it begins with the name of a key or variable, which belongs into another file"));
    }
    if token.starts_with(['<', '[', '(', '{']) && token.ends_with(['>', ']', ')', '}']) {
        return Err(failure("it stands in brackets"));
    }
    Ok(SecretString::from(token))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_addresses_and_nothing_else() {
        for user in ["me@example.com", "o'brien+wiki@example.co.uk", "jörg.müller@example.de", "admin", "a_b-c#1"] {
            assert_eq!(check_user(user, "x"), Ok(()), "{user}");
        }
        for (user, problem) in [
            ("me@example.com # mine", "a comment"),
            ("me@example.com ; mine", "a comment"),
            ("me @example.com", "blanks"),
            ("me@example.com\u{a0}x", "blanks"),
            ("me@example.com\u{200b}", "U+200B"),
            ("\u{feff}me@example.com", "U+FEFF"),
            ("me@exam\u{ad}ple.com", "U+00AD"),
            ("me@example.com\u{7}", "U+0007"),
            ("me@ex\u{fffd}mple.com", "U+FFFD"),
            ("<me@example.com>", "`<`"),
            ("[me@example.com](mailto:me@example.com)", "`[`"),
            ("mailto:me@example.com", "`:`"),
            ("me@example.com,you@example.com", "`,`"),
            ("ATATT3xFfGF0secretsecret", "is an API token"),
        ] {
            let failure = check_user(user, "the.cfg:3").unwrap_err();
            assert_eq!(failure.what, "the.cfg:3: `api_user` cannot be used");
            assert!(failure.why.as_deref().unwrap().contains(problem), "{user:?}: {failure}");
            assert!(!failure.to_string().contains("secretsecret"), "{failure}");
        }
    }

    #[test]
    fn tokens_with_anything_around_them_are_refused_and_not_shown() {
        assert!(checked_token("ATATT3xFf_-=C0FFEE".to_owned(), "x").is_ok());
        for token in [
            "ATATT3xsecret\nsecret",
            "ATATT3xsecret # mine",
            "api_token=ATATT3xsecret",
            "CONFLUENCE_API_TOKEN:ATATT3xsecret",
            "<ATATT3xsecret>",
            "ATATT3xsecret\u{200b}",
        ] {
            let failure = checked_token(token.to_owned(), "--token-stdin").unwrap_err();
            assert!(
                failure.what.starts_with("--token-stdin: ") && !failure.to_string().contains("secret"),
                "{failure}"
            );
        }
    }
}
