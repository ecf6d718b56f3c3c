//! Progress output on standard error: a live bar on a terminal, plain lines otherwise.
//!
//! Text from outside (the site, files, people) cannot imitate a line of the program or send control sequences to the
//! terminal: all output is built from [`Lines`], and the log is written through this module too.
//!
//! Output that cannot be written (a closed pipe, a full disk) is dropped: a long run must not fail because its output
//! is no longer read.

mod log;
mod wrap;

use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::support::visible_text::{Lines, visible};

pub use wrap::Width;

#[cfg(test)]
pub(crate) use tests::{PLAIN, new_progress};

/// Least time between two plain lines of one phase.
const LINE_INTERVAL: Duration = Duration::from_secs(10);
/// Time between two frames of the spinner.
const TICK: Duration = Duration::from_millis(120);

/// What is shown, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutputMode {
    /// Warnings and errors only.
    pub quiet: bool,
    /// A live bar, drawn with control sequences.
    pub bar: bool,
    pub colour: bool,
    pub width: Width,
}

impl OutputMode {
    /// Returns the mode for standard error of this process; `colour` is the user's choice, if any.
    pub fn detect(quiet: bool, colour: Option<bool>) -> Self {
        let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let capable = io::stderr().is_terminal() && !dumb && !is_set("CI");
        Self { width: Width::of_stderr(), ..Self::decide(quiet, colour, capable, is_set("NO_COLOR")) }
    }

    /// `capable` says that standard error is an interactive terminal that understands control sequences.
    fn decide(quiet: bool, colour: Option<bool>, capable: bool, no_color: bool) -> Self {
        let colour = colour.unwrap_or(capable && !no_color);
        Self { quiet, bar: capable && !quiet, colour, width: Width::Unlimited }
    }
}

/// Handle for progress output. Clones write to the same place.
#[derive(Clone)]
pub struct Progress {
    inner: Arc<Inner>,
}

struct Inner {
    /// `None` prints nothing, not even warnings.
    mode: Option<OutputMode>,
    bar: ProgressBar,
    line_interval: Duration,
    phase: Mutex<Option<Phase>>,
    lines: Mutex<Box<dyn Write + Send>>,
}

/// One step of a run, such as reading all pages.
struct Phase {
    label: String,
    done: u64,
    total: Option<u64>,
    started: Instant,
    last_line: Instant,
}

impl Progress {
    /// Prints nothing, not even warnings; for tests and benches.
    pub fn silent() -> Self {
        Self::with(None, ProgressDrawTarget::hidden(), LINE_INTERVAL, Box::new(io::sink()))
    }

