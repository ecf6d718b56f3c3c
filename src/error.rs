//! How a run ends: the exit status table, the rule when several apply, and failures that carry a remedy.

use std::fmt::{self, Write as _};
use std::panic::UnwindSafe;
use std::process::ExitCode;

use serde_json::{Value, json};

use crate::support::visible::{Lines, visible_json};

/// Exit statuses. One table, one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ExitStatus {
    /// Everything asked was read and written.
    Complete = 0,
    /// A bug in this program.
    Internal = 1,
    /// Usage or configuration; nothing was sent.
    Usage = 2,
    /// A report was written, but it is incomplete.
    Incomplete = 3,
    /// Authentication failed, at the start or on the way.
    Authentication = 4,
    /// The server could not be reached, or throttled, before a usable inventory.
    Unreachable = 5,
    /// Local storage: cannot write, disk full.
    Storage = 6,
    /// Another run holds the lock.
    Locked = 7,
    /// A `--fail-on` threshold was met.
    Threshold = 8,
    /// Its terminal was closed: SIGHUP.
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

    /// The most telling first. The contract orders 130/143/129, 6, 4, 5, 3, 8; the three that end a run by themselves
    /// (1, 2, 7) leave no report behind, so they stand before "a report was written".
    const MOST_TELLING_FIRST: [Self; 12] = [
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

    /// The status to end with when several apply; `Complete` when none does.
    pub fn decide(apply: impl IntoIterator<Item = Self>) -> Self {
        let rank = |status: &Self| Self::MOST_TELLING_FIRST.iter().position(|other| other == status);
        apply.into_iter().min_by_key(rank).unwrap_or(Self::Complete)
    }

    /// The number the process ends with.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// What it means, for people.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Complete => "complete: everything asked was read and written",
            Self::Internal => "internal error: a bug in this program",
            Self::Usage => "usage or configuration, an unknown space key too; no report",
            Self::Incomplete => "a report was written, but it is **incomplete**",
            Self::Authentication => "authentication failed, at the start or on the way",
            Self::Unreachable => "server unreachable or throttled before a usable inventory; try again later",
            Self::Storage => "local storage: report or history cannot be written, or the history is damaged",
            Self::Locked => "another run holds the lock of the site or of the history",
            Self::Threshold => "complete, and a threshold of `--fail-on` was met",
            Self::HungUp => "its terminal was closed (SIGHUP)",
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

/// The exit status table as it stands in the README, in Markdown.
pub fn exit_status_table() -> String {
    let mut table = String::from("| Status | Meaning |\n|---|---|\n");
    for status in ExitStatus::ALL {
        // writing to a string cannot fail
        let _ = writeln!(table, "| {} | {} |", status.code(), status.meaning());
    }
    table
}

/// What a command writes to standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputFormat {
    /// Lines for people; the path of a result is the last one.
    Text,
    /// One JSON object (`--json`).
    Json,
}

/// How a command ended, and what it leaves on standard output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The status to end with.
    pub status: ExitStatus,
    /// Data for standard output.
    pub stdout: Vec<u8>,
}

impl Outcome {
    /// The data in the format asked for. The JSON object bears the status too, as `exit_code`.
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

    /// Everything went well, and this is what was asked for.
    pub fn complete(stdout: Vec<u8>) -> Self {
        Self { status: ExitStatus::Complete, stdout }
    }
}

fn json_line(object: &Value) -> Vec<u8> {
    format!("{}\n", visible_json(&object.to_string())).into_bytes()
}

/// A failure of the run, with what people can do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The exit status it leads to.
    pub status: ExitStatus,
    /// What happened, one line.
    pub what: String,
    /// Why, where known.
    pub why: Option<String>,
    /// What to do, one line.
    pub remedy: Option<String>,
}

impl Failure {
    /// A failure of which only the fact is known.
    pub fn new(status: ExitStatus, what: impl Into<String>) -> Self {
        Self { status, what: what.into(), why: None, remedy: None }
    }

    /// A failure of usage or configuration.
    pub fn usage(what: impl Into<String>) -> Self {
        Self::new(ExitStatus::Usage, what)
    }

    /// Adds why it happened.
    #[must_use]
    pub fn because(self, why: impl Into<String>) -> Self {
        Self { why: Some(why.into()), ..self }
    }

    /// Adds what to do.
    #[must_use]
    pub fn remedy(self, remedy: impl Into<String>) -> Self {
        Self { remedy: Some(remedy.into()), ..self }
    }

    /// The failure for people: what happened, and below it why and what to do.
    pub fn lines(&self) -> Lines {
        let details = self.why.iter().chain(&self.remedy);
        details.fold(Lines::new(&self.what), |lines, detail| lines.and(format_args!("  {detail}")))
    }

    /// How a command ends that failed: without a result, and as JSON with the reason in its place.
    pub fn outcome(&self, format: OutputFormat) -> Outcome {
        let error = json!({"what": self.what, "why": self.why, "remedy": self.remedy});
        Outcome::new(self.status, format, json!({"complete": false, "error": error}), Lines::default)
    }
}

/// On one line, for use within another message.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        if let Some(why) = &self.why {
            write!(f, ": {why}")?;
        }
        if let Some(remedy) = &self.remedy {
            write!(f, "; {remedy}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}

/// Carries out a run so that a panic in it is a failure of its own, and never an end that could pass for another
/// (F-95). What it says is for the panic hook to tell.
pub fn guarded(run: impl FnOnce() -> Result<Outcome, Failure> + UnwindSafe) -> Result<Outcome, Failure> {
    std::panic::catch_unwind(run).unwrap_or_else(|_| {
        Err(Failure::new(ExitStatus::Internal, "the run was given up")
            .because("this is a mistake in the program; a report in the making keeps its name in .partial")
            .remedy("run again; if it stays, report it with the output of -vv"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_applies_is_complete() {
        assert_eq!(ExitStatus::decide([]), ExitStatus::Complete);
        assert_eq!(ExitStatus::decide([ExitStatus::Complete, ExitStatus::Complete]), ExitStatus::Complete);
    }

    #[test]
    fn the_order_of_the_contract_decides_whatever_came_first() {
        let contract = [130, 143, 129, 6, 4, 5, 3, 8, 0];
        let by_code =
            |code: u8| ExitStatus::MOST_TELLING_FIRST.into_iter().find(|status| status.code() == code).unwrap();
        for (place, &code) in contract.iter().enumerate() {
            for &weaker in &contract[place..] {
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
            assert!(ExitStatus::MOST_TELLING_FIRST.contains(&status), "{status:?}");
        }
    }

    #[test]
    fn a_panic_is_an_internal_error_and_never_success_f_95() {
        let failure = guarded(|| panic!("on purpose")).unwrap_err();
        assert_eq!(failure.status.code(), 1);
        let whole = Outcome { status: ExitStatus::Complete, stdout: Vec::new() };
        assert_eq!(guarded(|| Ok(whole.clone())), Ok(whole.clone()));
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
