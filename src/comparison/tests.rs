//! Properties of the comparison over generated runs.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::{AuditComparison, ComparedAudit, FileChangeKind, ObstacleKind};
use crate::audit::{Audit, FileVerdict, Usage};
use crate::inventory::coverage::{UnitCounts, UnitKind};
use crate::inventory::{
    Account, AccountId, Attachment, AttachmentId, Container, ContentId, Coverage, Inventory, OldVersion, OwnerFacts,
    Scan, Space, SpaceId, SpaceKind, SpaceStatus, Status, VersionSizeCheck,
};

const NO_REASONS: &[String] = &[];

/// A file of a generated run.
#[derive(Debug, Clone)]
struct GeneratedFile {
    id: u32,
    title: u8,
    page: u8,
    is_in_trash: bool,
    /// The sizes of the old versions that exist, by number, and of the current version.
    old: Vec<(u32, u64)>,
    version: u32,
    size: u64,
    usage: usize,
    is_protected: bool,
}

/// A page belongs to the space of its number modulo 3; page 0 is not visible.
fn space_of(page: u8) -> Option<SpaceId> {
    (page > 0).then(|| SpaceId::new((page % 3).to_string()))
}

fn file() -> impl Strategy<Value = GeneratedFile> {
    let versions = (proptest::collection::btree_map(1..5_u32, 0..1_000_u64, 0..4), 5..8_u32, 0..1_000_u64);
    let facts = (0..12_u32, 0..4_u8, 0..6_u8, any::<bool>(), 0..7_usize, any::<bool>());
    (facts, versions).prop_map(|((id, title, page, is_in_trash, usage, is_protected), (old, version, size))| {
        let old = old.into_iter().collect();
        GeneratedFile { id, title, page, is_in_trash, old, version, size, usage, is_protected }
    })
}

fn run() -> impl Strategy<Value = (Inventory, Audit)> {
    proptest::collection::vec(file(), 0..12).prop_map(|files| {
        let files: BTreeMap<u32, GeneratedFile> = files.into_iter().map(|file| (file.id, file)).collect();
        run_of(files.into_values())
    })
}

fn run_of(files: impl Iterator<Item = GeneratedFile>) -> (Inventory, Audit) {
    let (attachments, verdicts): (Vec<Attachment>, Vec<FileVerdict>) =
        files.enumerate().map(|(at, file)| (attachment(&file), verdict(at, &file))).unzip();
    let audit = Audit {
        files: verdicts,
        duplicates: Vec::new(),
        notices: Vec::new(),
        unknown_hosts: None,
        complete: true,
        keep_versions: 1,
    };
    (inventory(attachments), audit)
}

fn attachment(file: &GeneratedFile) -> Attachment {
    let old_version = |&(number, size): &(u32, u64)| OldVersion {
        number,
        title: Some(format!("{}.png", file.title)),
        size: Some(size),
        file_id: None,
        created_at: None,
        author: None,
    };
    Attachment {
        id: AttachmentId::new(format!("att{}", file.id)),
        file_id: None,
        title: format!("{}.png", file.title),
        status: if file.is_in_trash { Status::Trashed } else { Status::Current },
        container: Container::Page(ContentId::new(file.page.to_string())),
        media_type: None,
        size: Some(file.size),
        created_at: None,
        version: file.version,
        modified_at: None,
        author: None,
        comment: None,
        download: None,
        webui: None,
        old_versions: file.old.iter().map(old_version).collect(),
        labels: None,
        unread: None,
        sha256: None,
        unsettled: None,
    }
}

fn verdict(attachment: usize, file: &GeneratedFile) -> FileVerdict {
    FileVerdict {
        attachment,
        usage: if file.is_in_trash { Usage::NotJudged } else { Usage::ALL[file.usage] },
        uses: Vec::new(),
        reasons: Vec::new(),
        certainty: None,
        protected: file.is_protected.then(|| "name *.png".to_owned()),
        kept_by_app: None,
        duplicate_group: None,
        space: space_of(file.page),
        reported: true,
        owner_in_trash: false,
    }
}

