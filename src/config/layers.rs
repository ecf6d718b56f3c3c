//! Configuration layers over the defaults, in increasing precedence: one file, the environment, flags.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::{env, fmt, fs, io};

use config::{Config, ConfigError, File, Format as _, Map, Source, Value, ValueKind};

use super::config_key::ConfigKey;
use super::connection_keys::{API_TOKEN, CLIENT_SECRET};
use super::ini::{EXCEPTIONS, LiteralIni};
use super::key_binding::KeyBinding;
use super::keys::keys;
use super::suggest::within;
use super::values::{is_placeholder, of_kind, text};
use super::warning::ConfigWarning;
use crate::error::{ExitStatus, Failure};

/// Name of the configuration file.
pub const FILE_NAME: &str = "confluence_storage_analyzer.cfg";
/// Prefix of our environment variables.
const PREFIX: &str = "CONFLUENCE_";

/// Environment of the process, passed in so that the configuration does not read it directly and can be tested.
pub struct Environment<'a> {
    pub variables: BTreeMap<String, String>,
    pub working_directory: PathBuf,
    /// The folder of the executable, if known.
    pub program_directory: Option<PathBuf>,
    /// Standard input, for `--token-stdin`.
    pub stdin: Box<dyn Read + 'a>,
}

impl Environment<'static> {
    /// Returns the environment of this process. Variables that are not valid Unicode get replacement characters, which
    /// every check of a value refuses.
    pub fn of_process() -> Result<Self, Failure> {
        let working_directory = env::current_dir().map_err(|error| {
            Failure::new(ExitStatus::Storage, "cannot determine the working directory").because(error.to_string())
        })?;
        let lossy = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned())
        };
        Ok(Self {
            variables: env::vars_os().map(lossy).collect(),
            working_directory,
            program_directory: env::current_exe().ok().and_then(|path| path.parent().map(Path::to_owned)),
            stdin: Box::new(io::stdin()),
        })
    }
}

impl Environment<'_> {
    /// Resolves a path against the working directory; without a path, returns the working directory.
    pub fn resolve(&self, path: Option<&Path>) -> PathBuf {
        path.map_or_else(|| self.working_directory.clone(), |path| self.working_directory.join(path))
    }
}

