//! What kind of Confluence the server is.

/// How a server presents its site: the kind of Confluence, and for Cloud the address that a user would configure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ServedAs {
    /// Confluence Cloud, addressed at the site's own host.
    #[default]
    Cloud,
    /// Confluence Cloud, addressed through Atlassian's gateway.
    Gateway,
    /// Confluence Data Center below a context path such as `/confluence`, or an empty one.
    DataCenter {
        /// The context path; missing and superfluous slashes do not matter.
        context: String,
    },
}

impl ServedAs {
    /// Data Center below a context path.
    pub fn data_center(context: &str) -> Self {
        Self::DataCenter { context: context.to_owned() }
    }

    /// Returns the path of the site on its own host: `/wiki` on Cloud, the context path on Data Center.
    pub(crate) fn context(&self) -> String {
        match self {
            Self::Cloud | Self::Gateway => "/wiki".to_owned(),
            Self::DataCenter { context } => match context.trim_matches('/') {
                "" => String::new(),
                context => format!("/{context}"),
            },
        }
    }

    /// Whether this is Data Center.
    pub(crate) fn is_data_center(&self) -> bool {
        matches!(self, Self::DataCenter { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_context_path_begins_with_a_slash_and_ends_with_none() {
        for (context, expected) in [("", ""), ("/", ""), ("wiki", "/wiki"), ("/confluence/", "/confluence")] {
            assert_eq!(ServedAs::data_center(context).context(), expected);
        }
        assert_eq!(ServedAs::Gateway.context(), "/wiki");
    }
}
