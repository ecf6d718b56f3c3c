//! Values in files: cut at every byte, damaged at every byte, too many for their space.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::super::values::{Space, ValueKey, Values};
use super::{SITE, USER, open};
use crate::cache::Cache;

const SMALL: Space = Space { all: 4_000, file: 500 };

fn key(number: u8) -> ValueKey {
    [number; 32]
}

fn value(number: u8) -> Vec<u8> {
    vec![number; 60 + usize::from(number)]
}

/// A cache of one file with these values under `key(0)`, `key(1)`, …
fn filled(count: u8) -> (TempDir, PathBuf) {
    let root = TempDir::new().unwrap();
    let cache = open(&root);
    (0..count).for_each(|number| cache.keep(&key(number), &value(number)));
    let file = cache.folder().join("values-000001");
    (root, file)
}

/// Which values are there, each of them as it was kept.
fn found(cache: &Cache, count: u8) -> Vec<u8> {
    let there = (0..count).filter(|number| match cache.find(&key(*number)) {
        Some(found) => {
            assert_eq!(found, value(*number));
            true
        }
        None => false,
    });
    there.collect()
}

#[test]
fn what_was_kept_is_found_in_the_same_run_and_in_the_next_ones() {
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
fn f_79_a_file_cut_at_any_byte_keeps_its_whole_values() {
    let (root, file) = filled(3);
    let whole = fs::read(&file).unwrap();
    let records: Vec<usize> = (0..3).map(|number| 44 + value(number).len()).collect();
    let first = whole.len() - records.iter().sum::<usize>();
    for end in first..whole.len() {
        fs::write(&file, &whole[..end]).unwrap();
        let cache = open(&root);
        let ends = records.iter().scan(first, |at, record| {
            *at += record;
            Some(*at)
        });
        let expected = u8::try_from(ends.filter(|at| *at <= end).count()).unwrap();
        assert_eq!(found(&cache, 3), (0..expected).collect::<Vec<_>>(), "cut at {end}");
        assert_eq!(cache.remarks(), Vec::<String>::new(), "a torn end is no damage");
    }
}

#[test]
fn f_81_a_flipped_bit_anywhere_is_never_believed() {
    let (root, file) = filled(3);
    let whole = fs::read(&file).unwrap();
    for at in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x10;
        fs::write(&file, &damaged).unwrap();
        let cache = open(&root);
        assert!(found(&cache, 3).len() < 3, "byte {at}");
        // a length that leads beyond the end looks like a cut file; all else is told
        let aside = file.with_extension("damaged");
        assert_eq!(cache.remarks().len(), usize::from(aside.exists()), "byte {at}");
        assert_ne!(aside.exists(), file.exists(), "byte {at}");
        let _ = fs::remove_file(aside);
    }
}

#[test]
fn f_81_a_value_that_changes_while_a_run_goes_on_is_not_believed() {
    let (root, file) = filled(3);
    let cache = open(&root);
    let mut bytes = fs::read(&file).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&file, bytes).unwrap();
    assert_eq!(found(&cache, 3), [0, 1]);
    assert!(cache.remarks()[0].ends_with("it is not as it was written; it is made again"), "{:?}", cache.remarks());
    fs::remove_file(&file).unwrap();
    assert_eq!(found(&cache, 3), Vec::<u8>::new());
    cache.keep(&key(2), &value(2));
    assert_eq!(found(&cache, 3), [2]);
}

#[test]
fn values_of_another_account_are_not_believed() {
    let (root, file) = filled(2);
    let other = Cache::open(root.path(), SITE, "bob@acme.example").unwrap();
    let folder = other.folder().to_owned();
    drop(other);
    fs::copy(file, folder.join("values-000001")).unwrap();
    let other = Cache::open(root.path(), SITE, "bob@acme.example").unwrap();
    assert_eq!((other.values(), other.remarks().len()), (0, 1));
    drop(other);
    assert_eq!(found(&Cache::open(root.path(), SITE, USER).unwrap(), 2), [0, 1]);
}

#[test]
fn looking_finds_no_values_and_keeps_none() {
    let (root, file) = filled(2);
    let cache = open(&root);
    cache.put("a", &1);
    let before = fs::read(&file).unwrap();
    let seen = Cache::look(root.path(), SITE, USER).unwrap();
    seen.keep(&key(9), &value(9));
    assert_eq!((seen.find(&key(1)), seen.find(&key(9)), seen.remarks()), (None, None, Vec::new()));
    assert_eq!(fs::read(&file).unwrap(), before);
}

#[test]
fn clearing_forgets_records_and_no_value() {
    let (root, _) = filled(2);
    let cache = open(&root);
    cache.put("a", &1);
    cache.clear();
    drop(cache);
    let cache = open(&root);
    assert_eq!((cache.len(), found(&cache, 2)), (0, vec![0, 1]));
}

fn bytes_in(folder: &Path) -> u64 {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum()
}

/// One run that asks for values and keeps those it does not find. Gives the ones it had to make.
fn run(folder: &Path, asked: impl Iterator<Item = u8>) -> Vec<u8> {
    let mut values = Values::open(folder, "owner", SMALL, &mut Vec::new()).unwrap();
    let made = asked.filter(|number| {
        let missing = values.get(&key(*number)).unwrap().is_none();
        if missing {
            values.put(&key(*number), &value(*number)).unwrap();
        }
        missing
    });
    let made = made.collect();
    values.sync().unwrap();
    made
}

#[test]
fn the_disk_does_not_fill_up_and_what_is_met_again_stays() {
    let folder = TempDir::new().unwrap();
    let first = run(folder.path(), 0..8);
    assert_eq!(first, (0..8).collect::<Vec<_>>());
    for changed in 8..120_u8 {
        // eight values are met in every run, and one is new each time
        assert_eq!(run(folder.path(), (0..8).chain([changed])), [changed]);
        assert!(bytes_in(folder.path()) <= SMALL.all + 8 * 200, "{} bytes", bytes_in(folder.path()));
    }
    // what was met only once has made room long ago
    assert_eq!(run(folder.path(), 8..12), (8..12).collect::<Vec<_>>());
}

#[test]
fn files_that_are_full_are_followed_by_others() {
    let folder = TempDir::new().unwrap();
    run(folder.path(), 0..20);
    let files = fs::read_dir(folder.path()).unwrap().count();
    assert!((4..=8).contains(&files), "{files} files");
    assert_eq!(run(folder.path(), 0..20), Vec::<u8>::new());
}

#[cfg(target_os = "linux")]
#[test]
fn f_75_a_full_disk_costs_the_values_and_not_the_run() {
    let root = TempDir::new().unwrap();
    let cache = open(&root);
    cache.keep(&key(1), &value(1));
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    cache.state().values.replace_own(full);
    (2..5).for_each(|number| cache.keep(&key(number), &value(number)));
    assert_eq!(found(&cache, 5), [1]);
    let remarks = cache.remarks();
    assert!(remarks.len() == 1 && remarks[0].contains("is not remembered"), "{remarks:?}");
}
