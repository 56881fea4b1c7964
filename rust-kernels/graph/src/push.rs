//! Personalized PageRank by forward push (Andersen, Chung and Lang, FOCS 2006).
//!
//! Let s be the even distribution over the seeds, P the steps of the walk (from a node without edges back to s), and
//! `R(x) = alpha * sum over k of (1 - alpha)^k x P^k`, where a walk from x stops; R(s) is what is sought. Pushing node u
//! turns its residual r into `alpha * r` of score and passes `(1 - alpha) * r` on along P. Since
//! `R(e_u) = alpha * e_u + (1 - alpha) * R(e_u P)`, this keeps `scores + R(residuals) = R(s)`, which holds at first, when
//! the residuals are s and the scores 0. P keeps sums, so R(residuals) is not negative anywhere and sums up to what the
//! residuals do: no true score is below the one found, or above it by more than that sum.
//!
//! A push moves alpha times its residual, at least `alpha * epsilon * degree`, out of residuals that sum up to 1: all
//! pushes together walk over at most `1 / (alpha * epsilon)` edges.

use crate::reached::Reached;
use crate::records::{Record, Records};
use crate::walk::Walk;
use abi::{Output, Result, Status};
use core::mem;

/// What a walk is to do.
pub struct Request<'a> {
    /// Where it starts over; at least one.
    pub seeds: &'a [u32],
    /// With which probability it does.
    pub alpha: f64,
    /// What of a residual, per edge, may be left.
    pub epsilon: f64,
    /// Whether an edge is followed by its weight.
    pub weighted: bool,
    /// More pushes than this are not made; 0 for no bound.
    pub max_pushes: usize,
}

/// What is known of a node.
#[derive(Default)]
pub struct Mass {
    node: u32,
    /// Of its edges, or of the seeds if it has none; 0 while it is not known.
    degree: u32,
    /// Sum of the weights of its edges; 0 if it has none.
    total: f64,
    score: f64,
    residual: f64,
    queued: bool,
}

/// Writes residual, scores and nodes; how many nodes.
///
/// # Errors
/// `bad_argument`: alpha, epsilon, or no seed; `over_budget`, `out_of_memory`.
pub fn push(
    reached: &mut Reached<Mass>,
    walk: Walk<'_>,
    bound: usize,
    request: &Request<'_>,
    output: &mut Output,
) -> Result<usize> {
    let good = request.alpha > 0.0 && request.alpha <= 1.0 && request.epsilon > 0.0;
    if !good || !request.epsilon.is_finite() || request.seeds.is_empty() {
        return Err(Status::BadArgument);
    }
    reached.begin(bound)?;
    let mut pusher = Pusher {
        reached,
        walk,
        request,
        seeds: 0,
        next: Vec::new(),
    };
    pusher.seed()?;
    let mut pushes = 0;
    let mut queue = Vec::new();
    while !pusher.next.is_empty() {
        mem::swap(&mut queue, &mut pusher.next);
        for &slot in &queue {
            pushes += 1;
            if request.max_pushes != 0 && pushes > request.max_pushes {
                return Err(Status::OverBudget);
            }
            pusher.push(slot as usize)?;
        }
        queue.clear();
    }
    write(reached.entries(), output)
}

struct Pusher<'a> {
    reached: &'a mut Reached<Mass>,
    walk: Walk<'a>,
    request: &'a Request<'a>,
    /// So many of the first slots are seeds.
    seeds: usize,
    /// First come, first pushed.
    next: Vec<u32>,
}

impl Pusher<'_> {
    fn seed(&mut self) -> Result<()> {
        for &node in self.request.seeds {
            self.give(node, 0.0)?;
        }
        self.seeds = self.reached.len();
        self.restart(1.0)
    }

    /// Gives an amount to the seeds, evenly.
    fn restart(&mut self, amount: f64) -> Result<()> {
        let evenly = amount / self.seeds as f64;
        (0..self.seeds).try_for_each(|slot| self.give(self.reached.entries()[slot].node, evenly))
    }

    fn give(&mut self, node: u32, amount: f64) -> Result<()> {
        let slot = match self.reached.slot(node) {
            Some(slot) => slot,
            None => self.reached.insert(
                node,
                Mass {
                    node,
                    ..Mass::default()
                },
            )?,
        };
        let mass = &mut self.reached.entries_mut()[slot];
        mass.residual += amount;
        // No degree is below 1: most nodes never need theirs.
        if mass.queued || mass.residual < self.request.epsilon {
            return Ok(());
        }
        if mass.degree == 0 {
            (mass.degree, mass.total) = self.walk.degree(mass.node, self.request.weighted);
            if mass.degree == 0 {
                mass.degree = self.seeds as u32;
            }
        }
        if mass.residual >= self.request.epsilon * f64::from(mass.degree) {
            mass.queued = true;
            self.next.try_reserve(1)?;
            self.next.push(slot as u32);
        }
        Ok(())
    }

    fn push(&mut self, slot: usize) -> Result<()> {
        let mass = &mut self.reached.entries_mut()[slot];
        mass.queued = false;
        let residual = mem::take(&mut mass.residual);
        mass.score += self.request.alpha * residual;
        let (node, total, passed) = (mass.node, mass.total, (1.0 - self.request.alpha) * residual);
        if total == 0.0 {
            return self.restart(passed);
        }
        let (walk, weighted) = (self.walk, self.request.weighted);
        let share = passed / total;
        walk.each(node, |step, _| {
            self.give(
                step.neighbor,
                if weighted {
                    share * f64::from(step.weight)
                } else {
                    share
                },
            )?;
            Ok(false)
        })?;
        Ok(())
    }
}

fn write(entries: &[Mass], output: &mut Output) -> Result<usize> {
    let mut ranked = Records::with_room(entries.len())?;
    for mass in entries.iter().filter(|mass| mass.score > 0.0) {
        // Positive floats are ordered as their bits are, so the complements descend.
        let key = !mass.score.to_bits();
        ranked.push([mass.node, key as u32, (key >> 32) as u32, 0])?;
    }
    for field in 0..3 {
        ranked.sort_by(field);
    }
    output.put(&[entries.iter().map(|mass| mass.residual).sum::<f64>()])?;
    let score = |record: &Record| f64::from_bits(!(u64::from(record[2]) << 32 | u64::from(record[1])));
    for record in ranked.as_slice() {
        output.put(&[score(record)])?;
    }
    for record in ranked.as_slice() {
        output.put_u32(record[0])?;
    }
    Ok(ranked.as_slice().len())
}
