//! The site of the tests: two spaces that are measured and one that is not.

use chrono::{DateTime, TimeDelta, Utc};
use confluence_sim::readership::PageView;
use confluence_sim::site::{ContentType, ContentVersion, Status};
use confluence_sim::workflow::{Approval, Decision, PageWorkflow, Parameter, WorkflowApp};
use confluence_sim::{Fault, FaultPlan, Occurrence, RoutePattern, Site};
use serde_json::{Value, json};

/// Address of the site in bodies.
const PUBLIC: &str = "https://acme.atlassian.net/wiki";
/// The account of the runs, which is also an author.
pub(crate) const ADA: &str = "712020:00000000-0000-4000-8000-000000000001";
/// An author.
pub(crate) const BEA: &str = "b1";
/// An inactive account.
pub(crate) const CEM: &str = "c1";
pub(crate) const BOT: &str = "bot1";

/// Configuration of the runs with expected values.
pub(crate) const CONFIGURATION: &str = "\
[snapshot]
space_keys = KB, ~mina
bots = bot1

[space ~mina]
stub_words = 2
stale_days = 200

[workflow]
label_states = wip=Draft
owner_parameter = owner
relevance_parameter = relevance
parameters = region
";

/// Returns the time `days` days and one hour ago. The hour keeps the number of full days stable while a test runs.
pub(crate) fn ago(days: i64) -> DateTime<Utc> {
    Utc::now() - TimeDelta::days(days) - TimeDelta::hours(1)
}

/// The site with Comala on Cloud in one space, and native states and labels in the other.
pub(crate) fn site() -> Site {
    let site = Site::new().person(BEA, "Bea Berg").person(CEM, "Cem Can").person(BOT, "Wiki Bot");
    let mut site = elsewhere(personal(discussed(copies(corners(first(site))))));
    site.public_base = Some(PUBLIC.to_owned());
    site.account_statuses.insert(CEM.to_owned(), "inactive".to_owned());
    site.workflow.app = WorkflowApp::ComalaCloud;
    let mut workflow = |page: &str, state: &str, is_final: bool, due_in: Option<i64>| {
        let due = due_in.map(|days| Utc::now() + TimeDelta::days(days) - TimeDelta::hours(1));
        let approvals =
            vec![Approval { name: "Review".to_owned(), approvers: vec![(BEA.to_owned(), Decision::Pending)] }];
        let of_page = PageWorkflow { due, approvals, ..PageWorkflow::new("Docs approval", state, is_final) };
        site.workflow.pages.insert(page.to_owned(), of_page);
    };
    workflow("1001", "Review", false, Some(-2));
    workflow("1002", "Approved", true, Some(60));
    workflow("1004", "Draft", false, None);
    workflow("1010", "Legal check", false, None);
    site
}

/// The same site with Comala on Data Center.
pub(crate) fn data_center() -> Site {
    let mut site = site();
    site.workflow.app = WorkflowApp::ComalaDataCenter;
    site.workflow.pages.remove("1010");
    for (id, page) in &mut site.workflow.pages {
        page.since = Some(ago(40));
        page.last_final_version = (id == "1002").then_some(1);
        page.read_only = id == "1004";
        page.parameters = vec![
            Parameter::new("owner", "Owner", "Bea B."),
            Parameter::new("relevance", "Relevance", "high"),
            Parameter::new("region", "Region", "north"),
        ];
    }
    site
}

/// Adds what the loopback server has no fields for: a live doc, and positions among siblings.
pub(crate) fn details() -> FaultPlan {
    on_pages(|page| {
        match page["id"].as_str() {
            Some("1009") => page["subtype"] = json!("live"),
            Some("1001") => page["position"] = json!(7),
            Some("1002") => page["position"] = json!(-3),
            _ => {}
        }
        if page["id"] == "1014" {
            for field in ["createdAt", "authorId", "version", "position", "ownerId"] {
                page.as_object_mut().unwrap().remove(field);
            }
            page["_links"].as_object_mut().unwrap().remove("tinyui");
        }
    })
}

/// Changes every page in the responses of the list of pages.
pub(crate) fn on_pages(change: impl Fn(&mut Value) + Send + Sync + 'static) -> FaultPlan {
    let change = Fault::edit_json(move |response| {
        response["results"].as_array_mut().into_iter().flatten().for_each(&change);
    });
    FaultPlan::none().on(RoutePattern::path("/wiki/api/v2/pages").unwrap(), Occurrence::From(1), change)
}

/// Adds a page below another one, with versions as (days ago, author).
fn page<'p>(
    site: Site,
    id: &str,
    title: &str,
    body: &str,
    parent: impl Into<Option<(&'p str, ContentType)>>,
    edits: &[(i64, &str)],
) -> Site {
    site.page(id, title, body).with_content(|page| {
        page.parent = parent.into().map(|(id, kind)| (id.to_owned(), kind));
        page.versions =
            (1..).zip(edits).map(|(number, (days, who))| ContentVersion::new(number, ago(*days), who)).collect();
        page.created_at = page.versions[0].created_at;
        edits[0].1.clone_into(&mut page.author);
        page.owner = Some(BEA.to_owned());
    })
}

