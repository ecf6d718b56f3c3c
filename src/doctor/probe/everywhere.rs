//! Probes of what every kind of site has.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{ProbeOutcome, ProbedSite, id, items, outcome, probe_of};
use crate::doctor::sample::form_of;
use confluence_client::{ProbeRequest, ProbeTarget, RequestError};

/// Number of pages whose properties are looked at.
const PAGES_CHECKED: usize = 20;
/// What the key of a property contains that may belong to approvals.
const WORDS_OF_APPROVALS: [&str; 4] = ["approv", "review", "workflow", "content-state"];

/// How the reported sizes of old versions compare with those of downloads.
#[derive(Debug, Default)]
pub(super) struct OldSizes {
    agree: u32,
    disagree: u32,
    unmeasured: u32,
    differ_from_current: u32,
}

impl OldSizes {
    /// Measures the version before the current one of a file with a download of one byte. `size_of` returns the size that
    /// a response about a file reports.
    pub(super) async fn measure(
        &mut self,
        site: &ProbedSite<'_>,
        (owner, file): (&str, &Value),
        current: u64,
        size_of: impl Fn(&Value) -> Option<u64>,
    ) -> Result<(), RequestError> {
        let Some(file_id) = id(file) else { return Ok(()) };
        let old = current.saturating_sub(1);
        let observed = site.observe(&ProbeRequest::to(ProbeTarget::AttachmentVersion(file_id, old))).await?;
        let reported = observed.json.as_ref().and_then(&size_of);
        self.differ_from_current += u32::from(reported.is_some() && reported != size_of(file));
        match (reported, site.api().measure_download(owner, file_id, u32::try_from(old).unwrap_or(1)).await) {
            (Some(reported), Ok(measured)) if reported == measured => self.agree += 1,
            (Some(_), Ok(_)) => self.disagree += 1,
            _ => self.unmeasured += 1,
        }
        Ok(())
    }

    pub(super) fn outcome(&self) -> ProbeOutcome {
        let Self { agree, disagree, unmeasured, differ_from_current } = self;
        let answer = match (agree, disagree) {
            (0, 0) => "not known: no old version could be measured",
            (_, 0) if *differ_from_current > 0 => {
                "yes: reported and downloaded sizes agree, and they differ from the current sizes"
            }
            (_, 0) => "probably: reported and downloaded sizes agree, but none differs from the current size",
            _ => "NO: reported and downloaded sizes differ",
        };
        outcome(
            answer,
            json!({
                "agree": agree, "disagree": disagree, "unmeasured": unmeasured, "differ_from_current": differ_from_current,
            }),
        )
    }
}

/// Checks which forms ids have.
pub(super) async fn ids(site: &ProbedSite<'_>) -> ProbeOutcome {
    let mut forms: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (name, target) in
        [("spaces", ProbeTarget::Spaces), ("pages", ProbeTarget::Pages), ("attachments", ProbeTarget::Attachments)]
    {
        let observed = site.observe(&probe_of(target, 50)).await?;
        let listed = observed.results().map(Vec::as_slice).unwrap_or_default();
        let of_items = listed.iter().map(|item| match &item["id"] {
            Value::String(text) => form_of(text),
            Value::Number(_) => "number".to_owned(),
            _ => "none".to_owned(),
        });
        forms.entry(name).or_default().extend(of_items);
    }
    let words: Vec<String> = forms
        .iter()
        .map(|(name, forms)| format!("{name}: {}", forms.iter().cloned().collect::<Vec<_>>().join(" or ")))
        .collect();
    outcome(words.join("; "), json!(forms))
}

/// Looks for traces of Confluence's own page approvals, of which no endpoint is documented: content properties with a
/// telling key. Only keys are shown, never values.
pub(super) async fn approvals(site: &ProbedSite<'_>) -> ProbeOutcome {
    let pages = site.observe(&probe_of(ProbeTarget::Pages, 50)).await?;
    let (mut checked, mut refused) = (0, 0);
    let mut keys: BTreeMap<String, u32> = BTreeMap::new();
    for page in items(&pages)?.iter().filter_map(id).take(PAGES_CHECKED) {
        let listed = site.observe(&probe_of(ProbeTarget::PropertiesOfPage(page), 50)).await?;
        let Some(properties) = listed.results() else {
            refused += 1;
            continue;
        };
        checked += 1;
        for key in properties.iter().filter_map(|property| property["key"].as_str()).filter(|key| is_of_approvals(key))
        {
            *keys.entry(key.to_owned()).or_default() += 1;
        }
    }
    let answer = match (checked, keys.is_empty()) {
        (0, _) => "not known: no properties could be read".to_owned(),
        (_, true) => format!("nothing found on {checked} pages"),
        (_, false) => format!("properties found: {}", keys.keys().cloned().collect::<Vec<_>>().join(", ")),
    };
    outcome(answer, json!({"pages": checked, "refused": refused, "keys": keys}))
}

fn is_of_approvals(key: &str) -> bool {
    let lower = key.to_ascii_lowercase();
    let is_plain = key.len() <= 60 && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte));
    is_plain && WORDS_OF_APPROVALS.iter().any(|word| lower.contains(word))
}
