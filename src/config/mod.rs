//! Flags over environment over one file over defaults, checked and turned into one [`Config`].
//!
//! Every value knows where it was set, so that a message names the file and line, the variable or the flag to mend.

mod base_url;
mod ini;
pub mod keys;
mod layers;
mod proxy;
mod snapshot;
mod suggest;
mod values;
mod warning;

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;

use self::keys::Key;
pub use self::layers::{FILE_NAME, Surroundings};
use self::layers::{Flags, Layers, open_to_others};
pub use self::snapshot::{PropertyPointers, SnapshotConfig, SnapshotRules, SpaceRules, WorkflowConfig};
pub use self::warning::Warning;
use crate::cache;
use crate::cli::{AuditArgs, DemoArgs, ReadingArgs, ReportArgs, SnapshotArgs, Verify};
use crate::error::Failure;

/// Everything an audit needs to know, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// How to reach the site.
    pub connection: Connection,
    /// What is read and reported.
    pub scope: Scope,
    /// Rules of the audit.
    pub rules: Rules,
    /// Bytes the plan allows for the site.
    pub quota: Option<u64>,
    /// The folder in which the report folder is made.
    pub output: PathBuf,
    /// Where what can never change is kept; `None` keeps nothing.
    pub cache: Option<CachePlace>,
    /// Believe that much less is there than in the last complete run.
    pub accept_shrink: bool,
    /// Only say what a run would take.
    pub dry_run: bool,
}

/// Where the cache lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CachePlace {
    /// The folder with the caches of all sites.
    pub root: PathBuf,
    /// Somebody chose it, so that it has to work; the system's own cache folder may be out of use.
    pub chosen: bool,
}

impl CachePlace {
    fn find(args: &ReadingArgs, around: &Surroundings<'_>) -> Option<Self> {
        if args.no_cache {
            return None;
        }
        match &args.cache_dir {
            Some(path) => Some(Self { root: around.working_directory.join(path), chosen: true }),
            None => {
                cache::default_root(std::env::consts::OS, &around.variables).map(|root| Self { root, chosen: false })
            }
        }
    }
}

/// How to reach the site. `Debug` does not show the token.
#[derive(Debug, Clone)]
pub struct Connection {
    /// Origin and context path without a trailing slash, e.g. `https://acme.atlassian.net/wiki`.
    pub base_url: String,
    /// E-mail address of the account.
    pub user: String,
    /// Its API token.
    pub token: SecretString,
    /// Requests in flight at once.
    pub concurrency: u32,
    /// Longest wait the server may ask for.
    pub max_wait: Duration,
}

/// What is read and reported.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// Patterns of the keys of the spaces to report; empty reports all.
    pub spaces: Vec<String>,
    /// Patterns of the keys of the spaces to leave out.
    pub exclude_spaces: Vec<String>,
    /// Read the chosen spaces only.
    pub references_within: bool,
    /// Read every owner of a candidate once more, alone.
    pub verify_all: bool,
    /// Download files that look alike and compare their bytes.
    pub verify_duplicates: bool,
    /// Further hosts that mean this site, in lower case.
    pub alias_hosts: Vec<String>,
}

/// Rules of the audit that need no network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// Labels that keep a file out of the unreferenced lists.
    pub protect_labels: Vec<String>,
    /// Patterns of file names that keep a file out of the unreferenced lists.
    pub protect_names: Vec<String>,
    /// How many newest versions "keeping N frees X" keeps.
    pub keep_versions: u32,
    /// Further hosts of the site: a scan that was read without one of them says nothing of the uses behind it.
    pub alias_hosts: Vec<String>,
}

/// A configuration, and what is worth telling about it.
#[derive(Debug, Clone)]
pub struct Loaded<T> {
    /// The configuration.
    pub value: T,
    /// The file it came from, if any.
    pub file: Option<PathBuf>,
    /// Remarks for people.
    pub warnings: Vec<Warning>,
}

impl<T> Loaded<T> {
    fn map<U>(self, of: impl FnOnce(T) -> U) -> Loaded<U> {
        Loaded { value: of(self.value), file: self.file, warnings: self.warnings }
    }
}

impl Config {
    /// Loads the configuration of an audit. Fails with exit status 2 and a message that names what to mend.
    pub fn load(args: &AuditArgs, around: &mut Surroundings<'_>) -> Result<Loaded<Self>, Failure> {
        let (loaded, _) = Self::load_layers(args, Flags::default(), around)?;
        Ok(loaded)
    }

