//! The cache of a separate process that is killed at arbitrary moments.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use confluence_storage_analyzer::cache::{Cache, CacheError, ValueKey};
use tempfile::TempDir;

const SITE: &str = "https://acme.atlassian.net/wiki";
const USER: &str = "ann@acme.example";
/// Environment variable with the folder of all caches; set for the child process that is killed.
const CHILD: &str = "TEST_CACHE_FOLDER";

/// Opens the cache as soon as it is free: child processes of other tests inherit the lock until they have started.
fn open(root: &Path) -> Cache {
    loop {
        match Cache::open(root, SITE, USER) {
            Err(CacheError::Locked { .. }) => std::thread::yield_now(),
            other => return other.unwrap(),
        }
    }
}

/// Child process of the test below. Prints `opened`, then adds record after record, and after every twentieth prints
/// how many survive a kill.
#[test]
#[ignore = "started by the other test as a child process"]
fn child_process() {
    let Some(root) = std::env::var_os(CHILD) else { return };
    let cache = open(Path::new(&root));
    let mut stdout = std::io::stdout();
    let known = u32::try_from(cache.len()).unwrap();
    writeln!(stdout, "\nsafe {known}").unwrap();
    for number in known.. {
        cache.keep(&long_key(number), &number.to_le_bytes().repeat(400));
        cache.put(&format!("r/{number}"), &number);
        if number % 20 == 19 {
            cache.sync();
            writeln!(stdout, "safe {}", number + 1).unwrap();
        }
    }
}

/// Returns keys that are evenly distributed, like checksums.
fn long_key(number: u32) -> ValueKey {
    let mut key = [0; 32];
    fastrand::Rng::with_seed(number.into()).fill(&mut key);
    key
}

#[test]
fn a_kill_at_any_moment_leaves_all_that_was_committed_f_80() {
    let root = TempDir::new().unwrap();
    for round in 0..16 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "cache::child_process", "--ignored", "--nocapture"])
            .env(CHILD, root.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut safe = lines.map(|line| line.unwrap()).filter_map(|line| line.strip_prefix("safe ")?.parse().ok());
        let wanted: u32 = safe.next().unwrap();
        // a different delay in each round
        let mut committed = safe.find(|safe| *safe >= wanted + 20 * (1 + round % 5)).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        committed = safe.last().unwrap_or(committed);
        let folder = fs::read_dir(root.path()).unwrap().next().unwrap().unwrap().path();
        let log = fs::metadata(folder.join("cache.sqlite-wal")).unwrap().len();
        assert!(log > 0, "the process was killed with uncommitted data");
        // a read-only open sees the data too, and repairs nothing
        let before = fs::read(folder.join("cache.sqlite")).unwrap();
        let seen = Cache::look(root.path(), SITE, USER).unwrap();
        assert_eq!(seen.get(&format!("r/{}", committed - 1)), Some(committed - 1));
        assert_eq!(fs::read(folder.join("cache.sqlite")).unwrap(), before);
        let cache = open(root.path());
        let kept = u32::try_from(cache.len()).unwrap();
        assert!((committed..=committed + 20).contains(&kept), "{kept} records, {committed} of them committed");
        for number in 0..kept {
            assert_eq!(cache.get(&format!("r/{number}")), Some(number));
            assert_eq!(cache.find(&long_key(number)).unwrap(), number.to_le_bytes().repeat(400));
        }
        assert_eq!(cache.remarks(), Vec::<String>::new());
    }
}
