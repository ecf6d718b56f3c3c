//! Tests with real files and real damage.

mod damage;
mod size_limit;

use std::fs;

use tempfile::TempDir;

use super::*;

const SITE: &str = "https://acme.atlassian.net/wiki";
const USER: &str = "ann@acme.example";

fn open(root: &TempDir) -> Cache {
    Cache::open(root.path(), SITE, USER).unwrap()
}

/// Turns off syncing, in tests with many runs and no power loss.
fn unsynced(cache: Cache) -> Cache {
    cache.state().store.as_ref().unwrap().set("synchronous = OFF");
    cache
}

/// Creates a cache with the records `n/0`, `n/1`, … and the values `key(0)`, `key(1)`, …
fn filled(count: u8) -> (TempDir, PathBuf) {
    let root = TempDir::new().unwrap();
    let cache = open(&root);
    for number in 0..count {
        cache.put(&record(number), &number);
        cache.keep(&key(number), &value(number));
    }
    let file = cache.file.path.clone();
    (root, file)
}

fn record(number: u8) -> String {
    format!("n/{number}")
}

fn key(number: u8) -> ValueKey {
    [number; 32]
}

fn value(number: u8) -> Vec<u8> {
    vec![number; 60 + usize::from(number)]
}

/// Returns the existing records, and checks that each is as it was stored.
fn records(cache: &Cache, count: u8) -> Vec<u8> {
    let existing = (0..count).filter(|number| {
        cache.get::<u8>(&record(*number)).is_some_and(|found| {
            assert_eq!(found, *number);
            true
        })
    });
    existing.collect()
}

/// Returns the existing values, and checks that each is as it was stored.
fn values(cache: &Cache, count: u8) -> Vec<u8> {
    let existing = (0..count).filter(|number| {
        cache.find(&key(*number)).is_some_and(|found| {
            assert_eq!(found, value(*number));
            true
        })
    });
    existing.collect()
}