    /// Loads the configuration of an audit and, where it is to take a snapshot as well, that of the snapshot.
    pub fn load_audit(
        args: &AuditArgs,
        around: &mut Surroundings<'_>,
    ) -> Result<Loaded<(Self, Option<SnapshotConfig>)>, Failure> {
        if !args.snapshot {
            return Ok(Self::load(args, around)?.map(|config| (config, None)));
        }
        let snapshot = SnapshotArgs::of_audit(args);
        let (loaded, layers) = Self::load_layers(args, snapshot::flags(&snapshot), around)?;
        let snapshot = SnapshotConfig::from_layers(&layers, &snapshot, around)?;
        Ok(loaded.map(|config| (config, Some(snapshot))))
    }

    /// Loads the configuration of a snapshot: that of an audit over the same spaces, and what is its own.
    pub fn load_snapshot(
        args: &SnapshotArgs,
        around: &mut Surroundings<'_>,
    ) -> Result<Loaded<(Self, SnapshotConfig)>, Failure> {
        let (mut loaded, layers) = Self::load_layers(&args.as_audit(), snapshot::flags(args), around)?;
        let snapshot = SnapshotConfig::from_layers(&layers, args, around)?;
        if args.space.is_empty() {
            loaded.value.scope.spaces.clone_from(&snapshot.space_keys);
        }
        Ok(loaded.map(|config| (config, snapshot)))
    }

    /// The configuration, and the layers it came from; `more` are flags of the command beyond those of an audit.
    fn load_layers(
        args: &AuditArgs,
        more: Flags,
        around: &mut Surroundings<'_>,
    ) -> Result<(Loaded<Self>, Layers), Failure> {
        let mut flags = more;
        let mut warnings = Vec::new();
        let (reading, site) = (&args.reading, &args.reading.site);
        set_keep_versions(&mut flags, args.keep_versions);
        if let Some(concurrency) = reading.concurrency {
            flags.set(keys::REQUESTS_IN_FLIGHT, "--concurrency", concurrency.to_string());
        }
        if let Some(wait) = reading.max_wait {
            flags.set(keys::MAX_WAIT, "--max-wait", format!("{}s", wait.as_secs()));
        }
        if let Some(path) = &site.token_file {
            let path = around.working_directory.join(path);
            flags.set(keys::API_TOKEN, "--token-file", read_token_file(&path)?);
            warnings.extend(open_to_others(&path));
        }
        if site.token_stdin {
            flags.set(keys::API_TOKEN, "--token-stdin", read_token(&mut around.stdin)?);
        }
        let layers = Layers::read(site.config.as_deref(), flags, around)?;
        proxy::check(&around.variables)?;
        let config = Self {
            connection: Connection::from_layers(&layers, &mut warnings)?,
            scope: Scope::from_layers(&layers, args)?,
            rules: Rules::from_layers(&layers)?,
            quota: args.quota,
            output: around.resolve(reading.output.as_deref()),
            cache: CachePlace::find(reading, around),
            accept_shrink: args.accept_shrink,
            dry_run: reading.dry_run,
        };
        warnings.extend(layers.warnings.iter().cloned());
        Ok((Loaded { value: config, file: layers.file.clone(), warnings }, layers))
    }

    /// The configuration of `demo`: the sample site at `base_url`, defaults for all else. No file and no variable of
    /// the environment is read, so the newcomer's first command cannot fail on either.
    pub fn for_sample_site(
        base_url: &str,
        user: &str,
        token: SecretString,
        args: &DemoArgs,
        around: &Surroundings<'_>,
    ) -> Result<Self, Failure> {
        let layers = Layers::defaults()?;
        Ok(Self {
            connection: Connection {
                base_url: base_url::normalize(base_url, "sample site")?,
                user: user.to_owned(),
                token,
                concurrency: layers.require(keys::REQUESTS_IN_FLIGHT, values::count)?,
                max_wait: layers.require(keys::MAX_WAIT, values::wait)?,
            },
            scope: Scope::default(),
            rules: Rules::from_layers(&layers)?,
            quota: None,
            output: around.resolve(args.output.as_deref()),
            cache: None,
            accept_shrink: false,
            dry_run: false,
        })
    }
}

