//! Every kind of change, as a run sees it.

use confluence_sim::changes::Change;
use confluence_sim::site::Status;

use super::{Runs, add_image, assert_fits_80_columns, drop_image, site, upload};

#[test]
fn every_kind_of_change_is_listed_with_its_bytes() {
    let runs = Runs::of(site());
    let old = runs.audit(&[]);
    runs.change(&[
        drop_image("dropped.png"),
        add_image("found.pdf"),
        // renamed and moved at once, without a new version
        Change::RenameFile { id: "att4".to_owned(), name: "arrived.png".to_owned() },
        Change::MoveFile { id: "att4".to_owned(), to: "1002".to_owned() },
        Change::SetFileStatus { id: "att7".to_owned(), status: Status::Trashed },
        Change::MoveContent { id: "2001".to_owned(), space: "65538".to_owned() },
    ]);
    runs.server.server.change_site(|site| {
        let time = "2024-03-01T09:00:00Z".parse().unwrap();
        let file = |id: &str| site.attachments.iter().position(|file| file.id == id).unwrap();
        let (growing, pruned, deleted) = (file("att5"), file("att8"), file("att6"));
        site.attachments[growing].upload("growing.bin", 6_000, time, None);
        site.attachments[pruned].versions[1].deleted = true;
        site.attachments.remove(deleted);
        upload(site, "att20", "new.zip", 2_222);
    });
    let new = runs.audit(&[]);
    let diff = runs.diff(&old, &new, 0);
    assert_eq!(
        diff.changes(),
        [
            "att2 newly-unreferenced 2000",
            "att20 new 2222",
            "att20 newly-unreferenced 2222",
            "att3 newly-used 3000",
            "att4 moved 400",
            "att4 renamed 400",
            "att4 usage-changed 400",
            "att5 grown 6000",
            "att5 new-versions 6000",
            "att6 gone 600",
            "att7 trashed 700",
            "att8 deleted-versions 8000",
            "att8 shrunk 8000",
            "att9 moved 900",
        ]
    );
    let moved = diff.row("att4", "moved");
    let expected = [
        ("Filename", "arrived.png"),
        ("Filename Before", "wandering.png"),
        ("Container ID", "1002"),
        ("Container ID Before", "1001"),
        ("Container Title Before", "Home"),
        ("Usage Before", "embedded"),
        ("Usage", "linked-elsewhere"),
    ];
    for (column, value) in expected {
        assert_eq!(moved[column], value, "{column}");
    }
    let with_its_page = diff.row("att9", "moved");
    assert_eq!((&*with_its_page["Space Key Before"], &*with_its_page["Space Key"]), ("OPS", "ENG"));
    assert_eq!(with_its_page["Container ID"], "2001");
    let grown = diff.row("att5", "grown");
    assert_eq!((&*grown["Versions Before"], &*grown["Versions"]), ("1", "2"));
    assert_eq!((&*grown["All Versions Size Before(Bytes)"], &*grown["All Versions Size(Bytes)"]), ("5000", "11000"));
    assert_eq!(diff.row("att8", "deleted-versions")["Changed Versions"], "1");
    assert_eq!(diff.row("att3", "newly-used")["Evidence"], "image 1001 \"found.pdf\" proven");
    let gone = diff.row("att6", "gone");
    assert_eq!((&*gone["Filename"], &*gone["Usage"], &*gone["Container Title"]), ("deleted.png", "embedded", "Home"));

    let spaces = diff.spaces();
    let eng = &spaces["ENG"];
    assert_eq!((&*eng["Bytes Before"], &*eng["Bytes"], &*eng["Bytes Difference"]), ("19830", "19652", "-178"));
    assert_eq!((&*eng["Newly Unreferenced Files"], &*eng["Newly Unreferenced Bytes"]), ("2", "4222"));
    assert_eq!(eng["Trash Bytes Difference"], "700");
    let ops = &spaces["OPS"];
    assert_eq!((&*ops["Files Before"], &*ops["Files"], &*ops["Bytes Difference"]), ("1", "0", "-900"));

    let json = diff.json();
    assert_eq!(json["changes"]["newly-unreferenced"]["bytes"], 4_222);
    assert_eq!(json["site"]["difference"]["bytes"], -1_078);
    assert_eq!((&json["complete"], &json["comparable"]), (&true.into(), &true.into()));
    for words in ["newly unreferenced: 2 files, 4.1 KiB", "2.2 KiB  new.zip (ENG)", "newly used: 1 file, 2.9 KiB"] {
        assert!(diff.stderr.contains(words), "{words}: {}", diff.stderr);
    }
    assert_fits_80_columns(&diff.stderr);
    let page = diff.page();
    for words in ["Home</bdi>", "was \u{201c}", "was embedded", "Comparison of two audits"] {
        let words = words.replace('\u{201c}', "&#34;");
        assert!(page.contains(&words), "{words}");
    }

    // exchanged, the same files are named in the opposite direction
    let mirrored = runs.diff(&new, &old, 0);
    let changes = mirrored.changes();
    for change in
        ["att20 gone 2222", "att6 new 600", "att7 restored 700", "att5 shrunk 6000", "att3 newly-unreferenced 3000"]
    {
        assert!(changes.contains(&change.to_owned()), "{change}: {changes:?}");
    }
}

#[test]
fn the_same_run_does_not_differ_from_itself() {
    let runs = Runs::of(site());
    let report = runs.audit(&[]);
    let diff = runs.diff(&report, &report.join("scan.json.gz"), 0);
    assert_eq!(diff.changes(), [""; 0]);
    assert!(diff.stderr.contains("no file differs"), "{}", diff.stderr);
    assert!(diff.page().contains("No file differs between the two runs."));
}

#[test]
fn a_new_and_a_deleted_space_are_listed_with_what_they_store() {
    let runs = Runs::of(site());
    let old = runs.audit(&[]);
    runs.server.server.change_site(|site| {
        let other =
            super::site().space("NEW", "New").page("3001", "Start", "").attachment("att30", "start.mp4", 30_000);
        site.spaces.push(other.spaces.last().unwrap().clone());
        site.contents.push(other.contents.last().unwrap().clone());
        site.attachments.push(other.attachments.last().unwrap().clone());
        site.spaces.retain(|space| space.key != "OPS");
        site.contents.retain(|content| content.id != "2001");
        site.attachments.retain(|file| file.id != "att9");
    });
    let diff = runs.diff(&old, &runs.audit(&[]), 0);
    assert_eq!(diff.changes(), ["att30 new 30000", "att30 newly-unreferenced 30000", "att9 gone 900"]);
    let spaces = diff.spaces();
    let figures = |key: &str, column: &str| spaces[key][column].clone();
    assert_eq!([figures("NEW", "Listed Before"), figures("NEW", "Bytes Before")], ["0", "0"]);
    assert_eq!([figures("NEW", "Bytes"), figures("NEW", "Bytes Difference")], ["30000", "30000"]);
    assert_eq!(
        [figures("OPS", "Listed"), figures("OPS", "Bytes"), figures("OPS", "Bytes Difference")],
        ["0", "0", "-900"]
    );
}
