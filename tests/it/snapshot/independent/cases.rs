//! A site whose pages are the bodies of all reference cases: real markup of editors, apps and old versions of Confluence.

use confluence_sim::Site;
use serde_json::Value;

use super::generated::BASE;

const AS_TEXT: &str = include_str!("../../../fixtures/usage-cases.txt");
const AS_JSON: [&str; 2] = [
    include_str!("../../../fixtures/reference-cases/cases.json"),
    include_str!("../../../fixtures/reference-cases/field-2026-11.json"),
];

/// Macros that name a page by its position in the tree, and titles with a colon.
const INCLUDES: &str = r#"<ac:structured-macro ac:name="children"><ac:parameter ac:name="page"><ac:link>
    <ri:page ri:content-title="@self"/></ac:link></ac:parameter></ac:structured-macro>
    <ac:structured-macro ac:name="include"><ac:parameter ac:name=""><ac:link><ri:page ri:content-title="@Parent"/></ac:link>
    </ac:parameter></ac:structured-macro>
    <ac:structured-macro ac:name="include"><ac:parameter ac:name="">@home</ac:parameter></ac:structured-macro>
    <ac:structured-macro ac:name="include"><ac:parameter ac:name="">FAQ: Billing</ac:parameter></ac:structured-macro>
    <ac:structured-macro ac:name="include"><ac:parameter ac:name="">ENG:Billing</ac:parameter></ac:structured-macro>"#;

pub(super) fn site() -> Site {
    let mut site = Site::new().space("ENG", "Engineering");
    site.public_base = Some(BASE.to_owned());
    for (number, body) in bodies().iter().enumerate() {
        site = site.page(&(20_000 + number).to_string(), &format!("Case {number}"), body);
    }
    site
}

/// Returns each body once, in a fixed order.
fn bodies() -> Vec<String> {
    let mut bodies: Vec<String> = AS_TEXT
        .split("\n=== ")
        .skip(1)
        .filter_map(|case| {
            let lines = case.lines().skip(1).take_while(|line| !line.starts_with("*** ") && !line.starts_with("--- "));
            let body = lines.collect::<Vec<_>>().join("\n");
            (!body.is_empty()).then_some(body)
        })
        .collect();
    for document in AS_JSON {
        collect(&serde_json::from_str(document).expect("JSON"), &mut bodies);
    }
    bodies.push(INCLUDES.to_owned());
    bodies.sort_unstable();
    bodies.dedup();
    bodies
}

fn collect(value: &Value, bodies: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            bodies.extend(fields.get("body").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|value| collect(value, bodies));
        }
        Value::Array(items) => items.iter().for_each(|value| collect(value, bodies)),
        _ => {}
    }
}
