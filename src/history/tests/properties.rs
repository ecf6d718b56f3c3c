//! Whatever the order of runs, kills, edits and repairs, the rows depend on the runs alone.

use proptest::prelude::*;

use super::*;

const KEEP: Retention = Retention { weeks: 2, archive: true, keep: None, joined: true };
const WEEKS: [&str; 4] = ["2026-W44", "2026-W45", "2026-W46", "2026-W53"];
const SPACES: [&str; 3] = ["DOC", "ENG", "OPS"];

/// An event that changes the folder.
#[derive(Debug, Clone)]
enum Event {
    /// A run measures some of the spaces in a week, and is complete or not.
    Run { week: usize, spaces: Vec<&'static str>, complete: bool },
    /// A run is killed after the week was committed and before a file was exported.
    Unexported { week: usize, spaces: Vec<&'static str> },
    /// Someone deletes or changes a derived file.
    Edit { file: usize, removed: bool },
    /// The file of a week is damaged, and repaired.
    Damage { week: usize },
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let spaces = || prop::sample::subsequence(SPACES.to_vec(), 1..=3);
    let event = prop_oneof![
        4 => (0..4usize, spaces(), prop::bool::weighted(0.7)).prop_map(|(week, spaces, complete)| Event::Run { week, spaces, complete }),
        1 => (0..4usize, spaces()).prop_map(|(week, spaces)| Event::Unexported { week, spaces }),
        2 => (any::<usize>(), any::<bool>()).prop_map(|(file, removed)| Event::Edit { file, removed }),
        1 => (0..4usize).prop_map(|week| Event::Damage { week }),
    ];
    prop::collection::vec(event, 1..10)
}

/// The expected rows: for each week and space the run and its status.
type Expected = BTreeMap<IsoWeek, BTreeMap<&'static str, (u32, SnapshotStatus)>>;

fn expect(expected: &mut Expected, week: IsoWeek, spaces: &[&'static str], run: u32, complete: bool) {
    let known = expected.entry(week).or_default();
    for space in spaces {
        let kept = known.get(space).is_some_and(|(_, status)| *status == SnapshotStatus::Complete) && !complete;
        if !kept {
            let status = if complete { SnapshotStatus::Complete } else { SnapshotStatus::Incomplete };
            known.insert(space, (run, status));
        }
    }
}

fn pages(spaces: &[&'static str]) -> Vec<(&'static str, u32)> {
    let page = |space: &&'static str, number: u32| {
        (*space, number + 10 * (0..).zip(SPACES).find(|(_, one)| one == space).unwrap().0)
    };
    spaces.iter().flat_map(|space| [page(space, 1), page(space, 2)]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn rows_depend_on_the_runs_alone_whatever_happens_to_the_files_f_80(events in events()) {
        let root = TempDir::new().unwrap();
        let folder = root.path().join(FOLDER);
        let mut expected = Expected::new();
        for (run, event) in (0u32..).zip(events) {
            match event {
                Event::Run { week, spaces, complete } => {
                    let snapshot = snapshot_of_pages(WEEKS[week], run, complete, &pages(&spaces));
                    expect(&mut expected, snapshot.week, &spaces, run, complete);
                    snapshot.record(&mut open(&folder).unwrap(), KEEP).unwrap();
                }
                Event::Unexported { week, spaces } => {
                    let snapshot = snapshot_of_pages(WEEKS[week], run, true, &pages(&spaces));
                    expect(&mut expected, snapshot.week, &spaces, run, true);
                    let mut history = open(&folder).unwrap();
                    snapshot.record_only(&mut history, KEEP).unwrap();
                    Exporter::new(&history).unwrap().weeks(KEEP, FACTS, || ()).unwrap();
                }
                Event::Edit { file, removed } if folder.is_dir() => {
                    let derived: Vec<String> = data(&folder).into_keys().filter(|name| Path::new(name).extension().is_some_and(|ending| ending == "csv")).collect();
                    let Some(name) = derived.get(file % derived.len().max(1)) else { continue };
                    if removed { fs::remove_file(folder.join(name)).unwrap() } else { fs::write(folder.join(name), "edited").unwrap() }
                }
                Event::Damage { week } => {
                    let path = folder.join(format!("history/snapshot_week={}/pages.parquet", WEEKS[week]));
                    if !path.exists() { continue }
                    export(&folder, KEEP);
                    fs::write(&path, "damaged").unwrap();
                    prop_assert!(open(&folder).is_err());
                    prop_assert!(repair(&folder, columns(), OPEN).unwrap().is_complete());
                }
                Event::Edit { .. } => {}
            }
        }
        if expected.is_empty() { return Ok(()) }
        export(&folder, KEEP);
        let history = open(&folder).unwrap();
        let mut wanted = Vec::new();
        for (week, spaces) in &expected {
            for (space, page) in pages(&SPACES) {
                if let Some((run, status)) = spaces.get(space) {
                    wanted.push(format!("{week} {space} {page} {run} {}", status.as_str()));
                }
            }
        }
        prop_assert_eq!(rows(&history), wanted);
        for (week, spaces) in &expected {
            let lowest = spaces.values().map(|(_, status)| *status).min().unwrap();
            prop_assert_eq!(history.week(*week).unwrap().status, lowest);
        }
        drop(history);
        prop_assert_eq!(verify(&folder, columns(), OPEN).unwrap().findings, []);
        // the derived files are the same as if they were written for the first time
        let (_fresh_root, fresh) = copy(&folder);
        for name in files(&fresh).into_keys().filter(|name| !name.starts_with("history/")) {
            fs::remove_file(fresh.join(name)).unwrap();
        }
        export(&fresh, KEEP);
        let own = |folder: &Path| { let mut files = data(folder); files.retain(|name, _| !name.contains(".edited") && !name.starts_with("damaged/") && !name.contains("current")); files };
        let (own, fresh) = (own(&folder), own(&fresh));
        prop_assert_eq!(own.keys().collect::<Vec<_>>(), fresh.keys().collect::<Vec<_>>());
        prop_assert!(own == fresh, "the files differ");
    }
}
