//! How a run ends: exit statuses, their precedence, and failures with a remedy.

use std::fmt::{self, Write as _};
use std::panic::UnwindSafe;
use std::process::ExitCode;

use serde_json::{Value, json};

use crate::support::visible_text::{Lines, visible_json};

/// Exit status of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ExitStatus {
    /// Everything requested was read and written.
    Complete = 0,
    /// A bug in this program.
    Internal = 1,
    /// Usage or configuration; nothing was sent.
    Usage = 2,
    /// A report was written, but it is incomplete.
    Incomplete = 3,
    /// Authentication failed, at the start or during the run.
    Authentication = 4,
    /// The server was unreachable or throttled before there was a usable inventory.
    Unreachable = 5,
    /// Local storage failed: cannot write, disk full, history damaged.
    Storage = 6,
    /// Another run holds the lock.
    Locked = 7,
    /// A `--fail-on` threshold was met.
    Threshold = 8,
    /// The terminal was closed: SIGHUP.
    HungUp = 129,
    /// Interrupted by Ctrl-C.
    Interrupted = 130,
    /// Terminated by SIGTERM.
    Terminated = 143,
}

impl ExitStatus {
    /// Every status, by code.
    pub const ALL: [Self; 12] = [
        Self::Complete,
        Self::Internal,
        Self::Usage,
        Self::Incomplete,
        Self::Authentication,
        Self::Unreachable,
        Self::Storage,
        Self::Locked,
        Self::Threshold,
        Self::HungUp,
        Self::Interrupted,
        Self::Terminated,
    ];

    /// Statuses in order of precedence, highest first. The documented order is 130/143/129, 6, 4, 5, 3, 8. The three
    /// statuses that end a run without a report (1, 2, 7) come before 3, "a report was written".
    const BY_PRECEDENCE: [Self; 12] = [
        Self::Interrupted,
        Self::Terminated,
        Self::HungUp,
        Self::Storage,
        Self::Authentication,
        Self::Unreachable,
        Self::Internal,
        Self::Usage,
        Self::Locked,
        Self::Incomplete,
        Self::Threshold,
        Self::Complete,
    ];

    /// Returns the status to exit with when several apply; `Complete` when none does.
    pub fn decide(apply: impl IntoIterator<Item = Self>) -> Self {
        let rank = |status: &Self| Self::BY_PRECEDENCE.iter().position(|other| other == status);
        apply.into_iter().min_by_key(rank).unwrap_or(Self::Complete)
    }

    pub fn code(self) -> u8 {
        self as u8
    }

    /// Returns the description in the README's table, in Markdown.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Complete => "complete: everything requested was read and written",
            Self::Internal => "internal error: a bug in this program",
            Self::Usage => "usage or configuration error, or an unknown space key; no report",
            Self::Incomplete => "a report was written, but it is **incomplete**",
            Self::Authentication => "authentication failed, at the start or during the run",
            Self::Unreachable => "server unreachable or throttled before anything usable was read; try again later",
            Self::Storage => "local storage: report or history cannot be written, or the history is damaged",
            Self::Locked => "another run holds the lock of the site or of the history",
            Self::Threshold => "complete, and a threshold of `--fail-on` was met",
            Self::HungUp => "the terminal was closed (SIGHUP)",
            Self::Interrupted => "interrupted by Ctrl-C",
            Self::Terminated => "terminated by SIGTERM",
        }
    }
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(status.code())
    }
}

/// Returns the exit status table of the README, in Markdown.
pub fn exit_status_table() -> String {
    let mut table = String::from("| Status | Meaning |\n|---|---|\n");
    for status in ExitStatus::ALL {
        // writing to a string cannot fail
        let _ = writeln!(table, "| {} | {} |", status.code(), status.meaning());
    }
    table
}

/// Format of what a command writes to standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputFormat {
    /// Lines for people; the last one is the path of the result.
    Text,
    /// One JSON object (`--json`).
    Json,
}

/// How a command ended, and what it writes to standard output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    pub status: ExitStatus,
    pub stdout: Vec<u8>,
}

impl Outcome {
    /// Formats the result for standard output. The JSON object also has the status, as `exit_code`.
    pub fn new(status: ExitStatus, format: OutputFormat, object: Value, text: impl FnOnce() -> Lines) -> Self {
        let stdout = match (format, object) {
            (OutputFormat::Text, _) => text().into_bytes(),
            (OutputFormat::Json, Value::Object(mut fields)) => {
                fields.insert("exit_code".to_owned(), status.code().into());
                json_line(&Value::Object(fields))
            }
            (OutputFormat::Json, other) => json_line(&other),
        };
        Self { status, stdout }
    }

    /// A complete result with this output.
    pub fn complete(stdout: Vec<u8>) -> Self {
        Self { status: ExitStatus::Complete, stdout }
    }
}

fn json_line(object: &Value) -> Vec<u8> {
    format!("{}\n", visible_json(&object.to_string())).into_bytes()
}

/// A failed run: what happened, why, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub status: ExitStatus,
    /// What happened, in one line.
    pub what: String,
    /// Why, if known.
    pub why: Option<String>,
    /// What to do, in one line.
    pub remedy: Option<String>,
    /// The command that the remedy names, ready to paste.
    pub command: Option<String>,
}

