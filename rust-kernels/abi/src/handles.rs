//! Handles: a slot and the generation of what lives in it, so that a stale handle is an error and never
//! names the slot's next inhabitant.

use crate::{Output, Result, Status};

const SLOT_BITS: u32 = 12;
const SLOTS: usize = 1 << SLOT_BITS;
const MAX_GENERATION: u32 = (1 << (31 - SLOT_BITS)) - 1;

/// Marks a slot whose generations are used up: giving it out again would revive old handles.
const RETIRED: u32 = 0;

struct Slot<T> {
    generation: u32,
    value: Option<T>,
    output: Output,
}

/// Values by handle, each with the buffer of its last result. At most 4,096 live at once.
pub struct Handles<T> {
    slots: Vec<Slot<T>>,
}

impl<T> Handles<T> {
    /// An empty table; allocates nothing.
    pub const fn new() -> Self {
        Self { slots: Vec::new() }
    }

    /// Takes a value in and gives its handle, which is positive.
    pub fn insert(&mut self, value: T) -> Result<usize> {
        let free = self
            .slots
            .iter()
            .position(|slot| slot.value.is_none() && slot.generation != RETIRED);
        let slot = match free {
            Some(slot) => slot,
            None if self.slots.len() == SLOTS => return Err(Status::TooManyHandles),
            None => {
                self.slots.try_reserve(1)?;
                self.slots.push(Slot {
                    generation: 1,
                    value: None,
                    output: Output::new(),
                });
                self.slots.len() - 1
            }
        };
        self.slots[slot].value = Some(value);
        Ok(slot | (self.slots[slot].generation as usize) << SLOT_BITS)
    }

    fn slot_mut(&mut self, handle: i32) -> Result<&mut Slot<T>> {
        let bits = u32::try_from(handle).map_err(|_| Status::BadHandle)?;
        let slot = self
            .slots
            .get_mut(bits as usize & (SLOTS - 1))
            .ok_or(Status::BadHandle)?;
        if slot.value.is_some() && slot.generation == bits >> SLOT_BITS {
            Ok(slot)
        } else {
            Err(Status::BadHandle)
        }
    }

    /// The value and its result buffer.
    pub fn get(&mut self, handle: i32) -> Result<(&mut T, &mut Output)> {
        let slot = self.slot_mut(handle)?;
        let value = slot.value.as_mut().ok_or(Status::BadHandle)?;
        Ok((value, &mut slot.output))
    }

    /// The last result of the calls with `handle`.
    pub fn output(&mut self, handle: i32) -> Result<&Output> {
        Ok(&self.slot_mut(handle)?.output)
    }

    /// Frees the value and its result; the handle is stale from now on.
    pub fn remove(&mut self, handle: i32) -> Result<T> {
        let slot = self.slot_mut(handle)?;
        slot.generation = if slot.generation == MAX_GENERATION {
            RETIRED
        } else {
            slot.generation + 1
        };
        slot.output = Output::new();
        slot.value.take().ok_or(Status::BadHandle)
    }
}

impl<T> Default for Handles<T> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn insert<T>(handles: &mut Handles<T>, value: T) -> i32 {
        i32::try_from(handles.insert(value).unwrap()).unwrap()
    }

    #[test]
    fn a_stale_handle_is_not_the_slots_next_value() {
        let mut handles = Handles::new();
        let first = insert(&mut handles, "first");
        assert_eq!(handles.remove(first), Ok("first"));
        let second = insert(&mut handles, "second");
        assert_ne!(first, second);
        assert_eq!(handles.get(first).err(), Some(Status::BadHandle));
        assert_eq!(handles.remove(first), Err(Status::BadHandle));
        assert_eq!(*handles.get(second).unwrap().0, "second");
    }

    #[test]
    fn handles_nobody_gave_out_are_refused() {
        let mut handles = Handles::new();
        let live = insert(&mut handles, ());
        for handle in [0, -1, i32::MIN, i32::MAX, live + 1, live + (1 << SLOT_BITS)] {
            assert_eq!(handles.get(handle).err(), Some(Status::BadHandle), "{handle}");
        }
    }

    #[test]
    fn slots_run_out_and_come_back() {
        let mut handles = Handles::new();
        let all: Vec<i32> = (0..SLOTS).map(|i| insert(&mut handles, i)).collect();
        assert_eq!(handles.insert(0), Err(Status::TooManyHandles));
        handles.remove(all[77]).unwrap();
        assert_eq!(insert(&mut handles, 0) as usize & (SLOTS - 1), 77);
    }

    #[test]
    fn a_slot_retires_after_its_last_generation() {
        let mut handles = Handles::new();
        for _ in 0..MAX_GENERATION {
            let handle = insert(&mut handles, ());
            assert!(handle > 0 && handle as usize & (SLOTS - 1) == 0);
            handles.remove(handle).unwrap();
        }
        assert_eq!(insert(&mut handles, ()) as usize & (SLOTS - 1), 1);
    }

    #[test]
    fn a_new_inhabitant_has_no_result() {
        let mut handles = Handles::new();
        let handle = insert(&mut handles, ());
        handles.get(handle).unwrap().1.put_u32(5).unwrap();
        assert_eq!(handles.output(handle).unwrap().as_bytes(), &[5, 0, 0, 0]);
        handles.remove(handle).unwrap();
        let next = insert(&mut handles, ());
        assert!(handles.output(next).unwrap().as_bytes().is_empty());
    }
}
