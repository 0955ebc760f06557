import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import type { Asked } from '#engine/fleet-plan/commands.ts'
import type { FleetPlan } from '#engine/fleet-plan/document.ts'
import { markOf } from '#engine/fleet-plan/member-facts.ts'
import { type MovedPlan, moveHome } from '#engine/fleet-plan/move-home.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import { failureText } from '#main/controller/failure-text.ts'
import { PlanStore } from './plan-store.ts'

export interface MovePorts {
  /** To the API server of a context; it may be out of reach. */
  readonly clientOf: (context: string) => ClusterClient | undefined
}

/** What came of it: where the plan is now, and why its old home still says otherwise, where it does. */
export interface Moved {
  readonly plan: FleetPlan
  readonly unmarked: string | undefined
}

/**
 * Gives a plan a new home, for the one that it has is lost (PC-4). The old copy is marked first where it can be read: whoever decides there
 * stops then. Where it cannot, the new holder marks it once it is back. Asked again after half of it was done, it does the rest.
 * @param known as this machine remembers it, for a home that does not answer
 */
export async function movePlan(
  known: FleetPlan,
  to: FleetPlan['spec']['home'],
  asked: Asked,
  { clientOf }: MovePorts,
): Promise<Outcome<Moved, string>> {
  const { home } = known.spec
  const target = clientOf(to.context)
  if (target === undefined) return failure(`There is no context ${to.context}.`)
  const store = new PlanStore(target, to.namespace)
  const there = await store.read(known.id)
  if (!there.ok && there.error.kind !== 'NotFound') return failure(`${to.context}: ${failureText(there.error)}`)
  // A copy that the plan has left may be written over: it was there before, and comes back.
  if (there.ok && there.value.plan.status.movedTo === undefined)
    return failure(`${to.context}/${to.namespace} keeps a plan of that id already: look at it with argosy plan get.`)
  const seenEpoch = await latestEpoch(known, clientOf)
  const left = await leave(known, { to, seenEpoch }, asked, clientOf(home.context))
  if (!left.ok) return left
  const { kept } = left.value.moved
  const written = there.ok ? await store.write(kept, there.value.version) : await store.create(kept)
  if (!written.ok) return failure(`${to.context}: ${failureText(written.error)}`)
  return success({ plan: kept, unmarked: left.value.unmarked })
}

/** Marks the old copy, when it can be read; then it counts, and what this machine remembers does not. */
async function leave(
  known: FleetPlan,
  where: Parameters<typeof moveHome>[1],
  asked: Asked,
  client: ClusterClient | undefined,
): Promise<Outcome<{ readonly moved: MovedPlan; readonly unmarked: string | undefined }, string>> {
  const { home } = known.spec
  if (client === undefined) return unmarked(known, where, asked, `${home.context} is no context here`)
  const store = new PlanStore(client, home.namespace)
  const read = await store.read(known.id)
  if (!read.ok) return unmarked(known, where, asked, failureText(read.error))
  const stored = { ...read.value.plan, spec: { ...read.value.plan.spec, home } }
  const moved = moveHome(stored, where, asked)
  if (!moved.ok) return moved
  if (stored.status.movedTo !== undefined) return success({ moved: moved.value, unmarked: undefined })
  const written = await store.write(moved.value.left, read.value.version)
  // Somebody has decided in between: what they wrote has to be in the copy that goes on.
  if (!written.ok && written.error.kind === 'Conflict') return leave(known, where, asked, client)
  return success({ moved: moved.value, unmarked: written.ok ? undefined : failureText(written.error) })
}

function unmarked(known: FleetPlan, where: Parameters<typeof moveHome>[1], asked: Asked, why: string) {
  const moved = moveHome(known, where, asked)
  return moved.ok ? success({ moved: moved.value, unmarked: why }) : moved
}

/** The copy at hand may be older than what was done by it. */
async function latestEpoch({ id, spec }: FleetPlan, clientOf: MovePorts['clientOf']): Promise<number> {
  const epochs = await Promise.all(
    spec.members.map(async ({ context, namespace, rollout: name }) => {
      const read = await clientOf(context)?.get(resources.rollouts, { namespace, name })
      const mark = read?.ok === true ? markOf(read.value as Rollout) : undefined
      return mark?.plan === id ? mark.epoch : 0
    }),
  )
  return Math.max(0, ...epochs)
}

/** Says in the copy at the old home that the plan goes on elsewhere. `false`: it could not be asked, and is asked again. */
export async function markOldHome(plan: FleetPlan, client: ClusterClient): Promise<boolean> {
  const { moved } = plan.status
  if (moved === undefined) return true
  const store = new PlanStore(client, moved.from.namespace)
  const read = await store.read(plan.id)
  if (!read.ok) return read.error.kind === 'NotFound'
  const old = read.value.plan
  if (old.status.movedTo !== undefined) return true
  const { epoch, by, at, reason } = moved
  const there = moveHome(
    { ...old, spec: { ...old.spec, home: moved.from } },
    { to: plan.spec.home, seenEpoch: 0 },
    { by, at, reason },
  )
  // It ended there before anybody knew that it goes on here: it does not begin again.
  if (!there.ok) return true
  const { status } = there.value.left
  const left = { ...there.value.left, status: { ...status, ...withEpoch(status, epoch) } }
  return (await store.write(left, read.value.version)).ok
}

const withEpoch = ({ movedTo }: FleetPlan['status'], epoch: number): Pick<FleetPlan['status'], 'movedTo'> =>
  movedTo === undefined ? {} : { movedTo: { ...movedTo, epoch } }
