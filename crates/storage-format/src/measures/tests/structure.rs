//! Structure of a page: headings, tables, images, macros, tasks.

use super::measure;

fn macro_call(name: &str, inside: &str) -> String {
    format!(
        "<ac:structured-macro ac:name=\"{name}\"><ac:rich-text-body>{inside}</ac:rich-text-body></ac:structured-macro>"
    )
}

/// A node of the new editor with the rendered copy that it keeps.
fn adf_node(kind: &str, content: &str, copy: &str) -> String {
    format!(
        "<ac:adf-extension><ac:adf-node type=\"{kind}\"><ac:adf-content>{content}</ac:adf-content></ac:adf-node>\
         <ac:adf-fallback>{copy}</ac:adf-fallback></ac:adf-extension>"
    )
}

#[test]
fn headings_are_counted_with_depth_and_skipped_levels() {
    let measures = measure("<h2>a</h2><h3>b</h3><h5>c</h5><h2>d</h2><h3/><h6>e</h6>");
    assert_eq!((measures.headings, measures.max_heading_level, measures.heading_skips), (6, 6, 2));
    // neither the first heading nor a higher level skips a level
    let even = measure("<h4>a</h4><h5>b</h5><h1>c</h1><header>d</header><h7>e</h7><p>h1</p>");
    assert_eq!((even.headings, even.max_heading_level, even.heading_skips), (3, 5, 0));
    let none = measure("<p>text</p>");
    assert_eq!((none.headings, none.max_heading_level, none.heading_skips), (0, 0, 0));
}

#[test]
fn tables_inside_tables_count_their_own_rows() {
    let inner = "<table><tbody><tr><td>x</td></tr><tr><td>y</td></tr><tr><td>z</td></tr></tbody></table>";
    let outer = format!("<table><tbody><tr><th>a</th><th>b</th></tr><tr><td>{inner}</td><td/></tr></tbody></table>");
    let measures = measure(&format!("{outer}<table/>"));
    assert_eq!((measures.tables, measures.table_cells, measures.max_table_rows), (3, 7, 3));
    let text = measure("<p>table tr td &lt;table&gt;</p>");
    assert_eq!((text.tables, text.table_cells, text.max_table_rows), (0, 0, 0));
}

#[test]
fn images_without_alternative_text_are_counted() {
    let attachment = "<ri:attachment ri:filename=\"a.png\"/>";
    let measures = measure(&format!(
        "<ac:image ac:alt=\"Flow\">{attachment}</ac:image><ac:image ac:alt=\" \">{attachment}</ac:image>\
         <ac:image>{attachment}</ac:image><img src=\"https://x.example/a.png\" alt=\"x\"/><img src=\"y\"/>"
    ));
    assert_eq!((measures.images, measures.images_without_alt), (5, 3));
    let none = measure(&format!(
        "<ac:link>{attachment}</ac:link><ac:emoticon ac:name=\"smile\"/>{}",
        macro_call("gallery", "")
    ));
    assert_eq!(none.images, 0);
}

#[test]
fn a_rendered_copy_is_not_counted_again() {
    let copy = "<h1>x</h1><table><tr><td>y</td></tr></table><img src=\"z\"/><a href=\"https://x.example\">x</a>";
    let image = "<ac:image ac:alt=\"x\"><ri:attachment ri:filename=\"a.png\"/></ac:image>";
    let measures = measure(&adf_node("panel", image, copy));
    assert_eq!((measures.panels, measures.images, measures.images_without_alt), (1, 1, 0));
    assert_eq!((measures.headings, measures.tables, measures.table_cells), (0, 0, 0));
    assert!(measures.external_links.is_empty());
}

#[test]
fn panels_of_both_editors_and_expands_are_counted() {
    let panels: String =
        ["info", "Note", "tip", "warning", "panel", "expand"].map(|name| macro_call(name, "x")).concat();
    let measures = measure(&format!("{panels}{}", adf_node("panel", "<p>x</p>", "")));
    assert_eq!((measures.panels, measures.expands), (6, 1));
    let others = measure(&format!("{}{}", macro_call("excerpt", "info"), adf_node("decision-list", "panel", "")));
    assert_eq!((others.panels, others.expands), (0, 0));
}

#[test]
fn macros_are_counted_by_name_also_when_nested() {
    let inner = r#"<ac:structured-macro ac:name="toc"/><ac:macro ac:name="TOC"/><ac:structured-macro/>"#;
    let measures = measure(&macro_call("expand", &macro_call("info", inner)));
    let names: Vec<_> = measures.macros.iter().map(|(name, uses)| (name.as_str(), *uses)).collect();
    assert_eq!(names, [("expand", 1), ("info", 1), ("toc", 2)]);
    let code = measure("<p>&lt;ac:structured-macro ac:name=\"toc\"/&gt;</p><!-- <ac:macro ac:name=\"toc\"/> -->");
    assert!(code.macros.is_empty());
}

#[test]
fn app_extensions_count_as_macros_by_their_key() {
    let extension = r#"<ac:adf-extension><ac:adf-node type="extension">
        <ac:adf-attribute key="extension-key">com.mxgraph.confluence.plugins.diagramly:DrawIO</ac:adf-attribute>
        <ac:adf-attribute key="parameters"><ac:adf-parameter key="macro-params"/></ac:adf-attribute></ac:adf-node>
        </ac:adf-extension>"#;
    let measures = measure(extension);
    assert_eq!(measures.macros.get("com.mxgraph.confluence.plugins.diagramly:drawio"), Some(&1));
    assert_eq!(measures.foreign_macros(), 1);
    assert!(measure(&adf_node("panel", "x", "")).macros.is_empty(), "a node of the editor itself");
}

#[test]
fn macros_of_apps_are_foreign() {
    let calls = ["info", "chart", "drawio", "some-app", "info"].map(|name| macro_call(name, ""));
    assert_eq!(measure(&calls.concat()).foreign_macros(), 2);
}

#[test]
fn tasks_are_open_or_done() {
    let task = |status: &str, body: &str| {
        format!(
            "<ac:task><ac:task-id>1</ac:task-id><ac:task-status>{status}</ac:task-status>\
             <ac:task-body>{body}</ac:task-body></ac:task>"
        )
    };
    let nested = task("incomplete", &format!("<ac:task-list>{}</ac:task-list>", task("complete", "x")));
    let list = format!("<ac:task-list>{}{nested}<ac:task/></ac:task-list>", task(" complete ", "complete"));
    let measures = measure(&list);
    assert_eq!((measures.tasks_open, measures.tasks_done), (2, 2));
    let none = measure("<p>complete</p><ul><li>incomplete</li></ul>");
    assert_eq!((none.tasks_open, none.tasks_done), (0, 0));
}

#[test]
fn unfilled_placeholders_are_counted() {
    let measures = measure("<p><ac:placeholder>Who?</ac:placeholder><ac:placeholder ac:type=\"mention\"/></p>");
    assert_eq!((measures.placeholders, measures.words), (2, 0));
    assert_eq!(measure("<p placeholder=\"x\">placeholder</p>").placeholders, 0);
}
