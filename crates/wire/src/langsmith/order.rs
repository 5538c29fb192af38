//! `dotted_order`: the way from the root to a run, `TIME` + uuid joined by dots. It names
//! the parents even where they were never sent.

/// Bytes of a uuid as text.
const UUID_BYTES: usize = 36;

/// The ids on the way, root first; `None` where it is not of that form.
fn ids(order: &str) -> Option<Vec<&str>> {
    order
        .split('.')
        .map(|segment| {
            let place = segment.len().checked_sub(UUID_BYTES).filter(|place| *place > 0)?;
            let (time, id) = (segment.get(..place)?, segment.get(place..)?);
            let is_uuid = id.bytes().enumerate().all(|(at, byte)| match at {
                8 | 13 | 18 | 23 => byte == b'-',
                _ => byte.is_ascii_hexdigit(),
            });
            (is_uuid && time.ends_with('Z')).then_some(id)
        })
        .collect()
}

/// What an order says of its run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Order<'a> {
    /// The root's id.
    pub(super) root: &'a str,
    /// The parent's id.
    pub(super) parent: Option<&'a str>,
}

/// Reads an order, `None` where it lies: where it does not end in the run's own id, or
/// names another parent or another trace than the run itself.
pub(super) fn believed<'a>(
    order: &'a str,
    id: &str,
    parent: Option<&str>,
    trace: Option<&str>,
) -> Option<Order<'a>> {
    let ids = ids(order)?;
    let (last, above) = ids.split_last()?;
    let found = Order { root: ids.first()?, parent: above.last().copied() };
    let same = |said: Option<&str>, ours: Option<&str>| match said {
        None => true,
        Some(said) => ours.is_some_and(|ours| said.trim().eq_ignore_ascii_case(ours)),
    };
    (same(Some(id), Some(last)) && same(parent, found.parent) && same(trace, Some(found.root)))
        .then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: &str = "01a1f78d-98cc-7d9d-8c47-a335f3932748";
    const CHILD: &str = "01a1f78d-98ff-7eb1-b88f-d286429bfacb";

    #[test]
    fn an_order_names_root_and_parent() {
        let order = format!("20261120T060334476673Z{ROOT}.20261120T060334527598Z{CHILD}");
        let want = Some(Order { root: ROOT, parent: Some(ROOT) });
        assert_eq!(believed(&order, CHILD, None, None), want);
        assert_eq!(believed(&order, &CHILD.to_uppercase(), Some(ROOT), Some(ROOT)), want);
        let root = format!("20261120T060334476673Z{ROOT}");
        assert_eq!(believed(&root, ROOT, None, None), Some(Order { root: ROOT, parent: None }));
    }

    #[test]
    fn an_order_that_lies_is_not_believed() {
        let order = format!("20261120T060334476673Z{ROOT}.20261120T060334527598Z{CHILD}");
        let root = format!("20261120T060334476673Z{ROOT}");
        assert_eq!(believed(&order, ROOT, None, None), None);
        assert_eq!(believed(&order, CHILD, Some(CHILD), None), None);
        assert_eq!(believed(&order, CHILD, None, Some(CHILD)), None);
        assert_eq!(believed(&root, ROOT, Some(CHILD), None), None);
        for odd in ["", ".", "x", ROOT, &format!("..{order}"), &format!("é{CHILD}")] {
            assert_eq!(believed(odd, CHILD, None, None), None, "{odd}");
        }
    }
}
