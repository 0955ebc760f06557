import { hostname } from 'node:os'
import type { FleetPlan } from '#engine/fleet-plan/document.ts'
import { isLater } from '#engine/fleet-plan/move-home.ts'
import { silentLog } from '#lib/log.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { kubeconfigPaths } from '#main/cluster/kubeconfig.ts'
import { movePlan } from '#main/fleet-plan/move-plan.ts'
import { PlanMemory } from '#main/fleet-plan/plan-memory.ts'
import { localActor } from '#main/history/actor.ts'
import { appendHistory, type History } from '#main/history/store.ts'
import { exitCodes } from './exit-codes.ts'
import { findPlans } from './find-plan.ts'
import type { CliIo } from './io.ts'
import { findTargets, type Target, type TargetOptions } from './targets.ts'
import { historyPathOf } from './write-sink.ts'

export interface MoveOptions extends TargetOptions {
  readonly to: string
  readonly confirm?: string
  readonly reason?: string
}

/** `argosy plan move-home` (PC-4): from what its home says, or where that is lost from what this machine remembers. */
export async function movePlanHome(wanted: string, options: MoveOptions, io: CliIo): Promise<void> {
  const { context: _named, ...rest } = options
  const found = await findTargets({ ...rest, allContexts: true }, io)
  if (!found.ok) {
    io.err(`argosy: ${found.error}`)
    return io.exitWith(exitCodes.usage)
  }
  const path = historyPathOf(
    io.dataFolder,
    kubeconfigPaths(options.kubeconfig === undefined ? {} : { paths: options.kubeconfig }),
  )
  const history = appendHistory({ path, clock: io.clock, log: silentLog })
  try {
    const moved = await move(
      wanted,
      options,
      { targets: found.value, history: history.ok ? history.value : undefined },
      io,
    )
    if (moved.ok) return
    io.err(`argosy: ${moved.error}`)
    io.exitWith(exitCodes.failed)
  } finally {
    await Promise.all(found.value.map(({ client }) => client.close()))
    if (history.ok) history.value.close()
  }
}

interface Around {
  readonly targets: readonly Target[]
  readonly history: History | undefined
}

async function move(
  wanted: string,
  { to, confirm, reason = '' }: MoveOptions,
  { targets, history }: Around,
  io: CliIo,
): Promise<Outcome<void, string>> {
  const home = homeOf(to, targets)
  if (!home.ok) return home
  const memory = history && new PlanMemory(history)
  const plan = await findKnown(wanted, targets, memory)
  if (!plan.ok) return plan
  const { id, name, spec } = plan.value
  if (confirm !== name)
    return failure(
      `${name} is kept in ${spec.home.context}. Whoever decides there goes on until it meets the new home: be sure that nobody does, and confirm with --confirm "${name}"`,
    )
  const asked = { by: `${localActor()}@${hostname()}`, at: io.clock.now(), reason }
  const clientOf = (context: string) => targets.find((each) => each.context === context)?.client
  const moved = await movePlan(plan.value, home.value, asked, { clientOf })
  if (!moved.ok) return moved
  memory?.remember({ id, home: home.value, isDriven: false, plan: moved.value.plan })
  memory?.add(id, asked.at, [
    { text: `${asked.by} moved the plan from ${spec.home.context} to ${to}: ${reason}`, severity: 'warning' },
  ])
  io.out(
    `${name}: kept in ${to} now, epoch ${moved.value.plan.status.moved?.epoch}; go on with: argosy plan run ${id} --context ${home.value.context}`,
  )
  if (moved.value.unmarked !== undefined)
    io.err(
      `argosy: the copy in ${spec.home.context} could not be marked (${moved.value.unmarked}); whoever decides at the new home does that once it is back`,
    )
  return success(undefined)
}

function homeOf(to: string, targets: readonly Target[]): Outcome<FleetPlan['spec']['home'], string> {
  // Names of contexts have slashes, names of namespaces none.
  const cut = to.lastIndexOf('/')
  const [context, namespace] = [to.slice(0, cut), to.slice(cut + 1)]
  if (cut <= 0 || namespace === '') return failure(`--to ${to}: write CONTEXT/NAMESPACE`)
  return targets.some((each) => each.context === context)
    ? success({ context, namespace })
    : failure(`--to ${to}: there is no context ${context} in the kubeconfig`)
}

/** Where several copies are known, the one that counts; what a cluster says counts more than what is remembered of it. */
async function findKnown(
  wanted: string,
  targets: readonly Target[],
  memory: PlanMemory | undefined,
): Promise<Outcome<FleetPlan, string>> {
  const { plans, problems } = await findPlans(targets)
  const seen = plans.map(({ plan, home }) => ({
    ...plan,
    spec: { ...plan.spec, home: { ...plan.spec.home, context: home.context } },
  }))
  const remembered = (memory?.all() ?? []).map(({ plan, home }) => ({ ...plan, spec: { ...plan.spec, home } }))
  const isWanted = ({ id, name }: FleetPlan) => id.startsWith(wanted.toUpperCase()) || name === wanted
  const byId = new Map<string, FleetPlan>()
  for (const plan of [...seen, ...remembered].filter(isWanted)) {
    const before = byId.get(plan.id)
    if (before === undefined || isLater(plan, before)) byId.set(plan.id, plan)
  }
  const [first, second] = byId.values()
  if (first === undefined)
    return failure(
      [`there is no plan "${wanted}" in any cluster that answers, and this machine remembers none`, ...problems].join(
        '\n',
      ),
    )
  return second === undefined
    ? success(first)
    : failure(`"${wanted}" is the name of ${byId.size} plans: write the id, ${[...byId.keys()].join(' or ')}`)
}
