//! Altered and foreign files: each is set aside or read correctly, and two runs later the cache is complete again.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::*;

const COUNT: u8 = 40;

/// Runs once: reads all entries and stores those that are missing. Returns the warnings.
fn use_all(root: &TempDir) -> Vec<String> {
    let cache = unsynced(open(root));
    let (records, values) = (records(&cache, COUNT), values(&cache, COUNT));
    for number in 0..COUNT {
        if !records.contains(&number) {
            cache.put(&record(number), &number);
        }
        if !values.contains(&number) {
            cache.keep(&key(number), &value(number));
        }
    }
    cache.remarks()
}

/// Replaces the content of the file with these bytes and checks that nothing wrong is read and that the cache recovers.
/// Returns whether the file was set aside.
fn assert_recovers(root: &TempDir, file: &Path, bytes: &[u8], what: &str) -> bool {
    fs::write(file, bytes).unwrap();
    let remarks = use_all(root);
    let aside = file.with_extension("damaged");
    let found = aside.exists();
    assert_eq!(remarks.len(), usize::from(found), "{what}: {remarks:?}");
    if found {
        assert!(remarks[0].contains("cache.damaged"), "{what}: {remarks:?}");
        fs::remove_file(aside).unwrap();
    }
    use_all(root);
    let cache = unsynced(open(root));
    let all: Vec<u8> = (0..COUNT).collect();
    assert_eq!((records(&cache, COUNT), values(&cache, COUNT)), (all.clone(), all), "{what}");
    assert_eq!(cache.remarks(), Vec::<String>::new(), "{what}");
    found
}

#[test]
fn a_flipped_bit_anywhere_is_never_used_f_81() {
    let (root, file) = filled(COUNT);
    let intact = fs::read(&file).unwrap();
    // every byte of the header; of the rest, bytes near used ones
    let used = |at: &usize| intact[at.saturating_sub(4)..(at + 4).min(intact.len())].iter().any(|byte| *byte != 0);
    let rest = (100..intact.len()).filter(used).step_by(83);
    let mut set_aside = 0;
    for at in (0..100).chain(rest) {
        let mut damaged = intact.clone();
        damaged[at] ^= 1 << (at % 8);
        set_aside += usize::from(assert_recovers(&root, &file, &damaged, &format!("byte {at}")));
    }
    assert!(set_aside > 100, "{set_aside} files were set aside");
}

#[test]
fn a_file_cut_anywhere_is_never_used_f_79() {
    let (root, file) = filled(COUNT);
    let intact = fs::read(&file).unwrap();
    let mut ends: Vec<usize> = (0..intact.len()).step_by(1_021).collect();
    ends.extend((0..intact.len()).step_by(16_384));
    for end in ends {
        assert!(assert_recovers(&root, &file, &intact[..end], &format!("cut at {end}")), "cut at {end}");
    }
}

#[test]
fn a_file_of_another_kind_is_set_aside() {
    let (root, file) = filled(COUNT);
    let mut noise = vec![0; 50_000];
    fastrand::Rng::with_seed(1).fill(&mut noise);
    let elsewhere = TempDir::new().unwrap();
    let of_sqlite = elsewhere.path().join("other");
    let other = rusqlite::Connection::open(&of_sqlite).unwrap();
    other.execute_batch("CREATE TABLE about (format, owner, more); INSERT INTO about VALUES (1, 'me', 3)").unwrap();
    other.close().unwrap();
    for (what, bytes) in
        [("noise", noise), ("text", b"hello".to_vec()), ("another database", fs::read(of_sqlite).unwrap())]
    {
        assert!(assert_recovers(&root, &file, &bytes, what), "{what}");
    }
}

#[test]
fn a_folder_in_the_place_of_the_file_is_set_aside() {
    let (root, file) = filled(2);
    fs::remove_file(&file).unwrap();
    fs::create_dir_all(file.join("within")).unwrap();
    let cache = open(&root);
    cache.put(&record(1), &1);
    assert_eq!((records(&cache, 2), cache.remarks().len()), (vec![1], 1));
    assert!(file.with_extension("damaged").join("within").exists());
    drop(cache);
    assert_eq!(open(&root).remarks(), Vec::<String>::new());
}

