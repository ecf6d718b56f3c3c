//! A cache that reaches its maximum size.

use super::*;

const LIMIT: u64 = 1 << 20;

fn open_small(root: &TempDir, run: i64) -> Cache {
    unsynced(Cache::open_sized(root.path(), SITE, USER, LIMIT, run).unwrap())
}

fn wide_key(number: u32) -> ValueKey {
    let mut key = [0; 32];
    fastrand::Rng::with_seed(number.into()).fill(&mut key);
    key
}

/// Runs once: looks up values and stores the missing ones. Returns those it had to compute.
fn run(root: &TempDir, run: i64, numbers: impl Iterator<Item = u32>) -> Vec<u32> {
    let cache = open_small(root, run);
    let computed = numbers.filter(|number| {
        let key = wide_key(*number);
        let missing = cache.find(&key).is_none();
        if missing {
            cache.keep(&key, &number.to_le_bytes().repeat(250));
        }
        missing
    });
    let computed = computed.collect();
    assert_eq!(cache.remarks(), Vec::<String>::new());
    computed
}

fn file_size(root: &TempDir) -> u64 {
    let folder = fs::read_dir(root.path()).unwrap().next().unwrap().unwrap().path();
    fs::metadata(folder.join("cache.sqlite")).unwrap().len()
}

#[test]
fn the_disk_does_not_fill_up_and_recurring_values_stay() {
    let root = TempDir::new().unwrap();
    let cache = open_small(&root, 0);
    (0..50).for_each(|number| cache.put(&record(number), &number));
    drop(cache);
    assert_eq!(run(&root, 1, 0..50), (0..50).collect::<Vec<_>>());
    for number in 2..100 {
        // fifty values recur in every run, and fifty are new each time
        let new = number * 50..number * 50 + 50;
        assert_eq!(run(&root, number.into(), (0..50).chain(new.clone())), new.collect::<Vec<_>>());
        assert!(file_size(&root) <= LIMIT, "{} bytes after run {number}", file_size(&root));
    }
    assert!(file_size(&root) > LIMIT / 2, "{} bytes", file_size(&root));
    // values that occurred once and long ago were deleted, recent ones were not
    assert_eq!(run(&root, 100, 100..150), (100..150).collect::<Vec<_>>());
    assert_eq!(run(&root, 101, 4_900..5_000), Vec::<u32>::new());
    assert_eq!(open_small(&root, 102).len(), 50, "values are deleted before records");
}

#[test]
fn rewriting_everything_repeatedly_does_not_exceed_the_maximum_size() {
    let root = TempDir::new().unwrap();
    for number in 1..8 {
        // twice as much as there is room for
        run(&root, number.into(), number * 2_000..number * 2_000 + 2_000);
        assert!(file_size(&root) <= LIMIT, "{} bytes after run {number}", file_size(&root));
    }
}

#[test]
fn records_are_deleted_when_there_are_no_values_left() {
    let root = TempDir::new().unwrap();
    for number in 0..20_i64 {
        let cache = open_small(&root, number);
        assert_eq!(cache.get::<i64>("in every run"), (number > 0).then(|| number - 1));
        cache.put("in every run", &number);
        (0..500).for_each(|index| cache.put(&format!("r/{number}/{index}"), &"long enough to count ".repeat(10)));
        drop(cache);
        assert!(file_size(&root) <= LIMIT, "{} bytes after run {number}", file_size(&root));
    }
    assert!(open_small(&root, 20).len() > 1_000);
}
