//! Random sites generated from constructs with known usage. `PROPTEST_CASES` sets their number; the default is 256.

use confluence_storage_analyzer::inventory::{ContentId, ContentKind, HeaderImage, Status};
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

use super::constructs::{BREAKS, CONSTRUCTS, LINK, NOISE, Named, Shows, WRAPPERS};
use test_support::test_site::TestSite;

/// A content that may own or name files.
struct SiteContent {
    id: &'static str,
    kind: ContentKind,
    space: &'static str,
    title: &'static str,
    draft: bool,
    /// The container of a bare name in it.
    own: Option<&'static str>,
}

const fn site_content(
    id: &'static str,
    kind: ContentKind,
    title: &'static str,
    own: Option<&'static str>,
) -> SiteContent {
    SiteContent { id, kind, space: "ENG", title, draft: false, own }
}

/// The contents of every generated site. The first four own files.
const CONTENTS: [SiteContent; 8] = [
    site_content("10001", ContentKind::Page, "Alpha & Beta", Some("10001")),
    site_content("100010", ContentKind::Page, "Alpha", Some("100010")),
    SiteContent { space: "OPS", ..site_content("20001", ContentKind::Page, "Alpha", Some("20001")) },
    site_content("30001", ContentKind::Page, "Ümlaut \"quoted\"", Some("30001")),
    site_content("70001", ContentKind::FooterComment, "", Some("10001")),
    site_content("70002", ContentKind::InlineComment, "", Some("30001")),
    site_content("80001", ContentKind::Template, "Report", None),
    SiteContent { draft: true, ..site_content("100010", ContentKind::Page, "Alpha", Some("100010")) },
];
const OWNERS: usize = 4;

/// One file and the only content that names it.
#[derive(Debug, Clone)]
struct Planned {
    referrer: usize,
    owner: usize,
    construct: usize,
    header_image: bool,
    name: String,
    media_type: &'static str,
    spelling: u8,
    wrappers: Vec<usize>,
    noise: Vec<usize>,
    order: u16,
}

/// Extensions and media types.
const KINDS: &[(&str, &str)] =
    &[("png", "image/png"), ("pdf", "application/pdf"), ("tar.gz", "application/gzip"), ("drawio", "text/xml")];

fn planned() -> impl Strategy<Value = Planned> {
    // letters that look alike, have two Unicode forms, or are special in XML, URLs or Confluence
    let letters = prop::sample::select("aAbz09 -_.;'&+%#()=~äÄÖßéÅñ🚀日\u{a0}\u{200b}".chars().collect::<Vec<_>>());
    let name = prop::collection::vec(letters, 0..10).prop_map(String::from_iter);
    let name = (name, prop::sample::select(KINDS), any::<bool>());
    let positions = (0..CONTENTS.len(), 0..OWNERS, 0..CONSTRUCTS.len(), prop::bool::weighted(0.05));
    let wrappers = prop::collection::vec(0..WRAPPERS.len(), 0..5);
    let noise = prop::collection::vec(0..NOISE.len(), 0..3);
    (positions, name, any::<u8>(), wrappers, noise, any::<u16>()).prop_map(
        |(positions, name, spelling, wrappers, noise, order)| {
            let (referrer, owner, construct, header_image) = positions;
            let (stem, (extension, media_type), decomposed) = name;
            let name = format!("n{stem}.{extension}");
            let name = if decomposed { name.nfd().collect() } else { name };
            Planned { referrer, owner, construct, header_image, name, media_type, spelling, wrappers, noise, order }
        },
    )
}

/// A file of the site, with its expected usage.
struct ExpectedFile {
    id: String,
    owner: usize,
    name: String,
    file_id: Option<String>,
    media_type: Option<&'static str>,
    usage: &'static str,
}

/// The contents and files of all plans.
struct Sketch {
    /// For each content, the pieces of its body with their positions.
    pieces: Vec<Vec<(u16, String)>>,
    header_images: Vec<(usize, String)>,
    files: Vec<ExpectedFile>,
}

