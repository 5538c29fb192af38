//! Tables that fit the screen: the flexible columns give way first.

use super::style::{Paint, Style};
use super::text;

/// One column.
pub(crate) struct Column {
    /// Its head.
    pub head: &'static str,
    /// Numbers stand to the right.
    pub right: bool,
    /// May be cut, down to this many cells; 0 keeps it whole.
    pub least: usize,
    /// Left out first, highest number first, when the screen is too narrow; 0 stays.
    pub dispensable: u8,
}

/// A column that is kept whole.
pub(crate) const fn fixed(head: &'static str) -> Column {
    Column { head, right: false, least: 0, dispensable: 0 }
}

/// A column of numbers.
pub(crate) const fn number(head: &'static str) -> Column {
    Column { head, right: true, least: 0, dispensable: 0 }
}

/// A column of text that may be cut.
pub(crate) const fn flexible(head: &'static str, least: usize) -> Column {
    Column { head, right: false, least, dispensable: 0 }
}

impl Column {
    /// Left out when the screen is too narrow; the highest rank goes first.
    pub(crate) const fn dispensable(mut self, rank: u8) -> Self {
        self.dispensable = rank;
        self
    }
}

/// One cell: safe text and what it means.
pub(crate) struct Cell {
    text: String,
    style: Option<Style>,
}

/// A cell in plain style. Whatever a sender wrote is made safe here.
pub(crate) fn cell(content: impl AsRef<str>) -> Cell {
    Cell { text: text::one_line(content.as_ref(), 400), style: None }
}

impl Cell {
    /// The same in a style.
    pub(crate) fn styled(mut self, style: Style) -> Self {
        self.style = Some(style);
        self
    }
}

/// Cells between two columns.
const GAP: usize = 2;

/// The table's lines, head first.
pub(crate) fn lines(
    columns: &[Column],
    rows: &[Vec<Cell>],
    width: usize,
    paint: Paint,
) -> Vec<String> {
    let mut widths: Vec<usize> = columns
        .iter()
        .enumerate()
        .map(|(index, column)| {
            let cells = rows.iter().map(|row| text::width(&row[index].text)).max().unwrap_or(0);
            cells.max(text::width(column.head))
        })
        .collect();
    let shown = fit(columns, &mut widths, width);
    let head = shown.iter().map(|index| {
        let column = &columns[*index];
        (*index, paint.paint(Style::Faint, &aligned(column.head, widths[*index], column.right)))
    });
    let mut lines = vec![joined(head)];
    for row in rows {
        let cells = shown.iter().map(|index| {
            let (cell, width) = (&row[*index], widths[*index]);
            let fitted = aligned(&text::one_line(&cell.text, width), width, columns[*index].right);
            (
                *index,
                match cell.style {
                    Some(style) => paint.paint(style, &fitted),
                    None => fitted,
                },
            )
        });
        lines.push(joined(cells));
    }
    lines
}

/// Which columns are shown; their widths are cut to what the screen allows.
fn fit(columns: &[Column], widths: &mut [usize], screen: usize) -> Vec<usize> {
    let mut shown: Vec<usize> = (0..columns.len()).collect();
    loop {
        let total: usize =
            shown.iter().map(|i| widths[*i]).sum::<usize>() + GAP * shown.len().saturating_sub(1);
        let Some(over) = total.checked_sub(screen).filter(|over| *over > 0) else { return shown };
        let spare = |i: &usize| match columns[*i].least {
            0 => 0,
            least => widths[*i].saturating_sub(least),
        };
        let most = shown.iter().copied().max_by_key(spare).unwrap_or(0);
        let spare_in_all: usize = shown.iter().map(spare).sum();
        if spare_in_all >= over {
            // One cell at a time from the widest keeps the columns balanced.
            widths[most] -= 1;
            continue;
        }
        let Some(rank) = shown.iter().map(|i| columns[*i].dispensable).max().filter(|r| *r > 0)
        else {
            for index in &shown {
                if columns[*index].least > 0 {
                    widths[*index] = widths[*index].min(columns[*index].least);
                }
            }
            return shown;
        };
        shown.retain(|index| columns[*index].dispensable != rank);
    }
}

fn aligned(content: &str, width: usize, right: bool) -> String {
    if right { text::pad_left(content, width) } else { text::pad(content, width) }
}

fn joined(cells: impl Iterator<Item = (usize, String)>) -> String {
    let cells: Vec<String> = cells.map(|(_, cell)| cell).collect();
    cells.join(&" ".repeat(GAP)).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Vec<Cell>> {
        vec![
            vec![cell("a rather long name of a run"), cell("12"), cell("0123456789abcdef")],
            vec![cell("short"), cell("7"), cell("fedcba9876543210")],
        ]
    }

    const COLUMNS: [Column; 3] = [flexible("NAME", 8), number("SPANS"), fixed("ID").dispensable(1)];

    #[test]
    fn a_wide_screen_shows_everything() {
        let table = lines(&COLUMNS, &rows(), 80, Paint::plain());
        assert_eq!(
            table,
            [
                "NAME                         SPANS  ID",
                "a rather long name of a run     12  0123456789abcdef",
                "short                            7  fedcba9876543210",
            ]
        );
    }

    #[test]
    fn a_narrow_screen_cuts_text_then_drops_columns() {
        let table = lines(&COLUMNS, &rows(), 40, Paint::plain());
        assert_eq!(table[1], "a rather long…      12  0123456789abcdef");
        let table = lines(&COLUMNS, &rows(), 24, Paint::plain());
        assert_eq!(
            table,
            ["NAME               SPANS", "a rather long na…     12", "short                  7"]
        );
    }
}
