//! Connection settings: the address, the account and the token, which have no default, and where the token comes from.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use confluence_client::{ConnectionSettings, Credentials};
use secrecy::SecretString;

use super::base_url;
use super::config_key::ConfigKey;
use super::keys::{API_TOKEN, API_USER, BASE_URL, CONNECTION};
use super::layers::{Environment, FILE_NAME, FlagValues, Layers, open_to_others};
use super::values;
use super::warning::ConfigWarning;
use crate::cli::SiteArgs;
use crate::error::Failure;

/// Returns settings for a site, with this program's name as user agent.
pub(super) fn settings(base_url: String, user: String, token: SecretString) -> ConnectionSettings {
    ConnectionSettings {
        user_agent: concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")).to_owned(),
        ..ConnectionSettings::new(base_url, Credentials::basic(user, token))
    }
}

/// Reads the token if a flag says from where; returns a warning about the file, if any.
pub(super) fn set_token(
    flags: &mut FlagValues,
    site: &SiteArgs,
    environment: &mut Environment<'_>,
) -> Result<Option<ConfigWarning>, Failure> {
    if let Some(path) = &site.token_file {
        let path = environment.working_directory.join(path);
        flags.set("--token-file", read_token_file(&path)?);
        return Ok(open_to_others(&path));
    }
    if site.token_stdin {
        flags.set("--token-stdin", read_token(&mut environment.stdin)?);
    }
    Ok(None)
}

/// Returns the connection settings from the layers.
pub(super) fn from_layers(layers: &Layers, warnings: &mut Vec<ConfigWarning>) -> Result<ConnectionSettings, Failure> {
    let mut missing = Vec::new();
    let mut filled = |key: &'static ConfigKey| -> Result<(String, String), Failure> {
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

fn quoted(key: &ConfigKey, text: &str, origin: &str) -> Option<ConfigWarning> {
    let in_quotes = |quote| text.len() > 1 && text.starts_with(quote) && text.ends_with(quote);
    (in_quotes('"') || in_quotes('\'')).then(|| ConfigWarning::Quoted { key: key.name, origin: origin.to_owned() })
}

/// Returns one failure for all missing values, so that they can be corrected at once.
fn not_configured(missing: &[String], layers: &Layers) -> Failure {
    let hints = layers.warnings.iter().filter_map(ConfigWarning::misspelt);
    let facts: Vec<_> = missing.iter().cloned().chain(hints).collect();
    let failure = Failure::usage(format!("the configuration is incomplete: {}", facts.join("; ")));
    if let Some(file) = &layers.file {
        return failure
            .because(format!("the configuration file is {}", file.display()))
            .remedy("fill it in, or set CONFLUENCE_BASE_URL, CONFLUENCE_API_USER and CONFLUENCE_API_TOKEN");
    }
    let places: Vec<_> = layers.looked_for.iter().map(|path| path.display().to_string()).collect();
    failure.because(format!("no configuration file was found; looked for {}", places.join(", "))).remedy(format!(
        "copy {FILE_NAME}.template to {FILE_NAME} and fill it in, or set CONFLUENCE_BASE_URL, CONFLUENCE_API_USER and \
         CONFLUENCE_API_TOKEN; to try the program without a site, run the command `demo`"
    ))
}

fn read_token_file(path: &Path) -> Result<String, Failure> {
    let failure = |why: String| {
        Failure::usage(format!("--token-file: cannot read {}", path.display()))
            .because(why)
            .remedy("check the name and the permissions of the file")
    };
    let mut file = File::open(path).map_err(|error| failure(error.to_string()))?;
    read_token(&mut file)
}

/// Reads a token without the whitespace around it, and at most 16 KiB: no token is longer.
fn read_token(from: &mut dyn Read) -> Result<String, Failure> {
    const LONGEST: u64 = 16 * 1024;
    let mut text = String::new();
    from.take(LONGEST)
        .read_to_string(&mut text)
        .map_err(|error| Failure::usage("cannot read the API token").because(error.to_string()))?;
    Ok(text.trim_start_matches('\u{feff}').trim().to_owned())
}

/// Refuses text that cannot be an account name, here where its origin is known. The text is not shown: it may be a
/// token set by mistake.
fn check_user(user: &str, origin: &str) -> Result<(), Failure> {
    let Some(problem) = problem_of_user(user) else { return Ok(()) };
    Err(Failure::usage(format!("{origin}: `api_user` cannot be used"))
        .because(problem)
        .remedy("use only the e-mail address of the account, as in: api_user = me@example.com"))
}

fn problem_of_user(user: &str) -> Option<String> {
    if user.starts_with("ATATT") || user.starts_with("ATCTT") {
        return Some("it is an API token, which belongs under `api_token`".to_owned());
    }
    if let Some(c) = user.chars().find(|c| is_invisible(*c)) {
        return Some(format!("it contains an invisible character (U+{:04X})", u32::from(c)));
    }
    if user.split_whitespace().skip(1).any(|word| word.starts_with(['#', ';'])) {
        return Some("it contains a comment; comments need their own line".to_owned());
    }
    if user.contains(char::is_whitespace) {
        return Some("it contains whitespace".to_owned());
    }
    let mark = user.chars().find(|c| "<>[](){}:,\\".contains(*c))?;
    Some(format!("it contains `{mark}`, which no account name has"))
}

/// Returns whether a character is invisible, such as those that are copied along with text from a web page.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffd}' | '\u{e0000}'..='\u{e0fff}'
        )
}

/// Refuses a token that could not be sent, here where its origin is known. The token itself is never shown.
fn checked_token(token: String, origin: &str) -> Result<SecretString, Failure> {
    let failure = |why: &str| {
        Failure::usage(format!("{origin}: `api_token` cannot be used"))
            .because(why)
            .remedy("copy the token again: all of it, and nothing else")
    };
    if !token.chars().all(|c| c.is_ascii_graphic()) {
        return Err(failure("it contains whitespace or other characters that no token has"));
    }
    let lower = token.to_ascii_lowercase();
    if ["api_token", "confluence_api_token"]
        .iter()
        .any(|name| lower.strip_prefix(name).is_some_and(|rest| rest.starts_with(['=', ':'])))
    {
        return Err(failure("it begins with the name of a key or variable; only the value is expected here"));
    }
    if token.starts_with(['<', '[', '(', '{']) && token.ends_with(['>', ']', ')', '}']) {
        return Err(failure("it is enclosed in brackets"));
    }
    Ok(SecretString::from(token))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_names_contain_nothing_but_the_address() {
        for user in ["me@example.com", "o'brien+wiki@example.co.uk", "jörg.müller@example.de", "admin", "a_b-c#1"] {
            assert_eq!(check_user(user, "x"), Ok(()), "{user}");
        }
        for (user, problem) in [
            ("me@example.com # mine", "a comment"),
            ("me@example.com ; mine", "a comment"),
            ("me @example.com", "whitespace"),
            ("me@example.com\u{a0}x", "whitespace"),
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
    fn tokens_with_other_text_around_them_are_refused_and_not_shown() {
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