impl Sketch {
    fn new(plans: &[Planned]) -> Self {
        let pieces = CONTENTS.iter().map(|_| Vec::new()).collect();
        let mut sketch = Self { pieces, header_images: Vec::new(), files: Vec::new() };
        for (number, plan) in plans.iter().enumerate() {
            sketch.add(number, plan);
        }
        sketch
    }

    fn add(&mut self, number: usize, plan: &Planned) {
        let id = 5_000 + u32::try_from(number).unwrap() * 10;
        let file_id = format!("62149a0b-9e5d-4e56-bab5-{id:012}");
        // no name is part of another one, except of its look-alikes
        let name = format!("{number}{}", plan.name);
        let (referrer, owner) = (&CONTENTS[plan.referrer], &CONTENTS[plan.owner]);
        let named = Named {
            name: &name,
            id,
            file_id: &file_id,
            container: owner.id,
            title: owner.title,
            space: owner.space,
            media_type: plan.media_type,
            is_own: referrer.own == Some(owner.id),
            spelling: plan.spelling,
        };
        let is_page = referrer.kind == ContentKind::Page;
        let is_header_image = plan.header_image && is_page;
        let (shows, markup) =
            if is_header_image { (Shows::File, String::new()) } else { write(plan.construct, &named) };
        if is_header_image {
            self.header_images.push((plan.referrer, file_id.clone()));
        }
        let usage = match shows {
            _ if !is_page || referrer.id != owner.id || (referrer.draft && !is_header_image) => "linked-elsewhere",
            Shows::File => "embedded",
            Shows::Link => "linked",
        };
        let wrapped = plan.wrappers.iter().fold(markup, |inner, &wrapper| {
            let (open, close) = WRAPPERS[wrapper];
            format!("{open}{inner}{close}")
        });
        self.pieces[plan.referrer].push((plan.order, wrapped));
        let (media_type, file_id) = (Some(plan.media_type), Some(file_id));
        self.add_look_alikes(id, &name, plan);
        self.files.push(ExpectedFile { id: format!("att{id}"), owner: plan.owner, name, file_id, media_type, usage });
    }

    /// Adds files that are mentioned but not used: one of the same name on another page, and longer names on the same
    /// page.
    fn add_look_alikes(&mut self, id: u32, name: &str, plan: &Planned) {
        let look_alikes = [
            ((plan.owner + 1) % OWNERS, name.to_owned()),
            (plan.owner, format!("x{name}")),
            (plan.owner, format!("{name}.bak")),
        ];
        for (id, (owner, name)) in (id + 1..).zip(look_alikes) {
            for (index, &noise) in (plan.referrer..).zip(&plan.noise) {
                self.pieces[index % CONTENTS.len()].push((plan.order.wrapping_mul(31), NOISE[noise](&name)));
            }
            let id = format!("att{id}");
            self.files.push(ExpectedFile { id, owner, name, file_id: None, media_type: None, usage: "unreferenced" });
        }
    }

    /// Returns the bodies. `broken` is appended to each after all its references.
    fn bodies(&self, broken: &str) -> Vec<String> {
        let body = |pieces: &Vec<(u16, String)>| {
            let mut pieces = pieces.clone();
            pieces.sort();
            pieces.into_iter().map(|(_, piece)| piece).collect::<String>() + broken
        };
        self.pieces.iter().map(body).collect()
    }

    fn site(&self, bodies: &[String]) -> TestSite {
        let mut site = TestSite::acme();
        for (known, body) in CONTENTS.iter().zip(bodies) {
            let content = site.content(known.kind, known.id, Some(known.space), known.title, body);
            content.container = known.own.filter(|_| known.kind.is_comment()).map(ContentId::new);
            if known.draft {
                content.status = Status::Draft;
            }
        }
        for (index, id) in &self.header_images {
            let image = HeaderImage { draft: CONTENTS[*index].draft, id: id.clone() };
            site.inventory.contents[*index].header_images.push(image);
        }
        for expected in &self.files {
            let file = site.file(&expected.id, CONTENTS[expected.owner].id, &expected.name);
            file.file_id.clone_from(&expected.file_id);
            file.media_type = expected.media_type.map(str::to_owned);
        }
        site
    }
}

