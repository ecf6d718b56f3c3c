//! Which runs are counted, and which of them together.

use confluence_storage_analyzer::audit::Usage;
use confluence_storage_analyzer::audit_history::{RunSeries, why_not_counted};
use confluence_storage_analyzer::inventory::{AccountId, Visibility};
use test_support::sample;

use super::{WeeklyRuns, runs_in};

#[test]
fn a_file_is_counted_in_every_run_and_starts_again_after_a_use() {
    let mut weeks = WeeklyRuns::new();
    let files = weeks.unreferenced();
    let [used, other] = [files[0], files[1]];
    assert_eq!(runs_in(&weeks.run(), weeks.id(used)), Some(1));
    assert_eq!(runs_in(&weeks.run(), weeks.id(used)), Some(2));
    assert_eq!(weeks.stored(used), Some((2, 1)));
    // neither a use nor a doubt is "no use"
    for usage in [Usage::Listed, Usage::Undetermined, Usage::NotJudged] {
        weeks.audit.files[used].usage = usage;
        let facts = weeks.run();
        assert_eq!((runs_in(&facts, weeks.id(used)), weeks.stored(used)), (None, None), "{usage:?}");
        weeks.audit.files[used].usage = Usage::Unreferenced;
        assert_eq!(runs_in(&weeks.run(), weeks.id(used)), Some(1), "{usage:?}");
        assert_eq!(weeks.stored(used), Some((1, 0)));
    }
    let facts = weeks.run();
    assert_eq!((weeks.stored(used), weeks.stored(other)), (Some((2, 1)), Some((9, 8))));
    let starts: Vec<_> = facts.runs.iter().map(|run| run.started_at).collect();
    assert_eq!((starts.len(), starts.last()), (9, Some(&weeks.inventory.scan.started_at)));
    assert!(starts.is_sorted());
    let last = facts.runs.last().unwrap();
    let totals = weeks.audit.figures(&weeks.inventory, true).site;
    assert_eq!((last.files, last.unreferenced_files), (totals.attachments, totals.unreferenced_files));
    assert_eq!(last.bytes, totals.current_bytes + totals.old_bytes);
    assert_eq!(last.undetermined_bytes, totals.undetermined_bytes);
}

#[test]
fn a_deleted_file_is_forgotten() {
    let mut weeks = WeeklyRuns::new();
    weeks.run();
    let last = weeks.audit.files.len() - 1;
    assert_eq!(weeks.stored(last), Some((1, 0)));
    let id = weeks.id(last).clone();
    weeks.inventory.attachments.pop();
    weeks.audit.files.pop();
    weeks.run();
    assert_eq!(weeks.open().streak(&RunSeries::of(&weeks.inventory), &id), None);
}

#[test]
fn a_run_that_sees_or_accepts_something_else_has_its_own_history() {
    let account = |weeks: &mut WeeklyRuns, id: &str, admin_key: bool, scopes: &[&str]| {
        weeks.inventory.scan.account.id = AccountId::new(id);
        let visibility = Visibility::of_account(sample::BASE, &AccountId::new(id)).with_admin_key(admin_key);
        weeks.inventory.scan.visibility =
            Some(visibility.without_scopes(scopes.iter().map(|scope| (*scope).to_owned())));
    };
    let mut weeks = WeeklyRuns::new();
    let file = weeks.unreferenced()[0];
    account(&mut weeks, "a", false, &[]);
    weeks.run();
    weeks.run();
    for (id, admin_key, scopes) in [("b", false, &[][..]), ("a", true, &[]), ("a", false, &["read:label:confluence"])] {
        account(&mut weeks, id, admin_key, scopes);
        let facts = weeks.run();
        assert_eq!((runs_in(&facts, weeks.id(file)), facts.runs.len()), (Some(1), 1), "{id} {admin_key} {scopes:?}");
        assert_eq!(runs_in(&weeks.run(), weeks.id(file)), Some(2));
    }
    account(&mut weeks, "a", false, &[]);
    // the use that another account sees is none of this history
    let facts = weeks.run();
    assert_eq!((runs_in(&facts, weeks.id(file)), facts.runs.len()), (Some(3), 3));

    weeks.inventory.coverage = sample::with_accepted_content(60).0.coverage;
    assert_eq!(runs_in(&weeks.run(), weeks.id(file)), Some(1), "the accepted contents may use it");
    assert_eq!(runs_in(&weeks.run(), weeks.id(file)), Some(2));
    weeks.inventory.coverage = sample::complete(60).0.coverage;
    assert_eq!(runs_in(&weeks.run(), weeks.id(file)), Some(4));
}

#[test]
fn a_run_that_reports_some_spaces_counts_their_files_only() {
    let mut weeks = WeeklyRuns::new();
    let files = weeks.unreferenced();
    let [left_out, reported] = [files[0], *files.last().unwrap()];
    weeks.run();
    weeks.inventory.scan.reported_spaces = Some(vec!["ENG".to_owned()]);
    for file in &mut weeks.audit.files {
        file.reported = file.attachment == reported;
    }
    // nothing is known about it: its old versions were not read
    weeks.audit.files[left_out].usage = Usage::Listed;
    let facts = weeks.run();
    assert_eq!((weeks.stored(left_out), weeks.stored(reported)), (Some((1, 1)), Some((2, 1))));
    assert_eq!(facts.runs.len(), 1, "figures of other spaces are not compared");
    weeks.inventory.scan.reported_spaces = None;
    weeks.audit.files.iter_mut().for_each(|file| file.reported = true);
    weeks.audit.files[left_out].usage = Usage::Unreferenced;
    assert_eq!(weeks.run().runs.len(), 2);
    assert_eq!((weeks.stored(left_out), weeks.stored(reported)), (Some((2, 2)), Some((3, 2))));
}

#[test]
fn only_complete_runs_that_read_all_spaces_are_counted() {
    let (mut inventory, _) = sample::complete(10);
    assert_eq!(why_not_counted(&inventory, true), None);
    assert_eq!(why_not_counted(&inventory, false), Some("the run is incomplete"));
    inventory.scan.references_within = true;
    assert!(why_not_counted(&inventory, true).unwrap().contains("--references-within"));
}

#[test]
fn the_same_run_never_counts_twice_and_an_unfinished_one_not_at_all() {
    let mut weeks = WeeklyRuns::new();
    let file = weeks.unreferenced()[0];
    weeks.run();
    weeks.run();
    let again = weeks.again();
    assert_eq!(runs_in(&again.facts(), weeks.id(file)), Some(2));
    assert_eq!(again.facts().runs.len(), 2);
    again.commit().unwrap();
    assert_eq!(weeks.stored(file), Some((2, 1)));
    // killed after its report was finished, and before it was counted
    drop(weeks.pending());
    assert_eq!(weeks.stored(file), Some((2, 2)));
    assert_eq!(runs_in(&weeks.run(), weeks.id(file)), Some(3));
}
