//! Connection settings: the address and the credentials, which have no default, and where the secret comes from.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use confluence_client::{ConnectionSettings, Credentials};

use super::connection_keys::{BASE_URL, LIMITS, SITE};
use super::credentials::WAYS;
use super::layers::{Environment, FILE_NAME, FlagValues, Layers, open_to_others};
use super::setting::Setting;
use super::warning::ConfigWarning;
use super::{base_url, credentials};
use crate::cli::SiteArgs;
use crate::error::Failure;

/// Returns settings for a site, with this program's name as user agent.
pub(super) fn settings(base_url: String, credentials: Credentials) -> ConnectionSettings {
    ConnectionSettings {
        user_agent: concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")).to_owned(),
        ..ConnectionSettings::new(base_url, credentials)
    }
}

/// Reads the token or client secret if a flag says from where; returns a warning about the file, if any.
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
    let address = Setting::of(&BASE_URL, layers.get(&BASE_URL), warnings)?;
    missing.extend(address.problem());
    let address = address.filled();
    let may_be_password = address.as_ref().is_some_and(|(address, _)| !base_url::is_atlassian(address));
    let credentials = credentials::from_layers(layers, may_be_password, &mut missing, warnings)?;
    let (Some((address, origin)), Some(credentials), true) = (address, credentials, missing.is_empty()) else {
        return Err(not_configured(&missing, layers));
    };
    let mut settings = settings(base_url::normalize(&address, &origin)?, credentials);
    layers.set(SITE, &mut settings)?;
    layers.set(LIMITS, &mut settings)?;
    Ok(settings)
}

/// Returns one failure for all missing values, so that they can be corrected at once.
fn not_configured(missing: &[String], layers: &Layers) -> Failure {
    let hints = layers.warnings.iter().filter_map(ConfigWarning::misspelt);
    let facts: Vec<_> = missing.iter().cloned().chain(hints).collect();
    let failure = Failure::usage(format!("the configuration is incomplete: {}", facts.join("; ")));
    let variables = format!("set CONFLUENCE_BASE_URL with {WAYS}");
    if let Some(file) = &layers.file {
        return failure
            .because(format!("the configuration file is {}", file.display()))
            .remedy(format!("fill it in, or {variables}"));
    }
    let places: Vec<_> = layers.looked_for.iter().map(|path| path.display().to_string()).collect();
    failure.because(format!("no configuration file was found; looked for {}", places.join(", "))).remedy(format!(
        "copy {FILE_NAME}.template to {FILE_NAME} and fill it in, or {variables}; to try the program without a site, \
         run the command `demo`"
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
