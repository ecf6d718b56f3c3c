//! Blog posts in rows of their own, where they are asked for.

use confluence_sim::readers::View;
use confluence_sim::site::ContentVersion;
use confluence_sim::{FaultPlan, Site};
use serde_json::{Value, json};

use super::bench::{Bench, weeks_ago};
use super::columns::ALL;
use super::knowledge_base::{ADA, BEA, CONFIGURATION, ago, site};
use super::known::{POSTS, check};

/// The configuration of the runs with answers, and blog posts.
fn with_posts() -> String {
    CONFIGURATION.replacen("[snapshot]\n", "[snapshot]\nblog_posts = yes\n", 1)
}

/// The knowledge base, with all that can be said of a post.
fn discussed() -> Site {
    let mut site = site();
    let post = site.contents.iter_mut().find(|content| content.id == "2001").unwrap();
    ADA.clone_into(&mut post.author);
    post.versions = vec![ContentVersion::new(1, ago(9), ADA), ContentVersion::new(2, ago(2), BEA)];
    post.created_at = post.versions[0].created_at;
    post.labels = vec!["launch".to_owned()];
    post.restrictions.update.users = vec![BEA.to_owned()];
    post.readers.likes = vec![ADA.to_owned(), BEA.to_owned()];
    post.readers.views = vec![View { at: ago(3), viewer: BEA.to_owned() }];
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
fn posts_have_rows_with_all_but_a_place_in_the_tree() {
    let bench = Bench::start(discussed(), FaultPlan::none()).configure(CONFIGURATION);
    bench.snapshot(&ALL).ends(0);
    let without = bench.pages();
    assert!(without.values().all(|row| row["content_type"] != "blogpost"), "they are not asked for");
    let bench = bench.configure(&with_posts());
    let told = bench.snapshot(&ALL).ends(0).json();
    assert_eq!((told["complete"].clone(), told["blog_posts"].clone()), (json!(true), json!(2)));
    check(&bench, POSTS);
    let mut with = bench.pages();
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
        assert!(bench.finding(tree).iter().all(|id| !id.starts_with('2')), "{tree}");
    }
    assert!(bench.finding("broken_links").contains(&"2002".to_owned()));
    let page = std::fs::read_to_string(bench.data().join("index.html")).unwrap();
    assert!(page.contains("and 2 blog posts"), "the dashboard counts them apart");
    let sums = |with: &str| page.contains(with);
    assert!(sums(&format!("of {} pages", without.len())), "and the figures are of pages");
}

#[test]
fn a_week_with_posts_and_one_without_call_none_new_or_gone() {
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
    let changes = |bench: &Bench| -> Value { bench.snapshot(&["--space", "KB"]).ends(0).json()["changes"].clone() };
    // before without, now with
    let bench = Bench::start(discussed(), FaultPlan::none()).configure(CONFIGURATION);
    bench.record(weeks_ago(1), true, &["KB"], &[&page("1000", "Wissen", "page")]);
    let pages_only = changes(&bench);
    let bench = bench.configure(&with_posts());
    assert_eq!(changes(&bench), pages_only);
    // before with, now without; and so many of them that their absence would look like a space that shrank
    let bench = Bench::start(discussed(), FaultPlan::none()).configure(CONFIGURATION);
    let ids: Vec<String> = (0..40).map(|number| (2900 + number).to_string()).collect();
    let posts = ids.iter().map(|id| {
        let mut post = page("", "Gone post", "blogpost");
        post[0].1 = Box::leak(id.clone().into_boxed_str());
        post
    });
    let mut before: Vec<[(&str, &str); 6]> = posts.collect();
    before.push(page("1000", "Wissen", "page"));
    let rows: Vec<&[(&str, &str)]> = before.iter().map(<[_; 6]>::as_slice).collect();
    bench.record(weeks_ago(1), true, &["KB"], &rows);
    assert_eq!(changes(&bench), pages_only);
    // with posts in both, they are compared
    let bench = bench.configure(&with_posts());
    let both = changes(&bench);
    assert_eq!(both["gone"], json!(40 + pages_only["gone"].as_u64().unwrap()));
    assert_eq!(both["new"], json!(2 + pages_only["new"].as_u64().unwrap()));
}
