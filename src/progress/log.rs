//! The log, kept whole beside the bar: it is written where the progress is.

use std::io::{self, Write};

use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use super::{Mode, Progress};
use crate::support::visible::visible;

impl Progress {
    /// Sends the log to where the progress goes, whole lines at a time: warnings, with `verbosity` 1 what is done, with
    /// 2 every request. Only this program's own log: libraries might tell headers. Done once per process; later calls
    /// change nothing.
    pub fn start_log(&self, verbosity: u8) {
        if let Some(mode) = self.inner.mode {
            // an error means that a log is there already, which is as good
            let _ = tracing::subscriber::set_global_default(self.log(mode, verbosity));
        }
    }

    fn log(&self, mode: Mode, verbosity: u8) -> impl Subscriber + use<> {
        let level = match verbosity {
            0 if mode.quiet => "error",
            0 => "warn",
            1 => "info",
            _ => "debug",
        };
        let filter = EnvFilter::new(format!("off,confluence_storage_analyzer={level},confluence_client={level}"));
        // without colours: a control sequence in a line can only have come from a site, and is made visible
        tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(self.clone()).finish()
    }
}

/// Passes log lines on to the progress; each comes whole, by one call.
pub struct LogLines(Progress);

impl Write for LogLines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let line = String::from_utf8_lossy(bytes);
        let line = visible(line.strip_suffix('\n').unwrap_or(&line)).into_owned();
        self.0.write(format!("{line}\n").as_bytes());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Progress {
    type Writer = LogLines;

    fn make_writer(&'a self) -> Self::Writer {
        LogLines(self.clone())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::tests::{PLAIN, new_progress};
    use super::*;

    #[test]
    fn the_log_tells_what_this_program_says_and_nothing_of_its_libraries() {
        let told = |verbosity| {
            let (progress, sink) = new_progress(PLAIN, Duration::MAX);
            tracing::subscriber::with_default(progress.log(PLAIN, verbosity), || {
                tracing::debug!(target: "hyper::proto", "Authorization: Basic c2VjcmV0");
                tracing::error!(target: "reqwest::connect", "Authorization: Basic c2VjcmV0");
                tracing::debug!("a request");
                tracing::info!("a step");
                tracing::warn!("a warning");
            });
            let text = sink.text();
            assert!(!text.contains("Authorization"), "{text}");
            ["a request", "a step", "a warning"].map(|words| text.contains(words))
        };
        assert_eq!(told(0), [false, false, true]);
        assert_eq!(told(1), [false, true, true]);
        assert_eq!(told(2), [true, true, true]);
    }

    #[test]
    fn what_a_site_says_is_no_line_of_the_log_and_no_order_to_the_terminal() {
        let (progress, sink) = new_progress(PLAIN, Duration::MAX);
        let coloured = Mode { colour: true, ..PLAIN };
        tracing::subscriber::with_default(progress.log(coloured, 2), || {
            let hostile = "a\n2026-01-01 ERROR forged\u{1b}[2K\u{9b}\u{202e}";
            tracing::debug!(words = hostile, shown = %hostile, "message {hostile}");
        });
        let text = sink.text();
        assert_eq!(text.lines().count(), 1, "{text:?}");
        assert!(!text.contains(['\u{1b}', '\u{9b}', '\u{202e}']), "{text:?}");
    }

    #[test]
    fn log_lines_and_clones_reach_the_same_person() {
        let (progress, sink) = new_progress(PLAIN, Duration::MAX);
        progress.clone().make_writer().write_all(b"GET /wiki/api/v2/pages 200\n").unwrap();
        assert_eq!(sink.text(), "GET /wiki/api/v2/pages 200\n");
    }
}
