import type { EpochMs } from '#lib/clock.ts'
import type { Film } from '../../store/film.ts'

/** By what two releases are laid over each other (UI-HIST-7): their beginnings, or the step that the one is at. */
export type Alignment = 'start' | 'step'

type Told = Pick<Film, 'from' | 'until' | 'timeline'>

/** The moment of `other` that goes with a moment of `film`. One that never came to the step is shown at its end. */
export function alignedMoment(film: Told, other: Told, at: EpochMs, by: Alignment): EpochMs {
  const step = by === 'step' ? stepAt(film, at) : undefined
  const begun = step === undefined ? film.from : reached(film, step)
  const moment = (step === undefined ? other.from : reached(other, step)) + (at - begun)
  return Math.min(other.until, Math.max(other.from, moment))
}

/** `undefined` before its first step. */
const stepAt = ({ timeline }: Told, at: EpochMs): number | undefined =>
  timeline.flatMap((moment) => (moment.kind === 'step' && moment.at <= at ? [moment.stepIndex] : [])).at(-1)

const reached = ({ timeline, until }: Told, step: number): EpochMs =>
  timeline.find((moment) => moment.kind === 'step' && moment.stepIndex === step)?.at ?? until
