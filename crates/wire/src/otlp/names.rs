//! What the three signals call their levels in JSON and in messages for people.

/// The names of one signal's levels, lower camel; the snake spelling is taken too.
pub(crate) struct Names {
    pub(crate) resources: [&'static str; 2],
    pub(crate) scopes: [&'static str; 2],
    pub(crate) items: [&'static str; 2],
}

pub(crate) const TRACES: Names = Names {
    resources: ["resourceSpans", "resource_spans"],
    scopes: ["scopeSpans", "scope_spans"],
    items: ["spans", "spans"],
};

pub(crate) const LOGS: Names = Names {
    resources: ["resourceLogs", "resource_logs"],
    scopes: ["scopeLogs", "scope_logs"],
    items: ["logRecords", "log_records"],
};

pub(crate) const METRICS: Names = Names {
    resources: ["resourceMetrics", "resource_metrics"],
    scopes: ["scopeMetrics", "scope_metrics"],
    items: ["metrics", "metrics"],
};

impl Names {
    /// Path of a resource's group.
    pub(crate) fn resource_path(&self, resource: usize) -> String {
        format!("{}[{resource}]", self.resources[0])
    }

    /// Path of a scope's group.
    pub(crate) fn scope_path(&self, resource: usize, scope: usize) -> String {
        format!("{}.{}[{scope}]", self.resource_path(resource), self.scopes[0])
    }

    /// Path of an item.
    pub(crate) fn item_path(&self, resource: usize, scope: usize, item: usize) -> String {
        format!("{}.{}[{item}]", self.scope_path(resource, scope), self.items[0])
    }
}
