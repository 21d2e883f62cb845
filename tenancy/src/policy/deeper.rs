//! Rules that look into rows whose rules look further, and may lead back to where they began.
//!
//! `k` looks that lead back to their model come to `k⁸` sub-queries, eight rows deep, and SQLite shares nothing
//! between them: it expands a table of a `WITH` clause wherever that is named. So the sub-queries are bounded. How deep
//! rules are asked is what they say (`#![depth(3)]`), or eight rows; what is further away is not asked and permits
//! nothing. Where there is no room for as many sub-queries, nobody said that, and the statement is refused
//! ([`TooDeep`]), unless its answer is the same without them.

use crate::error::too_deep::TooDeep;
use crate::expr::condition::Condition;
use crate::model::contract::{DatabaseOf, Model};
use crate::policy::action::Action;
use crate::policy::actor::By;
use crate::policy::contract::{Actor, Policy};
use crate::policy::decided::Decided;
use crate::policy::look::{Permitted, Telling};
use crate::policy::permit::{Permission, Visit};
use std::any::TypeId;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many rows away rules are followed if they do not say it. Where they lead back to the first, they would never end.
const DEEPEST: u8 = 8;

/// The most sub-queries that rules may come to. Those that the rules of the first row name are always made:
/// there are as many of them as somebody wrote.
const MOST: usize = 64;

/// How rules find what the rules of other rows permit.
pub(crate) enum Way<'a, A: Actor> {
    /// By asking them, so many rows deep; the looks are counted, if there is room for so many only.
    Asking(u8, Option<&'a AtomicUsize>),
    /// As far as there is room for sub-queries, which is not as far as they should be asked.
    Short(u8),
    /// Not at all: it is listed what they ask.
    Listing(&'a Mutex<Vec<Target<A>>>),
    /// By asking them, as deep as a statement does that these rules decide about, which are to be asked so deep.
    As(Target<A>, u8),
}

impl<A: Actor> Way<'_, A> {
    /// What rules find that nobody prepared: no other rows.
    pub(crate) const NOT: Self = Self::Asking(0, None);
}

impl<A: Actor> Clone for Way<'_, A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A: Actor> Copy for Way<'_, A> {}

/// What a model permits by an action: what other rules ask about.
pub(crate) struct Target<A: Actor> {
    /// The model and the action.
    of: (TypeId, TypeId),
    /// Asks its rules, and tells nobody.
    ask: fn(By<'_, A>),
}

impl<A: Actor> Clone for Target<A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A: Actor> Copy for Target<A> {}

impl<A: Actor> Target<A> {
    pub(crate) fn new<M: Policy<A, Act>, Act: 'static>() -> Self {
        Self::to::<M, Act>(|by| M::decide(by, Telling(&mut |_| {})))
    }

    /// What `ask` asks of `M`, which nothing else does that bears the same name.
    pub(crate) fn to<M: Model, Name: 'static>(ask: fn(By<'_, A>)) -> Self {
        Self {
            of: (TypeId::of::<M>(), TypeId::of::<Name>()),
            ask,
        }
    }
}

/// A decision that is taken back if it needed too many sub-queries.
pub(crate) struct Attempt<'r, V> {
    visit: V,
    /// Zero if there was not enough room.
    room: &'r AtomicUsize,
}

impl<V> Attempt<'_, V> {
    /// Goes on with what was decided, if there was room for all of it.
    pub(crate) fn told<R>(self, tell: impl FnOnce(V) -> R) -> Result<R, V> {
        if self.room.load(Ordering::Relaxed) > 0 {
            Ok(tell(self.visit))
        } else {
            Err(self.visit)
        }
    }
}

impl<M: Model, V: Visit<M>> Visit<M> for Attempt<'_, V> {
    type Output = Result<V::Output, V>;

    fn all(self) -> Self::Output {
        self.told(V::all)
    }

    fn none(self) -> Self::Output {
        self.told(V::none)
    }

    fn filter<P: Permission<DatabaseOf<M>>>(self, condition: Condition<M, P>) -> Self::Output {
        self.told(|visit| visit.filter(condition))
    }
}

/// Lets rules decide about the rows of a statement, as deep as there is room for sub-queries.
///
/// `declared` is how deep they are to be asked, if they say it.
pub(crate) fn deciding<A: Actor, V, R>(
    by: By<'_, A>,
    declared: Option<u8>,
    visit: V,
    decide: impl Fn(By<'_, A>, Attempt<'_, V>) -> Result<R, V>,
) -> R {
    let attempt =
        |way: Way<'_, A>, visit, room: &AtomicUsize| decide(by.at(0, way), Attempt { visit, room });
    // Nearly all rules ask little: they are not asked twice for the sake of those that do not.
    let wanted = deep(declared);
    let room = AtomicUsize::new(MOST + 1);
    let visit = match attempt(Way::Asking(wanted, Some(&room)), visit, &room) {
        Ok(decided) => return decided,
        Err(visit) => visit,
    };
    let (list, room) = (Mutex::new(Vec::new()), AtomicUsize::new(0));
    let visit = match attempt(Way::Listing(&list), visit, &room) {
        Ok(decided) => return decided,
        Err(visit) => visit,
    };
    let way = bounded(by, wanted, &locked(&list));
    match attempt(way, visit, &AtomicUsize::new(1)) {
        Ok(decided) => decided,
        Err(_) => unreachable!("nothing is taken back where nothing is counted"),
    }
}