fn inventory(attachments: Vec<Attachment>) -> Inventory {
    let space = |number: u32| Space {
        id: SpaceId::new(number.to_string()),
        key: format!("S{number}"),
        name: format!("Space {number}"),
        kind: SpaceKind::Global,
        status: SpaceStatus::Current,
        alias: None,
        homepage: None,
        webui: None,
        only_with_admin_key: false,
    };
    let mut coverage = Coverage::default();
    coverage.units.insert(UnitKind::AttachmentList, UnitCounts { planned: 1, ok: 1, ..UnitCounts::default() });
    Inventory {
        owners: OwnerFacts::default(),
        scan: Scan {
            program: env!("CARGO_PKG_VERSION").to_owned(),
            started_at: chrono::DateTime::UNIX_EPOCH,
            finished_at: chrono::DateTime::UNIX_EPOCH,
            base_url: "https://acme.atlassian.net/wiki".to_owned(),
            deployment: confluence_client::Deployment::Cloud,
            own_hosts: vec!["acme.atlassian.net".to_owned()],
            former_hosts: Vec::new(),
            account: Account { id: AccountId::new("a"), name: "Ada".to_owned() },
            visibility: None,
            counted: crate::inventory::CountedItems::default(),
            listed_without_key: false,
            reported_spaces: None,
            references_within: false,
            old_sizes: VersionSizeCheck::NothingToProve,
            custom_content_types: Vec::new(),
            unread_trash: Vec::new(),
            site_pages: None,
            retention_spaces: Vec::new(),
            final_pass: None,
        },
        spaces: (0..3).map(space).collect(),
        contents: Vec::new(),
        attachments,
        files_elsewhere: crate::inventory::ExcludedFiles::default(),
        people: BTreeMap::new(),
        coverage,
        requests: confluence_client::RequestCounts::default(),
        plan: None,
        figures: crate::inventory::SiteFigures::default(),
        doubtful: BTreeSet::new(),
        outdated: BTreeSet::new(),
    }
}

fn side((inventory, audit): &(Inventory, Audit)) -> ComparedAudit<'_> {
    ComparedAudit { inventory, audit, incomplete_reasons: NO_REASONS }
}

fn id(run: &(Inventory, Audit), at: Option<usize>) -> Option<&str> {
    at.map(|at| run.0.attachments[at].id.as_str())
}

