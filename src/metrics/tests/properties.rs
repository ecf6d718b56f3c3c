use std::collections::BTreeMap;

use proptest::prelude::*;

use super::super::columns::{self, cells};
use super::super::{MeasureInput, Rules, findings, measure};
use super::*;
use crate::inventory::coverage::UnitKind;
use crate::inventory::snapshot::{MetricGroup, MetricGroups, SnapshotFacts};

const BODIES: [&str; 6] = [
    "",
    "<p>TODO: write it</p>",
    r#"<ac:link><ri:page ri:content-title="T3"/></ac:link><a href="/wiki/x/7AM">t</a>"#,
    r#"<ac:image><ri:attachment ri:filename="a.png"/></ac:image><table><tr><td>1"#,
    r#"<ac:structured-macro ac:name="include"><ac:parameter ac:name="">T2</ac:parameter></ac:structured-macro>"#,
    "one two three four five six seven eight nine ten one two three four five six seven eight nine ten more",
];

/// Any content: of any kind and status, with or without a parent and a space.
fn content() -> impl Strategy<Value = Content> {
    let place = (0u32..40, proptest::option::of((0u32..40, 0usize..3)), 0usize..4);
    let what = (0usize..4, 0usize..4, proptest::option::of(0..BODIES.len()), proptest::option::of(0i64..2_000));
    (place, what, proptest::option::of(0u32..9)).prop_map(
        |((id, parent, space), (kind, status, body, days), version)| {
            let kinds = [ContentKind::Page, ContentKind::Page, ContentKind::BlogPost, ContentKind::FooterComment];
            let statuses = [Status::Current, Status::Current, Status::Archived, Status::Trashed];
            let parent = parent.map(|(id, kind)| (id, ["page", "folder", "whiteboard"][kind]));
            let mut content = page(id, parent, statuses[status].clone());
            content.kind = kinds[kind];
            content.space = [Some("9"), Some("10"), Some("404"), None][space].map(SpaceId::new);
            content.body = body.and_then(|body| written(id, BODIES[body]).body);
            content.modified_at = days.map(ago);
            content.version = version;
            content.container = (kind == 3).then(|| ContentId::new((id / 2).to_string()));
            content
        },
    )
}

proptest! {
    #[test]
    fn any_inventory_results_in_sorted_rows_with_valid_values(
        contents in proptest::collection::vec(content(), 0..30),
        groups in proptest::sample::subsequence(MetricGroup::ALL.to_vec(), 0..=5),
        holes in proptest::sample::subsequence(vec![UnitKind::PageList, UnitKind::AttachmentList, UnitKind::Replies], 0..=3),
    ) {
        let mut site = inventory(contents);
        for kind in holes {
            site.coverage.fail(kind, "a list", "cut");
        }
        let facts = SnapshotFacts { groups: MetricGroups::new(groups), ..SnapshotFacts::default() };
        let (keys, rules, frame) = (["KB".to_owned(), "HR".to_owned()], Rules::default(), frame());
        let rows = measure(&MeasureInput {
            inventory: &site,
            facts: &facts,
            workflow: &BTreeMap::new(),
            audit: None,
            spaces: &keys,
            read: &keys,
            previous: None,
            rules: &rules,
            frame: &frame,
        });
        let is_row = |content: &&Content| {
            let space = content.space.as_ref().map(SpaceId::as_str);
            content.kind == ContentKind::Page && content.status == Status::Current && matches!(space, Some("9" | "10"))
        };
        prop_assert_eq!(rows.len(), site.contents.iter().filter(is_row).count());
        let order: Vec<(&str, u32)> =
            rows.iter().map(|row| (row.place.space_key.as_str(), row.id.parse().unwrap())).collect();
        prop_assert!(order.is_sorted(), "{:?}", order);
        let columns = columns::all();
        for row in &rows {
            prop_assert_eq!(cells(&columns, row, &frame).len(), columns.len());
            prop_assert!(row.judgement.health_score <= 100);
            let below = row.place.descendant_pages;
            prop_assert!(below.is_none() || below >= row.place.child_pages || row.place.depth.is_none());
        }
        for found in findings::find(&rows, &rules) {
            prop_assert!(found.pages.len() <= rows.len());
        }
        round_trip::check_round_trip(&rows)?;
    }
}