    /// Writes to standard error.
    pub fn for_terminal(mode: OutputMode) -> Self {
        let target = if mode.bar { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        Self::with(Some(mode), target, LINE_INTERVAL, Box::new(io::stderr()))
    }

    fn with(
        mode: Option<OutputMode>,
        target: ProgressDrawTarget,
        line_interval: Duration,
        lines: Box<dyn Write + Send>,
    ) -> Self {
        let bar = ProgressBar::with_draw_target(None, target);
        Self { inner: Arc::new(Inner { mode, bar, line_interval, phase: Mutex::new(None), lines: Mutex::new(lines) }) }
    }

    /// Starts a phase with `total` steps, if their number is known, and ends the current one.
    pub fn phase(&self, label: &str, total: Option<u64>) {
        self.finish();
        let Some(mode) = self.inner.mode.filter(|mode| !mode.quiet) else { return };
        let now = Instant::now();
        let label = visible(label).into_owned();
        if mode.bar {
            self.inner.bar.set_message(label.clone());
            self.inner.bar.set_style(bar_style(total.is_some()));
            match total {
                Some(total) => self.inner.bar.set_length(total),
                None => self.inner.bar.unset_length(),
            }
            self.inner.bar.reset();
            self.inner.bar.enable_steady_tick(TICK);
        } else {
            // no line for a phase without steps
            if total != Some(0) {
                self.line(&format!("{label} …"));
            }
        }
        *lock(&self.inner.phase) = Some(Phase { label, done: 0, total, started: now, last_line: now });
    }

    /// Counts `n` more steps of the current phase as done.
    pub fn advance(&self, n: u64) {
        let line = {
            let mut phase = lock(&self.inner.phase);
            let Some(phase) = phase.as_mut() else { return };
            phase.done += n;
            // more items arrived than were counted before
            if let Some(total) = phase.total.as_mut().filter(|total| **total < phase.done) {
                *total = phase.done;
                self.inner.bar.set_length(phase.done);
            }
            self.inner.bar.set_position(phase.done);
            let due = !self.has_bar() && phase.last_line.elapsed() >= self.inner.line_interval;
            due.then(|| {
                phase.last_line = Instant::now();
                phase.progress_line()
            })
        };
        if let Some(line) = line {
            self.line(&line);
        }
    }

    /// Ends the current phase, if any, and prints its summary line.
    pub fn finish(&self) {
        let Some(phase) = lock(&self.inner.phase).take() else { return };
        self.inner.bar.disable_steady_tick();
        self.inner.bar.finish_and_clear();
        if phase.done > 0 || phase.total.is_some_and(|total| total > 0) {
            self.line(&phase.summary_line());
        }
    }

    /// Prints a warning: something to know before trusting the result.
    pub fn warn(&self, what: impl Into<Lines>) {
        self.marked("warning", "33", &what.into());
    }

    /// Prints an error: why the run failed.
    pub fn error(&self, what: impl Into<Lines>) {
        self.marked("error", "31", &what.into());
    }

    /// Prints a line of information, unless `--quiet` is set.
    pub fn note(&self, what: impl Into<Lines>) {
        if self.inner.mode.is_some_and(|mode| !mode.quiet) {
            self.line(&what.into().text());
        }
    }

    fn marked(&self, mark: &str, colour: &str, what: &Lines) {
        let what = what.text();
        match self.inner.mode {
            None => {}
            Some(mode) if mode.colour => self.line(&format!("\u{1b}[1;{colour}m{mark}:\u{1b}[0m {what}")),
            Some(_) => self.line(&format!("{mark}: {what}")),
        }
    }

    fn has_bar(&self) -> bool {
        self.inner.mode.is_some_and(|mode| mode.bar)
    }

    fn line(&self, text: &str) {
        let Some(mode) = self.inner.mode else { return };
        self.write(format!("{}\n", mode.width.wrap(text)).as_bytes());
    }

    /// Writes complete lines while the bar is suspended.
    fn write(&self, bytes: &[u8]) {
        if self.inner.mode.is_none() {
            return;
        }
        let write = || {
            let mut lines = lock(&self.inner.lines);
            let _ = lines.write_all(bytes).and_then(|()| lines.flush());
        };
        // between phases there is no bar, and suspending would draw one
        let in_phase = lock(&self.inner.phase).is_some();
        if in_phase { self.inner.bar.suspend(write) } else { write() }
    }
}

impl Phase {
    fn progress_line(&self) -> String {
        let seconds = self.started.elapsed().as_secs_f64();
        let rate = if seconds > 0.0 { self.done as f64 / seconds } else { 0.0 };
        let Some(total) = self.total else { return format!("{}: {}, {rate:.0}/s", self.label, self.done) };
        let left = total.saturating_sub(self.done) as f64 / rate;
        let left = Duration::try_from_secs_f64(left).map_or_else(|_| "unknown time".to_owned(), format_duration);
        format!("{}: {} of {total}, {rate:.0}/s, {left} left", self.label, self.done)
    }

    fn summary_line(&self) -> String {
        let time = format_duration(self.started.elapsed());
        match self.total {
            Some(total) if total != self.done => format!("{}: {} of {total} in {time}", self.label, self.done),
            _ => format!("{}: {} in {time}", self.label, self.done),
        }
    }
}

fn bar_style(total_known: bool) -> ProgressStyle {
    let template = if total_known {
        "{spinner} {msg} {wide_bar} {human_pos}/{human_len} {rate}/s {eta} left"
    } else {
        "{spinner} {wide_msg} {human_pos} {rate}/s {elapsed}"
    };
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    style.with_key("rate", |state: &ProgressState, out: &mut dyn fmt::Write| {
        // writing to the line buffer cannot fail
        let _ = write!(out, "{:.0}", state.per_sec());
    })
}

/// Formats a duration in its two largest units.
fn format_duration(duration: Duration) -> String {
    match duration.as_secs() {
        seconds @ 0..60 => format!("{seconds} s"),
        seconds @ 60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        seconds => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

/// Locks, ignoring poisoning: after a panic elsewhere the counts are still usable.
fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Default)]
    pub(crate) struct Sink(Arc<Mutex<Vec<u8>>>);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Sink {
        pub(crate) fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    pub(crate) const PLAIN: OutputMode =
        OutputMode { quiet: false, bar: false, colour: false, width: Width::Unlimited };

    pub(crate) fn new_progress(mode: OutputMode, every: Duration) -> (Progress, Sink) {
        let sink = Sink::default();
        (Progress::with(Some(mode), ProgressDrawTarget::hidden(), every, Box::new(sink.clone())), sink)
    }

