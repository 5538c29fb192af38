//! The run that went wrong last night: 200 steps of a coding agent. It reads a lock file
//! whole, its context grows twelvefold, it reads one file again and again, and at the end
//! the model refuses the request. A reviewer works for it in between.

use serde_json::{Value as Json, json};

use super::run::{MadeUpRun, Recorder, answers, calls, chat, says, tool};

const PROMPT: &str = "You are a careful engineer working in the repository of Larch's \
payment service. Work in small steps: read, change, run the tests. Say what you will do \
before each tool call. Stop when all tests pass, or when you are sure that you can't go on.";

const TASK: &str = "The nightly build is red: test_partial_refund fails since yesterday. \
Find out why, mend it, and leave the tests green.";

/// What the agent does in turn while it works normally.
const WORK: [(&str, &str, &str); 10] = [
    (
        "run_tests",
        "tests/test_refund.py",
        "1 failed, 41 passed: test_partial_refund: expected 12.50, got 12.49",
    ),
    ("grep", "def partial_refund", "payments/refund.py:88: def partial_refund(order, amount):"),
    (
        "read_file",
        "payments/refund.py",
        "def partial_refund(order, amount):\n    share = amount / order.total\n    return round(order.paid * share, 2)",
    ),
    (
        "read_file",
        "payments/money.py",
        "class Money:\n    def __init__(self, amount):\n        self.amount = float(amount)",
    ),
    ("edit_file", "payments/money.py", "replaced 1 line: self.amount = Decimal(amount)"),
    (
        "run_tests",
        "tests/test_money.py",
        "2 failed, 17 passed: TypeError: unsupported operand: Decimal and float",
    ),
    ("grep", "float(", "payments/tax.py:14, payments/export.py:52, payments/fees.py:9"),
    ("edit_file", "payments/tax.py", "replaced 3 lines"),
    ("run_tests", "tests/test_tax.py", "12 passed"),
    ("git_diff", "payments", "4 files changed, 11 insertions(+), 9 deletions(-)"),
];

/// Steps before the reviewer is asked, before the large file, and in the loop.
const STEPS_BEFORE_REVIEW: usize = 34;
const STEPS_BEFORE_LARGE_FILE: usize = 24;
const LOOP_STEPS: usize = 14;
const STEPS_AFTER: usize = 22;
const LARGE_FILE_BYTES: usize = 48_000;

struct Coder {
    run: Recorder,
    history: Vec<Json>,
    input_tokens: u64,
    calls: u64,
}

/// The whole run.
pub(super) fn failing_fix(start_nanos: i64, seed: u64) -> MadeUpRun {
    let story = "200 steps of a coding agent that fail: a huge tool result, a loop, an error";
    let mut run = Recorder::new(story, "coder", start_nanos, seed, 4);
    run.open(
        "invoke_agent coder",
        json!({
            "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "coder",
            "session.id": "nightly-2026-11", "user.id": "ci",
            "input.value": TASK,
        }),
    );
    let mut coder = Coder {
        run,
        history: vec![says("system", PROMPT), says("user", TASK)],
        input_tokens: 890,
        calls: 0,
    };
    for step in 0..STEPS_BEFORE_REVIEW {
        let (name, target, result) = WORK[step % WORK.len()];
        // A patch that does not apply: one ordinary failure inside the run.
        let failed = step == 17;
        let error = failed.then_some("PatchError: hunk 2 of payments/tax.py does not apply");
        coder.step(name, target, if failed { "" } else { result }, error);
    }
    coder.review();
    for step in 0..STEPS_BEFORE_LARGE_FILE {
        let (name, target, result) = WORK[(step + 3) % WORK.len()];
        coder.step(name, target, result, None);
    }
    coder.step("open_lockfile", "package-lock.json", &lock_file(), None);
    for _ in 0..LOOP_STEPS {
        coder.step("read_file", "payments/refund.py", WORK[2].2, None);
    }
    for step in 0..STEPS_AFTER {
        let (name, target, result) = WORK[(step + 5) % WORK.len()];
        coder.step(name, target, result, None);
    }
    coder.refused()
}

impl Coder {
    /// One decision: the model says what it wants, the tool does it.
    fn step(&mut self, name: &str, target: &str, result: &str, error: Option<&str>) {
        self.calls += 1;
        let id = format!("call_{:03}", self.calls);
        let key = match name {
            "run_tests" | "read_file" | "edit_file" | "open_lockfile" => "path",
            "grep" => "pattern",
            _ => "folder",
        };
        let arguments = json!({ key: target });
        let ask = calls(&id, name, &arguments);
        self.think(&ask, 28 + self.calls % 37);
        let milliseconds = if name == "run_tests" { 4_300 } else { 40 + self.calls as i64 % 23 };
        let attributes = tool(&id, name, &arguments, result);
        self.run.span(&format!("execute_tool {name}"), milliseconds, attributes, error);
        self.history.extend([ask, answers(&id, error.unwrap_or(result))]);
        self.input_tokens += 40 + result.len() as u64 / 4;
    }

