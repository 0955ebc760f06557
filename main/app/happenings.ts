import { fleetAddress, planAddress, rolloutAddress } from '#contract/addresses.ts'
import { needsPerson } from '#contract/attention.ts'
import type { PlanSummaryView } from '#contract/plan-views.ts'
import type { ClusterView, RolloutKey, RolloutView } from '#contract/views.ts'

export type HappeningKind =
  | 'degraded'
  | 'aborted'
  | 'waits'
  | 'leaseLost'
  | 'leaseAsked'
  | 'leaseKept'
  | 'planHeld'
  | 'planFailed'

/** Something that a person who does not look at the window should hear of. */
export interface Happening {
  readonly kind: HappeningKind
  /** The same thing again has the same one. */
  readonly id: string
  /** `checkout in prod-eu`. */
  readonly what: string
  /** Why, as far as that is known. */
  readonly detail: string
  /** The page of the window that shows it. */
  readonly address: string
}

/** All that is known at one moment. */
export interface Picture {
  readonly rollouts: ReadonlyMap<RolloutKey, RolloutView>
  readonly clusters: readonly (ClusterView & {
    /** This Argosy is to drive it. */
    readonly drives: boolean
  })[]
  readonly plans: readonly PlanSummaryView[]
}

/** What has happened from one picture to the next. What was not in the first is no news: it was only read now. */
export const happeningsIn = (before: Picture, after: Picture): readonly Happening[] => [
  ...rolloutNews(before, after),
  ...leaseNews(before, after),
  ...requestNews(before, after),
  ...planNews(before, after),
]

function rolloutNews(before: Picture, after: Picture): readonly Happening[] {
  const found: Happening[] = []
  for (const [key, view] of after.rollouts) {
    const last = before.rollouts.get(key)
    if (last === undefined || last === view) continue
    const state = stateOf(view)
    if (state === undefined || state.id === stateOf(last)?.id) continue
    found.push({
      ...state,
      what: `${view.name} in ${view.context}`,
      detail: view.message,
      address: rolloutAddress(key),
    })
  }
  return found
}

/** The next pause of the same update is another one, and so is the same trouble with another version. */
function stateOf(view: RolloutView): Pick<Happening, 'kind' | 'id'> | undefined {
  if (!needsPerson(view)) return undefined
  const kind = view.status === 'Degraded' ? 'degraded' : view.status === 'Aborted' ? 'aborted' : 'waits'
  const step = kind === 'waits' ? `${view.stepIndex} ${view.pause?.reason}` : ''
  return { kind, id: `${view.key} ${kind} ${view.currentPodHash} ${step}` }
}

function leaseNews(before: Picture, after: Picture): readonly Happening[] {
  return after.clusters.flatMap(({ context, engine, lease, drives }): Happening[] => {
    const wasOurs = before.clusters.some((each) => each.context === context && each.engine === 'driven')
    // Handed back by a person it is not lost.
    if (!wasOurs || engine === 'driven' || !drives) return []
    const detail =
      engine === 'inCluster' && lease !== undefined ? `${lease.holder} has its lease.` : 'Its lease is not held here.'
    return [{ kind: 'leaseLost', id: `lease ${context}`, what: context, detail, address: fleetAddress }]
  })
}

/** Somebody asks for a lease that is held here; and the answer to what this Argosy asked. */
function requestNews(before: Picture, after: Picture): readonly Happening[] {
  const known = new Map(before.clusters.map(({ context, request }) => [context, request]))
  return after.clusters.flatMap(({ context, request }): Happening[] => {
    // A cluster that was not there before was only read now.
    if (request === undefined || !known.has(context)) return []
    const last = known.get(context)
    const isSame = last?.by === request.by && last.at === request.at
    const about = { what: context, address: fleetAddress }
    const id = `${context} ${request.by} ${request.at}`
    if (request.side === 'toUs' && request.keptBy === undefined && !isSame) {
      const detail = `${request.by} asks to drive it.${request.reason === '' ? '' : ` ${request.reason}`}`
      return [{ ...about, kind: 'leaseAsked', id: `lease asked ${id}`, detail }]
    }
    const isKept = request.side === 'ours' && request.keptBy !== undefined && last?.keptBy === undefined
    return isKept
      ? [{ ...about, kind: 'leaseKept', id: `lease kept ${id}`, detail: `${request.keptBy} keeps it.` }]
      : []
  })
}

function planNews(before: Picture, after: Picture): readonly Happening[] {
  const known = new Map(before.plans.map((plan) => [plan.id, plan]))
  return after.plans.flatMap((plan): Happening[] => {
    const last = known.get(plan.id)
    if (last === undefined) return []
    const about = { what: `Plan ${plan.name}`, address: planAddress(plan.id) }
    const isNew = ({ reason }: { readonly reason: string }) => last.holds.every((each) => each.reason !== reason)
    // A hold with an end is over by itself.
    const hold = plan.holds.find((each) => each.until === undefined && isNew(each))
    return [
      ...(hasFailed(plan) && !hasFailed(last)
        ? [{ ...about, kind: 'planFailed', id: `plan failed ${plan.id}`, detail: failure(plan) } as const]
        : []),
      ...(hold === undefined
        ? []
        : [{ ...about, kind: 'planHeld', id: `plan ${plan.id} ${hold.reason}`, detail: hold.text } as const]),
    ]
  })
}

const hasFailed = ({ phase, waves }: PlanSummaryView): boolean =>
  phase === 'RollingBack' || phase === 'Aborted' || waves.some(({ state }) => state === 'Breached')

function failure({ phase, waves }: PlanSummaryView): string {
  const breached = waves.find(({ state }) => state === 'Breached')
  if (breached !== undefined) return `Too many failed in ${breached.name}.`
  return phase === 'RollingBack' ? 'It is rolled back.' : 'It was ended.'
}
