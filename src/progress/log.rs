//! Log output, written through the progress so that log lines and the bar do not mix.

use std::io::{self, Write};

use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use super::{OutputMode, Progress};
use crate::support::visible_text::visible;

impl Progress {
    /// Starts the log, which is written line by line where the progress goes: warnings; with `verbosity` 1 also each
    /// step; with 2 every request. Only this program and its client log: other libraries might log headers with the
    /// token. Works once per process; later calls have no effect.
    pub fn start_log(&self, verbosity: u8) {
        if let Some(mode) = self.inner.mode {
            // an error means that a subscriber is already set
            let _ = tracing::subscriber::set_global_default(self.log(mode, verbosity));
        }
    }

    fn log(&self, mode: OutputMode, verbosity: u8) -> impl Subscriber + use<> {
        let level = match verbosity {
            0 if mode.quiet => "error",
            0 => "warn",
            1 => "info",
            _ => "debug",
        };
        let filter = EnvFilter::new(format!("off,confluence_storage_analyzer={level},confluence_client={level}"));
        // without colours: any control sequence in a line then comes from a site and is made visible
        tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(self.clone()).finish()
    }
}

/// Writes log lines through the progress; every call to `write` brings one complete line.
pub struct LogWriter(Progress);

impl Write for LogWriter {
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
    type Writer = LogWriter;

    fn make_writer(&'a self) -> Self::Writer {
        LogWriter(self.clone())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::tests::{PLAIN, new_progress};
    use super::*;

    #[test]
    fn the_log_holds_the_lines_of_this_program_and_not_those_of_libraries() {
        let logged = |verbosity| {
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
        assert_eq!(logged(0), [false, false, true]);
        assert_eq!(logged(1), [false, true, true]);
        assert_eq!(logged(2), [true, true, true]);
    }

    #[test]
    fn text_from_a_site_cannot_forge_a_log_line_or_control_the_terminal() {
        let (progress, sink) = new_progress(PLAIN, Duration::MAX);
        let coloured = OutputMode { colour: true, ..PLAIN };
        tracing::subscriber::with_default(progress.log(coloured, 2), || {
            let hostile = "a\n2026-01-01 ERROR forged\u{1b}[2K\u{9b}\u{202e}";
            tracing::debug!(words = hostile, shown = %hostile, "message {hostile}");
        });
        let text = sink.text();
        assert_eq!(text.lines().count(), 1, "{text:?}");
        assert!(!text.contains(['\u{1b}', '\u{9b}', '\u{202e}']), "{text:?}");
    }

    #[test]
    fn log_lines_and_clones_write_to_the_same_place() {
        let (progress, sink) = new_progress(PLAIN, Duration::MAX);
        progress.clone().make_writer().write_all(b"GET /wiki/api/v2/pages 200\n").unwrap();
        assert_eq!(sink.text(), "GET /wiki/api/v2/pages 200\n");
    }
}
