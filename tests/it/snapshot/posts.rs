//! Rows of blog posts, if `blog_posts` is set.

use confluence_sim::readership::PageView;
use confluence_sim::site::ContentVersion;
use confluence_sim::{FaultPlan, Site};
use serde_json::{Value, json};

use super::columns::ALL;
use super::expected_values::{POSTS, check};
use super::harness::{Harness, weeks_ago};
use super::knowledge_base::{ADA, BEA, CONFIGURATION, ago, site};

/// The configuration of the runs with expected values, with blog posts.
fn with_posts() -> String {
    CONFIGURATION.replacen("[snapshot]\n", "[snapshot]\nblog_posts = yes\n", 1)
}

/// The site of the tests, with blog posts that have everything a post can have.
fn discussed() -> Site {
    let mut site = site();
    let post = site.contents.iter_mut().find(|content| content.id == "2001").unwrap();
    ADA.clone_into(&mut post.author);
    post.versions = vec![ContentVersion::new(1, ago(9), ADA), ContentVersion::new(2, ago(2), BEA)];
    post.created_at = post.versions[0].created_at;
    post.labels = vec!["launch".to_owned()];
    post.restrictions.update.users = vec![BEA.to_owned()];
    post.readers.likes = vec![ADA.to_owned(), BEA.to_owned()];
    post.readers.views = vec![PageView { at: ago(3), viewer: BEA.to_owned() }];
    let space = post.space_id.clone();
    let body = r#"<p><ac:link><ri:blog-post ri:content-title="News" ri:posting-day="2026/01/01"/></ac:link>
        <ac:link><ri:page ri:content-title="No such page"/></ac:link></p>"#;
    site.post("2002", "More news", body)
        .with_content(|post| post.space_id.clone_from(&space))
        .post("2003", "In the trash", "<p>old</p>")
        .with_content(|post| {
            post.space_id = space;
            post.status = confluence_sim::site::Status::Trashed;
        })
        .footer_comment("5101", "<p>Good.</p>")
        .with_content(|comment| comment.container = Some("2001".to_owned()))
        .reply("5102", "<p>Is it?</p>")
        .attachment_of(confluence_sim::site::Container::BlogPost("2001".to_owned()), "att9101", "news.png", 100)
}

#[test]
fn posts_have_rows_with_all_columns_except_those_of_the_page_tree() {
    let harness = Harness::start(discussed(), FaultPlan::none()).configure(CONFIGURATION);
    harness.snapshot(&ALL).exits_with(0);
    let without = harness.pages();
    assert!(without.values().all(|row| row["content_type"] != "blogpost"), "without the setting there are no posts");
    let harness = harness.configure(&with_posts());
    let run = harness.snapshot(&ALL).exits_with(0).json();
    assert_eq!((run["complete"].clone(), run["blog_posts"].clone()), (json!(true), json!(2)));
    check(&harness, POSTS);
    let mut with = harness.pages();
    with.retain(|_, row| row["content_type"] != "blogpost");
    assert_eq!(with.keys().collect::<Vec<_>>(), without.keys().collect::<Vec<_>>());
    for (id, row) in &with {
        for (name, value) in row {
            let is_of_run = name.starts_with("extraction_")
                || ["snapshot_at", "run_id", "workflow_since", "content_state_since"].contains(&name.as_str());
            assert!(is_of_run || *value == without[id][name], "{id}: {name} is {value}, was {}", without[id][name]);
        }
    }
    for tree in ["outdated", "orphans_tree", "orphans_links"] {
        assert!(harness.finding(tree).iter().all(|id| !id.starts_with('2')), "{tree}");
    }
    assert!(harness.finding("broken_links").contains(&"2002".to_owned()));
    let page = std::fs::read_to_string(harness.data().join("index.html")).unwrap();
    assert!(page.contains("plus 2 blog posts"), "the dashboard counts posts separately");
    let sums = |with: &str| page.contains(with);
    assert!(sums(&format!("of {} pages", without.len())), "the figures are of pages only");
}

#[test]
fn posts_are_not_new_or_gone_if_one_of_the_weeks_has_none() {
    let page = |id: &'static str, title: &'static str, kind: &'static str| {
        [
            ("page_id", id),
            ("page_title", title),
            ("space_key", "KB"),
            ("content_type", kind),
            ("edit_count", "1"),
            ("schema_version", "1"),
        ]
    };
    let changes =
        |harness: &Harness| -> Value { harness.snapshot(&["--space", "KB"]).exits_with(0).json()["changes"].clone() };
    // the earlier week has no posts, this one has
    let harness = Harness::start(discussed(), FaultPlan::none()).configure(CONFIGURATION);
    harness.record(weeks_ago(1), true, &["KB"], &[&page("1000", "Wissen", "page")]);
    let pages_only = changes(&harness);
    let harness = harness.configure(&with_posts());
    assert_eq!(changes(&harness), pages_only);
    // the earlier week has posts, this one has none; enough of them that the space would seem to have shrunk
    let harness = Harness::start(discussed(), FaultPlan::none()).configure(CONFIGURATION);
    let ids: Vec<String> = (0..40).map(|number| (2900 + number).to_string()).collect();
    let posts = ids.iter().map(|id| {
        let mut post = page("", "Gone post", "blogpost");
        post[0].1 = Box::leak(id.clone().into_boxed_str());
        post
    });
    let mut before: Vec<[(&str, &str); 6]> = posts.collect();
    before.push(page("1000", "Wissen", "page"));
    let rows: Vec<&[(&str, &str)]> = before.iter().map(<[_; 6]>::as_slice).collect();
    harness.record(weeks_ago(1), true, &["KB"], &rows);
    assert_eq!(changes(&harness), pages_only);
    // if both weeks have posts, they are compared
    let harness = harness.configure(&with_posts());
    let both = changes(&harness);
    assert_eq!(both["gone"], json!(40 + pages_only["gone"].as_u64().unwrap()));
    assert_eq!(both["new"], json!(2 + pages_only["new"].as_u64().unwrap()));
}
