import type { Asked } from '#engine/fleet-plan/commands.ts'
import type { FleetPlan, PlanMove } from '#engine/fleet-plan/document.ts'
import type { Clock, EpochMs } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import { markOldHome } from './move-plan.ts'

interface Options {
  readonly clientOf: (context: string) => ClusterClient | undefined
  readonly clock: Clock
  readonly log: Log
  /** Writes down that its copy says so. */
  readonly noted: (asked: Asked) => Promise<unknown>
  /** Asks for another look after so long. */
  readonly later: (inMs: number) => void
}

/** A home that was lost is asked this often whether it is back. */
const askEveryMs = 15_000

/** The home that a plan was moved away from: once it is back, its copy says that the plan goes on elsewhere (PC-4). */
export class OldHome {
  readonly #options: Options
  #isTelling = false
  #tellAt: EpochMs = 0

  constructor(options: Options) {
    this.#options = options
  }

  /** To be called by whoever decides, as often as they like. */
  tell(plan: FleetPlan): void {
    const { clientOf, clock, log } = this.#options
    const { moved } = plan.status
    const client = moved && clientOf(moved.from.context)
    if (moved === undefined || moved.isOldMarked === true || client === undefined) return
    if (this.#isTelling || clock.now() < this.#tellAt) return
    this.#isTelling = true
    this.#tellAt = clock.now() + askEveryMs
    void this.#mark(plan, moved, client)
      .catch((cause: unknown) => log('warn', 'the old home of a plan could not be marked', { plan: plan.id, cause }))
      .finally(() => {
        this.#isTelling = false
      })
  }

  async #mark(plan: FleetPlan, moved: PlanMove, client: ClusterClient): Promise<void> {
    const { clock, noted, later } = this.#options
    if (!(await markOldHome(plan, client))) return later(askEveryMs)
    await noted({ ...moved, at: clock.now() })
  }
}
