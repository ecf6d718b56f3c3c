//! F-91 and F-93: the program on a terminal of any width, a real one (`openpt`).

use std::ffi::OsStr;
use std::fs::File;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::process::Stdio;

use confluence_sim::Fault;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use tempfile::TempDir;

use super::process::child;
use crate::run_program::Server;
use test_support::harness::always;
use test_support::known_site;

/// Runs an audit that ends incomplete with standard error on a terminal of the given width; returns the exit status and
/// the output to the terminal.
fn run_on_terminal(columns: u16) -> (i32, String) {
    let server = Server::start(known_site::site().0, always("/wiki/api/v2/footer-comments", Fault::status(403)));
    let controller = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&controller).unwrap();
    unlockpt(&controller).unwrap();
    let name = ptsname(&controller, Vec::new()).unwrap();
    let terminal = File::options().read(true).write(true).open(OsStr::from_bytes(name.as_bytes())).unwrap();
    tcsetwinsize(&terminal, Winsize { ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
    let folder = TempDir::new().unwrap();
    let mut command = child(&server, folder.path());
    for name in ["CI", "NO_COLOR", "COLUMNS"] {
        command.env_remove(name);
    }
    command.env("TERM", "xterm").env("LC_ALL", "C").stdout(Stdio::null()).stderr(terminal);
    let mut program = command.spawn().unwrap();
    // the command holds the terminal open, which would delay the end of the output
    drop(command);
    let mut sent = Vec::new();
    // reading fails once no process has the terminal open
    let mut controller = File::from(controller);
    let mut buffer = [0; 4096];
    while let Ok(read @ 1..) = controller.read(&mut buffer) {
        sent.extend_from_slice(&buffer[..read]);
    }
    (program.wait().unwrap().code().unwrap(), String::from_utf8(sent).unwrap())
}

#[test]
fn a_terminal_of_any_width_gets_every_message_f_91_f_93() {
    for columns in [0, 1, 20, 80, 500] {
        let (status, sent) = run_on_terminal(columns);
        assert_eq!(status, 3, "{columns}: {sent}");
        assert!(sent.contains('\u{1b}'), "a terminal gets a progress bar");
        let plain = console::strip_ansi_codes(&sent).into_owned();
        let words: Vec<&str> = plain.split_whitespace().collect();
        let text = words.join(" ");
        assert!(text.contains("no file is called unreferenced"), "{columns}: {text}");
        assert!(!text.contains("panic"), "{columns}: {text}");
        if columns == 80 {
            let lines = plain.split(['\r', '\n']);
            let long: Vec<&str> = lines.filter(|line| console::measure_text_width(line) > 80).collect();
            assert!(long.is_empty(), "{long:#?}");
        }
    }
}
