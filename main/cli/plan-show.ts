import type { Lease } from '#api/core.ts'
import { resources } from '#api/resources.ts'
import { parseTime } from '#lib/rfc3339.ts'
import { planFileText } from '#main/fleet-plan/plan-file-text.ts'
import { planObjectName } from '#main/fleet-plan/plan-store.ts'
import { exitCodes } from './exit-codes.ts'
import { type FoundPlan, findPlan, findPlans } from './find-plan.ts'
import type { CliIo } from './io.ts'
import { formatPlan, formatPlans } from './plan-text.ts'
import { type Target, type TargetOptions, targetsOrExit } from './targets.ts'

/** `argosy plan list`. */
export async function listPlans(options: TargetOptions, io: CliIo): Promise<void> {
  await withTargets(options, io, async (targets) => {
    const { plans, problems } = await findPlans(targets)
    const all = plans.map(({ plan }) => plan)
    if (options.output === 'json') io.out(JSON.stringify(all, undefined, 2))
    else if (all.length === 0) io.out(`no plans in ${targets.map(({ context }) => context).join(', ')}`)
    else for (const line of formatPlans(all, io.clock.now(), io.colours)) io.out(line)
    for (const problem of problems) io.err(`argosy: ${problem}`)
    if (problems.length > 0) io.exitWith(exitCodes.unreachable)
  })
}

/** `argosy plan get`. */
export async function getPlan(
  wanted: string,
  options: TargetOptions & { readonly yaml?: boolean },
  io: CliIo,
): Promise<void> {
  await withTargets(options, io, async (targets) => {
    const found = await findPlan(targets, wanted)
    if (!found.ok) {
      io.err(`argosy: ${found.error}`)
      return io.exitWith(exitCodes.failed)
    }
    const { plan } = found.value
    if (options.yaml === true) return io.out(planFileText(plan).trimEnd())
    if (options.output === 'json') return io.out(JSON.stringify(plan, undefined, 2))
    for (const line of formatPlan(plan, await holderOf(found.value, io), io.clock.now(), io.colours)) io.out(line)
  })
}

/** Whoever renewed the Lease of the plan lately. */
async function holderOf({ plan, home }: FoundPlan, { clock }: CliIo): Promise<string | undefined> {
  const { client } = home
  const read = await client.get(resources.leases, {
    namespace: plan.spec.home.namespace,
    name: planObjectName(plan.id),
  })
  const lease = read.ok ? (read.value as Lease).spec : undefined
  const until = (parseTime(lease?.renewTime) ?? 0) + (lease?.leaseDurationSeconds ?? 0) * 1000
  return clock.now() + (client.clockOffsetMs ?? 0) < until ? lease?.holderIdentity || undefined : undefined
}

async function withTargets(
  options: TargetOptions,
  io: CliIo,
  task: (targets: readonly Target[]) => Promise<void>,
): Promise<void> {
  const targets = await targetsOrExit(options, io)
  if (targets === undefined) return
  try {
    await task(targets)
  } finally {
    await Promise.all(targets.map(({ client }) => client.close()))
  }
}
