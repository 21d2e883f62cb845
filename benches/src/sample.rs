//! What is written: the same values on both sides.

/// The values of a new document, as they come from a client.
pub(crate) struct Sample {
    pub(crate) title: String,
    pub(crate) summary: String,
    pub(crate) status: String,
    pub(crate) note: Option<String>,
    pub(crate) views: i64,
    pub(crate) priority: i32,
    pub(crate) pinned: bool,
}

impl Sample {
    pub(crate) fn new(index: usize) -> Self {
        Self {
            title: title(index),
            summary: "What was decided, by whom, and what remains to be done".to_owned(),
            status: "draft".to_owned(),
            note: index
                .is_multiple_of(2)
                .then(|| "see the minutes".to_owned()),
            views: 17,
            priority: 3,
            pinned: index.is_multiple_of(3),
        }
    }
}

/// A title of the usual length.
pub(crate) fn title(index: usize) -> String {
    format!("Minutes of meeting {index:08}")
}

/// The rows of one bulk insert.
pub(crate) const BULK: usize = 100;

/// The rows of one list.
pub(crate) const LIST: i64 = 100;
