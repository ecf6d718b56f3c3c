//! Runs other programs, and the steps of a long check.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

/// The root of the workspace.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// Cargo's target folder.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// A program to run, in the root of the workspace unless [`Self::current_dir`] is called.
pub(crate) struct Program(Command);

pub(crate) fn cargo(arguments: &[&str]) -> Program {
    program(std::env::var("CARGO").as_deref().unwrap_or("cargo"), arguments)
}

pub(crate) fn program(name: &str, arguments: &[&str]) -> Program {
    let mut command = Command::new(name);
    command.args(arguments).current_dir(root());
    Program(command)
}

impl Program {
    pub(crate) fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.0.arg(argument);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.0.env(name, value);
        self
    }

    pub(crate) fn current_dir(mut self, folder: &Path) -> Self {
        self.0.current_dir(folder);
        self
    }

    fn command_line(&self) -> String {
        let words = std::iter::once(self.0.get_program()).chain(self.0.get_args());
        words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
    }

    /// Runs it with its output on this terminal; fails when it does.
    pub(crate) fn run(mut self) -> Result<()> {
        let line = self.command_line();
        println!("$ {line}");
        let status = self.0.status().with_context(|| format!("cannot start {line}"))?;
        if !status.success() {
            bail!("{line}: {status}");
        }
        Ok(())
    }

    /// Runs it and returns its standard output; standard error is shown only when it fails.
    pub(crate) fn output(mut self) -> Result<String> {
        let line = self.command_line();
        let output = self.0.output().with_context(|| format!("cannot start {line}"))?;
        if !output.status.success() {
            bail!("{line}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

/// One step of a long check.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) run: fn() -> Result<()>,
}

/// Runs every step, also after a failure, and prints the result and the time of each at the end.
pub(crate) fn run_all(steps: &[Step]) -> Result<()> {
    let begun = Instant::now();
    let mut summary = String::new();
    let mut failed = 0;
    for step in steps {
        println!("\n== {}", step.name);
        let begun = Instant::now();
        let end = match (step.run)() {
            Ok(()) => "ok".to_owned(),
            Err(error) => {
                failed += 1;
                eprintln!("{error:#}");
                format!("FAILED: {error:#}").lines().next().unwrap_or_default().to_owned()
            }
        };
        writeln!(summary, "{:>9}  {}: {end}", format_minutes(begun.elapsed()), step.name)?;
    }
    println!("\n{summary}{:>9}  in total", format_minutes(begun.elapsed()));
    if failed > 0 {
        bail!("{failed} of {} steps failed", steps.len());
    }
    Ok(())
}

pub(crate) fn format_minutes(time: Duration) -> String {
    format!("{} min {:02} s", time.as_secs() / 60, time.as_secs() % 60)
}
