import type { EpochMs } from '#lib/clock.ts'
import type { ImageBehaviour } from '../controllers/image-behaviour.ts'
import type { Turn } from './wave.ts'

/** How a version answers while it has traffic: one phase after the other, from its first request on. */
export interface Conduct {
  /** The last one lasts for ever, unless they repeat. */
  readonly phases: readonly Phase[]
  readonly repeats: boolean
  /** Whether anything of it is counted. */
  readonly isReported: boolean
}

export interface Phase {
  readonly lastsMs: number
  /** Share of answers that are 5xx, 0…0.44: what is left must be more than the swing of the traffic. */
  readonly errorRate: number
  /** Their shares sum to 1. */
  readonly modes: readonly Mode[]
}

/** A part of the answers that takes its own time. */
export interface Mode {
  readonly share: number
  /** Multiplies the application's latency. */
  readonly latencyFactor: number
}

const burst = { afterMs: 20_000, lastsMs: 60_000, errorRate: 0.4 }
const flapping = { everyMs: 30_000, errorRate: 0.3 }
const leak = { stepMs: 10_000, steps: 23, factorPerStep: 0.5 }
const secondMode = { share: 0.15, latencyFactor: 20 }

export function conductOf(behaviour: ImageBehaviour): Conduct {
  return { ...phasesOf(behaviour), isReported: behaviour.metrics === 'reported' }
}

function phasesOf(behaviour: ImageBehaviour): Pick<Conduct, 'phases' | 'repeats'> {
  const usual: Phase = { lastsMs: Number.POSITIVE_INFINITY, errorRate: behaviour.errorRate, modes: modesOf(behaviour) }
  const failing = (errorRate: number): Phase => ({ ...usual, errorRate: Math.max(errorRate, usual.errorRate) })
  switch (behaviour.course) {
    case 'steady':
      return { phases: [usual], repeats: false }
    case 'burst': {
      const errors = { ...failing(burst.errorRate), lastsMs: burst.lastsMs }
      return { phases: [{ ...usual, lastsMs: burst.afterMs }, errors, usual], repeats: false }
    }
    case 'flapping': {
      const turns = [usual, failing(flapping.errorRate)]
      return { phases: turns.map((each) => ({ ...each, lastsMs: flapping.everyMs })), repeats: true }
    }
    case 'leak':
      return { phases: Array.from({ length: leak.steps }, (_, step) => slowed(usual, step)), repeats: false }
  }
}

const modesOf = ({ latencyFactor, latencyModes }: ImageBehaviour): readonly Mode[] =>
  latencyModes === 'one'
    ? [{ share: 1, latencyFactor }]
    : [
        { share: 1 - secondMode.share, latencyFactor },
        { share: secondMode.share, latencyFactor: latencyFactor * secondMode.latencyFactor },
      ]

const slowed = (phase: Phase, step: number): Phase => ({
  ...phase,
  lastsMs: step === leak.steps - 1 ? Number.POSITIVE_INFINITY : leak.stepMs,
  modes: phase.modes.map(({ share, latencyFactor }) => ({
    share,
    latencyFactor: latencyFactor * (1 + step * leak.factorPerStep),
  })),
})

/** When each phase of a version holds that has had traffic since then. */
export function turnsOf({ phases, repeats }: Conduct, since: EpochMs): readonly (Turn & { readonly phase: Phase })[] {
  const round = phases.reduce((sum, { lastsMs }) => sum + lastsMs, 0)
  const everyMs = repeats ? round : undefined
  let first = since
  return phases.map((phase) => {
    const turn = { phase, first, lengthMs: phase.lastsMs, everyMs }
    first += phase.lastsMs
    return turn
  })
}
