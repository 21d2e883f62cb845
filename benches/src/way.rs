//! Several ways to do the same, compared.

use std::time::Instant;

use crate::bench::Error;
use crate::{median, order};

/// One of several ways to do the same.
pub(crate) trait Way {
    /// Does it once more.
    async fn go(&self, index: usize) -> Result<(), Error>;
}

/// How often each way has its turn.
const TURNS: usize = 60;
/// How often it goes then.
const TIMES: usize = 20;

/// Prints the median time of each way, in microseconds. What each does `warm_up` times first does not count.
pub(crate) async fn compare<W: Way>(warm_up: usize, ways: &[(&str, W)]) -> Result<(), Error> {
    let mut taken = vec![Vec::new(); ways.len()];
    for turn in 0..TURNS + warm_up.div_ceil(TIMES) {
        for way in order(turn, ways.len()) {
            let started = Instant::now();
            for index in turn * TIMES..(turn + 1) * TIMES {
                ways[way].1.go(index).await?;
            }
            if turn * TIMES >= warm_up {
                taken[way].push(started.elapsed().as_secs_f64() * 1e6 / TIMES as f64);
            }
        }
    }
    for ((name, _), times) in ways.iter().zip(taken) {
        println!("| {name} | {:.0} µs |", median(times));
    }
    Ok(())
}
