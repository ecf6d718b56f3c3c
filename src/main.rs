//! Entry point: parses the command line, starts the log and the async runtime, and exits with the status of the run.
//! Everything else is in the library.

use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use confluence_storage_analyzer::cli::Cli;
use confluence_storage_analyzer::error::{ExitStatus, Failure, Outcome, OutputFormat, guarded};
use confluence_storage_analyzer::progress::{OutputMode, Progress};
use confluence_storage_analyzer::support::caught_panic;

fn main() -> ExitCode {
    let cli = match Cli::from_arguments(std::env::args_os()) {
        Ok(cli) => cli,
        Err(error) => {
            // a closed pipe does not matter: the reader has quit
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(ExitStatus::Usage.code()));
        }
    };
    let progress = Progress::for_terminal(OutputMode::detect(cli.terminal.quiet, cli.terminal.color.forced()));
    progress.start_log(cli.terminal.verbose);
    let panic_progress = progress.clone();
    std::panic::set_hook(Box::new(move |panic| {
        if caught_panic::is_caught() {
            return;
        }
        panic_progress.error(format!("internal error: {}", panic.to_string().replacen('\n', " ", 1)));
    }));

    let format = if cli.terminal.json { OutputFormat::Json } else { OutputFormat::Text };
    let result = guarded(|| run(&cli, format, &progress));
    progress.finish();
    let outcome = result.unwrap_or_else(|failure| {
        progress.error(failure.lines());
        failure.outcome(format)
    });
    ExitStatus::decide([outcome.status, print(&outcome.stdout, &progress)]).into()
}

fn run(cli: &Cli, format: OutputFormat, progress: &Progress) -> Result<Outcome, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| {
        Failure::new(ExitStatus::Internal, "cannot start the async runtime").because(error.to_string())
    })?;
    runtime.block_on(async {
        let _listener = listen_for_file_size_limit();
        confluence_storage_analyzer::run(cli, format, progress).await
    })
}

/// Catches SIGXFSZ: by default, a limit on the size of files (`ulimit -f`) kills the process without a message. With a
/// listener the write fails instead, and the failure is reported like a full disk.
#[cfg(unix)]
fn listen_for_file_size_limit() -> Option<tokio::signal::unix::Signal> {
    let kind = tokio::signal::unix::SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw());
    // without a listener, the system's default applies
    tokio::signal::unix::signal(kind).ok()
}

#[cfg(not(unix))]
fn listen_for_file_size_limit() {}

/// Writes the data to standard output. A closed pipe is not a failure: the report is already written.
fn print(data: &[u8], progress: &Progress) -> ExitStatus {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(data).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            progress.error(format!("cannot write to standard output: {error}"));
            ExitStatus::Storage
        }
        _ => ExitStatus::Complete,
    }
}