    /// A model call over the history so far.
    fn think(&mut self, answer: &Json, output_tokens: u64) {
        let cached = self.input_tokens * 9 / 10 / 128 * 128;
        let tokens = (self.input_tokens, cached, output_tokens);
        let attributes = chat("gpt-5", &self.history, answer, tokens);
        let milliseconds = 1_100 + self.input_tokens as i64 / 12;
        self.run.span("chat gpt-5", milliseconds, attributes, None);
    }

    /// A sub-agent with a context of its own.
    fn review(&mut self) {
        let question = "Review the diff in payments/: is Decimal used everywhere now?";
        let arguments = json!({ "member": "reviewer", "task": question });
        let ask = calls("call_review", "delegate", &arguments);
        self.think(&ask, 66);
        let verdict = "Two places are left: export.py line 52 and fees.py line 9 still use float.";
        self.run
            .open("execute_tool delegate", tool("call_review", "delegate", &arguments, verdict));
        self.run.open(
            "invoke_agent reviewer",
            json!({
                "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "reviewer",
                "input.value": question,
            }),
        );
        let mut history =
            vec![says("system", "You review diffs. Be brief."), says("user", question)];
        for (number, (path, text)) in [
            ("payments/export.py", "52: total = float(order.total)"),
            ("payments/fees.py", "9: return float(rate) * amount"),
        ]
        .into_iter()
        .enumerate()
        {
            let id = format!("call_r{number}");
            let arguments = json!({ "path": path });
            let ask = calls(&id, "read_file", &arguments);
            let tokens = (410 + 90 * number as u64, 256, 24);
            self.run.span(
                "chat gpt-5-mini",
                1_350,
                chat("gpt-5-mini", &history, &ask, tokens),
                None,
            );
            self.run.span(
                "execute_tool read_file",
                31,
                tool(&id, "read_file", &arguments, text),
                None,
            );
            history.extend([ask, answers(&id, text)]);
        }
        let reply = says("assistant", verdict);
        self.run.span(
            "chat gpt-5-mini",
            1_900,
            chat("gpt-5-mini", &history, &reply, (604, 512, 38)),
            None,
        );
        self.run.close(json!({ "output.value": verdict }), None);
        self.run.close(json!({}), None);
        self.history.extend([ask, answers("call_review", verdict)]);
        self.input_tokens += 60;
    }

    /// The last request is too large, and with it the run fails.
    fn refused(mut self) -> MadeUpRun {
        let error =
            "ContextLengthExceeded: this request has more tokens than the deployment's limit";
        let mut attributes = chat("gpt-5", &self.history, &Json::Null, (0, 0, 0));
        if let Some(map) = attributes.as_object_mut() {
            // A refused call has no answer and no usage.
            map.retain(|key, _| {
                !key.starts_with("gen_ai.usage") && key != "gen_ai.output.messages"
            });
        }
        self.run.span("chat gpt-5", 640, attributes, Some(error));
        self.run.close(json!({}), Some(error));
        self.run.finish()
    }
}

/// The start of a lock file: dull, long, and of no use to the agent.
fn lock_file() -> String {
    let mut text = String::from(
        "{\n  \"name\": \"payments-web\",\n  \"lockfileVersion\": 3,\n  \"packages\": {\n",
    );
    let mut number = 0_u64;
    while text.len() < LARGE_FILE_BYTES {
        number += 1;
        let digest = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        text.push_str(&format!(
            "    \"node_modules/part-{number}\": {{ \"version\": \"{}.{}.{}\", \"integrity\": \"sha512-{digest:016x}{:016x}\" }},\n",
            number % 9, number % 31, number % 7, digest.rotate_left(17),
        ));
    }
    text.push_str("  }\n}\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_failing_run_has_200_decisions_and_more_a_sub_agent_a_loop_and_its_failure() {
        let run = failing_fix(0, 0);
        let named = |name: &str| run.spans.iter().filter(|span| span["name"] == name).count();
        assert_eq!(run.spans.len(), 200);
        assert_eq!(named("invoke_agent reviewer"), 1);
        assert!(named("execute_tool read_file") >= LOOP_STEPS);
        assert!(run.failed);
        let failed = run.spans.iter().filter(|span| span["status"]["code"] == 2).count();
        assert_eq!(failed, 3);
    }
}
