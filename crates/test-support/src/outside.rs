//! Tests that need something this repository does not bring: a browser, a program, an official document. Where it is
//! absent, they are reported as ignored, never as passed; where it has to be there, they fail.
//!
//! The harness that Rust brings cannot do that: whether a test is ignored is settled when it is compiled, and one that
//! returns early has passed. A feature of Cargo would have to be asked for and would be forgotten. So these tests stand
//! in binaries without that harness (`harness = false`), each module names its tests and their needs by `trials!`, and
//! `libtest-mimic` runs them as Rust's own harness would: same output, filters and exit status, and the two forms that
//! `cargo nextest` calls (`--list --format terse`, `--exact NAME`). A test that no list names is dead code, which the
//! lints refuse.

use std::collections::BTreeMap;
use std::future::Future;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::OnceLock;

use libtest_mimic::{Arguments, Failed, Trial};

use crate::fonts;
use crate::webdriver::{find_program, programs};

/// Something a test needs that may be absent.
pub struct Need {
    /// What has to be there, in words.
    pub what: &'static str,
    /// Whether it is.
    pub is_there: fn() -> bool,
    /// The environment variable that, unless empty or `false`, makes its absence a failure.
    pub required_by: &'static str,
}

/// Chromium with its driver.
pub const CHROMIUM: Need = program("chromium and chromedriver", || programs().is_some());
/// The widest family, which Debian shows without any choice.
pub const DEJAVU: Need = program("the fonts of fonts-dejavu", || fonts::DEJAVU.is_installed());
/// A family as wide as Arial.
pub const LIBERATION: Need = program("the fonts of fonts-liberation", || fonts::LIBERATION.is_installed());
/// A family with the letters of Chinese, Japanese and Korean.
pub const NOTO_CJK: Need = program("the fonts of fonts-noto-cjk", || fonts::NOTO_CJK.is_installed());
/// Firefox, which needs no driver.
pub const FIREFOX: Need = program("firefox-esr", || find_program(&["firefox-esr", "firefox"]).is_some());
/// Reads the text of a printed page.
pub const PDFTOTEXT: Need = program("pdftotext", || find_program(&["pdftotext"]).is_some());
/// Reads scripts as a browser does.
pub const NODE: Need = program("node", || find_program(&["node"]).is_some());
/// The accessibility checker.
pub const AXE: Need = program("axe-core (npm and the network it is installed from)", || axe().is_some());
/// The compiler that knows the types in the comments of scripts.
pub const TYPESCRIPT: Need =
    program("typescript (npm and the network it is installed from)", || typescript().is_some());

/// Kills a program at an operation on a file.
pub const STRACE: Need = program("strace", || find_program(&["strace"]).is_some());
/// The parser of Power Query's language, for `node`.
pub const POWER_QUERY: Need =
    program("powerquery-parser (npm and the network it is installed from)", || power_query_parser().is_some());
/// The database, for `python3`.
pub const DUCKDB: Need =
    program("duckdb (python3 with pip, and the network it is installed from)", || duckdb().is_some());

const fn program(what: &'static str, is_there: fn() -> bool) -> Need {
    Need { what, is_there, required_by: "CI" }
}

/// The script of the accessibility checker.
pub fn axe() -> Option<PathBuf> {
    static PATH: OnceLock<Option<PathBuf>> = OnceLock::new();
    PATH.get_or_init(|| npm("axe-core", "4.10.3")).as_ref().map(|package| package.join("axe.min.js"))
}

/// The compiler of `TypeScript`, for `node`.
pub fn typescript() -> Option<PathBuf> {
    static PATH: OnceLock<Option<PathBuf>> = OnceLock::new();
    PATH.get_or_init(|| npm("typescript", "5.6.3")).as_ref().map(|package| package.join("bin/tsc"))
}

/// The folder of the parser of Power Query's language.
pub fn power_query_parser() -> Option<PathBuf> {
    static PATH: OnceLock<Option<PathBuf>> = OnceLock::new();
    PATH.get_or_init(|| npm("@microsoft/powerquery-parser", "2.0.0")).clone()
}

/// The folder in which `python3` finds the database, for its `PYTHONPATH`.
pub fn duckdb() -> Option<PathBuf> {
    static PATH: OnceLock<Option<PathBuf>> = OnceLock::new();
    PATH.get_or_init(|| pip("duckdb", "2.0.1")).clone()
}

