//! Tests that require something outside this repository: a browser, a program, an official document. If it is missing,
//! they are reported as ignored, never as passed; in CI, or with the variable of the requirement set, they fail.
//!
//! Rust's own test harness cannot do that: a test is marked as ignored at compile time, and a test that returns early
//! passes. A feature of Cargo would have to be enabled and would be forgotten. Therefore these tests are in binaries
//! without that harness (`harness = false`). Each module lists its tests and their requirements with `trials!`, and
//! `libtest-mimic` runs them like Rust's own harness: same output, filters and exit status, and the two forms that
//! `cargo nextest` calls (`--list --format terse`, `--exact NAME`). A test that is not listed is dead code, which the
//! lints reject.

use std::collections::BTreeMap;
use std::future::Future;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::OnceLock;

use libtest_mimic::{Arguments, Failed, Trial};

use crate::fonts;
use crate::webdriver::{find_program, programs};

/// Something that a test requires and that may be missing.
pub struct Requirement {
    /// Description for messages.
    pub what: &'static str,
    pub is_available: fn() -> bool,
    /// The environment variable that makes its absence a failure, unless it is empty, `0` or `false`.
    pub required_by: &'static str,
}

/// Chromium with its driver.
pub const CHROMIUM: Requirement = program("chromium and chromedriver", || programs().is_some());
/// The widest family, the default of Debian.
pub const DEJAVU: Requirement = program("the fonts of fonts-dejavu", || fonts::DEJAVU.is_installed());
/// A family as wide as Arial.
pub const LIBERATION: Requirement = program("the fonts of fonts-liberation", || fonts::LIBERATION.is_installed());
/// A family with the letters of Chinese, Japanese and Korean.
pub const NOTO_CJK: Requirement = program("the fonts of fonts-noto-cjk", || fonts::NOTO_CJK.is_installed());
/// Firefox, which is controlled without a driver.
pub const FIREFOX: Requirement = program("firefox-esr", || find_program(&["firefox-esr", "firefox"]).is_some());
/// Extracts the text of a printed page.
pub const PDFTOTEXT: Requirement = program("pdftotext", || find_program(&["pdftotext"]).is_some());
pub const NODE: Requirement = program("node", || find_program(&["node"]).is_some());
/// The accessibility checker.
pub const AXE: Requirement = program("axe-core (npm and the network it is installed from)", || axe().is_some());
/// The compiler, which checks the types in comments of scripts.
pub const TYPESCRIPT: Requirement =
    program("typescript (npm and the network it is installed from)", || typescript().is_some());

/// Kills a program at a file operation.
pub const STRACE: Requirement = program("strace", || find_program(&["strace"]).is_some());
/// The parser of Power Query's language, for `node`.
pub const POWER_QUERY: Requirement =
    program("powerquery-parser (npm and the network it is installed from)", || power_query_parser().is_some());
/// The database, for `python3`.
pub const DUCKDB: Requirement =
    program("duckdb (python3 with pip, and the network it is installed from)", || duckdb().is_some());
/// Opens workbooks.
pub const LIBREOFFICE: Requirement =
    program("soffice (libreoffice-calc-nogui)", || find_program(&["soffice"]).is_some());

/// Prometheus' library for Python, which has parsers of both formats of metrics.
pub const PROMETHEUS_CLIENT: Requirement =
    program("prometheus_client (python3 with pip, and the network it is installed from)", || {
        prometheus_client().is_some()
    });

/// Prometheus' checker of metrics and alert rules.
pub const PROMTOOL: Requirement = program("promtool", || find_program(&["promtool"]).is_some());

/// The spelling checker.
pub const TYPOS: Requirement =
    program("typos (python3 with pip, and the network it is installed from)", || typos().is_some());

const fn program(what: &'static str, is_available: fn() -> bool) -> Requirement {
    Requirement { what, is_available, required_by: "CI" }
}

/// Returns the path of the accessibility checker's script.
pub fn axe() -> Option<PathBuf> {
    static PATH: OnceLock<Option<PathBuf>> = OnceLock::new();
    PATH.get_or_init(|| npm("axe-core", "4.10.3")).as_ref().map(|package| package.join("axe.min.js"))
}

/// Returns the path of the `TypeScript` compiler, a script for `node`.
pub fn typescript() -> Option<PathBuf> {
    static PATH: OnceLock<Option<PathBuf>> = OnceLock::new();
    PATH.get_or_init(|| npm("typescript", "5.6.3")).as_ref().map(|package| package.join("bin/tsc"))
}

/// Returns the folder of the Power Query parser.
pub fn power_query_parser() -> Option<PathBuf> {
    static PATH: OnceLock<Option<PathBuf>> = OnceLock::new();
    PATH.get_or_init(|| npm("@microsoft/powerquery-parser", "2.0.0")).clone()
}

/// Returns the `PYTHONPATH` in which `python3` finds the database.
pub fn duckdb() -> Option<PathBuf> {
    static PATH: OnceLock<Option<PathBuf>> = OnceLock::new();
    PATH.get_or_init(|| pip("duckdb", "2.0.1")).clone()
}

