//! Models and the name to show.

use super::category::Classified;
use super::fields;
use super::tool::ToolFacts;
use crate::attributes::{AttrView, key, scan};
use crate::convention::Layers;
use crate::span::{AgentFacts, Category};

/// Characters of a name that are shown (ruling 13).
const SHOWN_MAX_CHARS: usize = 37;

/// The models of a call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Models {
    /// Asked for.
    pub(crate) request: Option<String>,
    /// Answered.
    pub(crate) response: Option<String>,
}

impl Models {
    /// The model to price by.
    pub(crate) fn pricing(&self) -> Option<&str> {
        self.response.as_deref().or(self.request.as_deref())
    }
}

/// Reads the models of a span.
pub(crate) fn models(view: &AttrView<'_>, classified: &Classified, name: &str) -> Models {
    let response = view.first_string(fields::RESPONSE_MODELS).filter(|model| model != "unknown");
    let mut request = view.first_string(fields::REQUEST_MODELS).filter(|model| model != "unknown");
    let is_model_call = classified.category == Category::Llm;
    if request.is_none()
        && (is_model_call || classified.category == Category::Embedding)
        && Layers::GK.meets(view.layers)
    {
        request = view.str(const { key("genkit:name") }).map(str::to_owned);
    }
    if request.is_none()
        && is_model_call
        && Layers::AO.meets(view.layers)
        && response.is_none()
        && !name.is_empty()
    {
        // Ruling 11: an AgentOS model call without a model is named by it.
        request = Some(name.to_owned());
    }
    Models { request, response }
}

/// What a span shows besides its own name.
pub(crate) struct Shown<'a> {
    /// Category and kind.
    pub(crate) classified: &'a Classified,
    /// Tool.
    pub(crate) tool: &'a ToolFacts,
    /// Agent.
    pub(crate) agent: &'a AgentFacts,
    /// Models.
    pub(crate) models: &'a Models,
}

/// The name to show, where it is not the raw one (span-conventions 3.2, ruling 13).
pub(crate) fn display(view: &AttrView<'_>, name: &str, shown: Shown<'_>) -> Option<String> {
    let by_category = match shown.classified.category {
        Category::Tool => shown.tool.name.clone(),
        Category::Agent => shown.agent.name.clone(),
        Category::Llm => shown.models.request.clone().or_else(|| shown.models.response.clone()),
        _ => None,
    };
    let shown = by_category
        .or_else(|| view.first_string(fields::DISPLAY_NAMES))
        .or_else(|| function_id(view))
        .or_else(|| {
            view.str(const { key("traceloop.workflow.name") })
                .filter(|_| name.is_empty())
                .map(str::to_owned)
        })
        .unwrap_or_else(|| name.to_owned());
    let shown = if shown.chars().nth(SHOWN_MAX_CHARS).is_some() {
        format!("{}…", scan::beginning(&shown, SHOWN_MAX_CHARS))
    } else {
        shown
    };
    (shown != name && !shown.is_empty()).then_some(shown)
}

/// Vercel's `operation.name` is the operation id, a space and the function id.
fn function_id(view: &AttrView<'_>) -> Option<String> {
    if !Layers::V4.meets(view.layers) {
        return None;
    }
    let (_, function) = view.str(const { key("operation.name") })?.split_once(' ')?;
    (!function.trim().is_empty()).then(|| function.trim().to_owned())
}
