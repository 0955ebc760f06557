import type { FleetPlan } from '#engine/fleet-plan/document.ts'
import type { PlanEvent } from '#engine/fleet-plan/events.ts'
import type { EpochMs } from '#lib/clock.ts'
import { decodeJson } from '#lib/decode-json.ts'
import type { History } from '#main/history/store.ts'
import { parsePlan } from './plan-schema.ts'

/** A plan as it was last seen on this machine: what is left of it while its home cannot be read. */
export interface RememberedPlan {
  readonly id: string
  readonly home: { readonly context: string; readonly namespace: string }
  /** This machine decides what it does, also after it was started anew. */
  readonly isDriven: boolean
  readonly plan: FleetPlan
}

export interface PastPlanEvent extends PlanEvent {
  readonly at: EpochMs
}

/** The plans in the journal of this machine, beside what its home cluster keeps (3.4.1). */
export class PlanMemory {
  readonly #history: Pick<History, 'add' | 'all'>

  constructor(history: Pick<History, 'add' | 'all'>) {
    this.#history = history
  }

  /** The latest first. What this version cannot read is left out. */
  all(): readonly RememberedPlan[] {
    const rows = this.#history.all('SELECT id, context, namespace, driven, body FROM plan ORDER BY id DESC')
    return rows.flatMap((row) => {
      const plan = parsePlan(String(row['body']))
      if (!plan.ok) return []
      const home = { context: String(row['context']), namespace: String(row['namespace']) }
      return [{ id: String(row['id']), home, isDriven: row['driven'] === 1, plan: plan.value }]
    })
  }

  remember({ id, home, isDriven, plan }: RememberedPlan): void {
    this.#history.add([{ table: 'plan', id, ...home, isDriven, body: JSON.stringify(plan) }])
  }

  add(planId: string, at: EpochMs, events: readonly PlanEvent[]): void {
    this.#history.add(events.map((event) => ({ table: 'planEvent' as const, planId, at, body: JSON.stringify(event) })))
  }

  /** The latest first. */
  events(planId: string, limit: number): readonly PastPlanEvent[] {
    const rows = this.#history.all(
      'SELECT at, body FROM planEvent WHERE planId = ? ORDER BY id DESC LIMIT ?',
      planId,
      limit,
    )
    return rows.flatMap(({ at, body }) => {
      const event = decodeJson(String(body))
      return event.ok ? [{ ...(event.value as PlanEvent), at: Number(at) }] : []
    })
  }
}