/// Returns the `PYTHONPATH` in which `python3` finds Prometheus' library.
pub fn prometheus_client() -> Option<PathBuf> {
    static PATH: OnceLock<Option<PathBuf>> = OnceLock::new();
    PATH.get_or_init(|| pip("prometheus_client", "0.26.0")).clone()
}

/// Returns the spelling checker.
pub fn typos() -> Option<PathBuf> {
    static PATH: OnceLock<Option<PathBuf>> = OnceLock::new();
    PATH.get_or_init(|| pip("typos", "1.52.0")).as_ref().map(|folder| folder.join("bin/typos"))
}

/// Installs a package of the npm registry and returns its folder.
fn npm(package: &str, version: &str) -> Option<PathBuf> {
    // fail at once without a network
    let arguments =
        ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-save", "--fetch-retries=0", "--prefix"];
    let installer = |folder: &Path| {
        let mut npm = Command::new("npm");
        npm.args(arguments).arg(folder).arg(format!("{package}@{version}"));
        npm
    };
    Some(installed(package, version, installer)?.join("node_modules").join(package))
}

/// Installs a package of the Python package index and returns the folder that contains it.
fn pip(package: &str, version: &str) -> Option<PathBuf> {
    let arguments = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries=0", "--target"];
    let installer = |folder: &Path| {
        let mut pip = Command::new("python3");
        pip.args(arguments).arg(folder).arg(format!("{package}=={version}"));
        pip
    };
    installed(package, version, installer)
}

/// Installs a package into its own folder below the system's temporary folder, unless it is installed already.
fn installed(package: &str, version: &str, installer: impl FnOnce(&Path) -> Command) -> Option<PathBuf> {
    let folder = std::env::temp_dir().join(format!("confluence-storage-analyzer-{package}-{version}"));
    let is_installed = folder.join("whole");
    if !is_installed.is_file() {
        std::fs::create_dir_all(&folder).expect("a folder");
        let run = installer(&folder).output();
        if !run.is_ok_and(|output| output.status.success()) {
            return None;
        }
        std::fs::write(is_installed, "").expect("written");
    }
    Some(folder)
}

/// One test with its requirements.
pub struct OptionalTest {
    /// `binary::module::name`.
    pub path: &'static str,
    pub needs: &'static [Requirement],
    /// Panics if the test fails.
    pub run: fn(),
}

impl OptionalTest {
    fn name(&self) -> &'static str {
        self.path.split_once("::").map_or(self.path, |(_, name)| name)
    }

    fn missing(&self) -> Option<&'static Requirement> {
        self.needs.iter().find(|need| !(need.is_available)())
    }
}

/// Defines a function `trials` that returns the tests of a module. Each group has its requirements, then the names of
/// its tests, `async` or `sync`.
///
/// ```ignore
/// trials! {
///     [CHROMIUM, AXE]: async nothing_is_found, async nothing_is_found_in_the_dark;
///     [NODE]: sync the_script_is_valid;
///     []: sync every_text_is_used;
/// }
/// ```
#[macro_export]
macro_rules! trials {
    ($($needs:tt: $($kind:ident $name:ident),+;)+) => {
        pub(crate) fn trials() -> Vec<$crate::optional_tests::OptionalTest> {
            #[allow(unused_imports, reason = "tests may have no requirements, or some from their own module")]
            use $crate::optional_tests::*;
            vec![$($($crate::optional_tests::OptionalTest {
                path: concat!(module_path!(), "::", stringify!($name)),
                needs: &$needs,
                run: $crate::trials!(@$kind $name),
            }),+),+]
        }
    };
    (@async $name:ident) => { || $crate::optional_tests::block_on($name()) };
    (@sync $name:ident) => { $name };
}

/// Runs an async test like `#[tokio::test]`.
pub fn block_on(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(test);
}

/// Runs the tests of a binary; called by its `main`.
pub fn run(tests: impl IntoIterator<Item = OptionalTest>) -> ExitCode {
    let arguments = Arguments::from_args();
    let mut missing = BTreeMap::new();
    let mut trials = Vec::new();
    for test in tests {
        let name = test.name();
        let is_selected = arguments
            .filter
            .as_deref()
            .is_none_or(|filter| if arguments.exact { name == filter } else { name.contains(filter) });
        // only for selected tests, because a check may install something
        let lacks = if is_selected { test.missing() } else { None };
        let is_ignored = lacks.is_some_and(|need| !is_set(need.required_by));
        if let Some(need) = lacks.filter(|_| is_ignored) {
            *missing.entry(need.what).or_insert(0) += 1;
        }
        let run = move || {
            if let Some(need) = lacks {
                return Err(Failed::from(format!("not installed: {}", need.what)));
            }
            (test.run)();
            Ok(())
        };
        trials.push(Trial::test(name, run).with_ignored_flag(is_ignored));
    }
    for (what, tests) in missing.iter().filter(|_| !arguments.list) {
        writeln!(std::io::stderr(), "not installed: {what}; ignored tests: {tests}").expect("stderr");
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn is_set(variable: &str) -> bool {
    std::env::var(variable).is_ok_and(|value| !["", "0", "false"].contains(&value.as_str()))
}