impl Failure {
    /// A failure without cause and remedy.
    pub fn new(status: ExitStatus, what: impl Into<String>) -> Self {
        Self { status, what: what.into(), why: None, remedy: None, command: None }
    }

    /// A failure of usage or configuration.
    pub fn usage(what: impl Into<String>) -> Self {
        Self::new(ExitStatus::Usage, what)
    }

    /// Adds the cause.
    #[must_use]
    pub fn because(self, why: impl Into<String>) -> Self {
        Self { why: Some(why.into()), ..self }
    }

    /// Adds the remedy.
    #[must_use]
    pub fn remedy(self, remedy: impl Into<String>) -> Self {
        Self { remedy: Some(remedy.into()), ..self }
    }

    /// Adds the command that the remedy names.
    #[must_use]
    pub fn command(self, command: impl Into<String>) -> Self {
        Self { command: Some(command.into()), ..self }
    }

    /// Returns the message for people: what happened, then why and what to do, one line each, and the command.
    pub fn lines(&self) -> Lines {
        let details = self.why.iter().chain(&self.remedy);
        let lines = details.fold(Lines::new(&self.what), |lines, detail| lines.and(format_args!("  {detail}")));
        self.command.iter().fold(lines, |lines, command| lines.and(format_args!("    {command}")))
    }

    /// Returns the outcome of a failed command: empty for text, an object with the error for JSON.
    pub fn outcome(&self, format: OutputFormat) -> Outcome {
        let mut error = json!({"what": self.what, "why": self.why, "remedy": self.remedy});
        if let Some(command) = &self.command {
            error["command"] = json!(command);
        }
        Outcome::new(self.status, format, json!({"complete": false, "error": error}), Lines::default)
    }
}

/// Formats the failure on one line, for use within another message.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        if let Some(why) = &self.why {
            write!(f, ": {why}")?;
        }
        if let Some(remedy) = &self.remedy {
            write!(f, "; {remedy}")?;
        }
        if let Some(command) = &self.command {
            write!(f, ": {command}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}

/// Runs a command and turns a panic into an internal error, which no other status can be mistaken for (F-95). The panic
/// hook prints the panic's own message.
pub fn guarded(run: impl FnOnce() -> Result<Outcome, Failure> + UnwindSafe) -> Result<Outcome, Failure> {
    std::panic::catch_unwind(run).unwrap_or_else(|_| {
        Err(Failure::new(ExitStatus::Internal, "the run was aborted")
            .because("this is a bug in the program; an unfinished report keeps its name in .partial")
            .remedy("run again; if it happens again, report it with the output of -vv"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_any_other_status_a_run_is_complete() {
        assert_eq!(ExitStatus::decide([]), ExitStatus::Complete);
        assert_eq!(ExitStatus::decide([ExitStatus::Complete, ExitStatus::Complete]), ExitStatus::Complete);
    }

    #[test]
    fn the_documented_precedence_decides_whichever_status_came_first() {
        let documented = [130, 143, 129, 6, 4, 5, 3, 8, 0];
        let by_code = |code: u8| ExitStatus::BY_PRECEDENCE.into_iter().find(|status| status.code() == code).unwrap();
        for (place, &code) in documented.iter().enumerate() {
            for &weaker in &documented[place..] {
                let (strong, weak) = (by_code(code), by_code(weaker));
                assert_eq!(ExitStatus::decide([strong, weak]), strong, "{code} before {weaker}");
                assert_eq!(ExitStatus::decide([weak, strong]), strong, "{code} before {weaker}");
            }
        }
    }

    #[test]
    fn no_failure_is_hidden_behind_a_written_report() {
        for alone in [ExitStatus::Internal, ExitStatus::Usage, ExitStatus::Locked] {
            assert_eq!(ExitStatus::decide([ExitStatus::Incomplete, alone, ExitStatus::Complete]), alone);
        }
    }

    #[test]
    fn every_status_has_a_rank() {
        for status in ExitStatus::ALL {
            assert!(ExitStatus::BY_PRECEDENCE.contains(&status), "{status:?}");
        }
    }

    #[test]
    fn a_panic_is_an_internal_error_and_never_success_f_95() {
        let failure = guarded(|| panic!("on purpose")).unwrap_err();
        assert_eq!(failure.status.code(), 1);
        let complete = Outcome { status: ExitStatus::Complete, stdout: Vec::new() };
        assert_eq!(guarded(|| Ok(complete.clone())), Ok(complete.clone()));
    }

    #[test]
    fn a_failure_reads_as_what_why_remedy() {
        let failure = Failure::usage("no such space").because("ENGG").remedy("did you mean ENG?");
        assert_eq!(failure.lines().text(), "no such space\n  ENGG\n  did you mean ENG?");
        assert_eq!(failure.to_string(), "no such space: ENGG; did you mean ENG?");
        let forged = Failure::usage("a\nerror: b").because("c\r\u{1b}[2K");
        assert_eq!(forged.lines().text(), "a\u{240A}error: b\n  c\u{240D}\u{241B}[2K");
        let json: Value = serde_json::from_slice(&failure.outcome(OutputFormat::Json).stdout).unwrap();
        assert_eq!((&json["exit_code"], &json["complete"]), (&json!(2), &json!(false)));
        assert_eq!(json["error"]["remedy"], "did you mean ENG?");
        assert!(failure.outcome(OutputFormat::Text).stdout.is_empty(), "standard output is for results");
    }
}
