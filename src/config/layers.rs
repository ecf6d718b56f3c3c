//! The layers over the defaults, weakest first: one file, the environment, flags.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::{env, fmt, fs, io};

use config::{Config, ConfigError, File, Format as _, Map, Source, Value, ValueKind};

use super::ini::{EXCEPTIONS, LiteralIni};
use super::key::Key;
use super::keys::{API_TOKEN, keys};
use super::row::Row;
use super::suggest::within;
use super::values::{is_placeholder, of_kind, text};
use super::warning::Warning;
use crate::error::{ExitStatus, Failure};

/// Name of the configuration file.
pub const FILE_NAME: &str = "confluence_storage_analyzer.cfg";
/// What the names of our environment variables begin with.
const PREFIX: &str = "CONFLUENCE_";

/// What surrounds the process, passed in so that nothing in here depends on it.
pub struct Surroundings<'a> {
    /// Environment variables.
    pub variables: BTreeMap<String, String>,
    /// Where the program was started.
    pub working_directory: PathBuf,
    /// Where the program lies, when known.
    pub program_directory: Option<PathBuf>,
    /// Standard input, for `--token-stdin`.
    pub stdin: Box<dyn Read + 'a>,
}

impl Surroundings<'static> {
    /// Those of this process. Variables that are no valid Unicode are read with replacement characters, which no
    /// check of a value lets through.
    pub fn of_process() -> Result<Self, Failure> {
        let working_directory = env::current_dir().map_err(|error| {
            Failure::new(ExitStatus::Storage, "the working directory cannot be found").because(error.to_string())
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

impl Surroundings<'_> {
    /// A path that somebody gave, from the working directory on, which it is where none was given.
    pub fn resolve(&self, path: Option<&Path>) -> PathBuf {
        path.map_or_else(|| self.working_directory.clone(), |path| self.working_directory.join(path))
    }
}

/// What flags set, by the flag.
#[derive(Default)]
pub(super) struct Flags(BTreeMap<&'static str, ValueKind>);

impl Flags {
    /// Sets the key that the table gives this flag.
    pub(super) fn set(&mut self, flag: &'static str, value: impl Into<ValueKind>) {
        debug_assert!(keys().any(|key| key.flags.contains(&flag)), "{flag} sets no key");
        self.0.insert(flag, value.into());
    }

    fn value(&self, key: &Key) -> Option<Value> {
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
    /// What is worth telling.
    pub(super) warnings: Vec<Warning>,
}

impl Layers {
    /// Reads and merges the layers. `chosen` is the file of `--config`, without which the usual places are searched.
    pub(super) fn read(chosen: Option<&Path>, flags: &Flags, around: &Surroundings<'_>) -> Result<Self, Failure> {
        let looked_for = places(chosen, around);
        let file = read_first(chosen.is_some(), &looked_for)?;
        let mut builder = Config::builder();
        if let Some((path, content)) = &file {
            builder = builder.add_source(File::from_str(content, LiteralIni { path: path.clone() }));
        }
        builder = builder.add_source(Variables::ours(&around.variables));
        for (key, value) in keys().filter_map(|key| Some((key, flags.value(key)?))) {
            builder = builder.set_override(key.path(), value).map_err(into_failure)?;
        }
        let values = builder.build().map_err(into_failure)?;
        let mut warnings = misspelt(&around.variables);
        if let Some((path, content)) = &file
            && holds_token(path, content)
        {
            warnings.extend(open_to_others(path));
        }
        Ok(Self { values, file: file.map(|(path, _)| path), looked_for, warnings })
    }

    /// Sets what the keys of these rows set; the rest of the options stays as it is.
    pub(super) fn set<T>(&self, rows: &[Row<T>], options: &mut T) -> Result<(), Failure> {
        for row in rows {
            if let Some(value) = self.get(&row.key) {
                row.set(options, &value)?;
            }
        }
        Ok(())
    }

    /// What the sections `[space KEY]` and `[label NAME]` set, in the order of the file: the word and the name of each, and
    /// its values.
    pub(super) fn exceptions(&self) -> Vec<(String, String, Map<String, Value>)> {
        let exception = |exception: Value| {
            let [word, name, values] = exception.into_array().ok()?.try_into().ok()?;
            Some((word.into_string().ok()?, name.into_string().ok()?, values.into_table().ok()?))
        };
        self.values.get_array(EXCEPTIONS).unwrap_or_default().into_iter().filter_map(exception).collect()
    }

    /// The value of a key in the strongest layer that sets it.
    pub(super) fn get(&self, key: &Key) -> Option<Value> {
        self.values.get_table(key.section).ok()?.remove(key.name)
    }
}

/// Where the configuration file may be; the first that exists is read, and no other.
fn places(chosen: Option<&Path>, around: &Surroundings<'_>) -> Vec<PathBuf> {
    if let Some(path) = chosen {
        return vec![around.working_directory.join(path)];
    }
    let mut places = vec![around.working_directory.join(FILE_NAME)];
    places.extend(around.program_directory.as_ref().map(|directory| directory.join(FILE_NAME)));
    places.dedup();
    places
}

fn read_first(must_exist: bool, places: &[PathBuf]) -> Result<Option<(PathBuf, String)>, Failure> {
    for path in places {
        match read_file(path, must_exist) {
            Ok(content) => return Ok(Some((path.clone(), content))),
            Err(error) if error.kind() == ErrorKind::NotFound && !must_exist => {}
            Err(error) => {
                let failure = Failure::usage(format!("{} cannot be read", path.display()));
                return Err(if error.kind() == ErrorKind::InvalidData {
                    failure.because("it is not UTF-8 text").remedy("save it again with the encoding UTF-8")
                } else {
                    failure.because(error.to_string()).remedy("check the name and the permissions of the file")
                });
            }
        }
    }
    Ok(None)
}

/// Links are followed: that is how configurations are handed out. Only a file that was named may be a pipe, as a shell
/// makes one; to wait for one that somebody put in the working directory would be to wait for ever.
fn read_file(path: &Path, is_named: bool) -> io::Result<String> {
    if !is_named && !fs::metadata(path).is_ok_and(|found| found.is_file() || found.is_dir()) && path.exists() {
        return Err(io::Error::new(ErrorKind::InvalidInput, "it is no ordinary file"));
    }
    fs::read_to_string(path)
}

/// Whether the file itself sets a token: then it has to be the owner's alone, even when another token is used.
fn holds_token(path: &Path, content: &str) -> bool {
    let sections = LiteralIni { path: path.to_owned() }.parse(None, content).unwrap_or_default();
    let section = sections.get(API_TOKEN.section).cloned().and_then(|section| section.into_table().ok());
    let token = section.and_then(|mut section| section.remove(API_TOKEN.name));
    token.and_then(|token| text(&API_TOKEN, &token).ok().flatten()).is_some_and(|token| !is_placeholder(&token))
}

/// Whether other accounts may read the file; `None` too where permissions are not the Unix ones.
#[cfg(unix)]
pub(super) fn open_to_others(path: &Path) -> Option<Warning> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path).ok().filter(fs::Metadata::is_file)?.permissions().mode() & 0o777;
    (mode & 0o077 != 0).then(|| Warning::ReadableByOthers { path: path.to_owned(), mode })
}

/// Whether other accounts may read the file; `None` too where permissions are not the Unix ones.
#[cfg(not(unix))]
pub(super) fn open_to_others(_path: &Path) -> Option<Warning> {
    None
}

/// The environment variables that are ours, as a layer.
#[derive(Clone)]
struct Variables(Vec<(&'static Key, &'static str, String)>);

impl Variables {
    /// A variable that is set to nothing is not set: that is how shells and schedulers switch one off.
    fn ours(variables: &BTreeMap<String, String>) -> Self {
        let set = |name: &'static str| {
            let value = variables.get(name).filter(|value| !value.trim().is_empty())?;
            Some((name, value.clone()))
        };
        let first = |key: &'static Key| {
            let (name, value) = key.variables.iter().find_map(|name| set(name))?;
            Some((key, name, value))
        };
        Self(keys().filter_map(first).collect())
    }
}