/// Values set by flags.
#[derive(Default)]
pub(super) struct FlagValues(BTreeMap<&'static str, ValueKind>);

impl FlagValues {
    /// Sets the key that belongs to this flag.
    pub(super) fn set(&mut self, flag: &'static str, value: impl Into<ValueKind>) {
        debug_assert!(keys().any(|key| key.flags.contains(&flag)), "{flag} sets no key");
        self.0.insert(flag, value.into());
    }

    fn value(&self, key: &ConfigKey) -> Option<Value> {
        let (flag, value) = key.flags.iter().find_map(|flag| self.0.get_key_value(flag))?;
        Some(Value::new(Some(&(*flag).to_owned()), value.clone()))
    }
}

/// All layers, merged.
pub(super) struct Layers {
    values: Config,
    /// The file that was read.
    pub(super) file: Option<PathBuf>,
    /// The files that were looked for.
    pub(super) looked_for: Vec<PathBuf>,
    pub(super) warnings: Vec<ConfigWarning>,
}

impl Layers {
    /// Reads and merges the layers. `chosen` is the file of `--config`; without it, the usual places are searched.
    pub(super) fn read(
        chosen: Option<&Path>,
        flags: &FlagValues,
        environment: &Environment<'_>,
    ) -> Result<Self, Failure> {
        let looked_for = places(chosen, environment);
        let file = read_first(chosen.is_some(), &looked_for)?;
        let mut builder = Config::builder();
        if let Some((path, content)) = &file {
            builder = builder.add_source(File::from_str(content, LiteralIni { path: path.clone() }));
        }
        builder = builder.add_source(VariableLayer::ours(&environment.variables));
        for (key, value) in keys().filter_map(|key| Some((key, flags.value(key)?))) {
            builder = builder.set_override(key.path(), value).map_err(into_failure)?;
        }
        let values = builder.build().map_err(into_failure)?;
        let mut warnings = misspelt(&environment.variables);
        if let Some((path, content)) = &file
            && holds_secret(path, content)
        {
            warnings.extend(open_to_others(path));
        }
        Ok(Self { values, file: file.map(|(path, _)| path), looked_for, warnings })
    }

    /// Sets the fields of `options` whose keys a layer sets.
    pub(super) fn set<T>(&self, rows: &[KeyBinding<T>], options: &mut T) -> Result<(), Failure> {
        for row in rows {
            if let Some(value) = self.get(&row.key) {
                row.set(options, &value)?;
            }
        }
        Ok(())
    }

    /// Returns the sections `[space KEY]` and `[label NAME]` in the order of the file: first word, name and values.
    pub(super) fn exceptions(&self) -> Vec<(String, String, Map<String, Value>)> {
        let exception = |exception: Value| {
            let [word, name, values] = exception.into_array().ok()?.try_into().ok()?;
            Some((word.into_string().ok()?, name.into_string().ok()?, values.into_table().ok()?))
        };
        self.values.get_array(EXCEPTIONS).unwrap_or_default().into_iter().filter_map(exception).collect()
    }

    /// Returns the value of a key from the layer of highest precedence that sets it.
    pub(super) fn get(&self, key: &ConfigKey) -> Option<Value> {
        self.values.get_table(key.section).ok()?.remove(key.name)
    }
}

/// Returns where the configuration file may be; only the first that exists is read.
fn places(chosen: Option<&Path>, environment: &Environment<'_>) -> Vec<PathBuf> {
    if let Some(path) = chosen {
        return vec![environment.working_directory.join(path)];
    }
    let mut places = vec![environment.working_directory.join(FILE_NAME)];
    places.extend(environment.program_directory.as_ref().map(|directory| directory.join(FILE_NAME)));
    places.dedup();
    places
}

fn read_first(must_exist: bool, places: &[PathBuf]) -> Result<Option<(PathBuf, String)>, Failure> {
    for path in places {
        match read_file(path, must_exist) {
            Ok(content) => return Ok(Some((path.clone(), content))),
            Err(error) if error.kind() == ErrorKind::NotFound && !must_exist => {}
            Err(error) => {
                let failure = Failure::usage(format!("cannot read {}", path.display()));
                return Err(if error.kind() == ErrorKind::InvalidData {
                    failure.because("it is not UTF-8 text").remedy("save it with the encoding UTF-8")
                } else {
                    failure.because(error.to_string()).remedy("check the name and the permissions of the file")
                });
            }
        }
    }
    Ok(None)
}

/// Reads the file. Links are followed: configurations are often deployed as links. Only a file of `--config` may be a
/// pipe, as a shell's process substitution makes one; a pipe that lies in the working directory could block forever.
fn read_file(path: &Path, is_named: bool) -> io::Result<String> {
    if !is_named && !fs::metadata(path).is_ok_and(|found| found.is_file() || found.is_dir()) && path.exists() {
        return Err(io::Error::new(ErrorKind::InvalidInput, "it is not a regular file"));
    }
    fs::read_to_string(path)
}

/// Returns whether the file sets a secret. If so, only its owner may read it, even if another secret is used.
fn holds_secret(path: &Path, content: &str) -> bool {
    let sections = LiteralIni { path: path.to_owned() }.parse(None, content).unwrap_or_default();
    [&API_TOKEN, &CLIENT_SECRET].into_iter().any(|key| {
        let section = sections.get(key.section).cloned().and_then(|section| section.into_table().ok());
        let secret = section.and_then(|mut section| section.remove(key.name));
        secret.and_then(|secret| text(key, &secret).ok().flatten()).is_some_and(|secret| !is_placeholder(&secret))
    })
}

/// Returns a warning if other accounts may read the file.
#[cfg(unix)]
pub(super) fn open_to_others(path: &Path) -> Option<ConfigWarning> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path).ok().filter(fs::Metadata::is_file)?.permissions().mode() & 0o777;
    (mode & 0o077 != 0).then(|| ConfigWarning::ReadableByOthers { path: path.to_owned(), mode })
}

