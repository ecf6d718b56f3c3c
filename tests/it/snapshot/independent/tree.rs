//! Parser of the independent implementation: a body as a tree of elements.

use scraper::Html;

#[derive(Debug)]
pub(super) enum Node {
    /// Text with its entities decoded.
    Text(String),
    /// The text of a CDATA section.
    Cdata(String),
    Element(Element),
}

#[derive(Debug, Default)]
pub(super) struct Element {
    pub(super) name: String,
    attributes: Vec<(String, String)>,
    pub(super) children: Vec<Node>,
}

/// Elements whose content is not visible on the page.
const UNSEEN: [&str; 10] = [
    "ac:parameter",
    "ac:default-parameter",
    "ac:plain-text-body",
    "ac:adf-attribute",
    "ac:adf-parameter",
    "ac:adf-parameter-value",
    "ac:adf-fallback",
    "ac:task-id",
    "ac:task-uuid",
    "ac:task-status",
];

impl Element {
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn is(&self, names: &[&str]) -> bool {
        names.contains(&self.name.as_str())
    }

    pub(super) fn is_unseen(&self) -> bool {
        self.is(&UNSEEN)
    }

    /// Returns the lower-case name, if the element is a macro.
    pub(super) fn macro_name(&self) -> Option<String> {
        self.is(&["ac:structured-macro", "ac:macro"])
            .then(|| self.attribute("ac:name").unwrap_or_default().to_lowercase())
            .filter(|name| !name.is_empty())
    }

    pub(super) fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|child| match child {
            Node::Element(element) => Some(element),
            Node::Text(_) | Node::Cdata(_) => None,
        })
    }

    /// Returns all elements below this one in document order, each with its ancestors, the outermost first. `into` decides
    /// whether to descend into an element.
    pub(super) fn below(&self, into: fn(&Self) -> bool) -> Vec<(&Self, Vec<&Self>)> {
        let mut found = Vec::new();
        self.collect(into, &mut Vec::new(), &mut found);
        found
    }

    fn collect<'e>(
        &'e self,
        into: fn(&Self) -> bool,
        around: &mut Vec<&'e Self>,
        found: &mut Vec<ElementWithAncestors<'e>>,
    ) {
        for child in self.elements() {
            found.push((child, around.clone()));
            if into(child) {
                around.push(child);
                child.collect(into, around, found);
                around.pop();
            }
        }
    }

    /// Returns all text inside, visible or not.
    pub(super) fn whole_text(&self) -> String {
        let of = |child: &Node| match child {
            Node::Text(text) | Node::Cdata(text) => text.clone(),
            Node::Element(element) => element.whole_text(),
        };
        self.children.iter().map(of).collect()
    }
}

type ElementWithAncestors<'e> = (&'e Element, Vec<&'e Element>);

/// Parses a body; `None` if it is not well-formed.
pub(super) fn tree(body: &str) -> Option<Element> {
    let mut open = vec![Element::default()];
    let mut rest = body;
    while let Some(at) = rest.find('<') {
        add(&mut open, Node::Text(decoded(&rest[..at])));
        rest = &rest[at..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.split_once("-->")?.1;
        } else if let Some(section) = rest.strip_prefix("<![CDATA[") {
            let (text, after) = section.split_once("]]>")?;
            add(&mut open, Node::Cdata(text.to_owned()));
            rest = after;
        } else if let Some(end) = rest.strip_prefix("</") {
            let (name, after) = end.split_once('>')?;
            let element = open.pop().filter(|element| element.name == name.trim())?;
            open.last_mut()?.children.push(Node::Element(element));
            rest = after;
        } else {
            let (element, is_closed, after) = tag(&rest[1..])?;
            if is_closed {
                add(&mut open, Node::Element(element));
            } else {
                open.push(element);
            }
            rest = after;
        }
    }
    add(&mut open, Node::Text(decoded(rest)));
    if open.len() == 1 { open.pop() } else { None }
}

fn add(open: &mut [Element], node: Node) {
    open.last_mut().expect("the body").children.push(node);
}

/// Parses a start tag. Returns the element, whether it is self-closing, and the rest.
fn tag(text: &str) -> Option<(Element, bool, &str)> {
    let is_end_of_name = |c: char| c.is_whitespace() || c == '/' || c == '>';
    let (name, mut rest) = text.split_at(text.find(is_end_of_name)?);
    let mut element = Element { name: name.to_owned(), ..Element::default() };
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix("/>") {
            return Some((element, true, after));
        }
        if let Some(after) = rest.strip_prefix('>') {
            return Some((element, false, after));
        }
        let (key, value) = rest.split_once('=')?;
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, after) = value[1..].split_once(quote)?;
        element.attributes.push((key.trim().to_owned(), decoded(value)));
        rest = after;
    }
}

/// Decodes entities as a browser does.
fn decoded(raw: &str) -> String {
    if !raw.contains('&') {
        return raw.to_owned();
    }
    Html::parse_fragment(&raw.replace('<', "&lt;")).root_element().text().collect()
}