impl fmt::Debug for Variables {
    /// The names only: one of the values is the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(_, name, _)| name)).finish()
    }
}

impl Source for Variables {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, ConfigError> {
        let entry = |(key, name, value): &(&'static Key, &'static str, String)| {
            (key.path(), Value::new(Some(&format!("environment variable {name}")), of_kind(key, value)))
        };
        Ok(self.0.iter().map(entry).collect())
    }
}

/// Variables that are set and look like ours, but are none.
fn misspelt(variables: &BTreeMap<String, String>) -> Vec<Warning> {
    let ours: Vec<&'static str> = keys().flat_map(|key| key.variables).copied().collect();
    let unknown = variables.keys().filter(|name| !ours.contains(&name.as_str()));
    let warning = |name: &String| Some(Warning::UnknownVariable { name: name.clone(), meant: meant(name, &ours)? });
    unknown.filter_map(warning).collect()
}

/// Which of our variables a name was meant to be: a shortened one (`CONFLUENCE_TOKEN`), or one with a slip of the pen.
fn meant(name: &str, ours: &[&'static str]) -> Option<&'static str> {
    const SHORT_FORMS: [(&[&str], &str); 3] = [
        (&["URL", "BASE", "SITE", "SERVER", "API_URL", "SITE_URL"], "CONFLUENCE_BASE_URL"),
        (&["USER", "USERNAME", "API_USERNAME", "MAIL", "API_EMAIL", "USER_EMAIL"], "CONFLUENCE_API_USER"),
        (&["TOKEN", "API_KEY", "KEY", "PASSWORD", "API_PASSWORD", "PAT"], "CONFLUENCE_API_TOKEN"),
    ];
    let upper = name.to_ascii_uppercase();
    if let Some(rest) = upper.strip_prefix(PREFIX)
        && let Some((_, meant)) = SHORT_FORMS.iter().find(|(forms, _)| forms.contains(&rest))
    {
        return Some(meant);
    }
    // a slip of the pen changes few letters; a third of so long a name would also match other programs' variables
    within(&upper, ours.iter().copied(), |_| 2)
}

/// Failures of our own format come back wrapped by `config`; anything else it says is a bug of this program.
fn into_failure(error: ConfigError) -> Failure {
    let ConfigError::FileParse { cause, .. } = error else {
        return Failure::new(ExitStatus::Internal, "the configuration could not be merged").because(error.to_string());
    };
    match cause.downcast::<Failure>() {
        Ok(failure) => *failure,
        Err(other) => Failure::usage("the configuration file cannot be read").because(other.to_string()),
    }
}
