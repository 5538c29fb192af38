//! Provider names in one spelling (span-conventions 3.3).

use std::borrow::Cow;

use super::fields::PROVIDERS;
use crate::attributes::AttrView;

/// The first source that names a provider and not a framework, canonical; else what the
/// model's name gives away.
pub(crate) fn provider(view: &AttrView<'_>, model: Option<&str>) -> Option<String> {
    view.rows(PROVIDERS)
        .filter_map(|source| view.get(source.key).and_then(|value| source.read.text(value)))
        .find(|name| !is_framework(name))
        .map(|name| canonical(&name).into_owned())
        .or_else(|| model.and_then(of_model).map(str::to_owned))
}

/// Frameworks that name themselves where the provider should stand.
fn is_framework(name: &str) -> bool {
    const FRAMEWORKS: &[&str] = &[
        "langchain",
        "langgraph",
        "crewai",
        "llamaindex",
        "llama_index",
        "gcp.vertex.agent",
        "microsoft.agent_framework",
        "microsoft.agents",
        "strands-agents",
        "strands",
        "autogen",
        "pydantic-ai",
        "agno",
        "unknown",
    ];
    FRAMEWORKS.iter().any(|framework| framework.eq_ignore_ascii_case(name.trim()))
}

/// A provider's name as everything after this spells it; an unknown name is passed
/// through in lower case.
pub(crate) fn canonical(name: &str) -> Cow<'static, str> {
    let lower = name.trim().to_ascii_lowercase();
    if let Some(known) = known(&lower) {
        return Cow::Borrowed(known);
    }
    // Vercel names a provider's interface after a dot: `openai.chat`, `google.vertex.chat`.
    let mut rest = lower.as_str();
    while let Some((before, _)) = rest.rsplit_once('.') {
        if let Some(known) = known(before) {
            return Cow::Borrowed(known);
        }
        rest = before;
    }
    Cow::Owned(lower)
}

fn known(lower: &str) -> Option<&'static str> {
    Some(match lower {
        "openai" => "openai",
        "anthropic" => "anthropic",
        "aws.bedrock" | "aws" | "bedrock" | "amazon-bedrock" | "amazon" | "aws_bedrock"
        | "amazon_bedrock" => "aws.bedrock",
        "azure.ai.openai" | "az.ai.openai" | "azure-openai" | "azure.openai" | "azure_openai" => {
            "azure.ai.openai"
        }
        "azure.ai.inference" | "az.ai.inference" | "azure" => "azure.ai.inference",
        "gcp.gemini" | "gemini" | "google.generative-ai" | "google_genai" | "google-genai" => {
            "gcp.gemini"
        }
        "gcp.vertex_ai" | "vertex_ai" | "vertexai" | "google-vertex" | "google.vertex"
        | "google_vertexai" => "gcp.vertex_ai",
        "gcp.gen_ai" | "google" => "gcp.gen_ai",
        "x_ai" | "xai" => "x_ai",
        "mistral_ai" | "mistral" | "mistralai" => "mistral_ai",
        "moonshot_ai" | "moonshot" => "moonshot_ai",
        "cohere" => "cohere",
        "deepseek" => "deepseek",
        "groq" => "groq",
        "perplexity" => "perplexity",
        "ibm.watsonx.ai" | "watsonx" => "ibm.watsonx.ai",
        "together_ai" | "together" | "togetherai" => "together_ai",
        "fireworks" | "fireworks_ai" => "fireworks",
        "ollama" => "ollama",
        "cerebras" => "cerebras",
        "openrouter" => "openrouter",
        "hugging_face" | "huggingface" => "hugging_face",
        "replicate" => "replicate",
        _ => return None,
    })
}

/// The maker that a model's name gives away.
fn of_model(model: &str) -> Option<&'static str> {
    const BEGINNINGS: &[(&str, &str)] = &[
        ("gpt-", "openai"),
        ("o1", "openai"),
        ("o3", "openai"),
        ("o4", "openai"),
        ("chatgpt-", "openai"),
        ("text-embedding-", "openai"),
        ("claude-", "anthropic"),
        ("gemini-", "gcp.gemini"),
        ("grok-", "x_ai"),
        ("mistral-", "mistral_ai"),
        ("deepseek-", "deepseek"),
        ("command-r", "cohere"),
        ("kimi-", "moonshot_ai"),
    ];
    if let Some((before, _)) = model.split_once('/')
        && let Some(known) = known(&before.to_ascii_lowercase())
    {
        return Some(known);
    }
    BEGINNINGS
        .iter()
        .find(|(beginning, _)| model.starts_with(beginning))
        .map(|(_, provider)| *provider)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn providers_have_one_spelling() {
        for (name, want) in [
            ("OpenAI", "openai"),
            ("openai.chat", "openai"),
            ("anthropic.messages", "anthropic"),
            ("amazon-bedrock", "aws.bedrock"),
            ("google.generative-ai", "gcp.gemini"),
            ("google.vertex.chat", "gcp.vertex_ai"),
            ("az.ai.openai", "azure.ai.openai"),
            ("xai.chat", "x_ai"),
            ("My-Proxy", "my-proxy"),
        ] {
            assert_eq!(canonical(name), want, "{name}");
        }
    }

    #[test]
    fn a_model_gives_its_maker_away() {
        assert_eq!(of_model("gpt-5-mini-2026-08-01"), Some("openai"));
        assert_eq!(of_model("anthropic/claude-sonnet-4-5"), Some("anthropic"));
        assert_eq!(of_model("my-finetune"), None);
    }
}
