"""claude_code.py with logs alone, as Claude Code sends them without its beta variable. env: as there"""
import pathlib
text = pathlib.Path(__file__).with_name("claude_code.py").read_text()
for there, here in (('"OTEL_TRACES_EXPORTER": "otlp"', '"OTEL_TRACES_EXPORTER": "none"'), (', "CLAUDE_CODE_ENHANCED_TELEMETRY_BETA": "1"', "")):
    assert there in text, there
    text = text.replace(there, here)
exec(compile(text, "claude_code.py", "exec"))
