//! Real files, real damage at every byte.

mod values;

use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;

use super::*;

const SITE: &str = "https://acme.atlassian.net/wiki";
const USER: &str = "ann@acme.example";

fn open(root: &TempDir) -> Cache {
    Cache::open(root.path(), SITE, USER).unwrap()
}

/// A cache of one segment with these numbers under `n/0`, `n/1`, …
fn filled(count: u32) -> (TempDir, PathBuf) {
    let root = TempDir::new().unwrap();
    let cache = open(&root);
    for number in 0..count {
        cache.put(&format!("n/{number}"), &number);
    }
    let segment = cache.folder().join("segment-000001");
    (root, segment)
}

fn kept(cache: &Cache, count: u32) -> Vec<Option<u32>> {
    (0..count).map(|number| cache.get(&format!("n/{number}"))).collect()
}

#[test]
fn what_was_put_is_there_in_the_next_run_and_the_last_value_counts() {
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
    assert_eq!(cache.get::<u32>("a"), None, "what cannot be understood is nothing");
    assert_eq!(cache.remarks(), Vec::<String>::new());
}

#[test]
fn f_79_a_segment_cut_at_any_byte_keeps_its_whole_lines() {
    let (root, segment) = filled(3);
    let whole = fs::read(&segment).unwrap();
    let header = whole.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    for end in header..whole.len() {
        fs::write(&segment, &whole[..end]).unwrap();
        let cache = open(&root);
        let lines = whole[..end].split(|byte| *byte == b'\n').count() - 2;
        let expected: Vec<Option<u32>> =
            (0..3_u32).map(|number| ((number as usize) < lines).then_some(number)).collect();
        assert_eq!(kept(&cache, 3), expected, "cut at {end}");
        assert_eq!(cache.remarks(), Vec::<String>::new(), "a torn end is no damage");
    }
}

#[test]
fn f_81_a_flipped_bit_anywhere_is_never_believed() {
    let (root, segment) = filled(4);
    let whole = fs::read(&segment).unwrap();
    let last_line = whole[..whole.len() - 1].iter().rposition(|byte| *byte == b'\n').unwrap();
    for at in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x04;
        fs::write(&segment, &damaged).unwrap();
        let cache = open(&root);
        for (number, value) in kept(&cache, 4).into_iter().enumerate() {
            assert!(value.is_none_or(|value| value as usize == number), "byte {at}: {number} became {value:?}");
        }
        let aside = segment.with_extension("damaged");
        assert_eq!(aside.exists(), at < last_line, "byte {at}");
        assert_eq!(cache.remarks().len(), usize::from(at < last_line), "byte {at}");
        assert_eq!(segment.exists(), at >= last_line, "byte {at}");
        let _ = fs::remove_file(aside);
    }
}

#[test]
fn a_cache_of_another_account_or_site_is_not_believed() {
    let (root, segment) = filled(2);
    let other = Cache::open(root.path(), SITE, "bob@acme.example").unwrap();
    assert!(other.is_empty());
    let folder = other.folder().to_owned();
    drop(other);
    fs::copy(segment, folder.join("segment-000001")).unwrap();
    let other = Cache::open(root.path(), SITE, "bob@acme.example").unwrap();
    assert!(other.is_empty());
    assert_eq!(other.remarks().len(), 1);
}

#[test]
fn what_is_taken_or_appended_leaves_memory_and_not_the_disk() {
    let (root, _) = filled(2);
    let cache = open(&root);
    assert_eq!((cache.take::<u32>("n/0"), cache.take::<u32>("n/0")), (Some(0), None));
    cache.append("n/2", &2);
    assert_eq!((cache.get::<u32>("n/2"), cache.len()), (None, 1));
    drop(cache);
    assert_eq!(kept(&open(&root), 3), [Some(0), Some(1), Some(2)]);
}

#[test]
fn many_segments_become_one_and_nothing_is_lost() {
    let root = TempDir::new().unwrap();
    for number in 0..40_u32 {
        open(&root).put(&format!("n/{number}"), &number);
    }
    let cache = open(&root);
    assert_eq!(kept(&cache, 40), (0..40).map(Some).collect::<Vec<_>>());
    let segments = fs::read_dir(cache.folder()).unwrap().count() - 2;
    assert!(segments <= 14, "{segments} segments");
}

#[test]
fn clearing_forgets_on_disk_too() {
    let (root, _) = filled(5);
    let cache = open(&root);
    cache.clear();
    cache.put("n/9", &9);
    drop(cache);
    assert_eq!(open(&root).len(), 1);
}

#[test]
fn f_82_a_second_run_is_told_who_holds_the_lock() {
    let root = TempDir::new().unwrap();
    let first = open(&root);
    let error = Cache::open(root.path(), SITE, USER).unwrap_err();
    let CacheError::Locked { holder } = &error else { panic!("{error}") };
    assert!(holder.starts_with(&format!("process {} since 20", std::process::id())), "{holder}");
    assert!(Cache::open(root.path(), SITE, "bob@acme.example").is_ok(), "another account has a lock of its own");
    drop(first);
    assert!(Cache::open(root.path(), SITE, USER).is_ok());
}

#[test]
fn looking_needs_no_lock_and_writes_nothing() {
    let (root, segment) = filled(2);
    let held = open(&root);
    let before = fs::read(&segment).unwrap();
    let seen = Cache::look(root.path(), SITE, USER).unwrap();
    seen.put("n/7", &7);
    assert_eq!((kept(&seen, 2), seen.remarks()), (vec![Some(0), Some(1)], Vec::new()));
    assert_eq!((fs::read(&segment).unwrap(), fs::read_dir(held.folder()).unwrap().count()), (before, 3));
    assert!(Cache::look(root.path(), SITE, "bob@acme.example").is_none());
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
}

#[cfg(unix)]
#[test]
fn s_13_files_and_folders_are_for_the_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let parent = TempDir::new().unwrap();
    let cache = Cache::open(&parent.path().join("new"), SITE, USER).unwrap();
    cache.put("a", &1);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&parent.path().join("new")), mode(cache.folder())), (0o700, 0o700));
    for entry in fs::read_dir(cache.folder()).unwrap() {
        assert_eq!(mode(&entry.unwrap().path()), 0o600);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn f_75_a_disk_that_takes_no_more_costs_the_memory_and_not_the_run() {
    let root = TempDir::new().unwrap();
    let cache = open(&root);
    cache.put("a", &1);
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    cache.state().segments.replace_own(full);
    for number in 0..3 {
        cache.put(&format!("n/{number}"), &number);
    }
    assert_eq!(cache.get::<u32>("n/2"), Some(2), "this run goes on with what it knows");
    let remarks = cache.remarks();
    assert!(remarks.len() == 1 && remarks[0].contains("is not remembered"), "{remarks:?}");
    drop(cache);
    let next = open(&root);
    assert_eq!((next.get::<u32>("a"), next.len()), (Some(1), 1));
}
