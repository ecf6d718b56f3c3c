//! The disk stops working after every single step, as a killed process would leave it (F-80, F-86).

use proptest::prelude::*;

use super::fuse::Fuse;
use super::*;

const KEEP: Retention = Retention { weeks: 2, archive: true };

/// Records with a disk that dies after so many steps. Whether it survived.
fn record_until(folder: &Path, snapshot: &Snapshot, steps: u32) -> bool {
    let fuse = Fuse::after(steps);
    if let Ok(mut history) = History::open_on(Disk::with_fuse(folder, fuse.clone()), now(), OPEN) {
        // whether it failed is not looked at, as nobody looks at what a killed process would have said
        let _ = history.record(snapshot, KEEP);
    }
    fuse.is_intact()
}

/// What a run leaves behind that nobody killed: which rows, and which weeks in which folder.
fn state(folder: &Path) -> (Vec<String>, Vec<(IsoWeek, u32)>, Option<String>) {
    let history = open(folder).unwrap();
    let weeks = history.weeks().iter().map(|week| (week.week, week.revision)).collect();
    (rows(&history), weeks, history.current().map(|week| week.run_id.clone()))
}

/// Kills `record` at every step and looks at what the next run finds.
fn kill_everywhere(before: &[Snapshot], next: &Snapshot) {
    let (_root, folder) = recorded(before, KEEP);
    let old = state(&folder);
    let (_done_root, done) = copy(&folder);
    open(&done).unwrap().record(next, KEEP).unwrap();
    let new = state(&done);
    assert_ne!(old, new);
    let (mut steps, mut olds, mut news) = (0, 0, 0);
    loop {
        let (_root, folder) = copy(&folder);
        let survived = record_until(&folder, next, steps);
        let found = state(&folder);
        assert!(found == old || found == new, "killed after {steps} steps: {found:?}");
        if found == old {
            olds += 1;
        } else {
            news += 1;
        }
        assert!(!folder.join(names::PENDING).exists(), "killed after {steps} steps: something is left over");
        // whatever was left, the same run again gives what it would have given
        open(&folder).unwrap().record(next, KEEP).unwrap();
        assert_eq!(state(&folder).0, new.0, "again after a kill at {steps} steps");
        let hot: Vec<_> = files(&folder).into_keys().filter(|name| !name.contains('/')).collect();
        let expected: Vec<_> = files(&done).into_keys().filter(|name| !name.contains('/')).collect();
        assert_eq!(hot, expected, "again after a kill at {steps} steps");
        if survived {
            break;
        }
        steps += 1;
    }
    assert!(steps > 12 && olds > 3 && news > 3, "{steps} steps, {olds} old, {news} new");
}

#[test]
fn f_80_killed_at_any_step_of_the_first_week() {
    kill_everywhere(&[], &snapshot("2026-W47", "a", true));
}

#[test]
fn f_80_killed_at_any_step_of_a_week_taken_again() {
    kill_everywhere(
        &[snapshot("2026-W46", "a", true), snapshot("2026-W47", "b", false)],
        &snapshot("2026-W47", "c", true),
    );
}

#[test]
fn f_80_killed_at_any_step_of_a_run_that_is_not_kept() {
    kill_everywhere(&[snapshot("2026-W47", "a", true)], &snapshot("2026-W47", "b", false));
}

#[test]
fn f_86_killed_at_any_step_while_two_weeks_are_archived() {
    let before = ["2026-W44", "2026-W45"].map(|week| snapshot(week, "a", true));
    kill_everywhere(&before, &snapshot("2026-W47", "b", true));
}

/// One run in a sequence: week, complete or not, and after how many steps it is killed.
type Run = (usize, bool, Option<u32>);

fn runs() -> impl Strategy<Value = Vec<Run>> {
    let killed = prop_oneof![2 => Just(None), 3 => (0u32..70).prop_map(Some)];
    prop::collection::vec((0usize..4, prop::bool::weighted(0.7), killed), 1..9)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    /// A run that is killed and started again gives what one gives that was never killed.
    #[test]
    fn f_80_kills_and_runs_again_give_the_rows_of_the_plain_sequence(runs in runs()) {
        const WEEKS: [&str; 4] = ["2026-W44", "2026-W45", "2026-W46", "2026-W53"];
        let (root, plain_root) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let (folder, plain) = (root.path().join(FOLDER), plain_root.path().join(FOLDER));
        for (number, (week, complete, killed)) in runs.into_iter().enumerate() {
            let snapshot = snapshot(WEEKS[week], &format!("run {number}"), complete);
            if let Some(steps) = killed {
                record_until(&folder, &snapshot, steps);
            }
            open(&folder).unwrap().record(&snapshot, KEEP).unwrap();
            open(&plain).unwrap().record(&snapshot, KEEP).unwrap();
            let (history, expected) = (open(&folder).unwrap(), open(&plain).unwrap());
            prop_assert_eq!(rows(&history), rows(&expected));
            prop_assert_eq!(text(&folder, names::JOINED), text(&plain, names::JOINED));
            prop_assert_eq!(text(&folder, names::CURRENT), text(&plain, names::CURRENT));
        }
    }
}
