import { existsSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { controllerNamespace } from '#api/keys.ts'
import type { PlanView } from '#contract/plan-views.ts'
import type { FleetPlan } from '#engine/fleet-plan/document.ts'
import { silentLog } from '#lib/log.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import { kubeconfigPaths } from '#main/cluster/kubeconfig.ts'
import { metricSettingsFor } from '#main/cluster-settings.ts'
import { failureText } from '#main/controller/failure-text.ts'
import { ConfigLooks } from '#main/fleet-plan/config-looks.ts'
import { readPlan } from '#main/fleet-plan/make-plan.ts'
import { type PlanFile, readPlanFile } from '#main/fleet-plan/plan-file.ts'
import { PlanMemory } from '#main/fleet-plan/plan-memory.ts'
import { leaseMs } from '#main/fleet-plan/plan-runner.ts'
import { Plans } from '#main/fleet-plan/plans.ts'
import { localActor } from '#main/history/actor.ts'
import { appendHistory } from '#main/history/store.ts'
import { createLog } from '#main/log.ts'
import { exitCodes } from './exit-codes.ts'
import { type FoundPlan, findPlan } from './find-plan.ts'
import type { CliIo } from './io.ts'
import { PlanClusters } from './plan-clusters.ts'
import { faultLines, formatPlanForecast } from './plan-text.ts'
import { findTargets, type TargetOptions, targetsOrExit } from './targets.ts'
import { untilInterrupted } from './until-interrupted.ts'
import { historyPathOf, tellNotKept } from './write-sink.ts'

/** `argosy plan check`. */
export async function checkPlan(text: string, options: TargetOptions, io: CliIo): Promise<void> {
  const clusters = await clustersOf(text, options, io)
  if (clusters === undefined) return
  const { check } = await readPlan(text, {
    look: clusters.look,
    clock: io.clock,
    clientOf: clusters.clientOf,
    configs: new ConfigLooks(io.clock),
  })
  await clusters.close()
  if (options.output === 'json') io.out(JSON.stringify(check, undefined, 2))
  else if (check.forecast !== undefined) for (const line of formatPlanForecast(check.forecast)) io.out(line)
  for (const line of faultLines(check)) io.err(`argosy: ${line}`)
  if (check.faults.length > 0) io.exitWith(exitCodes.failed)
}

/** `argosy plan create`. */
export async function createPlan(text: string, options: TargetOptions, io: CliIo): Promise<void> {
  const clusters = await clustersOf(text, options, io)
  if (clusters === undefined) return
  const open = openPlans(clusters, options, io)
  const created = await open.plans.create(text, false)
  await open.close()
  if (created.ok) return io.out(created.value)
  io.err(`argosy: ${created.error}`)
  io.exitWith(exitCodes.failed)
}

/** `argosy plan run`: ends with the plan, or when it is interrupted; then the plan waits for whoever goes on with it. */
export async function runPlan(wanted: string, options: RunOptions, io: CliIo): Promise<void> {
  const begun = existsSync(wanted)
    ? await beginText(readFileSync(wanted, 'utf8'), options, io)
    : await beginStored(wanted, options, io)
  if (begun === undefined) return
  await follow(begun.plans, begun.id, options, io)
  await begun.close()
}

interface RunOptions extends TargetOptions {
  /** Whoever decides is asked for the plan (SR-6), with the reason. */
  readonly ask?: boolean
  readonly reason?: string
  /** The name of the plan, where it starts on a protected context. */
  readonly confirm?: string
}

interface OpenPlans {
  readonly plans: Plans
  /** Gives leases back, and closes everything. */
  close(): Promise<void>
}

type Begun = OpenPlans & { readonly id: string }

/** `undefined`: why not was said. */
async function beginText(text: string, options: RunOptions, io: CliIo): Promise<Begun | undefined> {
  const clusters = await clustersOf(text, options, io)
  if (clusters === undefined) return undefined
  const open = openPlans(clusters, options, io)
  const created = await open.plans.create(text, true, options.confirm)
  if (created.ok) return { ...open, id: created.value }
  io.err(`argosy: ${created.error}${confirmHint(created.error)}`)
  io.exitWith(exitCodes.failed)
  await open.close()
  return undefined
}

/** `undefined`: why not was said. */
async function beginStored(wanted: string, options: TargetOptions, io: CliIo): Promise<Begun | undefined> {
  const plan = await findStored(wanted, options, io)
  const { moved } = plan?.status ?? {}
  // The old home is told that the plan has moved, once it is back (PC-4).
  const clusters = plan && (await openClusters(plan.spec, options, io, moved === undefined ? [] : [moved.from.context]))
  if (plan === undefined || clusters === undefined) return undefined
  const open = openPlans(clusters, options, io)
  open.plans.know({ id: plan.id, home: plan.spec.home, isDriven: true, plan })
  return { ...open, id: plan.id }
}

/** Tells what happens until the plan is over. One that cannot be started yet is not waited for. */
async function follow(plans: Plans, id: string, options: RunOptions, io: CliIo): Promise<void> {
  const { output, confirm } = options
  if (output !== 'json') io.out(`plan ${id}`)
  const begun = plans.view(id)
  const started = begun?.phase === 'Ready' ? await plans.command(id, { kind: 'start' }, '', confirm) : undefined
  if (started?.ok === false) {
    io.err(`argosy: ${started.error}${confirmHint(started.error)}`)
    for (const line of approvalLines(begun)) io.err(`argosy: ${line}`)
    return io.exitWith(exitCodes.failed)
  }
  let dispose = () => {}
  const over = new Promise<string>((resolve) => {
    dispose = plans.onPlan(id, (view) => {
      if (view === null) return
      // PC-4: it may be read at its new home before anybody was told that it left this one.
      const isMoved = begun !== undefined && view.home.context !== begun.home.context
      if (isMoved || isOver(view.phase)) resolve(isMoved ? 'Superseded' : view.phase)
    })
  })
  const endTelling = tellOfWaiting(plans, id, options, io)
  const phase = await Promise.race([over, untilInterrupted(io.interrupted)])
  dispose()
  endTelling()
  if (phase === 'Completed') return io.exitWith(exitCodes.ok)
  if (phase === undefined) io.err(`argosy: the plan waits as it is; go on with: argosy plan run ${id}, or in a window`)
  io.exitWith(exitCodes.failed)
}

const confirmHint = (why: string): string => (why.includes('confirm the start') ? ' (--confirm <plan>)' : '')

/** Who may do what next, for a plan that waits for approval (3.4.1). */
function approvalLines(plan: PlanView | undefined): readonly string[] {
  const { approvals } = plan ?? {}
  if (plan === undefined || approvals === undefined) return []
  const missing = approvals.count - approvals.given.length
  if (missing <= 0) return []
  const who = approvals.by === undefined ? 'anybody but its maker' : approvals.by.join(', ')
  return [
    `${approvals.given.length} of ${approvals.count} have approved it; ${who} may: argosy plan approve ${plan.id} --context ${plan.home.context} --reason <why>`,
    `then start it: argosy plan run ${plan.id} --context ${plan.home.context}`,
  ]
}

/**
 * A Lease that nobody gave back, as after a crash of this very machine, is waited for: one line says so, and for how long at most. So do
 * lines that tell who asks for the plan, and how to answer, or that ours is kept by whoever has it.
 */
function tellOfWaiting(plans: Plans, id: string, { ask = false, reason = '' }: RunOptions, io: CliIo): () => void {
  const told = new Set<string>()
  const tell = (what: string, words: string) => {
    if (!told.has(what)) io.err(`argosy: ${words}`)
    told.add(what)
  }
  const askNow = async () => tell('asked', askedWords(await plans.ask(id, reason)))
  return plans.onPlan(id, (view) => {
    if (view === null) return
    const { driver, request, home } = view
    if (driver.state === 'waiting' && driver.holder !== undefined) {
      const within = `within ${Math.round(leaseMs / 1000)} s`
      const isFirst = !told.has('holder')
      tell('holder', `${driver.holder} holds the plan; once that stops renewing, it is taken over here ${within}`)
      if (ask && isFirst) void askNow()
    }
    if (request?.side === 'ours' && request.keptBy !== undefined)
      tell(`kept ${request.at}`, `${request.keptBy} keeps the plan; it is waited for`)
    if (request?.side === 'toUs' && request.keptBy === undefined) {
      const answer = `argosy plan hand-over ${id} --context ${home.context}`
      const why = request.reason === '' ? '' : `: ${request.reason}`
      tell(`asks ${request.at}`, `${request.by} asks to decide${why}; ${answer} (--keep)`)
    }
  })
}

const askedWords = (done: Awaited<ReturnType<Plans['ask']>>): string =>
  done.ok ? 'it was asked for; whoever decides has five minutes to answer' : `not asked for: ${failureText(done.error)}`

const isOver = (phase: string): boolean => ['Completed', 'RolledBack', 'Aborted', 'Superseded'].includes(phase)

async function findStored(wanted: string, options: TargetOptions, io: CliIo): Promise<FleetPlan | undefined> {
  const targets = await targetsOrExit(options, io)
  if (targets === undefined) return undefined
  const found = await findPlan(targets, wanted)
  await Promise.all(targets.map(({ client }) => client.close()))
  // The same cluster may have another name on another machine.
  if (found.ok) return withHome(found.value)
  io.err(`argosy: ${found.error}, and no file of that name`)
  io.exitWith(exitCodes.usage)
  return undefined
}

/** The clusters that a text names; `undefined`: what is wrong with it was said. */
async function clustersOf(text: string, options: TargetOptions, io: CliIo): Promise<PlanClusters | undefined> {
  const { file } = readPlanFile(text)
  if (!file.ok) {
    for (const line of faultLines({ faults: file.error, forecast: undefined })) io.err(`argosy: ${line}`)
    io.exitWith(exitCodes.failed)
    return undefined
  }
  return openClusters(file.value.spec, options, io)
}

const withHome = ({ plan, home }: FoundPlan): FleetPlan => ({
  ...plan,
  spec: { ...plan.spec, home: { ...plan.spec.home, context: home.context } },
})

async function openClusters(
  { home, members }: PlanFile['spec'],
  options: TargetOptions,
  io: CliIo,
  more: readonly string[] = [],
): Promise<PlanClusters | undefined> {
  const contexts = new Set([home.context, ...more, ...members.map(({ context }) => context)])
  const found = await findTargets({ ...options, context: [...contexts], allContexts: false }, io)
  const where = { folder: io.dataFolder, log: silentLog }
  const settingsOf = (context: string) => metricSettingsFor(context, { controllerNamespace, env: process.env }, where)
  if (found.ok) return new PlanClusters(found.value, io.clock, settingsOf)
  io.err(`argosy: ${found.error}`)
  io.exitWith(exitCodes.usage)
  return undefined
}

function openPlans(clusters: PlanClusters, { kubeconfig, output }: TargetOptions, io: CliIo): OpenPlans {
  const path = historyPathOf(io.dataFolder, kubeconfigPaths(kubeconfig === undefined ? {} : { paths: kubeconfig }))
  const history = appendHistory({ path, clock: io.clock, log: silentLog })
  if (!history.ok) tellNotKept(io, path, history.error.message)
  const { clusterOf, clientOf, contexts, isProtected, look } = clusters
  const memory = new PlanMemory(history.ok ? history.value : nothingKept)
  const tell = (at: number, event: { readonly text: string }): void =>
    io.out(
      output === 'json' ? JSON.stringify({ at: formatSeconds(at), ...event }) : `${formatSeconds(at)}  ${event.text}`,
    )
  const plans = new Plans({
    memory: {
      all: () => memory.all(),
      events: (id, limit) => memory.events(id, limit),
      remember: (plan) => memory.remember(plan),
      add: (id, at, events) => {
        for (const event of events) tell(at, event)
        memory.add(id, at, events)
      },
    },
    actor: `${localActor()}@${hostname()}`,
    clusterOf,
    clientOf,
    contexts,
    isProtected,
    look,
    clock: io.clock,
    random: Math.random,
    log: createLog({ write: (line) => io.err(line.trimEnd()), level: 'warn', now: () => io.clock.now() }),
  })
  return {
    plans,
    async close() {
      await plans.stop({ release: true })
      await clusters.close()
      if (history.ok) history.value.close()
    },
  }
}

const nothingKept: ConstructorParameters<typeof PlanMemory>[0] = { add: () => {}, all: () => [] }