proptest! {
    #[test]
    fn a_run_does_not_differ_from_itself(run in run()) {
        let comparison = AuditComparison::new(side(&run), side(&run));
        prop_assert_eq!(&comparison.files, &[]);
        prop_assert!(comparison.is_comparable());
        for space in &comparison.spaces {
            prop_assert_eq!(space.figures.old, space.figures.new);
        }
    }

    #[test]
    fn exchanged_runs_have_the_mirrored_changes(old in run(), new in run()) {
        let forth = AuditComparison::new(side(&old), side(&new));
        let back = AuditComparison::new(side(&new), side(&old));
        let presence = |comparison: &AuditComparison, is_mirrored: bool| -> BTreeSet<_> {
            let changes = comparison.files.iter().filter_map(|change| {
                let kind = change.kind.mirrored()?;
                let (kind, sides) = if is_mirrored {
                    (kind, (id(&old, change.new), id(&new, change.old)))
                } else {
                    (change.kind, (id(&old, change.old), id(&new, change.new)))
                };
                // a change of place or name has the bytes of the new run
                let bytes = match kind {
                    FileChangeKind::Renamed
                    | FileChangeKind::Moved
                    | FileChangeKind::Trashed
                    | FileChangeKind::Restored => 0,
                    _ => change.bytes,
                };
                Some((kind, sides.0.map(str::to_owned), sides.1.map(str::to_owned), bytes, change.versions))
            });
            changes.collect()
        };
        prop_assert_eq!(presence(&forth, false), presence(&back, true));
        let usage = |comparison: &AuditComparison, old: &(Inventory, Audit), new: &(Inventory, Audit)| {
            let changes = comparison.files.iter().filter(|change| change.kind.mirrored().is_none());
            let pairs = changes.filter_map(|change| Some((change.old?, change.new?)));
            // what "trashed" and "restored" say is not repeated
            let is_in_trash = |run: &(Inventory, Audit), at: usize| run.0.attachments[at].status.is_trash();
            let pairs = pairs.filter(|(before, now)| is_in_trash(old, *before) == is_in_trash(new, *now));
            pairs.map(|(_, now)| new.0.attachments[now].id.to_string()).collect::<BTreeSet<_>>()
        };
        prop_assert_eq!(usage(&forth, &old, &new), usage(&back, &new, &old));
        for (before, after) in forth.spaces.iter().zip(&back.spaces) {
            prop_assert_eq!(before.figures.old, after.figures.new);
            prop_assert_eq!(before.figures.new, after.figures.old);
        }
    }

    /// The bytes of a space differ by the bytes of the files that are listed as changed, so none is missing.
    #[test]
    fn the_listed_changes_explain_the_difference_of_every_space(old in run(), new in run()) {
        let comparison = AuditComparison::new(side(&old), side(&new));
        let mut explained: BTreeMap<Option<SpaceId>, i64> = BTreeMap::new();
        let pairs: BTreeSet<(Option<usize>, Option<usize>)> =
            comparison.files.iter().map(|change| (change.old, change.new)).collect();
        for (before, now) in pairs {
            for (run, at, sign) in [(&old, before, -1), (&new, now, 1)] {
                let Some(at) = at else { continue };
                let (file, verdict) = (&run.0.attachments[at], &run.1.files[at]);
                if !verdict.is_in_trash(file) {
                    let bytes = i64::try_from(file.all_bytes().unwrap()).unwrap();
                    *explained.entry(verdict.space.clone()).or_default() += sign * bytes;
                }
            }
        }
        for space in &comparison.spaces {
            let difference = space.figures.bytes_delta(|figures| Some(figures.bytes)).unwrap();
            prop_assert_eq!(explained.get(&space.id).copied().unwrap_or_default(), difference, "{:?}", space);
            let [before, now] = [space.figures.old, space.figures.new].map(Option::unwrap);
            prop_assert_eq!(before.bytes.checked_add_signed(difference), Some(now.bytes));
        }
        let site: i64 = comparison.spaces.iter().map(|space| space.figures.delta(|of| Some(of.bytes)).unwrap()).sum();
        prop_assert_eq!(comparison.site.bytes_delta(|figures| Some(figures.bytes)), Some(site));
    }

    /// With whatever obstacle, no file is newly unreferenced, and every file that would be is listed as not comparable.
    #[test]
    fn an_obstacle_hides_what_is_newly_unreferenced_and_names_the_files(
        old in run(), new in run(), obstacle in 0..7_usize,
    ) {
        let comparable = AuditComparison::new(side(&old), side(&new));
        let (mut old, mut new) = (old, new);
        let reasons = ["1 unit of work could not be read".to_owned()];
        let mut incomplete: [&[String]; 2] = [NO_REASONS, NO_REASONS];
        let expected = match obstacle {
            0 => {
                incomplete[0] = &reasons;
                ObstacleKind::IncompleteOld
            }
            1 => {
                incomplete[1] = &reasons;
                ObstacleKind::IncompleteNew
            }
            2 => {
                new.0.scan.account.id = AccountId::new("b");
                ObstacleKind::Visibility
            }
            3 => {
                old.0.scan.references_within = true;
                ObstacleKind::SearchedSpaces
            }
            4 => {
                old.0.scan.program = "0.0.1".to_owned();
                ObstacleKind::Program
            }
            5 => {
                new.0.scan.own_hosts.push("old.example.com".to_owned());
                ObstacleKind::Hosts
            }
            _ => {
                old.0.scan.reported_spaces = Some(vec!["S1".to_owned()]);
                ObstacleKind::ReportedSpaces
            }
        };
        let [old_side, new_side] = [(&old, incomplete[0]), (&new, incomplete[1])].map(|((inventory, audit), reasons)| {
            ComparedAudit { inventory, audit, incomplete_reasons: reasons }
        });
        let hidden = AuditComparison::new(old_side, new_side);
        prop_assert_eq!(hidden.obstacles.iter().map(|one| one.kind).collect::<Vec<_>>(), [expected]);
        prop_assert_eq!(hidden.of(FileChangeKind::NewlyUnreferenced), &[]);
        let files = |comparison: &AuditComparison, kind| -> BTreeSet<usize> {
            comparison.of(kind).iter().filter_map(|change| change.new).collect()
        };
        if expected != ObstacleKind::IncompleteNew {
            let unreferenced = files(&comparable, FileChangeKind::NewlyUnreferenced);
            let not_comparable = files(&hidden, FileChangeKind::NotComparable);
            prop_assert!(unreferenced.is_subset(&not_comparable), "{:?} {:?}", unreferenced, not_comparable);
        }
        let known = |kind| files(&comparable, kind) == files(&hidden, kind);
        let keeps_uses = matches!(expected, ObstacleKind::IncompleteNew | ObstacleKind::ReportedSpaces);
        if keeps_uses {
            prop_assert!(known(FileChangeKind::NewlyUsed), "a use that was found exists");
        } else {
            prop_assert_eq!(hidden.of(FileChangeKind::NewlyUsed), &[]);
        }
    }
}

#[test]
fn unknown_sizes_make_a_difference_unknown_and_not_zero() {
    let file = |size: Option<u64>| {
        let (mut inventory, audit) = run_of(std::iter::once(GeneratedFile {
            id: 1,
            title: 1,
            page: 1,
            is_in_trash: false,
            old: Vec::new(),
            version: 5,
            size: 10,
            usage: 1,
            is_protected: false,
        }));
        inventory.attachments[0].size = size;
        (inventory, audit)
    };
    let (known, unknown) = (file(Some(10)), file(None));
    let bytes = |old: &(Inventory, Audit), new: &(Inventory, Audit)| {
        let comparison = AuditComparison::new(side(old), side(new));
        assert_eq!(comparison.files, [], "neither grown nor shrunk");
        comparison.site.bytes_delta(|figures| Some(figures.bytes))
    };
    assert_eq!(bytes(&unknown, &known), None);
    assert_eq!(bytes(&known, &unknown), None);
    assert_eq!(bytes(&unknown, &unknown), Some(0));
}
