//! F-59 to F-74: unexpected JSON, malformed bodies, and names that are hard to compare.

use confluence_sim::{Fault, FaultPlan, Occurrence, Site};
use confluence_storage_analyzer::audit::Usage;
use confluence_storage_analyzer::error::ExitStatus;
use confluence_storage_analyzer::inventory::coverage::UnitKind;
use serde_json::{Value, json};

use test_support::harness::{Harness, Run, also, always, edit_items, remove, without};
use test_support::known_site::{self, TrueUsages};

const ATTACHMENTS: &str = "/wiki/api/v2/attachments*";

#[tokio::test(start_paused = true)]
async fn unknown_fields_and_statuses_are_tolerated_and_their_uses_count_f_59() {
    let odd = edit_items(|item| {
        if item["id"] == known_site::REFERRER {
            item["status"] = "quarantined".into();
        }
        item["somethingNew"] = json!({"nested": [1, null]});
    });
    let harness = Harness::known(always("/wiki/api/v2/*", odd)).await;
    let run = harness.run().await;
    run.expect_true_verdicts(&harness);
    assert!(run.warns("quarantined"), "{:?}", run.audit_run().inventory.coverage.warnings);
}

#[tokio::test(start_paused = true)]
async fn each_optional_field_may_be_missing_or_null_f_60() {
    let fields = [
        "status",
        "title",
        "spaceId",
        "pageId",
        "blogPostId",
        "parentId",
        "authorId",
        "ownerId",
        "createdAt",
        "version",
        "body",
        "fileId",
        "fileSize",
        "mediaType",
        "comment",
        "webuiLink",
        "downloadLink",
        "_links",
    ];
    for field in fields {
        for missing in [true, false] {
            let edit = edit_items(move |item| {
                if missing {
                    remove(item, &format!("/{field}"));
                } else if item.get(field).is_some() {
                    item[field] = Value::Null;
                }
            });
            // `Harness` checks for every run that nothing in use is called unreferenced
            let harness = Harness::known(always("/wiki/api/v2/*", edit)).await;
            let run = harness.run().await;
            assert!(run.result.is_ok(), "{field}: {:?}", run.failure());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_size_that_is_missing_is_unknown_and_not_zero_f_60() {
    let harness = Harness::known(always("/wiki/api/v2/attachments", without("att101", "/fileSize"))).await;
    let run = harness.run().await;
    run.expect_true_verdicts(&harness);
    let figures = |run: &Run| {
        let audit_run = run.audit_run();
        audit_run.audit.figures(&audit_run.inventory, true).site
    };
    assert_eq!(figures(&run).unknown_sizes, 1);
    let complete = figures(&Harness::known(FaultPlan::none()).await.run().await);
    assert_eq!(figures(&run).current_bytes, complete.current_bytes - 1000);
}

#[tokio::test(start_paused = true)]
async fn a_file_without_a_name_is_not_judged_by_it_f_60() {
    for id in ["att103", "att901"] {
        let harness = Harness::known(always(ATTACHMENTS, without(id, "/title"))).await;
        let run = harness.run().await;
        assert_eq!(run.usage(id), Usage::Undetermined, "{id}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_file_without_a_media_id_may_be_the_one_a_header_image_means_f_60() {
    let harness = Harness::known(always(ATTACHMENTS, without("att110", "/fileId"))).await;
    let run = harness.run().await;
    assert_eq!(run.usage("att110"), Usage::Undetermined);
}

#[tokio::test(start_paused = true)]
async fn a_missing_required_field_fails_the_list_f_61() {
    let lists = [
        ("/wiki/api/v2/spaces", UnitKind::SpaceList),
        ("/wiki/api/v2/pages", UnitKind::PageList),
        ("/wiki/api/v2/attachments", UnitKind::AttachmentList),
        ("/wiki/api/v2/footer-comments", UnitKind::CommentList),
    ];
    for (path, kind) in lists {
        let no_results = Fault::edit_json(|response| remove(response, "/results"));
        let harness = Harness::known(always(path, no_results)).await;
        let run = harness.run().await;
        if kind == UnitKind::SpaceList {
            assert_eq!(run.status(), ExitStatus::Unreachable);
        } else {
            run.expect_incomplete();
            run.gap(kind);
        }
        let no_id = edit_items(|item| {
            if item["id"] == "1001" || item["id"] == "att101" || item["id"] == "3001" || item["key"] == "ENG" {
                remove(item, "/id");
            }
        });
        let harness = Harness::known(always(path, no_id)).await;
        let run = harness.run().await;
        run.expect_incomplete();
        run.gap(kind);
    }
}

#[tokio::test(start_paused = true)]
async fn ids_may_be_numbers_and_nothing_else_may_be_of_another_type_f_62() {
    fn numbers(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                for (name, field) in fields {
                    let is_id = name == "id" || name.ends_with("Id") && name != "authorId" && name != "ownerId";
                    let number = field.as_str().filter(|_| is_id).and_then(|text| text.parse::<u64>().ok());
                    match number {
                        Some(number) => *field = number.into(),
                        None => numbers(field),
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(numbers),
            _ => {}
        }
    }
    let (mut site, truth) = known_site::site();
    // too large for a float
    let big = "9007199254740993";
    for content in &mut site.contents {
        if content.id == known_site::REFERRER {
            big.clone_into(&mut content.id);
        }
    }
    let harness = Harness::start((site, truth), always("/wiki/api/v2/*", Fault::edit_json(numbers))).await;
    let run = harness.run().await;
    run.expect_true_verdicts(&harness);
    assert!(run.audit_run().inventory.contents.iter().any(|content| content.id.as_str() == big));

    for (path, field, value) in [
        ("/wiki/api/v2/attachments", "fileSize", json!("1000")),
        ("/wiki/api/v2/attachments", "id", json!(true)),
        ("/wiki/api/v2/pages", "version", json!("3")),
        ("/wiki/api/v2/pages", "title", json!(["a"])),
    ] {
        let edit = edit_items(move |item| {
            if item["id"] == "att101" || item["id"] == "1001" {
                item[field] = value.clone();
            }
        });
        let harness = Harness::known(always(path, edit)).await;
        harness.run().await.expect_incomplete();
    }
}

#[tokio::test(start_paused = true)]
async fn one_malformed_item_fails_its_list_but_not_the_other_items_f_63() {
    let bad = edit_items(|item| {
        if item["id"] == "att105" {
            *item = json!({"id": ["att105"]});
        }
    });
    let harness = Harness::known(always("/wiki/api/v2/attachments", bad)).await;
    let run = harness.run().await;
    run.expect_incomplete();
    assert_eq!(run.audit_run().inventory.attachments.len(), harness.truth.len() - 1);
    assert!(run.reason(UnitKind::AttachmentList).contains("could not parse"));
    for path in ["/wiki/api/v2/pages", "/wiki/api/v2/footer-comments", "/wiki/api/v2/spaces"] {
        let harness = Harness::known(always(path, Fault::MalformedItems)).await;
        assert_ne!(harness.run().await.status(), ExitStatus::Complete, "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_is_missing_is_read_alone_or_a_gap_f_64() {
    let lists = ["/wiki/api/v2/pages", "/wiki/api/v2/blogposts", "/wiki/api/v2/footer-comments"];
    for pointer in ["/body", "/body/storage", "/body/storage/value"] {
        let plan = lists.iter().fold(FaultPlan::none(), |plan, path| {
            also(plan, path, Occurrence::From(1), edit_items(move |item| remove(item, pointer)))
        });
        let harness = Harness::known(plan).await;
        harness.run().await.expect_true_verdicts(&harness);

        let harness = Harness::known(always("/wiki/api/v2/*", without("3001", pointer))).await;
        let run = harness.run().await;
        run.expect_incomplete();
        assert!(run.gap(UnitKind::Body).subject.contains("3001"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_beyond_the_limit_is_a_gap_and_the_rest_is_read_f_65() {
    let (mut site, truth) = known_site::site();
    let page = site.contents.iter_mut().find(|content| content.id == "1102").unwrap();
    page.body = format!("<p>{}</p>", "x".repeat(3 << 20));
    let harness = Harness::start((site, truth), FaultPlan::none()).await;
    let mut settings = harness.settings();
    settings.max_response_bytes = 2 << 20;
    let run = harness.run_with(settings).await;
    run.expect_incomplete();
    assert!(run.reason(UnitKind::Body).contains("larger than 2 MiB"), "{}", run.reason(UnitKind::Body));
    assert!(run.gap(UnitKind::Body).subject.contains("page 1102"), "{}", run.gap(UnitKind::Body).subject);
    assert_eq!(run.usage("att101"), Usage::Embedded);
}

/// The known site with another body on a page that has only text.
fn with_body(body: &str) -> (Site, TrueUsages) {
    let (mut site, truth) = known_site::site();
    let page = site.contents.iter_mut().find(|content| content.id == "1007").unwrap();
    body.clone_into(&mut page.body);
    (site, truth)
}

#[tokio::test(start_paused = true)]
async fn malformed_bodies_hide_no_use_f_66_f_67_f_68_f_69() {
    let use_of = r#"<ac:image><ri:attachment ri:filename="unused.mov"><ri:page ri:space-key="ENG" ri:content-title="Home"/></ri:attachment></ac:image>"#;
    let bomb =
        "<!DOCTYPE lolz [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c SYSTEM \"file:///etc/passwd\">]>";
    let attributes = (0..20_000).fold(String::new(), |text, number| text + &format!(" a{number}=\"x\""));
    let bodies = [
        format!("{}{use_of}", "<div>".repeat(100_000)),
        format!("{bomb}<p>&b;&c;</p>{use_of}"),
        format!("<p{attributes}>x</p>{use_of}"),
        format!("<p>a < b</p>{use_of}"),
        format!("<p>unclosed <br> {use_of}</div></p>"),
        format!("<p>a &b; c & d</p>{use_of}"),
        "<p>cut in the <ac:image><ri:attachment ri:filename=\"unused.mov\"".to_owned(),
    ];
    for body in bodies {
        let (site, mut truth) = with_body(&body);
        // a proven or a possible use: both count
        truth.insert("att901".to_owned(), Usage::LinkedElsewhere);
        let harness = Harness::start((site, truth), FaultPlan::none()).await;
        let run = harness.run().await;
        let start: String = body.chars().take(60).collect();
        assert_eq!(run.status(), ExitStatus::Complete, "malformed bodies leave a run complete: {start}");
        assert_ne!(run.usage("att901"), Usage::Unreferenced, "{start}");
    }
}

#[tokio::test(start_paused = true)]
async fn invalid_encodings_fail_the_unit_and_are_not_guessed_f_70() {
    for broken in
        [r#"{"results":[{"id":"2001","title":"\ud800"}],"_links":{}}"#, "{\"results\":[{\"id\":\"2001\u{0}\n\"}]}"]
    {
        let harness =
            Harness::known(always("/wiki/api/v2/blogposts", test_support::harness::response(200, &[], broken))).await;
        harness.run().await.expect_incomplete();
    }
    for odd in ["\u{feff}", "\u{fffe}", "\u{0}"] {
        let use_of = r#"<ac:image><ri:attachment ri:filename="unused.mov"><ri:page ri:space-key="ENG" ri:content-title="Home"/></ri:attachment></ac:image>"#;
        let (site, mut truth) = with_body(&format!("{odd}<p>{odd}</p>{use_of}"));
        truth.insert("att901".to_owned(), Usage::LinkedElsewhere);
        let harness = Harness::start((site, truth), FaultPlan::none()).await;
        let run = harness.run().await;
        assert_ne!(run.usage("att901"), Usage::Unreferenced, "{odd:?}");
    }
}

/// A page that names `written` and has a file called `name`.
fn named(written: &str, name: &str) -> (Site, TrueUsages) {
    let (site, mut truth) = known_site::site();
    let body = format!(r#"<ac:image><ri:attachment ri:filename="{written}"/></ac:image>"#);
    let site = site.space("NAM", "Names").page("5001", "Names", &body).attachment("att501", name, 5);
    truth.insert("att501".to_owned(), Usage::Embedded);
    (site, truth)
}

#[tokio::test(start_paused = true)]
async fn names_are_compared_after_normalization_f_71() {
    let pairs = [
        ("U\u{308}bersicht.png", "Übersicht.png"),
        ("Bild.PNG", "bild.png"),
        ("a&nbsp;b.png", "a\u{a0}b.png"),
        ("\u{1f4a9}.png", "\u{1f4a9}.png"),
        ("\u{202e}gnp.exe", "\u{202e}gnp.exe"),
        ("zero\u{200b}width.png", "zero\u{200b}width.png"),
    ];
    for (written, name) in pairs {
        let harness = Harness::start(named(written, name), FaultPlan::none()).await;
        harness.run().await.expect_true_verdicts(&harness);
    }
}

#[tokio::test(start_paused = true)]
async fn a_name_within_another_is_not_a_use_f_72() {
    let (site, mut truth) = named("data.png", "data.png");
    let site = site.attachment("att502", "a.png", 5);
    truth.insert("att502".to_owned(), Usage::Unreferenced);
    let harness = Harness::start((site, truth), FaultPlan::none()).await;
    harness.run().await.expect_true_verdicts(&harness);
}

#[tokio::test(start_paused = true)]
async fn a_name_on_many_pages_means_the_file_of_the_same_page_f_73() {
    let (site, mut truth) = named("shared.png", "shared.png");
    let site = site.page("5002", "Another", "<p>nothing</p>").attachment("att502", "shared.png", 5);
    truth.insert("att502".to_owned(), Usage::Unreferenced);
    let harness = Harness::start((site, truth), FaultPlan::none()).await;
    harness.run().await.expect_true_verdicts(&harness);
}

#[tokio::test(start_paused = true)]
async fn hostile_names_are_compared_like_all_others_f_74() {
    let long = format!("{}.png", "n".repeat(10_000));
    let names: [(&str, &str); 4] = [
        ("&lt;script&gt;alert(1)&lt;/script&gt;.png", "<script>alert(1)</script>.png"),
        ("=cmd|' /C calc'!A0.csv", "=cmd|' /C calc'!A0.csv"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        (&long, &long),
    ];
    for (written, name) in names {
        let harness = Harness::start(named(written, name), FaultPlan::none()).await;
        harness.run().await.expect_true_verdicts(&harness);
    }
}
