//! Credentials: exactly one kind, complete, and every value in its own place.
//!
//! What is wrong with a value is said here, where its origin is known, and before anything is sent: a failed login
//! counts against the account. No message shows a user name or a secret: either may be in the place of the other.

use config::Value;
use confluence_client::{Credentials, is_personal_access_token};
use secrecy::SecretString;

use super::config_key::ConfigKey;
use super::connection_keys::{API_TOKEN, API_USER, CLIENT_ID, CLIENT_SECRET};
use super::layers::Layers;
use super::setting::Setting;
use super::warning::ConfigWarning;
use crate::error::Failure;

/// What may be set, for messages.
pub(super) const WAYS: &str = "CONFLUENCE_API_USER and CONFLUENCE_API_TOKEN (e-mail address and API token), or \
                               CONFLUENCE_API_TOKEN alone (bearer token or personal access token), or \
                               CONFLUENCE_CLIENT_ID and CONFLUENCE_CLIENT_SECRET (service account)";

/// Returns the credentials that the layers set, or adds what is missing to `missing`. `may_be_password` says that the
/// token may be a password, which can contain any character.
pub(super) fn from_layers(
    layers: &Layers,
    may_be_password: bool,
    missing: &mut Vec<String>,
    warnings: &mut Vec<ConfigWarning>,
) -> Result<Option<Credentials>, Failure> {
    let mut read = |key: &'static ConfigKey, value: Option<Value>| Setting::of(key, value, warnings);
    let id = read(&CLIENT_ID, layers.get(&CLIENT_ID))?;
    // a secret that a flag reads belongs to the client id, if there is one
    let of_flag = |value: &Value| value.origin().is_some_and(|origin| origin.starts_with("--"));
    let token = layers.get(&API_TOKEN).filter(|value| !(of_flag(value) && id.is_filled()));
    let secret = layers.get(&CLIENT_SECRET).filter(|value| !of_flag(value) || id.is_filled());
    let (user, token, secret) =
        (read(&API_USER, layers.get(&API_USER))?, read(&API_TOKEN, token)?, read(&CLIENT_SECRET, secret)?);
    if let (Some(one), Some(other)) = (
        [&token, &user].into_iter().find(|one| one.is_filled()),
        [&id, &secret].into_iter().find(|one| one.is_filled()),
    ) {
        return Err(Failure::usage(format!("two kinds of credentials are set: {one} and {other}"))
            .remedy("keep one kind: `api_token`, with or without `api_user`, or `client_id` with `client_secret`"));
    }
    if id.is_filled() || secret.is_filled() {
        missing.extend([&id, &secret].into_iter().filter_map(Setting::problem));
        let (Setting::Filled { text: id, origin, .. }, Setting::Filled { text: secret, origin: of_secret, .. }) =
            (id, secret)
        else {
            return Ok(None);
        };
        check_id(&id, &origin)?;
        check_secret(&CLIENT_SECRET, &secret, &of_secret, false)?;
        return Ok(Some(Credentials::client(id, SecretString::from(secret))));
    }
    match (user, token) {
        (Setting::Filled { text: user, origin, .. }, Setting::Filled { text: token, origin: of_token, .. }) => {
            check_user(&user, &origin)?;
            if is_personal_access_token(&token) {
                return Err(Failure::usage(format!("{of_token}: `api_token` cannot be used with `api_user`"))
                    .because("it is a personal access token, which is sent without a user name")
                    .remedy(format!("remove `api_user` ({origin})")));
            }
            check_secret(&API_TOKEN, &token, &of_token, may_be_password)?;
            Ok(Some(Credentials::basic(user, SecretString::from(token))))
        }
        (Setting::NotSet { .. } | Setting::Empty { .. }, Setting::Filled { text: token, origin, .. }) => {
            check_secret(&API_TOKEN, &token, &origin, false)?;
            Ok(Some(Credentials::bearer(SecretString::from(token))))
        }
        (user @ Setting::Placeholder { .. }, Setting::Filled { .. }) => {
            let without = "remove it if `api_token` is a token that is used without a user";
            missing.extend(user.problem().map(|problem| format!("{problem}: {without}")));
            Ok(None)
        }
        (Setting::Filled { .. }, token) => {
            missing.extend(token.problem());
            Ok(None)
        }
        (user, token) => {
            let set = [user, token, id, secret].into_iter().filter(|one| !matches!(one, Setting::NotSet { .. }));
            let before = missing.len();
            missing.extend(set.filter_map(|one| one.problem()));
            if missing.len() == before {
                missing.push("no credentials are set".to_owned());
            }
            Ok(None)
        }
    }
}