fn names_in(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

#[test]
fn a_record_is_found_in_the_next_run_and_the_last_write_counts() {
    let root = TempDir::new().unwrap();
    let cache = open(&root);
    cache.put("a", &"tab\tline\nbreak \u{2028} ünï");
    cache.put("b", &1);
    cache.put("b", &2);
    assert_eq!(cache.get::<u32>("b"), Some(2));
    drop(cache);
    let cache = open(&root);
    cache.put("b", &3);
    drop(cache);
    let cache = open(&root);
    assert_eq!(cache.get::<String>("a").unwrap(), "tab\tline\nbreak \u{2028} ünï");
    assert_eq!((cache.get::<u32>("b"), cache.len()), (Some(3), 2));
    assert_eq!(cache.get::<u32>("a"), None, "a record of another type is absent");
    assert_eq!(cache.remarks(), Vec::<String>::new());
}

#[test]
fn a_value_is_found_in_the_same_run_and_in_later_ones() {
    let root = TempDir::new().unwrap();
    let cache = open(&root);
    cache.keep(&key(1), &value(2));
    cache.keep(&key(1), &value(1));
    cache.keep(&key(3), b"");
    assert_eq!((cache.find(&key(1)), cache.find(&key(3))), (Some(value(1)), Some(Vec::new())));
    drop(cache);
    let cache = open(&root);
    cache.keep(&key(4), &value(4));
    assert_eq!((cache.find(&key(1)), cache.find(&key(4)), cache.find(&key(5))), (Some(value(1)), Some(value(4)), None));
    drop(cache);
    assert_eq!(open(&root).values(), 3);
    assert_eq!(open(&root).remarks(), Vec::<String>::new());
}

#[test]
fn a_record_and_a_value_never_share_a_key() {
    let root = TempDir::new().unwrap();
    let cache = open(&root);
    let name = "n".repeat(32);
    cache.put(&name, &1);
    cache.keep(name.as_bytes().try_into().unwrap(), b"2");
    assert_eq!((cache.get::<u32>(&name), cache.len(), cache.values()), (Some(1), 1, 1));
}

#[test]
fn clearing_deletes_all_records_on_disk_too_and_no_value() {
    let (root, _) = filled(5);
    let cache = open(&root);
    cache.clear();
    cache.put(&record(3), &3);
    drop(cache);
    let cache = open(&root);
    assert_eq!((cache.len(), records(&cache, 5), values(&cache, 5)), (1, vec![3], vec![0, 1, 2, 3, 4]));
}

#[test]
fn a_run_leaves_one_file_and_its_lock() {
    let (_root, file) = filled(3);
    assert_eq!(names_in(file.parent().unwrap()), ["cache.sqlite", "holder", "lock"]);
}

#[test]
fn files_of_earlier_builds_are_left_alone() {
    let (root, file) = filled(2);
    let old = ["segment-000001", "values-000001"].map(|name| file.with_file_name(name));
    for path in &old {
        fs::write(path, "of an earlier build").unwrap();
    }
    let cache = open(&root);
    assert_eq!((records(&cache, 2), cache.remarks()), (vec![0, 1], Vec::new()));
    assert!(old.iter().all(|path| path.exists()));
}

#[test]
fn a_second_run_reports_who_holds_the_lock_f_82() {
    let root = TempDir::new().unwrap();
    let first = open(&root);
    let error = Cache::open(root.path(), SITE, USER).unwrap_err();
    let CacheError::Locked { holder } = &error else { panic!("{error}") };
    assert!(holder.starts_with(&format!("process {} since 20", std::process::id())), "{holder}");
    assert!(Cache::open(root.path(), SITE, "bob@acme.example").is_ok(), "another account has its own lock");
    drop(first);
    assert!(Cache::open(root.path(), SITE, USER).is_ok());
}

#[test]
fn opening_for_reading_needs_no_lock_and_writes_nothing() {
    let (root, file) = filled(2);
    let held = open(&root);
    held.put(&record(5), &5);
    held.keep(&key(5), &value(5));
    let before = (fs::read(&file).unwrap(), names_in(held.folder()));
    let seen = Cache::look(root.path(), SITE, USER).unwrap();
    seen.put(&record(7), &7);
    seen.keep(&key(7), &value(7));
    seen.clear();
    seen.sync();
    assert_eq!((records(&seen, 8), values(&seen, 8)), (vec![0, 1, 5], vec![0, 1]), "only what is committed");
    assert_eq!(seen.remarks(), Vec::<String>::new());
    assert_eq!((fs::read(&file).unwrap(), names_in(held.folder())), before);
    held.sync();
    assert_eq!(values(&seen, 8), [0, 1, 5], "a reader does not block a writer");
    assert!(Cache::look(root.path(), SITE, "bob@acme.example").is_none());
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
}

#[test]
fn tasks_share_a_cache() {
    let root = TempDir::new().unwrap();
    let cache = open(&root);
    std::thread::scope(|scope| {
        for part in 0..4 {
            let cache = &cache;
            scope.spawn(move || {
                (part * 50..part * 50 + 50).for_each(|number| cache.keep(&key(number), &value(number)));
            });
        }
    });
    assert_eq!(values(&cache, 255), (0..200).collect::<Vec<_>>());
}

#[cfg(unix)]
#[test]
fn files_and_folders_are_for_the_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let parent = TempDir::new().unwrap();
    let cache = Cache::open(&parent.path().join("new"), SITE, USER).unwrap();
    cache.put("a", &1);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&parent.path().join("new")), mode(cache.folder())), (0o700, 0o700));
    // SQLite's own files exist during a run
    let names = names_in(cache.folder());
    assert_eq!(names, ["cache.sqlite", "cache.sqlite-shm", "cache.sqlite-wal", "holder", "lock"]);
    for name in names {
        assert_eq!(mode(&cache.folder().join(&name)), 0o600, "{name}");
    }
}

#[test]
fn a_full_disk_stops_the_cache_and_not_the_run_f_75() {
    // a full disk, and one that became read-only
    for refusal in ["max_page_count = 1", "query_only = ON"] {
        let (root, _) = filled(3);
        let cache = open(&root);
        cache.state().store.as_ref().unwrap().set(refusal);
        let long = vec![b'x'; 100_000];
        for number in 3..6 {
            cache.keep(&key(number), &long);
            cache.put(&record(number), &number);
            cache.sync();
        }
        assert_eq!((records(&cache, 3), values(&cache, 3)), (vec![0, 1, 2], vec![0, 1, 2]), "{refusal}");
        let remarks = cache.remarks();
        assert!(remarks.len() == 1 && remarks[0].ends_with("does not store what this run reads"), "{remarks:?}");
        drop(cache);
        let next = open(&root);
        assert_eq!((next.len(), next.values(), next.remarks()), (3, 3, Vec::new()), "{refusal}");
    }
}