impl Rules {
    /// Loads what `report` needs: the rules of `[audit]`; address and token may be missing.
    pub fn load(args: &ReportArgs, around: &Surroundings<'_>) -> Result<Loaded<Self>, Failure> {
        let mut flags = Flags::default();
        set_keep_versions(&mut flags, args.keep_versions);
        let layers = Layers::read(args.config.as_deref(), flags, around)?;
        Ok(Loaded { value: Self::from_layers(&layers)?, file: layers.file, warnings: layers.warnings })
    }

    fn from_layers(layers: &Layers) -> Result<Self, Failure> {
        Ok(Self {
            protect_labels: layers.require(keys::PROTECT_LABELS, values::list)?,
            protect_names: layers.require(keys::PROTECT_NAMES, values::patterns)?,
            keep_versions: layers.require(keys::VERSIONS_TO_KEEP, values::count)?,
            alias_hosts: layers.require(keys::ALIAS_HOSTS, values::hosts)?,
        })
    }
}

impl Scope {
    fn from_layers(layers: &Layers, args: &AuditArgs) -> Result<Self, Failure> {
        for (flag, patterns) in [("--space", &args.space), ("--exclude-space", &args.exclude_space)] {
            for pattern in patterns {
                values::check_pattern(pattern, flag)?;
            }
        }
        Ok(Self {
            spaces: args.space.clone(),
            exclude_spaces: args.exclude_space.clone(),
            references_within: args.references_within,
            verify_all: args.verify == Some(Verify::All),
            verify_duplicates: args.verify_duplicates,
            alias_hosts: layers.require(keys::ALIAS_HOSTS, values::hosts)?,
        })
    }
}

impl Connection {
    fn from_layers(layers: &Layers, warnings: &mut Vec<Warning>) -> Result<Self, Failure> {
        let mut missing = Vec::new();
        let mut filled = |key: &'static Key| -> Result<(String, String), Failure> {
            let Some(value) = layers.get(key) else {
                missing.push(format!("`{}` is not set", key.name));
                return Ok(Default::default());
            };
            let (text, origin) = (values::text(key, &value)?.unwrap_or_default(), values::origin(&value));
            if text.is_empty() {
                missing.push(format!("`{}` is empty ({origin})", key.name));
            } else if is_placeholder(&text) {
                missing.push(format!("`{}` is not filled in ({origin})", key.name));
            }
            warnings.extend(quoted(key, &text, &origin));
            Ok((text, origin))
        };
        let (base_url, base_url_origin) = filled(keys::BASE_URL)?;
        let (user, _) = filled(keys::API_USER)?;
        let (token, token_origin) = filled(keys::API_TOKEN)?;
        if !missing.is_empty() {
            return Err(not_configured(&missing, layers));
        }
        Ok(Self {
            base_url: base_url::normalize(&base_url, &base_url_origin)?,
            user,
            token: checked_token(token, &token_origin)?,
            concurrency: layers.require(keys::REQUESTS_IN_FLIGHT, values::count)?,
            max_wait: layers.require(keys::MAX_WAIT, values::wait)?,
        })
    }
}

fn set_keep_versions(flags: &mut Flags, keep_versions: Option<u32>) {
    if let Some(keep) = keep_versions {
        flags.set(keys::VERSIONS_TO_KEEP, "--keep-versions", keep.to_string());
    }
}

/// Values that stand in the template, and in the files of people who switch from the older script, until they are
/// filled in.
fn is_placeholder(text: &str) -> bool {
    const PLACEHOLDERS: [&str; 6] =
        ["your.email@example.com", "your_email", "your_api_token_here", "your_api_token", "your-domain", "your_domain"];
    let text = text.to_ascii_lowercase();
    let host = text.trim_start_matches("https://").split('.').next().unwrap_or_default();
    PLACEHOLDERS.contains(&text.as_str()) || PLACEHOLDERS[4..].contains(&host)
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
    let mut file = fs::File::open(path).map_err(|error| failure(error.to_string()))?;
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

/// A token that could not be sent is refused here, where its origin can be named. Its text is never shown.
fn checked_token(token: String, origin: &str) -> Result<SecretString, Failure> {
    if token.chars().all(|c| c.is_ascii_graphic()) {
        return Ok(SecretString::from(token));
    }
    Err(Failure::usage(format!("{origin}: `api_token` cannot be used"))
        .because("it holds blanks, line breaks or other characters that no token has")
        .remedy("copy the token again, in one piece and without anything around it"))
}

#[cfg(test)]
mod tests;