/// Returns `None`: this system has no Unix permissions.
#[cfg(not(unix))]
pub(super) fn open_to_others(_path: &Path) -> Option<ConfigWarning> {
    None
}

/// The layer of our environment variables.
#[derive(Clone)]
struct VariableLayer(Vec<(&'static ConfigKey, &'static str, String)>);

impl VariableLayer {
    /// Collects our variables. An empty variable counts as not set: shells and schedulers unset variables like that.
    fn ours(variables: &BTreeMap<String, String>) -> Self {
        let set = |name: &'static str| {
            let value = variables.get(name).filter(|value| !value.trim().is_empty())?;
            Some((name, value.clone()))
        };
        let first = |key: &'static ConfigKey| {
            let (name, value) = key.variables.iter().find_map(|name| set(name))?;
            Some((key, name, value))
        };
        Self(keys().filter_map(first).collect())
    }
}

impl fmt::Debug for VariableLayer {
    /// Formats the names only: some values are secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(_, name, _)| name)).finish()
    }
}

impl Source for VariableLayer {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, ConfigError> {
        let entry = |(key, name, value): &(&'static ConfigKey, &'static str, String)| {
            (key.path(), Value::new(Some(&format!("environment variable {name}")), of_kind(key, value)))
        };
        Ok(self.0.iter().map(entry).collect())
    }
}

/// Returns warnings about variables that look like misspelt names of ours.
fn misspelt(variables: &BTreeMap<String, String>) -> Vec<ConfigWarning> {
    let ours: Vec<&'static str> = keys().flat_map(|key| key.variables).copied().collect();
    let unknown = variables.keys().filter(|name| !ours.contains(&name.as_str()));
    let warning =
        |name: &String| Some(ConfigWarning::UnknownVariable { name: name.clone(), meant: meant(name, &ours)? });
    unknown.filter_map(warning).collect()
}

/// Returns which of our variables was probably meant by a name: a short form (`CONFLUENCE_TOKEN`) or a misspelling.
fn meant(name: &str, ours: &[&'static str]) -> Option<&'static str> {
    const SHORT_FORMS: [(&[&str], &str); 4] = [
        (&["URL", "BASE", "SITE", "SERVER", "API_URL", "SITE_URL"], "CONFLUENCE_BASE_URL"),
        (&["USER", "USERNAME", "API_USERNAME", "MAIL", "API_EMAIL", "USER_EMAIL"], "CONFLUENCE_API_USER"),
        (&["TOKEN", "API_KEY", "KEY", "PASSWORD", "API_PASSWORD", "PAT"], "CONFLUENCE_API_TOKEN"),
        (&["SECRET", "OAUTH_CLIENT_SECRET"], "CONFLUENCE_CLIENT_SECRET"),
    ];
    let upper = name.to_ascii_uppercase();
    if let Some(rest) = upper.strip_prefix(PREFIX)
        && let Some((_, meant)) = SHORT_FORMS.iter().find(|(forms, _)| forms.contains(&rest))
    {
        return Some(meant);
    }
    // at most two letters: a third of such a long name would also match variables of other programs
    within(&upper, ours.iter().copied(), |_| 2)
}

/// Unwraps failures of our parser, which the `config` crate wraps. Any other error of that crate is a bug of this
/// program.
fn into_failure(error: ConfigError) -> Failure {
    let ConfigError::FileParse { cause, .. } = error else {
        return Failure::new(ExitStatus::Internal, "cannot merge the configuration").because(error.to_string());
    };
    match cause.downcast::<Failure>() {
        Ok(failure) => *failure,
        Err(other) => Failure::usage("cannot read the configuration file").because(other.to_string()),
    }
}
