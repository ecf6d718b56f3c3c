//! The cache of a run that is a process of its own and is killed at moments that nobody chose.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use confluence_storage_analyzer::cache::{Cache, CacheError, ValueKey};
use tempfile::TempDir;

const SITE: &str = "https://acme.atlassian.net/wiki";
const USER: &str = "ann@acme.example";
/// Set for the test that plays the killed run; it holds the folder of all caches.
const CHILD: &str = "TEST_CACHE_FOLDER";

/// Opens it as soon as it is free: a process that another test starts holds a lock of this one until it has begun.
fn open(root: &Path) -> Cache {
    loop {
        match Cache::open(root, SITE, USER) {
            Err(CacheError::Locked { .. }) => std::thread::yield_now(),
            other => return other.unwrap(),
        }
    }
}

/// Not a test of its own. It says `opened`, then puts one record after another, and says after every twentieth how many
/// survive a kill.
#[test]
#[ignore = "started by the other test as a process of its own"]
fn other_process() {
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

/// Scattered, as checksums are.
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
            .args(["--exact", "cache::other_process", "--ignored", "--nocapture"])
            .env(CHILD, root.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut safe = lines.map(|line| line.unwrap()).filter_map(|line| line.strip_prefix("safe ")?.parse().ok());
        let wanted: u32 = safe.next().unwrap();
        // sooner in one round and later in another
        let mut told = safe.find(|safe| *safe >= wanted + 20 * (1 + round % 5)).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        told = safe.last().unwrap_or(told);
        let folder = fs::read_dir(root.path()).unwrap().next().unwrap().unwrap().path();
        let log = fs::metadata(folder.join("cache.sqlite-wal")).unwrap().len();
        assert!(log > 0, "the kill came while there was something to recover");
        // whoever looks sees it too, and mends nothing
        let before = fs::read(folder.join("cache.sqlite")).unwrap();
        let seen = Cache::look(root.path(), SITE, USER).unwrap();
        assert_eq!(seen.get(&format!("r/{}", told - 1)), Some(told - 1));
        assert_eq!(fs::read(folder.join("cache.sqlite")).unwrap(), before);
        let cache = open(root.path());
        let kept = u32::try_from(cache.len()).unwrap();
        assert!((told..=told + 20).contains(&kept), "{kept} records, {told} of them safe");
        for number in 0..kept {
            assert_eq!(cache.get(&format!("r/{number}")), Some(number));
            assert_eq!(cache.find(&long_key(number)).unwrap(), number.to_le_bytes().repeat(400));
        }
        assert_eq!(cache.remarks(), Vec::<String>::new());
    }
}
