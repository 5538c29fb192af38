//! The area of columns: numbers of fixed width, one after another, little endian. The page
//! reads it in place, as typed arrays, so each column begins at a multiple of eight.

use serde::Serialize;

/// Where columns may begin, in bytes.
pub(super) const ALIGNMENT: usize = 8;

/// What a column is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    U8,
    U32,
    I32,
    F64,
}

impl Kind {
    fn bytes(self) -> usize {
        match self {
            Kind::U8 => 1,
            Kind::U32 | Kind::I32 => 4,
            Kind::F64 => 8,
        }
    }
}

macro_rules! columns {
    ($($id:ident $name:literal $kind:ident $width:literal)*) => {
        /// A column, by its place in the area.
        #[derive(Debug, Clone, Copy)]
        pub(super) enum Column { $($id,)* }

        /// Name, kind, and elements a span, in the order of [`Column`].
        const COLUMNS: &[(&str, Kind, usize)] = &[$(($name, Kind::$kind, $width),)*];
    };
}

columns! {
    SpanId "span_id" U8 8
    Parent "parent" I32 1
    Depth "depth" U32 1
    EndIndex "end_index" U32 1
    Category "category" U8 1
    Status "status" U8 1
    Flags "flags" U32 1
    Start "start" F64 1
    Duration "duration" F64 1
    Ttft "ttft" F64 1
    Name "name" U32 1
    DisplayName "display_name" U32 1
    Kind "kind" U32 1
    Operation "operation" U32 1
    Model "model" U32 1
    Provider "provider" U32 1
    ToolName "tool_name" U32 1
    AgentName "agent_name" U32 1
    ErrorKind "error_kind" U32 1
    ErrorMessage "error_message" U32 1
    FinishReason "finish_reason" U32 1
    SessionId "session_id" U32 1
    UserId "user_id" U32 1
    ToolCallId "tool_call_id" U32 1
    Input "input" F64 1
    Output "output" F64 1
    CacheRead "cache_read" F64 1
    CacheWrite "cache_write" F64 1
    Reasoning "reasoning" F64 1
    Cost "cost" F64 1
    SubtreeInput "subtree_input" F64 1
    SubtreeOutput "subtree_output" F64 1
    SubtreeCost "subtree_cost" F64 1
    SubtreeSpans "subtree_spans" U32 1
    SubtreeErrors "subtree_errors" U32 1
    InputBytes "input_bytes" U32 1
    OutputBytes "output_bytes" U32 1
    InputPreviewChars "input_preview_chars" U32 1
    OutputPreviewChars "output_preview_chars" U32 1
    CallHash "call_hash" U32 2
    ResultHash "result_hash" U32 2
}

/// A column as the header tells of it.
#[derive(Debug, Serialize)]
pub(super) struct Described {
    name: &'static str,
    #[serde(rename = "type")]
    kind: Kind,
    /// Bytes from the start of the area.
    offset: usize,
    /// Elements.
    length: usize,
}

/// All columns of a run, to be filled span by span.
pub(super) struct Area {
    bytes: Vec<u8>,
    offsets: [usize; COLUMNS.len()],
}

impl Area {
    /// Bytes that so many spans take.
    pub(super) fn bytes_of(count: usize) -> usize {
        COLUMNS.iter().map(|(_, kind, width)| padded(kind.bytes() * width * count)).sum()
    }

    /// All zeros.
    pub(super) fn new(count: usize) -> Self {
        let mut end = 0;
        let mut offsets = [0; COLUMNS.len()];
        for (offset, (_, kind, width)) in offsets.iter_mut().zip(COLUMNS) {
            *offset = end;
            end += padded(kind.bytes() * width * count);
        }
        Self { bytes: vec![0; end], offsets }
    }

    /// Where each column is.
    pub(super) fn described(&self, count: usize) -> Vec<Described> {
        let described = |((name, kind, width), offset): (&(&'static str, Kind, usize), &usize)| {
            Described { name, kind: *kind, offset: *offset, length: width * count }
        };
        COLUMNS.iter().zip(&self.offsets).map(described).collect()
    }

    /// Writes the bytes of one span's part of a column.
    pub(super) fn put<const N: usize>(&mut self, column: Column, index: usize, part: [u8; N]) {
        let at = self.offsets[column as usize] + index * N;
        if let Some(place) = self.bytes.get_mut(at..at + N) {
            place.copy_from_slice(&part);
        }
    }

    /// A whole number of four bytes; larger ones stand at the largest.
    pub(super) fn put_count(&mut self, column: Column, index: usize, number: u64) {
        self.put(column, index, u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes());
    }

    /// A number that may be absent, which is NaN.
    pub(super) fn put_number(&mut self, column: Column, index: usize, number: Option<f64>) {
        self.put(column, index, number.unwrap_or(f64::NAN).to_le_bytes());
    }

    /// Its bytes.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// The next place at which a column may begin.
pub(super) fn padded(bytes: usize) -> usize {
    bytes.next_multiple_of(ALIGNMENT)
}
