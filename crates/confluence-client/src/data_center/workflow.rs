//! Workflow states in content properties.

use super::DataCenter;
use crate::list_outcome::ListOutcome;
use crate::model;
use crate::parameters::ListOrder;
use crate::request_kind::RequestKind;

impl DataCenter {
    pub(crate) async fn page_properties(
        &self,
        id: &str,
        key: Option<&str>,
        mut take: impl FnMut(model::Property),
    ) -> ListOutcome {
        // a page without the property and a page that does not exist look the same by key, but not in the list
        let kind = match key {
            Some(_) => RequestKind::WorkflowPropertyOfOnePage,
            None => RequestKind::WorkflowPropertyDiscovery,
        };
        self.property_list(kind, id, ListOrder::Forward, |property| {
            if key.is_none_or(|key| property.key == key) {
                take(property);
            }
        })
        .await
    }
}
