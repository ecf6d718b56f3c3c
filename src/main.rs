//! The program: reads the command line, starts the log and the runtime, and ends with the status of the run.
//! Everything else is in the library.

use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use confluence_storage_analyzer::cli::Cli;
use confluence_storage_analyzer::error::{ExitStatus, Failure, Outcome, OutputFormat, guarded};
use confluence_storage_analyzer::progress::{Mode, Progress};

fn main() -> ExitCode {
    let cli = match Cli::from_arguments(std::env::args_os()) {
        Ok(cli) => cli,
        Err(answer) => {
            // help for a closed pipe is nobody's loss
            let _ = answer.print();
            return ExitCode::from(u8::try_from(answer.exit_code()).unwrap_or(ExitStatus::Usage.code()));
        }
    };
    let progress = Progress::for_terminal(Mode::detect(cli.terminal.quiet, cli.terminal.color.forced()));
    progress.start_log(cli.terminal.verbose);
    let panic_progress = progress.clone();
    std::panic::set_hook(Box::new(move |panic| {
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
        Failure::new(ExitStatus::Internal, "the async runtime cannot be started").because(error.to_string())
    })?;
    runtime.block_on(async {
        let _hears = hear_of_files_that_grow_too_large();
        confluence_storage_analyzer::run(cli, format, progress).await
    })
}

/// A limit on the size of files (`ulimit -f`) ends a process without a word, unless it has an ear for the signal: then
/// the write fails, as on a full disk, and is told as that.
#[cfg(unix)]
fn hear_of_files_that_grow_too_large() -> Option<tokio::signal::unix::Signal> {
    let kind = tokio::signal::unix::SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw());
    // without it, all is as the system does it
    tokio::signal::unix::signal(kind).ok()
}

#[cfg(not(unix))]
fn hear_of_files_that_grow_too_large() {}

/// Prints the data. A reader that has gone away is no failure: the report is written.
fn print(data: &[u8], progress: &Progress) -> ExitStatus {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(data).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            progress.error(format!("standard output cannot be written: {error}"));
            ExitStatus::Storage
        }
        _ => ExitStatus::Complete,
    }
}