/// The folder of a package of the npm registry.
fn npm(package: &str, version: &str) -> Option<PathBuf> {
    // without a network the answer is to come at once
    let arguments =
        ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-save", "--fetch-retries=0", "--prefix"];
    let installer = |folder: &Path| {
        let mut npm = Command::new("npm");
        npm.args(arguments).arg(folder).arg(format!("{package}@{version}"));
        npm
    };
    Some(installed(package, version, installer)?.join("node_modules").join(package))
}

/// The folder with a package of the Python package index.
fn pip(package: &str, version: &str) -> Option<PathBuf> {
    let arguments = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries=0", "--target"];
    let installer = |folder: &Path| {
        let mut pip = Command::new("python3");
        pip.args(arguments).arg(folder).arg(format!("{package}=={version}"));
        pip
    };
    installed(package, version, installer)
}

/// A folder of its own below the system's temporary folder for a package, which is installed there when it is not yet.
fn installed(package: &str, version: &str, installer: impl FnOnce(&Path) -> Command) -> Option<PathBuf> {
    let folder = std::env::temp_dir().join(format!("confluence-storage-analyzer-{package}-{version}"));
    let is_whole = folder.join("whole");
    if !is_whole.is_file() {
        std::fs::create_dir_all(&folder).expect("a folder");
        let run = installer(&folder).output();
        if !run.is_ok_and(|output| output.status.success()) {
            return None;
        }
        std::fs::write(is_whole, "").expect("written");
    }
    Some(folder)
}

/// One test, its path within the binary, and what it needs.
pub struct Outside {
    /// `module::name`, behind the name of the binary.
    pub path: &'static str,
    /// Everything it cannot run without.
    pub needs: &'static [Need],
    /// Panics when it fails.
    pub run: fn(),
}

impl Outside {
    fn name(&self) -> &'static str {
        self.path.split_once("::").map_or(self.path, |(_, name)| name)
    }

    fn absent(&self) -> Option<&'static Need> {
        self.needs.iter().find(|need| !(need.is_there)())
    }
}

/// The tests of a module as a function `trials`: what each group needs, then their names, `async` or `sync`.
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
        pub(crate) fn trials() -> Vec<$crate::outside::Outside> {
            #[allow(unused_imports, reason = "tests may need nothing, or what their own module knows")]
            use $crate::outside::*;
            vec![$($($crate::outside::Outside {
                path: concat!(module_path!(), "::", stringify!($name)),
                needs: &$needs,
                run: $crate::trials!(@$kind $name),
            }),+),+]
        }
    };
    (@async $name:ident) => { || $crate::outside::block_on($name()) };
    (@sync $name:ident) => { $name };
}

/// Runs a test to its end as `#[tokio::test]` does.
pub fn block_on(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(test);
}

/// The `main` of a binary of such tests.
pub fn run(tests: impl IntoIterator<Item = Outside>) -> ExitCode {
    let arguments = Arguments::from_args();
    let mut absent = BTreeMap::new();
    let mut trials = Vec::new();
    for test in tests {
        let name = test.name();
        let is_asked_for = arguments
            .filter
            .as_deref()
            .is_none_or(|filter| if arguments.exact { name == filter } else { name.contains(filter) });
        // looking for something can mean to install it
        let lacks = if is_asked_for { test.absent() } else { None };
        let is_ignored = lacks.is_some_and(|need| !is_set(need.required_by));
        if let Some(need) = lacks.filter(|_| is_ignored) {
            *absent.entry(need.what).or_insert(0) += 1;
        }
        let run = move || {
            if let Some(need) = lacks {
                return Err(Failed::from(format!("{} must be here", need.what)));
            }
            (test.run)();
            Ok(())
        };
        trials.push(Trial::test(name, run).with_ignored_flag(is_ignored));
    }
    for (what, tests) in absent.iter().filter(|_| !arguments.list) {
        writeln!(std::io::stderr(), "not here: {what}; ignored tests: {tests}").expect("stderr");
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn is_set(variable: &str) -> bool {
    std::env::var(variable).is_ok_and(|value| !["", "0", "false"].contains(&value.as_str()))
}
