//! Accessibility tree that Chromium gives to screen readers, for every part of the pages, with names, roles and
//! states. It is compared with a golden file.

use std::collections::HashMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::{ALL, Report};
use test_support::golden::assert_golden;
use test_support::webdriver::Browser;

test_support::trials! {
    [CHROMIUM]:
        async screen_readers_get_names_roles_and_states;
}

/// Roles without a meaning of their own, and those that only Chromium has.
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

/// States that are part of the golden file.
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

    /// Returns the subtree of an element, one line for each node.
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

/// Returns the states of a node, without those that are off.
fn states(node: &Value) -> String {
    let mut words = String::new();
    for property in node["properties"].as_array().into_iter().flatten() {
        let (name, value) = (text(&property["name"]), &property["value"]["value"]);
        // "not pressed" is information about a button; "not disabled" is not
        let is_off = value == false || value == "off" || (value == "false" && name != "pressed" && name != "checked");
        // the nesting shows the level of a list already
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

/// Page, fragment, a preparing step, and the selectors of the compared parts.
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

async fn screen_readers_get_names_roles_and_states() {
    let browser = Browser::start().await;
    let mut given = String::new();
    for (kind, report) in [("complete", Report::small()), ("incomplete", Report::small_incomplete())] {
        // an incomplete run differs in the banner, and does not offer a cleanup list
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