fn below(id: &str) -> (&str, ContentType) {
    (id, ContentType::Page)
}

fn linked(title: &str) -> String {
    format!(r#"<ac:link><ri:page ri:content-title="{title}"/></ac:link>"#)
}

fn including(name: &str, title: &str) -> String {
    format!(
        r#"<ac:structured-macro ac:name="{name}"><ac:parameter ac:name="">{}</ac:parameter></ac:structured-macro>"#,
        linked(title)
    )
}

/// 40 words.
const GERMAN: &str = "Dieses Handbuch beschreibt, wie wir in unserem Unternehmen mit Wissen umgehen und warum wir es \
    aufschreiben. Jede Seite hat eine Verantwortliche oder einen Verantwortlichen, und jede Seite wird einmal im Jahr \
    überprüft. Wer einen Fehler findet, berichtigt ihn bitte selbst.";

/// A page with one of everything. Its visible text, with space characters between blocks, is
/// `Setup guide First steps Please read all of it. Ask first. Key Value a 1 Mind the gap. More Write Check TODO later
/// Docs again two three four five`.
fn everything() -> String {
    let links = format!(
        r#"<p><a href="https://example.org/docs">Docs</a> <a href="https://example.org/docs#part">again</a>
        <a href="{PUBLIC}/pages/viewpage.action?pageId=1002">two</a> <a href="/wiki/display/KB/Third+page">three</a>
        <a href="{PUBLIC}/x/7AM">four</a> <a href="{PUBLIC}/spaces/KB/pages/1008/Thrown+away">five</a></p>"#
    );
    let titles = [linked("Wissen"), linked("No such page"), linked("WISSEN"), {
        r#"<ac:link><ri:page ri:space-key="HR" ri:content-title="A page of a space that was not read"/></ac:link>"#
            .to_owned()
    }];
    format!(
        r#"<h1>Setup guide</h1><h3>First steps</h3><p>Please read <strong>all</strong> of it.</p>
        <p>Ask <ac:link><ri:user ri:account-id="b1"/></ac:link> first.</p>
        <table><tbody><tr><th>Key</th><th>Value</th></tr><tr><td>a</td><td>1</td></tr></tbody></table>
        <ac:image ac:alt="Plan"><ri:attachment ri:filename="plan.png"/></ac:image>
        <ac:image><ri:attachment ri:filename="gone.png"/></ac:image>
        <ac:structured-macro ac:name="code"><ac:plain-text-body><![CDATA[let x = 1;]]></ac:plain-text-body></ac:structured-macro>
        <ac:structured-macro ac:name="info"><ac:rich-text-body><p>Mind the gap.</p></ac:rich-text-body></ac:structured-macro>
        <ac:structured-macro ac:name="expand"><ac:rich-text-body><p>More</p></ac:rich-text-body></ac:structured-macro>
        <ac:structured-macro ac:name="roadmap-of-an-app"/>
        <ac:structured-macro ac:name="jira"><ac:parameter ac:name="key">KB-1</ac:parameter></ac:structured-macro>
        <ac:task-list>
        <ac:task><ac:task-id>1</ac:task-id><ac:task-status>incomplete</ac:task-status><ac:task-body>Write</ac:task-body></ac:task>
        <ac:task><ac:task-id>2</ac:task-id><ac:task-status>complete</ac:task-status><ac:task-body>Check</ac:task-body></ac:task>
        </ac:task-list><p>TODO later</p><p><ac:placeholder>Type here</ac:placeholder></p>{links}<p>{}</p>"#,
        titles.concat()
    )
}

fn first(site: Site) -> Site {
    let site = site.space("KB", "Knowledge Base").with_space(|space| space.homepage = Some("1000".to_owned()));
    let home = format!("<p>{GERMAN}</p><p>{}</p>", linked("Handbook"));
    let site = page(site, "1000", "Wissen", &home, None, &[(400, ADA), (40, BEA)]);
    let site = page(site, "1001", "Handbook", &everything(), below("1000"), &[(300, ADA), (50, BEA), (5, ADA)])
        .with_content(|page| {
            page.labels = vec!["guide".to_owned(), "alpha".to_owned()];
            page.owner = Some(CEM.to_owned());
            page.last_owner = Some(BEA.to_owned());
            page.properties.insert("editor".to_owned(), json!("v2"));
            let last = page.versions.last_mut().unwrap();
            (last.minor, last.message) = (true, "typo".to_owned());
            page.readers.likes = vec![BEA.to_owned()];
            page.readers.watchers = vec![ADA.to_owned(), BEA.to_owned()];
            let views = [(10, BEA), (20, BEA), (60, CEM), (100, ADA)];
            page.readers.views =
                views.iter().map(|(days, who)| PageView { at: ago(*days), viewer: (*who).to_owned() }).collect();
        })
        .attachment("att9001", "plan.png", 1_000)
        .version("plan.png", 2_048, ago(5))
        .attachment("att9002", "spare.pdf", 500);
    let edits = [(120, ADA), (60, BEA), (20, BEA), (3, CEM)];
    let site = page(site, "1002", "Second page", "<p>設計資料を読む</p>", below("1000"), &edits);
    let site = page(site, "1003", "Third page", "<p>Kept by a bot.</p>", below("1002"), &[(500, ADA), (10, BOT)])
        .with_content(|page| page.labels = vec!["bots".to_owned()]);
    let site =
        site.folder("1900", "Runbooks").with_content(|folder| folder.parent = Some(("1000".into(), ContentType::Page)));
    page(site, "1004", "Fourth page", "<p>Old and unseen.</p>", ("1900", ContentType::Folder), &[(800, BEA)])
        .with_content(|page| {
            page.labels = vec!["ops".to_owned()];
            page.restrictions.read.groups = vec!["staff".to_owned()];
            page.restrictions.update.users = vec![BEA.to_owned()];
        })
}

/// Archived and trashed pages, a missing parent, a live doc, and a page without most attributes.
fn corners(site: Site) -> Site {
    let site = page(site, "1005", "Put away", "<p>Archived.</p>", below("1000"), &[(700, ADA)])
        .with_content(|page| page.status = Status::Archived);
    let site = page(site, "1006", "Below archived", "<p>Still here.</p>", below("1005"), &[(200, ADA), (190, ADA)]);
    let site = page(site, "1007", "Lost page", "<p>My parent is gone.</p>", below("1990"), &[(10, ADA)]);
    let site = page(site, "1008", "Thrown away", "<p>Trash.</p>", below("1000"), &[(10, ADA)])
        .with_content(|page| page.status = Status::Trashed);
    let site = page(site, "1009", "Live notes", "<p>Live.</p>", None, &[(1, BEA)]);
    page(site, "1014", "Reticent", "<p>Says little.</p>", below("1000"), &[(30, ADA)])
}

/// Pages with the same or nearly the same two hundred words, and a page that includes others.
fn copies(site: Site) -> Site {
    let words = |changed: Option<usize>| {
        let word = |number| if Some(number) == changed { "other".to_owned() } else { format!("word{number}") };
        (0..200).map(word).collect::<Vec<_>>().join(" ")
    };
    let loud = words(None).to_uppercase();
    let site = page(site, "1010", "Original", &format!("<p>{}</p>", words(None)), below("1002"), &[(100, BEA)]);
    let site = page(site, "1011", "Copy", &format!("<h2>{loud}</h2>"), below("1002"), &[(95, BEA)]);
    let site = page(site, "1012", "Near copy", &format!("<p>{}</p>", words(Some(100))), below("1002"), &[(94, BEA)]);
    let body = format!("{}{}", including("include", "Original"), including("excerpt-include", "Second page"));
    let site = page(site, "1013", "Collection", &body, below("1003"), &[(15, ADA)]);
    let old = PageView { at: ago(200), viewer: ADA.to_owned() };
    page(site, "1015", "Big and unread", "<p>See the film.</p>", below("1003"), &[(20, ADA), (19, ADA)])
        .with_content(|page| page.readers.views = vec![old])
        .attachment("att9003", "film.mp4", 11 * 1024 * 1024)
}

/// A blog post and comments. A comment is added to the last page by default, so the container is set explicitly.
fn discussed(site: Site) -> Site {
    let on = |site: Site, id: &str| site.with_content(|comment| comment.container = Some(id.to_owned()));
    let site = site.post("2001", "News", &format!("<p>{}</p>", linked("Fourth page")));
    let site = on(site.footer_comment("5001", &format!("<p>{}</p>", linked("Fourth page"))), "1001");
    let site = on(site.reply("5002", "<p>Thanks.</p>"), "1001");
    let site = on(site.inline_comment("5003", "<p>Really?</p>"), "1001");
    // a reply has the resolution of its thread, too
    let site =
        on(site.reply("5005", "<p>Yes.</p>"), "1001").with_content(|reply| reply.resolution = Some("open".to_owned()));
    on(site.inline_comment("5004", "<p>Done.</p>"), "1001")
        .with_content(|comment| comment.resolution = Some("resolved".to_owned()))
}

/// A personal space with native states and labels that are configured as states.
fn personal(site: Site) -> Site {
    let site = site.space("~mina", "Mina").with_space(|space| space.homepage = Some("3000".to_owned()));
    let site = page(site, "3000", "Mina at home", "<p>Hello.</p>", None, &[(250, BEA)]);
    let state = json!({"id": 1, "name": "In progress", "color": "#2684ff"});
    let site = page(site, "3001", "Notes", "<p>One two three.</p>", below("3000"), &[(210, BEA), (205, ADA)])
        .property("content-state-published", state);
    page(site, "3002", "Small", "<p>One.</p>", below("3001"), &[(10, BEA)])
        .with_content(|page| page.labels = vec!["wip".to_owned()])
}

/// A space that is not measured: its links are not counted, and links to it are not judged.
fn elsewhere(site: Site) -> Site {
    let site = site.space("HR", "Human Resources");
    let body = r#"<p><ac:link><ri:page ri:space-key="KB" ri:content-title="Second page"/></ac:link></p>"#;
    page(site, "4001", "Policy", body, None, &[(10, ADA)])
}