/// Refuses text that cannot be an account name. The text is not shown: it may be a token set by mistake.
fn check_user(user: &str, origin: &str) -> Result<(), Failure> {
    let Some(problem) = problem_of_user(user) else { return Ok(()) };
    Err(Failure::usage(format!("{origin}: `api_user` cannot be used"))
        .because(problem)
        .remedy("use only the e-mail address of the account, as in: api_user = me@example.com"))
}

fn problem_of_user(user: &str) -> Option<String> {
    if let Some(problem) = problem_of_place(&API_USER, user) {
        return Some(problem);
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

/// Refuses text that cannot be a client id. The text is not shown: it may be a secret set by mistake.
fn check_id(id: &str, origin: &str) -> Result<(), Failure> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    let problem = match problem_of_place(&CLIENT_ID, id) {
        Some(problem) => problem,
        None if id.contains('@') => "it is an e-mail address".to_owned(),
        None if !id.chars().all(is_part) => {
            "it contains whitespace or other characters that no client id has".to_owned()
        }
        None => return Ok(()),
    };
    Err(Failure::usage(format!("{origin}: `client_id` cannot be used"))
        .because(problem)
        .remedy("copy the client id of the service account's credential again: all of it, and nothing else"))
}

/// Refuses a secret that could not be sent, or belongs elsewhere. The secret itself is never shown.
fn check_secret(key: &ConfigKey, secret: &str, origin: &str, may_be_password: bool) -> Result<(), Failure> {
    let failure = |why: &str| {
        Failure::usage(format!("{origin}: `{}` cannot be used", key.name))
            .because(why)
            .remedy("copy it again: all of it, and nothing else")
    };
    if let Some(problem) = problem_of_place(key, secret) {
        return Err(failure(&problem));
    }
    if may_be_password && !secret.chars().any(is_invisible) {
        return Ok(());
    }
    if !secret.chars().all(|c| c.is_ascii_graphic()) {
        return Err(failure("it contains whitespace or other characters that no token has"));
    }
    let lower = secret.to_ascii_lowercase();
    if [key.name]
        .into_iter()
        .chain(key.variables.iter().copied())
        .any(|name| lower.strip_prefix(&name.to_ascii_lowercase()).is_some_and(|rest| rest.starts_with(['=', ':'])))
    {
        return Err(failure("it begins with the name of a key or variable; only the value is expected here"));
    }
    if secret.starts_with(['<', '[', '(', '{']) && secret.ends_with(['>', ']', ')', '}']) {
        return Err(failure("it is enclosed in brackets"));
    }
    Ok(())
}

/// Returns what is wrong if the form of a value shows that it belongs to another key.
fn problem_of_place(key: &ConfigKey, text: &str) -> Option<String> {
    let (is, belongs) = if ["ATATT", "ATCTT", "ATSTT"].iter().any(|form| text.starts_with(form)) {
        ("an API token", &API_TOKEN)
    } else if text.starts_with("ATOA") {
        ("a client secret", &CLIENT_SECRET)
    } else if is_personal_access_token(text) {
        ("a personal access token", &API_TOKEN)
    } else {
        return None;
    };
    (belongs.name != key.name).then(|| format!("it is {is}, which belongs under `{}`", belongs.name))
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
        assert!(check_secret(&API_TOKEN, "ATATT3xFf_-=C0FFEE", "x", false).is_ok());
        for token in [
            "ATATT3xsecret\nsecret",
            "ATATT3xsecret # mine",
            "api_token=ATATT3xsecret",
            "CONFLUENCE_API_TOKEN:ATATT3xsecret",
            "<ATATT3xsecret>",
            "ATATT3xsecret\u{200b}",
        ] {
            let failure = check_secret(&API_TOKEN, token, "--token-stdin", false).unwrap_err();
            assert!(
                failure.what.starts_with("--token-stdin: ") && !failure.to_string().contains("secret"),
                "{failure}"
            );
        }
    }
}
