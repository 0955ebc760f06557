/** Milliseconds since 1970-01-01T00:00:00Z. Time is always an argument or comes from a `Clock`. */
export type EpochMs = number

/** Undoes whatever returned it. Calling it twice is harmless. */
export type Dispose = () => void

/** The only source of time outside the engine. Tests pass a virtual one and advance it by hand. */
export interface Clock {
  now(): EpochMs
  /** Milliseconds since some moment of its own: goes on evenly when somebody sets the time, and stands still in a sleep. */
  elapsed(): number
  /** Runs `task` once, `delayMs` from now, unless disposed before. */
  after(delayMs: number, task: () => void): Dispose
}