    #[test]
    fn control_sequences_only_where_they_are_understood_f_91() {
        let plain = |bar, colour| OutputMode { bar, colour, ..PLAIN };
        assert_eq!(OutputMode::decide(false, None, true, false), plain(true, true));
        assert_eq!(OutputMode::decide(false, None, true, true), plain(true, false));
        assert_eq!(OutputMode::decide(false, None, false, false), plain(false, false));
        assert_eq!(OutputMode::decide(false, Some(true), false, true), plain(false, true));
        assert_eq!(OutputMode::decide(false, Some(false), true, false), plain(true, false));
        assert!(!OutputMode::decide(true, None, true, false).bar);
    }

    #[test]
    fn a_total_grows_with_the_steps_done() {
        let (progress, sink) = new_progress(PLAIN, Duration::ZERO);
        progress.phase("final pass", Some(637));
        progress.advance(645);
        progress.finish();
        let text = sink.text();
        assert!(text.contains("final pass: 645 of 645") && !text.contains("637"), "{text}");
    }

    #[test]
    fn plain_lines_show_counts_and_come_at_intervals() {
        let (progress, sink) = new_progress(PLAIN, Duration::ZERO);
        progress.phase("pages", Some(150));
        progress.advance(120);
        progress.finish();
        let text = sink.text();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[0], "pages …");
        assert!(lines[1].starts_with("pages: 120 of 150, ") && lines[1].ends_with(" left"), "{text}");
        assert!(lines[2].starts_with("pages: 120 of 150 in "), "{text}");

        let (progress, sink) = new_progress(PLAIN, Duration::MAX);
        progress.phase("pages", None);
        (0..1000).for_each(|_| progress.advance(1));
        progress.phase("versions", None);
        assert_eq!(sink.text().lines().count(), 3, "{}", sink.text());
        assert!(sink.text().contains("pages: 1000 in "));
    }

    #[test]
    fn quiet_keeps_warnings_and_errors() {
        let (progress, sink) = new_progress(OutputMode { quiet: true, ..PLAIN }, Duration::ZERO);
        progress.phase("pages", Some(1));
        progress.advance(1);
        progress.note("a note");
        progress.warn("a warning");
        progress.error("an error");
        progress.finish();
        assert_eq!(sink.text(), "warning: a warning\nerror: an error\n");
    }

    #[test]
    fn colour_marks_the_first_word_only() {
        let (progress, sink) = new_progress(OutputMode { colour: true, ..PLAIN }, Duration::ZERO);
        progress.warn("mind the gap");
        assert_eq!(sink.text(), "\u{1b}[1;33mwarning:\u{1b}[0m mind the gap\n");
    }

    #[test]
    fn messages_are_wrapped_to_the_width() {
        let (progress, sink) = new_progress(OutputMode { width: Width::Columns(30), ..PLAIN }, Duration::ZERO);
        progress.warn(
            Lines::new("the first half of it, and the second half").and("  what to do about it, in as many words"),
        );
        assert!(sink.text().lines().count() > 3 && sink.text().lines().all(|line| line.len() <= 30), "{}", sink.text());
    }

    #[test]
    fn control_characters_of_a_site_do_not_reach_the_terminal() {
        let (progress, sink) = new_progress(PLAIN, Duration::MAX);
        progress.warn("page \"\u{1b}[2J\u{9b}31m\u{7}\"");
        progress.phase("space \u{1b}]0;x\u{7}", None);
        progress.note("space A\nerror: forged\r\u{202e}");
        assert!(!sink.text().contains(['\u{1b}', '\u{9b}', '\u{7}', '\r', '\u{202e}']), "{:?}", sink.text());
        assert_eq!(sink.text().lines().count(), 3, "one line each: {:?}", sink.text());
    }

    #[test]
    fn a_closed_pipe_does_not_stop_the_run_f_92() {
        struct Closed;
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
        }
        let progress = Progress::with(Some(PLAIN), ProgressDrawTarget::hidden(), Duration::ZERO, Box::new(Closed));
        progress.phase("pages", Some(2));
        progress.advance(2);
        progress.warn("no one reads this");
        assert_eq!(lock(&progress.inner.phase).as_ref().unwrap().done, 2);
    }

    #[test]
    fn durations_are_shown_in_two_units() {
        for (seconds, text) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min 0 s"),
            (3599, "59 min 59 s"),
            (3600, "1 h 0 min"),
            (90_061, "25 h 1 min"),
        ] {
            assert_eq!(format_duration(Duration::from_secs(seconds)), text);
        }
    }
}
