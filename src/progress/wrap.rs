//! Wraps text to the width of the terminal (F-93).

use std::io;

use console::{Term, measure_text_width};

use crate::support::visible_text::Lines;

/// Columns if the terminal does not report its width.
const DEFAULT_COLUMNS: usize = 80;
/// Narrower text is unreadable: below this width, the terminal wraps.
const MIN_COLUMNS: usize = 20;
/// Indentation of continuation lines relative to the first line; more than the two spaces of a message's own detail
/// lines.
const HANGING: usize = 4;
/// A line with this indentation is a command to copy and is never wrapped.
const COMMAND: &str = "    ";

/// Maximum width of lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// Not a terminal: lines are not wrapped, so that other programs can search them.
    Unlimited,
    /// Set by `COLUMNS`.
    Columns(usize),
    /// The current width of the terminal on standard error.
    OfStderr,
    /// The current width of the terminal on standard output.
    OfStdout,
}

impl Width {
    /// Returns the width for standard error: `COLUMNS` first, then the terminal.
    pub fn of_stderr() -> Self {
        Self::decide(io::IsTerminal::is_terminal(&io::stderr()), Self::OfStderr)
    }

    /// Returns the width for standard output.
    pub fn of_stdout() -> Self {
        Self::decide(io::IsTerminal::is_terminal(&io::stdout()), Self::OfStdout)
    }

    fn decide(is_terminal: bool, terminal: Self) -> Self {
        let set = std::env::var("COLUMNS").ok().and_then(|columns| columns.trim().parse().ok());
        match set.filter(|columns| *columns > 0) {
            Some(columns) => Self::Columns(columns),
            None if is_terminal => terminal,
            None => Self::Unlimited,
        }
    }

    fn columns(self) -> Option<usize> {
        let reported = match self {
            Self::Unlimited => return None,
            Self::Columns(columns) => Some(columns),
            Self::OfStderr => Term::stderr().size_checked().map(|(_, columns)| columns.into()),
            Self::OfStdout => Term::stdout().size_checked().map(|(_, columns)| columns.into()),
        };
        Some(reported.filter(|columns| *columns > 0).unwrap_or(DEFAULT_COLUMNS).max(MIN_COLUMNS))
    }

    /// Wraps lines that are too long at space characters: never within a word (addresses stay in one piece), never
    /// between backticks, and never a command. Continuation lines are indented further than the line they belong to.
    pub fn wrap(self, text: &str) -> String {
        let Some(columns) = self.columns() else { return text.to_owned() };
        let wrap = |line: &str| match line.len() - line.trim_start().len() {
            _ if line.starts_with(COMMAND) => line.to_owned(),
            indent => wrap_line(line, columns, indent + HANGING),
        };
        text.split('\n').map(wrap).collect::<Vec<_>>().join("\n")
    }

    /// Wraps lines as [`Self::wrap`] does. None of them may be a path for other programs.
    pub fn wrap_lines(self, lines: &Lines) -> Lines {
        self.wrap(&lines.text()).split('\n').fold(Lines::default(), Lines::and)
    }

    /// Wraps one row of a text table; continuation lines are indented by `hanging`.
    pub fn wrap_row(self, line: &str, hanging: usize) -> String {
        let Some(columns) = self.columns() else { return line.to_owned() };
        wrap_line(line, columns, hanging.min(columns / 2))
    }
}

fn wrap_line(line: &str, columns: usize, hanging: usize) -> String {
    if measure_text_width(line) <= columns {
        return line.to_owned();
    }
    let text = line.trim_start();
    let mut wrapped = line[..line.len() - text.len()].to_owned();
    let mut at = wrapped.len();
    for (place, word) in words(text).enumerate() {
        let width = measure_text_width(word);
        if place > 0 && at + 1 + width > columns {
            wrapped.push('\n');
            wrapped.extend(std::iter::repeat_n(' ', hanging));
            at = hanging;
        } else if place > 0 {
            wrapped.push(' ');
            at += 1;
        }
        wrapped.push_str(word);
        at += width;
    }
    wrapped
}

/// Splits at space characters; text between backticks is one word.
fn words(line: &str) -> impl Iterator<Item = &str> {
    let mut is_code = false;
    line.split(move |c| {
        is_code ^= c == '`';
        c == ' ' && !is_code
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: &str = "check the address, as in https://your-domain.atlassian.net/wiki/spaces/ENG/overview?mode=all, and \
                        then run `confluence-storage-analyzer doctor --probe` again";

    #[test]
    fn lines_are_wrapped_but_words_and_commands_are_not_broken() {
        let wrapped = Width::Columns(40).wrap(&format!("no response\n  {LONG}\n    chmod 600 /{}", "x".repeat(60)));
        let lines: Vec<&str> = wrapped.lines().collect();
        assert_eq!(lines[0], "no response");
        assert_eq!(lines[1], "  check the address, as in");
        assert_eq!(lines[2], "      https://your-domain.atlassian.net/wiki/spaces/ENG/overview?mode=all,");
        assert_eq!(lines[3], "      and then run");
        assert_eq!(lines[4], "      `confluence-storage-analyzer doctor --probe`");
        assert_eq!(lines[5], "      again");
        assert_eq!(lines[6], format!("    chmod 600 /{}", "x".repeat(60)));
        for line in lines.iter().filter(|line| !line.contains("https") && !line.contains('`')).take(4) {
            assert!(line.len() <= 40, "{line}");
        }
    }

    #[test]
    fn wrapping_to_any_width_keeps_all_words_f_93() {
        for columns in [0, 1, 2, 20, 80, 500, usize::MAX] {
            let wrapped = Width::Columns(columns).wrap(LONG);
            let joined: Vec<&str> = wrapped.split_whitespace().collect();
            assert_eq!(joined, LONG.split_whitespace().collect::<Vec<_>>(), "nothing is lost at {columns}");
        }
        assert_eq!(Width::Columns(500).wrap(LONG), LONG);
        assert_eq!(Width::Unlimited.wrap(LONG), LONG);
        assert_eq!(Width::Columns(0).wrap(LONG), Width::Columns(DEFAULT_COLUMNS).wrap(LONG));
        assert_eq!(Width::Columns(1).wrap(LONG), Width::Columns(MIN_COLUMNS).wrap(LONG));
    }

    #[test]
    fn lines_of_output_are_wrapped_each() {
        let lines = Lines::new("plan: 554 requests, about 1 min").and("").and("not in the plan: drafts");
        let wrapped = Width::Columns(20).wrap_lines(&lines);
        assert_eq!(wrapped.text(), "plan: 554 requests,\n    about 1 min\n\nnot in the plan:\n    drafts");
        assert_eq!(Width::Unlimited.wrap_lines(&lines), lines);
    }

    #[test]
    fn continuation_lines_of_a_row_are_indented_to_its_text() {
        let wrapped = Width::Columns(30).wrap_row("MISSING  labels: refused with status 403 today", 9);
        assert_eq!(wrapped, "MISSING  labels: refused with\n         status 403 today");
        assert_eq!(Width::Unlimited.wrap_row(LONG, 9), LONG);
    }

    #[test]
    fn colour_codes_have_no_width_and_wide_letters_take_two_columns() {
        let marked = format!("\u{1b}[1;31merror:\u{1b}[0m {}", "a".repeat(20));
        assert_eq!(Width::Columns(27).wrap(&marked), marked);
        assert_eq!(Width::Columns(20).wrap("漢字漢字漢字 漢字漢字"), "漢字漢字漢字\n    漢字漢字");
    }
}