/// Returns the markup of a construct; a file that it cannot name is linked with its container instead.
fn write(construct: usize, named: &Named<'_>) -> (Shows, String) {
    let (shows, markup) = CONSTRUCTS[construct];
    markup(named).map_or_else(|| (LINK.0, LINK.1(named).unwrap()), |markup| (shows, markup))
}

fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, max_shrink_iters: 2_000, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    /// Every used file has its usage, every other one is unreferenced.
    #[test]
    fn well_formed_sites_are_judged_exactly(plans in prop::collection::vec(planned(), 1..10)) {
        let sketch = Sketch::new(&plans);
        let bodies = sketch.bodies("");
        for (file, expected) in sketch.site(&bodies).audit().files.iter().zip(&sketch.files) {
            let (id, name) = (&expected.id, &expected.name);
            prop_assert_eq!(file.usage.as_str(), expected.usage, "{} {:?}\n{:#?}", id, name, &bodies);
        }
    }

    /// Whatever breaks a body after a reference, the file is not called unreferenced.
    #[test]
    fn used_files_in_broken_bodies_are_never_unreferenced(
        plans in prop::collection::vec(planned(), 1..10),
        broken in prop::sample::select(BREAKS),
        tail in "[a-z<>/ ]{0,12}",
    ) {
        let sketch = Sketch::new(&plans);
        let bodies = sketch.bodies(&format!("{broken}{tail}"));
        for (file, expected) in sketch.site(&bodies).audit().files.iter().zip(&sketch.files) {
            let is_used = expected.usage != "unreferenced";
            prop_assert!(!is_used || file.usage.as_str() != "unreferenced", "{} {:#?}", &expected.id, &bodies);
        }
    }

    /// The body may be truncated anywhere after the reference, inside the elements around it.
    #[test]
    fn used_files_in_cut_bodies_are_never_unreferenced(mut plan in planned(), cut in any::<prop::sample::Index>()) {
        plan.noise.clear();
        let inner = Sketch::new(&[Planned { wrappers: Vec::new(), ..plan.clone() }]).bodies("");
        let sketch = Sketch::new(std::slice::from_ref(&plan));
        let mut bodies = sketch.bodies("");
        let (inner, body) = (&inner[plan.referrer], &mut bodies[plan.referrer]);
        let end = body.find(inner.as_str()).unwrap() + inner.len();
        body.truncate(end + cut.index(body.len() - end + 1));
        prop_assert_ne!(sketch.site(&bodies).usage("att5000"), "unreferenced", "{:#?}", &bodies);
    }

    /// Parsing ends for any text, and the text uses no file that it does not name.
    #[test]
    fn any_text_is_read(parts in prop::collection::vec(prop::sample::select(FRAGMENTS), 0..40)) {
        let mut site = TestSite::acme();
        site.page("10001", "Alpha", &parts.concat());
        site.file("named", "10001", "a.png");
        site.file("never", "10001", "b.png");
        prop_assert_eq!(site.usage("never"), "unreferenced");
        let is_intact = parts.contains(&FRAGMENTS[0]) && !parts.iter().any(|part| part.starts_with("<!"));
        prop_assert!(!is_intact || site.usage("named") != "unreferenced", "{}", parts.concat());
    }
}

/// Pieces of markup, matching or not.
const FRAGMENTS: &[&str] = &[
    "<ac:image><ri:attachment ri:filename=\"a.png\"/></ac:image>",
    "<ac:image>",
    "</ac:image>",
    "<ri:attachment ri:filename=\"",
    "a.png",
    "\"",
    ">",
    "<",
    "/>",
    "&",
    "&amp;",
    "<p>",
    "</p>",
    "<ac:link>",
    "<ac:structured-macro ac:name=\"app\">",
    "</ac:structured-macro>",
    "<ac:parameter ac:name=\"x\">",
    "</ac:parameter>",
    "<ac:plain-text-body>",
    "<![CDATA[",
    "]]>",
    "]] >",
    "<!--",
    "-->",
    "<ac:adf-fallback>",
    "<ri:page ri:content-title=\"Alpha\"/>",
    "ü",
    "\u{0}",
];
