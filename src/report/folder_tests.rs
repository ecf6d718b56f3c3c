use super::*;

const NAME: &str = "confluence_analysis_V0_1_2026-11-21_19-41-07";

fn fill(text: &'static str) -> impl FnOnce(&mut (dyn Write + Send)) -> Result<(), io::Error> {
    move |sink| sink.write_all(text.as_bytes())
}

#[test]
fn the_name_contains_version_time_and_incompleteness() {
    let time = DateTime::parse_from_rfc3339("2026-11-21T19:41:07+01:00").expect("a time");
    assert!(folder_name(&time, true).ends_with("_2026-11-21_19-41-07"));
    assert!(folder_name(&time, false).ends_with("_2026-11-21_19-41-07_INCOMPLETE"));
    assert!(folder_name(&time, true).starts_with("confluence_analysis_V"));
}

#[test]
fn the_folder_gets_its_name_only_when_finished() {
    let parent = tempfile::tempdir().expect("a folder");
    let mut folder = ReportFolder::create(parent.path(), NAME).expect("created");
    folder.create_subfolder("ENG").expect("subfolder");
    folder.write("ENG/a.csv", fill("abc")).expect("written");
    assert!(!parent.path().join(NAME).exists());
    let files = folder.files();
    assert_eq!(files[0].path, "ENG/a.csv");
    assert_eq!(files[0].bytes, 3);
    // FIPS 180-2, appendix B.1
    assert_eq!(files[0].sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    let path = folder.finish().expect("finished");
    assert_eq!(path, parent.path().join(NAME));
    assert_eq!(fs::read_to_string(path.join("ENG/a.csv")).expect("read"), "abc");
    assert!(!parent.path().join(format!("{NAME}.partial")).exists());
}

#[test]
fn a_taken_name_gets_a_number_and_nothing_is_merged() {
    let parent = tempfile::tempdir().expect("a folder");
    fs::create_dir(parent.path().join(NAME)).expect("taken");
    fs::create_dir(parent.path().join(format!("{NAME}-2.partial"))).expect("unfinished");
    let path = ReportFolder::create(parent.path(), NAME).expect("created").finish().expect("finished");
    assert_eq!(path, parent.path().join(format!("{NAME}-3")));
    assert!(!parent.path().join(format!("{NAME}.partial")).exists());
}

#[cfg(unix)]
#[test]
fn links_are_not_followed_and_other_users_cannot_read() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let parent = tempfile::tempdir().expect("a folder");
    let elsewhere = tempfile::tempdir().expect("a folder");
    symlink(elsewhere.path(), parent.path().join(NAME)).expect("link");
    symlink(parent.path().join("nowhere"), parent.path().join(format!("{NAME}-2.partial"))).expect("link");
    let mut folder = ReportFolder::create(parent.path(), NAME).expect("created");
    folder.write("run.json", fill("{}")).expect("written");
    symlink(elsewhere.path().join("x"), folder.partial.join("planted.csv")).expect("link");
    assert!(folder.write("planted.csv", fill("x")).is_err());
    let path = folder.finish().expect("finished");
    assert!(path.ends_with(format!("{NAME}-3")));
    assert_eq!(fs::read_dir(elsewhere.path()).expect("read").count(), 0);
    let mode = |path: &Path| fs::metadata(path).expect("metadata").permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o700);
    assert_eq!(mode(&path.join("run.json")), 0o600);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_reported_with_written_and_free_bytes_and_leaves_no_finished_folder() {
    let parent = tempfile::tempdir().expect("a folder");
    let mut folder = ReportFolder::create(parent.path(), NAME).expect("created");
    folder.write("first.csv", fill("abcde")).expect("written");
    let error = folder
        .write("a.csv", |_| {
            let mut full = fs::OpenOptions::new().write(true).open("/dev/full")?;
            full.write_all(b"x").and_then(|()| full.flush())
        })
        .expect_err("full");
    assert!(matches!(error, ReportError::DiskFull { written: 5, left: Some(1..), .. }), "{error}");
    let message = error.to_string();
    assert!(
        message.contains("a.csv") && message.contains("5 bytes of the report") && message.contains(" left"),
        "{message}"
    );
    assert!(!parent.path().join(NAME).exists());
}

#[test]
fn the_check_leaves_nothing_behind_and_names_the_problem() {
    let parent = tempfile::tempdir().expect("a folder");
    check_writable(parent.path()).expect("writable");
    assert_eq!(fs::read_dir(parent.path()).expect("read").count(), 0);
    assert!(check_writable(&parent.path().join("missing")).is_err());
    let file = parent.path().join("file");
    fs::write(&file, "x").expect("written");
    assert!(matches!(check_writable(&file), Err(OutputError(ReportError::NotAFolder { .. }))));
}

#[cfg(unix)]
#[test]
fn a_later_check_removes_what_a_killed_check_left() {
    let parent = tempfile::tempdir().expect("a folder");
    let left = |name: &str| {
        let folder = parent.path().join(name);
        fs::create_dir_all(folder.join("x")).expect("made");
        fs::write(folder.join("x/y"), "probe").expect("written");
        let then = std::time::SystemTime::now() - std::time::Duration::from_secs(3_600);
        fs::File::open(&folder).and_then(|folder| folder.set_modified(then)).expect("aged");
        folder
    };
    let (probe, report) = (left(&format!("{PROBE_PREFIX}__AbCdEf")), left(&format!("{NAME}.partial")));
    check_writable(parent.path()).expect("writable");
    assert!(!probe.exists() && report.exists(), "a .partial report is kept: another run may write it for hours");
}

#[test]
fn no_name_in_a_report_is_longer_than_the_names_of_the_check_f_89() {
    let time = DateTime::parse_from_rfc3339("2026-11-21T19:41:07+01:00").expect("a time");
    assert_eq!(longest_folder_name().len(), format!("{}-100.partial", folder_name(&time, false)).len());
    for ending in ["_attachments.csv", "_attachments.html", "_unreferenced.csv", "_unreferenced.html"] {
        assert!(ending.len() <= LONGEST_ENDING.len(), "{ending}");
    }
}

#[test]
fn a_panic_while_writing_leaves_a_partial_folder_f_95() {
    let parent = tempfile::tempdir().expect("a folder");
    let place = parent.path().to_owned();
    let outcome = std::panic::catch_unwind(move || {
        let mut folder = ReportFolder::create(&place, NAME).expect("created");
        let _ = folder.write("a.csv", |_| -> Result<(), io::Error> { panic!("on purpose") });
        folder.finish()
    });
    assert!(outcome.is_err(), "the panic is not swallowed");
    assert!(!parent.path().join(NAME).exists());
    assert!(parent.path().join(format!("{NAME}.partial")).exists());
}