#[cfg(unix)]
#[test]
fn planted_links_are_set_aside_and_their_targets_stay_f_90() {
    let elsewhere = tempfile::tempdir().unwrap();
    for (planted, remarks) in
        [("cache.sqlite", 1), ("cache.sqlite-wal", 0), ("cache.sqlite-journal", 0), ("cache.new", 0)]
    {
        let (root, file) = filled(2);
        let victim = elsewhere.path().join("victim");
        fs::write(&victim, "precious").unwrap();
        let link = file.with_file_name(planted);
        if planted == "cache.new" || link == file {
            fs::remove_file(&file).unwrap();
        }
        std::os::unix::fs::symlink(&victim, &link).unwrap();
        let cache = open(&root);
        cache.put(&record(1), &1);
        cache.sync();
        assert_eq!(cache.remarks().len(), remarks, "{planted}: {:?}", cache.remarks());
        drop(cache);
        assert_eq!(fs::read_to_string(&victim).unwrap(), "precious", "{planted}");
        assert!(fs::symlink_metadata(&file).unwrap().is_file(), "{planted}");
    }
}

#[test]
fn a_value_altered_during_a_run_is_not_used_f_81() {
    let (root, file) = filled(3);
    let cache = open(&root);
    cache.state().store.as_ref().unwrap().set("shrink_memory");
    let mut bytes = fs::read(&file).unwrap();
    let at = bytes.windows(60).position(|window| window == &value(2)[..60]).unwrap();
    bytes[at] ^= 1;
    fs::write(&file, bytes).unwrap();
    assert_eq!(values(&cache, 3), [0, 1]);
    assert!(cache.remarks()[0].contains("its content was altered"), "{:?}", cache.remarks());
    assert_eq!(values(&cache, 3), Vec::<u8>::new(), "nothing of that file is used any more");
    cache.keep(&key(2), &value(2));
    assert_eq!((values(&cache, 3), cache.remarks().len()), (vec![2], 1));
    drop(cache);
    assert_eq!(values(&open(&root), 3), [2]);
}

#[test]
fn a_cache_of_another_account_or_version_is_not_used() {
    let (root, file) = filled(2);
    let other = Cache::open(root.path(), SITE, "bob@acme.example").unwrap();
    assert!(other.is_empty());
    let path = other.file.path.clone();
    drop(other);
    fs::copy(&file, &path).unwrap();
    assert!(Cache::look(root.path(), SITE, "bob@acme.example").is_none());
    let other = Cache::open(root.path(), SITE, "bob@acme.example").unwrap();
    assert_eq!((other.len(), other.values(), other.remarks().len()), (0, 0, 1));
    for format in [0, 2] {
        let written = rusqlite::Connection::open(&file).unwrap();
        written.execute("UPDATE about SET format = ?1", [format]).unwrap();
        written.close().unwrap();
        let cache = open(&root);
        assert_eq!((cache.len(), cache.values(), cache.remarks().len()), (0, 0, 1), "format {format}");
    }
}

#[test]
fn reading_a_damaged_file_returns_nothing_and_leaves_it_unchanged() {
    let (root, file) = filled(3);
    let intact = fs::read(&file).unwrap();
    for at in (0..intact.len()).step_by(997) {
        let mut damaged = intact.clone();
        damaged[at] ^= 0x10;
        fs::write(&file, &damaged).unwrap();
        if let Some(seen) = Cache::look(root.path(), SITE, USER) {
            records(&seen, 3);
            values(&seen, 3);
            assert_eq!(seen.remarks(), Vec::<String>::new());
        }
        assert_eq!(fs::read(&file).unwrap(), damaged, "byte {at}");
    }
    assert_eq!(names_in(file.parent().unwrap()), ["cache.sqlite", "holder", "lock"]);
}
