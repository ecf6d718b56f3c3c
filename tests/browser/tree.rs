//! What a screen reader is given: Chromium's own accessibility tree of every part of the pages, with names, roles and
//! states, against the committed one.

use std::collections::HashMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::{ALL, Report};
use test_support::golden::assert_golden;
use test_support::webdriver::Browser;

test_support::trials! {
    [CHROMIUM]:
        async screen_readers_are_given_names_roles_and_states;
}

/// Roles that say nothing of their own, and those that are Chromium's alone.
const SILENT: [&str; 11] = [
    "none",
    "generic",
    "InlineTextBox",
    "ListMarker",
    "LineBreak",
    "rowgroup",
    "LabelText",
    "Figcaption",
    "Legend",
    "MenuListPopup",
    "DescriptionList",
];

/// States worth a word.
const STATES: [&str; 10] =
    ["level", "pressed", "checked", "expanded", "disabled", "hasPopup", "modal", "live", "atomic", "describedby"];

struct Tree {
    nodes: HashMap<String, Value>,
}

impl Tree {
    async fn of(browser: &Browser) -> Self {
        browser.devtools("Accessibility.enable", json!({})).await;
        let tree = browser.devtools("Accessibility.getFullAXTree", json!({})).await;
        let nodes = tree["nodes"].as_array().expect("nodes");
        Self { nodes: nodes.iter().map(|node| (text(&node["nodeId"]).to_owned(), node.clone())).collect() }
    }

    /// The part of the tree that stands for an element, a line for each node.
    async fn lines(&self, browser: &Browser, selector: &str) -> String {
        let document = browser.devtools("DOM.getDocument", json!({ "depth": 0 })).await;
        let found = json!({ "nodeId": document["root"]["nodeId"], "selector": selector });
        let found = browser.devtools("DOM.querySelector", found).await;
        let element = browser.devtools("DOM.describeNode", json!({ "nodeId": found["nodeId"] })).await;
        let element = &element["node"]["backendNodeId"];
        let node = self.nodes.values().find(|node| &node["backendDOMNodeId"] == element).expect(selector);
        let mut lines = String::new();
        self.write(node, 0, "", &mut lines);
        lines
    }

    fn write(&self, node: &Value, depth: usize, above: &str, lines: &mut String) {
        let (role, name) = (text(&node["role"]["value"]), text(&node["name"]["value"]));
        let is_silent = node["ignored"] == true
            || SILENT.contains(&role)
            || (role == "StaticText" && (name.trim().is_empty() || above.contains(name.trim())));
        let mut below = (depth, above);
        if !is_silent {
            let role = match role {
                "StaticText" => "text",
                "DisclosureTriangle" => "summary",
                role => role,
            };
            let line = format!("{:indent$}{role} \"{name}\"{}", "", states(node), indent = depth * 2);
            writeln!(lines, "{}", line.replace('\n', "\\n")).expect("a text");
            below = (depth + 1, name);
        }
        for child in node["childIds"].as_array().into_iter().flatten() {
            self.write(&self.nodes[text(child)], below.0, below.1, lines);
        }
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The states of a node, without those that are off.
fn states(node: &Value) -> String {
    let mut words = String::new();
    for property in node["properties"].as_array().into_iter().flatten() {
        let (name, value) = (text(&property["name"]), &property["value"]["value"]);
        // that a button is not pressed is a fact; that a text is not disabled is none
        let is_off = value == false || value == "off" || (value == "false" && name != "pressed" && name != "checked");
        // the depth of a list is to be seen as it is
        let is_level_of_item = name == "level" && node["role"]["value"] == "listitem";
        if STATES.contains(&name) && !is_level_of_item && (!is_off || name == "expanded") {
            write!(words, " {name}={}", value.to_string().trim_matches('"')).expect("a text");
        }
    }
    if let Some(description) = node["description"]["value"].as_str().filter(|words| !words.is_empty()) {
        write!(words, " described as \"{description}\"").expect("a text");
    }
    words
}

/// Page, address, a step before, and the parts that are looked at.
type View = (&'static str, &'static str, &'static str, &'static [&'static str]);

const VIEWS: [View; 4] = [
    ("index.html", "", "", &["header.top", "#completeness", "#map", "section.of-spaces"]),
    (
        ALL,
        "?q=screenshot+colour:red&usage=embedded&rows=50&sort=size",
        "document.querySelector('details[data-facet=type]').open = true",
        &["header.top", "#completeness", "#tools", "#files .scroll", "#pages"],
    ),
    (ALL, "?open=att70010", "", &["#details"]),
    (ALL, "", "document.querySelector('#cleanup-button').click()", &["#cleanup"]),
];

async fn screen_readers_are_given_names_roles_and_states() {
    let browser = Browser::start().await;
    let mut given = String::new();
    for (kind, report) in [("complete", Report::small()), ("incomplete", Report::small_incomplete())] {
        // what differs in an incomplete run is the banner, and that nothing can be handed over
        let views = if kind == "complete" { &VIEWS[..] } else { &VIEWS[..2] };
        for (page, address, step, parts) in views {
            browser.open_at(&report.page(page), address).await;
            browser.run(step).await;
            browser.wait_for("return !document.querySelector('[aria-busy]')").await;
            let tree = Tree::of(&browser).await;
            let parts = if kind == "complete" {
                *parts
            } else if *page == ALL {
                &["#completeness", ".actions"][..]
            } else {
                &["#completeness"][..]
            };
            for part in parts {
                let place = if address.is_empty() { String::new() } else { format!("#{address}") };
                writeln!(given, "== {kind}: {page}{place} {part}").expect("a text");
                writeln!(given, "{}", tree.lines(&browser, part).await).expect("a text");
            }
        }
    }
    browser.stop().await;
    assert_golden("tests/fixtures/accessibility.txt", &given);
}