/// How deep rules are to be asked.
pub(crate) fn deep(declared: Option<u8>) -> u8 {
    declared.unwrap_or(DEEPEST)
}

/// How rules are asked so deep, if those of the first row ask for these.
fn bounded<'a, A: Actor>(by: By<'_, A>, wanted: u8, asked: &[Target<A>]) -> Way<'a, A> {
    let depth = depth(by, wanted, asked);
    if depth < wanted {
        Way::Short(depth)
    } else {
        Way::Asking(depth, None)
    }
}

/// Why rules that are too far away are not asked, if nobody said that they are.
pub(crate) fn too_deep<M: Model, A: Actor>(by: By<'_, A>, action: &'static str) -> Option<TooDeep> {
    let Way::Short(depth) = by.way() else {
        return None;
    };
    Some(TooDeep {
        table: M::TABLE,
        action,
        depth,
    })
}

/// Who asks the rules of rows that are one row further away; nobody, if that is too far.
pub(crate) fn further<A: Actor>(by: By<'_, A>, target: Target<A>) -> Option<By<'_, A>> {
    let way = match by.way() {
        Way::Asking(depth, room) if by.depth() < depth && found_room(room) => {
            Some(Way::Asking(depth, room))
        }
        Way::Short(depth) if by.depth() < depth => Some(Way::Short(depth)),
        // The statement is refused, or its answer is the same.
        Way::Short(_) => return None,
        Way::Asking(..) => None,
        Way::Listing(list) => {
            locked(list).push(target);
            None
        }
        Way::As(rules, wanted) => {
            let asked = Asked::of(&mut Vec::new(), by, rules).to_vec();
            Some(bounded(by, wanted, &asked))
        }
    };
    if way.is_none() {
        by.note_cut();
    }
    way.map(|way| by.at(by.depth() + 1, way))
}

/// Tells which rows of `M` are there for whoever acts.
pub(crate) fn permitted<M: Policy<A, Act>, A: Actor, Act: Action>(
    by: By<'_, A>,
    tell: &mut dyn FnMut(Permitted<'_, M>),
) {
    let Some(further) = further(by, Target::new::<M, Act>()) else {
        // The rules are too far away to be asked.
        return tell(match too_deep::<M, A>(by, Act::NAME) {
            Some(too_deep) => Permitted::new(Decided::rows(Condition::new(too_deep)), false),
            None => Permitted::new(Decided::None, true),
        });
    };
    let cut = AtomicBool::new(false);
    let mut tell = |rows: Decided<'_, M, ()>| {
        // Whatever these rules look into, they have looked into it before they tell.
        let cut = cut.load(Ordering::Relaxed);
        if cut {
            by.note_cut();
        }
        tell(Permitted::new(rows, cut));
    };
    // The rules themselves: nothing of these rows comes back that would have to be masked.
    M::decide(further.noting(&cut), Telling(&mut tell));
}

/// Whether there is room for one more sub-query.
fn found_room(room: Option<&AtomicUsize>) -> bool {
    let Some(room) = room else {
        return true;
    };
    let left = room.load(Ordering::Relaxed).saturating_sub(1);
    room.store(left, Ordering::Relaxed);
    left > 0
}

/// How many rows deep there is room for sub-queries, if the rules of the first row ask for these.
fn depth<A: Actor>(by: By<'_, A>, wanted: u8, asked: &[Target<A>]) -> u8 {
    let mut known = Vec::new();
    let mut row = Vec::new();
    asked.iter().for_each(|target| add(&mut row, *target, 1));
    let mut queries = 0;
    for depth in 1..=wanted {
        let wanted: usize = row.iter().map(|(_, often)| often).sum();
        queries += wanted;
        if queries > MOST {
            return (depth - 1).max(1);
        }
        let mut next = Vec::new();
        for (target, often) in row {
            for further in Asked::of(&mut known, by, target) {
                add(&mut next, *further, often);
            }
        }
        row = next;
    }
    wanted
}

/// Adds a target that is asked so often.
fn add<A: Actor>(row: &mut Vec<(Target<A>, usize)>, target: Target<A>, often: usize) {
    match row.iter_mut().find(|(other, _)| other.of == target.of) {
        Some((_, sum)) => *sum += often,
        None => row.push((target, often)),
    }
}

/// What the rules of a target ask.
struct Asked<A: Actor> {
    target: Target<A>,
    asks: Vec<Target<A>>,
}

impl<A: Actor> Asked<A> {
    /// The same for every depth, so that it is found out once.
    fn of<'k>(known: &'k mut Vec<Self>, by: By<'_, A>, target: Target<A>) -> &'k [Target<A>] {
        let position = known.iter().position(|asked| asked.target.of == target.of);
        let position = position.unwrap_or_else(|| {
            let list = Mutex::new(Vec::new());
            (target.ask)(by.at(1, Way::Listing(&list)));
            let asks = locked(&list).drain(..).collect();
            known.push(Self { target, asks });
            known.len() - 1
        });
        &known[position].asks
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
