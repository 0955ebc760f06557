import type { MigrationStepView } from '#contract/migration-views.ts'
import type { ActionRefusal, WriteView } from '#contract/views.ts'
import { type MigrationStep, type MigrationWrite, nextStep } from '#engine/migration/migration.ts'
import type { Clock } from '#lib/clock.ts'
import type { Failure } from '#lib/failure.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { applyWrite } from './apply-writes.ts'
import { type Migration, type Planned, planNow, seenOf, tryOut, viewSteps } from './migrate.ts'
import type { MigrationRead } from './read-migration.ts'
import { viewWrite } from './write-view.ts'

export interface Carrying {
  /** Refused when it is another one meanwhile; absent where nobody looked before. */
  readonly seen?: string
  readonly reason: string
  readonly heldBack: () => string | undefined
  readonly signal: AbortSignal
  /** How long a step may take without any progress to be seen. */
  readonly patienceMs: number
  /** Called after every look. */
  readonly onSteps?: (steps: readonly MigrationStepView[]) => void
}

export interface Carried {
  readonly sent: readonly WriteView[]
  readonly outcome: Outcome<{ readonly message: string }, ActionRefusal | Waiting>
}

/** Nothing failed, and nothing moves: whoever asks again goes on from there. */
export interface Waiting {
  readonly kind: 'waits'
  readonly reason: string
}

const lookMs = 1000
/** Somebody else writes to the same objects: HPAs and engines do so all the time. */
const conflictsMax = 20

/**
 * Takes one step after the other. Before each everything is read and planned anew: a step is taken only when those before it are seen to
 * be done, and what is done already is not done again.
 */
export const carryOut = (migration: Migration, carrying: Carrying): Promise<Carried> =>
  new Carrier(migration, carrying).run()

class Carrier {
  readonly #migration: Migration
  readonly #carrying: Carrying
  readonly #patience: Patience
  readonly #sent: WriteView[] = []
  #conflicts = 0
  #isAgreed = false
  /** Set once the Rollout goes: that it is gone is the end then. */
  #going: string | undefined

  constructor(migration: Migration, carrying: Carrying) {
    this.#migration = migration
    this.#carrying = carrying
    this.#patience = new Patience(migration.clock, carrying.patienceMs)
  }

  async run(): Promise<Carried> {
    const { signal } = this.#carrying
    while (!signal.aborted) {
      const outcome = await this.#look()
      if (outcome === 'again') continue
      if (outcome !== 'later') return { sent: this.#sent, outcome }
      await pause(this.#migration.clock, signal)
    }
    return { sent: this.#sent, outcome: failure({ kind: 'waits', reason: 'it was stopped' }) }
  }

  /** One look, and the step that it calls for. */
  async #look(): Promise<Carried['outcome'] | 'again' | 'later'> {
    const planned = await planNow(this.#migration)
    if (!planned.ok) {
      const isGone = this.#going !== undefined && planned.error.kind === 'unknownTarget'
      return isGone ? success({ message: this.#going ?? '' }) : planned
    }
    const { plan, read } = planned.value
    const refused = this.#isAgreed ? undefined : await this.#refusal(planned.value)
    if (refused !== undefined) return failure(refused)
    this.#isAgreed = true
    this.#carrying.onSteps?.(viewSteps(this.#migration.cluster.context, plan))
    if (read.rollout?.metadata.deletionTimestamp !== undefined) this.#going = plan.message
    const next = nextStep(plan)
    if (next === undefined) return success({ message: plan.message })
    const taken = next.write === undefined ? 'later' : await this.#send(next.write, plan.message)
    if (taken !== 'later') return taken
    return this.#patience.isOver(next) ? failure({ kind: 'waits', reason: waitWords(next) }) : 'later'
  }

  /** Why it does not begin. */
  async #refusal({ plan, read }: Planned): Promise<ActionRefusal | undefined> {
    const refusal = carryingRefusal(this.#carrying, read)
    if (refusal !== undefined) return refusal
    const { refusal: reason } = await tryOut(this.#migration, plan)
    return reason === undefined ? undefined : { kind: 'notOpen', reason }
  }

  async #send(write: MigrationWrite, message: string): Promise<Carried['outcome'] | 'again' | 'later'> {
    const { cluster, action } = this.#migration
    const written = await applyWrite(cluster.client, write, { action, reason: this.#carrying.reason })
    if (written.ok) {
      this.#sent.push(viewWrite(cluster.context, write))
      if (write.kind === 'delete') this.#going = message
      return 'again'
    }
    if (isRace(written.error) && ++this.#conflicts <= conflictsMax) return 'later'
    return failure({ kind: 'failed', failure: written.error })
  }
}

/** Ends when a step shows no progress for so long. */
class Patience {
  readonly #clock: Clock
  readonly #ms: number
  #last = ''
  #since: number

  constructor(clock: Clock, ms: number) {
    this.#clock = clock
    this.#ms = ms
    this.#since = clock.elapsed()
  }

  isOver(step: MigrationStep): boolean {
    const now = waitWords(step)
    if (now !== this.#last) [this.#last, this.#since] = [now, this.#clock.elapsed()]
    return this.#clock.elapsed() - this.#since >= this.#ms
  }
}

const waitWords = ({ summary, progress }: MigrationStep): string =>
  `still to come: ${summary}${progress === undefined || progress === '' ? '' : ` (${progress})`}`

function carryingRefusal({ seen, heldBack }: Carrying, read: MigrationRead): ActionRefusal | undefined {
  if (seen !== undefined && seen !== seenOf(read))
    return { kind: 'movedOn', changed: ['it is another one, or its pod template is another'] }
  const held = heldBack()
  return held === undefined ? undefined : { kind: 'notOpen', reason: held }
}

/** Planned from what is no more: the next look decides anew. */
const isRace = ({ kind }: Failure): boolean => kind === 'Conflict' || kind === 'AlreadyExists' || kind === 'NotFound'

const pause = (clock: Clock, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = () => {
      dispose()
      signal.removeEventListener('abort', end)
      resolve()
    }
    const dispose = clock.after(lookMs, end)
    signal.addEventListener('abort', end)
  })
